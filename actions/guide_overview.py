"""What there is to ask where a guide stands alone, without a catalogue: nobody can be advised then, only shown around."""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer, AnswerFunction
from actions.context import DialogueState, Understanding
from actions.replies import topics as words
from core.contract.intents import ASK_BEST_DESTINATION, ASK_BEST_TYPE, ASK_HELP
from knowledge.knowledge_base import Knowledge
from knowledge.models import TopicLink

OF_CATALOGUE = (f"/{ASK_BEST_DESTINATION}", f"/{ASK_BEST_TYPE}")  # what buttons must not lead to without one
SHOWN = 4  # topics, of different sections as far as there are any


def or_overview(answer: AnswerFunction) -> AnswerFunction:
    """Return an answer function that shows a guide without a catalogue around instead of advising."""

    def answered(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
        return answer(knowledge, understanding, state) if knowledge.has_catalogue else _overview(knowledge, state)

    return answered


def or_help(answer: AnswerFunction) -> AnswerFunction:
    """Return an answer function that shows such a guide around when somebody asks what there is to ask."""

    def answered(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
        alone = understanding.intent == ASK_HELP and not knowledge.has_catalogue
        return _overview(knowledge, state) if alone else answer(knowledge, understanding, state)

    return answered


def usable(knowledge: Knowledge, answer: Answer) -> Answer:
    """Return the answer without buttons that lead nowhere in this guide."""
    if knowledge.has_catalogue:
        return answer
    kept = tuple(one for one in answer.reply.buttons if not one.payload.startswith(OF_CATALOGUE))
    return replace(answer, reply=replace(answer.reply, buttons=kept))


def _overview(knowledge: Knowledge, state: DialogueState) -> Answer:
    first: dict[str, TopicLink] = {}
    for heading in knowledge.topics():
        first.setdefault(heading.section.key if heading.section else "", TopicLink(heading.key, heading.title))
    titles = [section.title for section in knowledge.sections() if section.key in first]
    return Answer(words.overview(titles, list(first.values())[:SHOWN]), state)
