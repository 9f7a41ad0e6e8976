"""Answers one turn: resolves the message with the dialogue state, decides what answers it, and shapes the reply.

Every answer goes through `answer_turn`, and ROWS is the one place that decides: the first row that has an answer gives it;
the answer that the rules lead to (rasa_actions.py) comes last. The name of the deciding row is told to staff.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from actions.advice.advise import advise
from actions.base import Answer, AnswerFunction
from actions.context import DialogueState, Understanding
from actions.dialogue.ordinal_reference import answer_ordinal
from actions.dialogue.queries import as_query
from actions.dialogue.resolve import resolve
from actions.dialogue.saying import say
from actions.facts.answer import answer_from_facts
from knowledge.knowledge_base import Knowledge

Row = Callable[[Knowledge, Understanding, DialogueState], Answer | None]
AS_READ = "as read"  # the row that stands for the action that the rules lead to

# In order of precedence.
ROWS: dict[str, Row] = {
    "advice": advise,
    "thing pointed at": answer_ordinal,
    "facts of the catalogue": answer_from_facts,
}


def answer_turn(
    knowledge: Knowledge, understanding: Understanding, state: DialogueState, answer_message: AnswerFunction
) -> Answer:
    """Return the answer of the first row that has one, else of `answer_message`."""
    resolved = resolve(knowledge, understanding, state)
    for name, row in ROWS.items():
        if answer := row(knowledge, resolved, state):
            return say(_decided_by(name, answer, resolved), state)
    return say(_decided_by(AS_READ, answer_message(knowledge, resolved, state), resolved), state)


def _decided_by(name: str, answer: Answer, resolved: Understanding) -> Answer:
    return replace(answer, reply=replace(answer.reply, decided_by=name, query=as_query(resolved)))
