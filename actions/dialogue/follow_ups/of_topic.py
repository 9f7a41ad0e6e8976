"""Resolves what is asked of the topic that was just told of: what speaks against it, or a reason of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from actions.context import DialogueState, Ranked, Understanding
from actions.dialogue.kept_state import items_of
from actions.dialogue.resolution import AND, MANY, MEANT, ONE, PUT_RIGHT, SUBJECT
from core.contract.intents import ASK_ABOUT, ASK_ADVICE, ASK_TOPIC, FIND_PROGRAMS, NOT_UNDERSTOOD, REFINE
from core.contract.question_forms import HOW, STATEMENT, WHAT, WHY, YES_NO
from knowledge.knowledge_base import Knowledge
from knowledge.models import NearClaim

SIDES = ("challenges", "benefits")  # roles of the topics that list what speaks against and for all of it
PLAINLY, VAGUE = 0.8, 0.4  # share from which a topic is what is asked, and confidence below which a message is a guess
# Fit of a claim, and of a reason, of the topic talked about from which it is what is asked.
NEAR, NEAR_REASON = 0.35, 0.2
SURELY = 0.85  # fit from which a claim is what is asked, whatever a message was taken for
MEANT_AT_ALL = 0.25  # share from which a topic is what a correction means
OF_MODE = {"exists", "mode", "taught", "other"}  # attributes of "is there something online, too?"
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
    plain = not (understanding.nth or understanding.further or understanding.about_me or understanding.left_out)
    if not (refers and vague and plain) or understanding.form in ("", STATEMENT):
        return None
    told = {state.topic or "", *items_of(knowledge, state.topic)}
    least = NEAR_REASON if understanding.form == WHY else NEAR
    near = [one for one in understanding.claims if one.topic in told and one.fit >= least]
    fitting = [one for one in near if _fits(knowledge, understanding, one)]
    return _answered_by(understanding, max(fitting, key=lambda one: one.fit)) if fitting else None


def _fits(knowledge: Knowledge, understanding: Understanding, near: NearClaim) -> bool:
    """Return whether a claim has what a message names, and answers in its form where that has claims of its own."""
    if not knowledge.has_claim(near.topic, near.number):
        return False
    claim = knowledge.claim(near.topic, near.number)
    named = {key for kind, keys in understanding.names.items() if kind in SUBJECT for key in keys}
    others = set(understanding.names) - {*SUBJECT}
    has_named = not named or bool(named & {key for _, key in claim.about | claim.mentions})
    return (
        not others and has_named and (understanding.form not in (WHY, HOW, YES_NO) or claim.form == understanding.form)
    )


def _answered_by(understanding: Understanding, claim: NearClaim) -> Understanding:
    """Return the question that a claim answers, and nothing else."""
    best = replace(claim, fit=1.0, covered=1.0)
    asked = replace(understanding, intent=ASK_TOPIC, confidence=1.0, topics=(Ranked(best.topic, 1.0),), claims=(best,))
    return replace(asked, names={}, second=None, asks=(), attributes=(), back=(), is_answerable=True, about_me={})


def surely_claimed(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "and which are for beginners?" as the question that a claim surely answers, and not as a change of a list.

    What a claim says of a thing that nobody spoke of is no answer.
    """
    bare = set(understanding.names) <= {"level", "mode"} and not (understanding.nth or understanding.further)
    unclear = understanding.intent in (REFINE, NOT_UNDERSTOOD) and state.act != FIND_PROGRAMS
    best = max(understanding.claims, key=lambda one: one.fit, default=None)
    if not (bare and unclear) or best is None or best.fit < SURELY or understanding.form in ("", STATEMENT):
        return None
    described = knowledge.described_by(best.topic)
    if understanding.left_out or described and described[1] not in state.focus.get(described[0], ()):
        return None
    return _answered_by(understanding, best)


def other_mode(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "and is there something in person?" after how one can study as the question for that form of it."""
    asks = (
        set(understanding.names) == {"mode"} and set(understanding.attributes) <= OF_MODE and not understanding.left_out
    )
    delivery = knowledge.roles().get("delivery", "")
    topics = [query.topic or "" for query in state.queries]
    asked = any("mode" in query.attributes for query in state.queries)
    asked = asked or any(one == delivery or _are_related(knowledge, one, delivery) for one in topics[-1:])
    may_ask = (*UNCLEAR, ASK_TOPIC, FIND_PROGRAMS, *(() if state.advised else (ASK_ADVICE,)))
    plain = understanding.intent in may_ask and understanding.form == YES_NO
    if not (asks and asked and plain) or state.act == FIND_PROGRAMS or not delivery or understanding.further:
        return None
    near = [one for one in understanding.claims if one.topic == delivery and _is_yes_or_no(knowledge, one)]
    return _answered_by(understanding, max(near, key=lambda one: one.fit)) if near else None


def _is_yes_or_no(knowledge: Knowledge, near: NearClaim) -> bool:
    return knowledge.has_claim(near.topic, near.number) and knowledge.claim(near.topic, near.number).form == YES_NO


def topic_meant(knowledge: Knowledge, understanding: Understanding) -> Understanding:
    """Return "no, I meant the friends, not the campus" as the question about the topic that it puts right, and no wish.

    What is left out by it says nothing of the person.
    """
    corrects = MEANT in understanding.back and PUT_RIGHT in understanding.asks and understanding.form == STATEMENT
    named = set(understanding.names) - {"mode", "level"}
    asks = understanding.further or understanding.nth or understanding.intent not in (*UNCLEAR, ASK_TOPIC)
    if not corrects or named or asks:
        return understanding
    known = (
        one for one in understanding.topics if knowledge.has_topic(one.key) and knowledge.described_by(one.key) is None
    )
    meant = next(known, None)
    if meant is None or meant.share < MEANT_AT_ALL:
        return understanding
    plain = replace(understanding, intent=ASK_TOPIC, topics=(meant,), names={}, left_out={}, manner="", second=None)
    return replace(plain, about_me={}, tells=False, asks=(), back=(), says_no=False, is_answerable=True)
