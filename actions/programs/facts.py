"""Answers questions about facts of the programs being talked about: "how much is it?", "when do they start?"."""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer
from actions.context import OPEN, DialogueState, Understanding
from actions.programs.search import last_page
from actions.replies import program_facts as words
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge
from knowledge.models import Program

FACTS = {  # for each role of a topic, the fact of a program that a question about it can ask for
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
ALLOWED_NAMES = {"program", "mode", "level"}  # kinds that such a question may name: "is Data Basics online?"


def fact_of_programs(
    knowledge: Knowledge, understanding: Understanding, state: DialogueState, topic: str | None = None
) -> Answer | None:
    """Answer the fact that `topic`, or else the message's topic, is about, for the programs being talked about.

    If no program is talked about but some state what the guide leaves open, ask which one is meant. Returns None if no
    program states it, since then the topic's own answer is right.
    """
    topic = topic or understanding.topic or ""
    fact = next((FACTS[role] for role, key in knowledge.roles().items() if key == topic and role in FACTS), None)
    if fact is None or understanding.second or not set(understanding.names) <= ALLOWED_NAMES:
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
        return Answer(reply, replace(about, sources=reply.source_keys))
    if not topic.startswith(OPEN) or fact == "url":  # a page belongs to one program
        return None
    return Answer(
        words.which_program(stating, knowledge.count_programs(), fact), DialogueState("find_programs").offering("more")
    )


def _talked_about(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> list[Program]:
    """Return the programs that the message names, else the one asked about before, else those shown last."""
    if not understanding.of("program") and state.act == "find_programs" and state.shown:
        return last_page(knowledge, state)
    try:
        return [knowledge.program(key) for key in understanding.of("program") or state.names.get("program", ())]
    except UnknownKey:
        return []
