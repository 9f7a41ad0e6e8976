"""Leaves out of an answer what stands beside it and was not asked: how much a reply says is decided here and by the claims.

A claim answers alone (claim_answers.py). An answer of facts or of a whole topic has its paragraphs, of which the first one
answers; who asks for a yes or no, a name or a number wants no more, and buttons lead to the rest. A denial keeps what comes
nearest.
"""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer
from actions.claim_answers import asks_in_general
from actions.context import Understanding
from actions.replies.base import ANSWERED, VERDICT, Reply, sentences
from actions.replies.claims.verdicts import denies
from core.contract.intents import ASK_ABOUT, ASK_BEST_TYPE, ASK_RECOGNITION, ASK_TOPIC
from core.contract.question_forms import EXAMPLE, HOW_LONG, HOW_MANY, HOW_MUCH, OR, WHEN, WHERE, WHO, YES_NO

ASKING = (ASK_TOPIC, ASK_ABOUT, ASK_BEST_TYPE)
# Forms of questions that want a judgement, and those that ask for one thing; the others may ask for all that is known. What a
# topic tells of a thing may stand in its list.
OF_TOPIC = (YES_NO, OR)
FOR_ONE_THING = (*OF_TOPIC, WHO, WHERE, WHEN, HOW_LONG, HOW_MANY, HOW_MUCH, EXAMPLE)

KNOWN = "listed"  # an attribute: "do you know RMIT?" asks for all, as "can you tell me about it?" does


def no_more_than_asked(understanding: Understanding, answer: Answer, of_facts: bool = False) -> Answer:
    """Return an answer without what was not asked; facts (`of_facts`) answer exactly, in whatever form they were asked for."""
    reply = answer.reply
    two_sides = answer.state.act == ASK_RECOGNITION
    if two_sides or reply.outcome != ANSWERED or reply.claims or reply.cards or _asks_more(understanding):
        return answer
    forms = OF_TOPIC if answer.state.act == ASK_TOPIC else FOR_ONE_THING
    if understanding.intent not in ASKING or not (of_facts or understanding.form in forms):
        return answer
    text = _first_part(reply, understanding.form)
    if text == reply.text:
        return answer
    return replace(answer, reply=replace(reply, text=text), state=replace(answer.state, brief=True))


def _asks_more(understanding: Understanding) -> bool:
    """Return whether a message asks for more than one thing, or for all of it."""
    several = understanding.second or understanding.further or understanding.follows
    known = understanding.form == YES_NO and KNOWN in understanding.attributes
    return bool(several) or asks_in_general(understanding) or known


def _first_part(reply: Reply, form: str) -> str:
    """Return the first paragraph of a reply, without the introduction of a list; all of it if that paragraph is no answer."""
    first, _, _ = reply.text.partition("\n\n")
    said = sentences(first)
    if (
        said and said[-1].endswith(":") and form == YES_NO and VERDICT.match(first)
    ):  # "Yes, it can. It does so in four ways:"
        first = " ".join(said[:-1])
    return first if first.endswith((".", "!")) and not denies(first) else reply.text
