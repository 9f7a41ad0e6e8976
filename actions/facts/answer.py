"""Decides which question about relations or sets of the catalogue a message asks, and answers it."""

from __future__ import annotations

from actions.base import Answer
from actions.context import DialogueState, Understanding
from actions.facts.attributes import answer_attribute
from actions.facts.destinations import answer_about_destination
from actions.facts.fields import answer_field
from actions.facts.operations import answer_set, narrow_list
from actions.facts.question import Question
from actions.facts.relations import answer_relation
from core.contract.intents import CHOOSE_HELP, OUT_OF_SCOPE
from knowledge.knowledge_base import Knowledge

CLEAR = 0.4  # confidence from which a question about recognition is one, and one that is no question of the catalogue
RECOGNISED = "ask_recognition"  # "is finance popular there?" sounds like it
# Intents with which a message asks something of the catalogue, and those with which it may if they are not clear.
ASKING = ("ask_topic", "ask_about", "ask_best_destination", "ask_best_type", "find_programs", "refine", "compare")
MAY_ASK = (OUT_OF_SCOPE, CHOOSE_HELP)


def answer_from_facts(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return the answer to a question about the catalogue in the question's form, or None if it is none."""
    if not understanding.form:  # a button, which says plainly what it wants
        return None
    question = Question(knowledge, understanding)
    weighs = question.asks("good") and understanding.confidence >= CLEAR
    recognised = understanding.intent == RECOGNISED and not (weighs or question.asks("recognition", "accreditation"))
    unsure = understanding.intent in MAY_ASK and understanding.confidence < CLEAR
    if not (understanding.intent in ASKING or recognised or unsure) or not question.knows_all:
        return None
    if state.act == "find_programs" and understanding.intent == "refine":  # it narrows the list that is shown
        return None
    return (
        answer_relation(question)
        or answer_attribute(question, state)
        or answer_about_destination(question)
        or narrow_list(question, state)
        or answer_set(question)
        or answer_field(question, state)
    )
