"""Decides which question about relations or sets of the catalogue a message asks, and answers it."""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer
from actions.claim_answers import HOLDS
from actions.claims import VERY_SURE
from actions.context import DialogueState, Understanding
from actions.facts.attributes import PLAIN, answer_attribute
from actions.facts.destinations import answer_about_destination
from actions.facts.fields import answer_field
from actions.facts.operations import answer_set, narrow_list
from actions.facts.question import OTHER, SURELY, Question
from actions.facts.relations import answer_relation
from actions.replies.base import paragraphs
from core.contract.intents import CHOOSE_HELP, OUT_OF_SCOPE
from core.contract.question_forms import HOW_LONG, HOW_MUCH, OR, WHEN, YES_NO
from knowledge.knowledge_base import Knowledge

CLEAR = 0.4  # confidence from which a question about recognition is one, and one that is no question of the catalogue
RECOGNISED = "ask_recognition"  # "is finance popular there?" sounds like it
# Intents with which a message asks something of the catalogue, and those with which it may if they are not clear.
ASKING = ("ask_topic", "ask_about", "ask_best_destination", "ask_best_type", "find_programs", "refine", "compare")
MAY_ASK = (OUT_OF_SCOPE, CHOOSE_HELP)
TYPED = {"type", "program", "provider", "institution"}  # kinds of names that tell of what a number is asked
MOST_FACTS = 3  # facts of a thing that one message may ask for


def answer_from_facts(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return the answer to what is asked of the catalogue in the question's form, or None if nothing is."""
    return _each_fact(knowledge, understanding, state) or _one_answer(knowledge, understanding, state)


def _each_fact(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Answer each of several facts that are asked of a thing ("fees and intake at Humber?"); None unless each has an answer."""
    asked = [one for one in understanding.attributes if one in PLAIN][:MOST_FACTS]
    if len(asked) < 2 or understanding.back or OTHER in understanding.attributes:
        return None
    alone = [replace(understanding, attributes=(one,), topics=(), second=None) for one in asked]
    answers = [answer for each in alone if (answer := _one_answer(knowledge, each, state))]
    if len(answers) < len(asked):
        return None
    first, *others = answers
    lead, _, rest = first.reply.text.partition("\n\n")
    more = [one.reply.text.split("\n\n")[0] for one in others]
    return replace(first, reply=replace(first.reply, text=paragraphs(" ".join([lead, *more]), rest)))


def _of_its_type(knowledge: Knowledge, understanding: Understanding) -> Understanding:
    """Return a message that asks for a number with the type that it is surely about: "how long is a hotel diploma?"."""
    best = understanding.topics[0] if understanding.topics else None
    kind, key = (best and best.share >= SURELY and knowledge.described_by(best.key)) or ("", "")
    asked = set(understanding.attributes)
    alone = asked & set(PLAIN) and asked <= {*PLAIN, OTHER} and not TYPED & set(understanding.names)
    if kind != "type" or not alone or understanding.form not in (HOW_LONG, HOW_MUCH, WHEN):
        return understanding
    names = {**understanding.names, kind: (key,)}
    return replace(understanding, names=names, attributes=tuple(asked - {OTHER}))


def _surely_told(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether a claim surely answers a question that asks for a yes or no, or for one of two, and for no list."""
    best = max(understanding.claims, key=lambda one: one.fit, default=None)
    if understanding.form not in (YES_NO, OR) or best is None or best.fit < VERY_SURE or best.covered < HOLDS:
        return False
    return knowledge.has_claim(best.topic, best.number) and knowledge.claim(best.topic, best.number).form in (
        YES_NO,
        OR,
    )


def _one_answer(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    if not understanding.form:  # a button, which says plainly what it wants
        return None
    understanding = _of_its_type(knowledge, understanding)
    question = Question(knowledge, understanding)
    weighs = question.asks("good") and understanding.confidence >= CLEAR
    recognised = understanding.intent == RECOGNISED and not (weighs or question.asks("recognition", "accreditation"))
    unsure = understanding.intent in MAY_ASK and understanding.confidence < CLEAR
    if not (understanding.intent in ASKING or recognised or unsure) or not question.knows_all:
        return None
    if state.act == "find_programs" and understanding.intent == "refine":  # it narrows the list that is shown
        return None
    of_other = question.form == YES_NO and not question.institutions  # "do I need a language test for Peru?"
    least = CLEAR if understanding.follows else SURELY if of_other else None
    if least and question.is_left_open(least):  # "and do I need German?" after Germany
        return answer_attribute(question, state)
    return (
        answer_relation(question)
        or answer_attribute(question, state)
        or answer_about_destination(question)
        or narrow_list(question, state)
        or (None if _surely_told(knowledge, understanding) else answer_set(question))
        or answer_field(question, state)
    )
