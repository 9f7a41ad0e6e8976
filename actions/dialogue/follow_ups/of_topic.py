"""Resolves what is asked of the topic that was just told of: what speaks against it, or a reason of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from actions.context import DialogueState, Ranked, Understanding
from actions.dialogue.kept_state import items_of
from actions.dialogue.resolution import AND, MANY, ONE
from core.contract.intents import ASK_ABOUT, ASK_TOPIC, NOT_UNDERSTOOD, REFINE
from core.contract.question_forms import HOW, STATEMENT, WHAT, WHY, YES_NO
from knowledge.knowledge_base import Knowledge

SIDES = ("challenges", "benefits")  # roles of the topics that list what speaks against and for all of it
PLAINLY, VAGUE = 0.8, 0.4  # share from which a topic is what is asked, and confidence below which a message is a guess
NEAR = 0.35  # fit of a claim of the topic talked about from which it is what is asked
UNCLEAR = (NOT_UNDERSTOOD, REFINE, ASK_ABOUT)
AT_MOST = 2  # points of a side that are told of a topic


def side_of_topic(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "what are the downsides of that?" as the question for those that have to do with the topic just told of."""
    best = understanding.topics[0] if understanding.topics else None
    roles, back = knowledge.roles(), set(understanding.back)
    role = next((role for role in SIDES if best and best.key == roles.get(role)), "")
    plain = not (understanding.names or understanding.nth or understanding.further or understanding.wanted.any)
    if not role or best is None or best.share < PLAINLY or not plain or not {ONE, AND} & back:
        return None
    told = next(_told_of(knowledge, state, goes_on=ONE not in back), "")
    points = [key for key in items_of(knowledge, roles[role]) if _are_related(knowledge, told, key)]
    if not told or not points or told == best.key:
        return None
    first, *others = points[:AT_MOST]
    asked = replace(understanding, intent=ASK_TOPIC, confidence=1.0, topics=(Ranked(first, 1.0),), form=WHAT)
    return replace(asked, second=next(iter(others), None), claims=(), attributes=(), asks=(), is_answerable=True)


def _told_of(knowledge: Knowledge, state: DialogueState, goes_on: bool) -> Iterator[str]:
    """Yield the topics of the last questions that are no side of anything, the latest first.

    `goes_on` tells that "and the advantages?" asks once more of what the side that was just told of is a side of.
    """
    sides = {key for role in SIDES for key in items_of(knowledge, knowledge.roles().get(role))}
    if goes_on and state.topic not in sides:
        return
    for query in reversed(state.queries):
        if query.intent == ASK_TOPIC and query.topic and not query.names and query.topic not in sides:
            yield query.topic if knowledge.has_topic(query.topic) else ""
            return
        if query.topic not in sides:
            return


def _are_related(knowledge: Knowledge, one: str, other: str) -> bool:
    """Return whether one of two topics names the other one among its next ones."""
    pairs = ((one, other), (other, one)) if one else ()
    return any(
        knowledge.has_topic(key) and near in {link.key for link in knowledge.topic(key).related} for key, near in pairs
    )


def claim_of_topic(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "why does that matter?", which is like no question, as one that a claim of the topic just told of answers."""
    refers = bool({ONE, MANY} & set(understanding.back)) or understanding.form == WHY
    vague = understanding.intent in UNCLEAR or understanding.intent == ASK_TOPIC and understanding.confidence < VAGUE
    plain = not (understanding.names or understanding.nth or understanding.further or understanding.about_me)
    told = {state.topic or "", *items_of(knowledge, state.topic)}
    if not (refers and vague and plain) or understanding.form in ("", STATEMENT):
        return None
    near = [one for one in understanding.claims if one.topic in told and knowledge.has_claim(one.topic, one.number)]
    fitting = [
        one for one in near if one.fit >= NEAR and _is_of_form(knowledge, understanding.form, one.topic, one.number)
    ]
    if not fitting:
        return None
    best = replace(max(fitting, key=lambda one: one.fit), fit=1.0, covered=1.0)
    asked = replace(understanding, intent=ASK_TOPIC, confidence=1.0, topics=(Ranked(best.topic, 1.0),), claims=(best,))
    return replace(asked, second=None, asks=(), attributes=(), is_answerable=True)


def _is_of_form(knowledge: Knowledge, form: str, topic: str, number: int) -> bool:
    """Return whether a claim answers a question of a form; reasons, ways and verdicts stand in claims of their own."""
    return form not in (WHY, HOW, YES_NO) or knowledge.claim(topic, number).form == form
