"""What the listings state of the programs that are talked about: "how much is it?", "when do they start?"."""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer
from actions.context import DialogueState, Understanding
from actions.programs.search import shown_page
from actions.replies import programs as words
from actions.topics import OPEN
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge
from knowledge.models import Program

FACTS = {  # the role of the topic that such a question is otherwise about: a program's fact
    "prices": "price",
    "starts": "start",
    "deadlines": "deadline",
    "length": "duration",
    "workload": "hours_per_week",
    "delivery": "mode",
    "experience": "level",
    "credits": "credits",
    "applying": "url",
    "links": "url",
}
BESIDE = {"program", "mode", "level"}  # what such a question may name: "is Data Basics online?"


def fact_of_programs(
    knowledge: Knowledge, understanding: Understanding, state: DialogueState, topic: str | None = None
) -> Answer | None:
    """The fact that `topic`, or else the message, is about, of the programs that are talked about; where none is, but some
    state what the guide leaves open, which is meant. None where no program states it: then the topic's own answer is right."""
    topic = topic or understanding.topic
    fact = next((FACTS[role] for role, key in knowledge.roles().items() if key == topic and role in FACTS), None)
    if fact is None or understanding.second or not set(understanding.names) <= BESIDE:
        return None
    if fact == "level" and not understanding.of("level"):  # "do I need experience?" asks for more than a word
        return None
    stating = knowledge.count_stating(fact)
    if not stating:
        return None
    if programs := _talked_about(knowledge, understanding, state):
        reply = words.fact_of(programs, fact)
        about = (
            DialogueState("ask_about", None, {"program": understanding.of("program")})
            if understanding.of("program")
            else state
        )
        return Answer(reply, replace(about, sources=tuple(one.key for one in reply.sources)))
    if not topic.startswith(OPEN) or fact == "url":  # of no program in particular, there is no page
        return None
    return Answer(
        words.which_program(stating, knowledge.count_programs(), fact), DialogueState("find_programs").offering("more")
    )


def _talked_about(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> list[Program]:
    """The programs that the message names, else the one that was asked about, else those that were shown last."""
    if not understanding.of("program") and state.act == "find_programs" and state.shown:
        return shown_page(knowledge, state)
    try:
        return [knowledge.program(key) for key in understanding.of("program") or state.names.get("program", ())]
    except UnknownKey:
        return []
