"""Resolves the opposite of the last question: "and where not?", "which don't?", "who doesn't?"."""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer
from actions.context import DialogueState, Query, Ranked, Understanding
from actions.dialogue.resolution import AND, MANY, last_query
from actions.replies import topics as words
from core.contract.intents import (
    ASK_ABOUT,
    ASK_BEST_DESTINATION,
    ASK_BEST_TYPE,
    ASK_RECOGNITION,
    ASK_TOPIC,
    NOT_UNDERSTOOD,
    REFINE,
)
from core.contract.question_forms import WHAT, WHERE, WHICH, WHO
from knowledge.knowledge_base import Knowledge
from knowledge.models import NearClaim

FIELD, WITHOUT, INDUSTRIES = "field", "without", "industries"
VAGUE = 0.3  # probability below which a message is about no topic of its own
# Attributes of what asks for nothing but who, where or which.
BARE = {WITHOUT, "other", "only", "destinations", "industries", "fields", "types", "exists", "recognition", "place"}
WHERE_OR_WHICH = (WHERE, WHICH, WHAT)
# Questions whose opposite the guide may leave open, and what a message is taken for that asks nothing by itself.
LEFT_OPEN, UNCLEAR = (ASK_TOPIC, ASK_RECOGNITION, ASK_ABOUT), (REFINE, NOT_UNDERSTOOD, ASK_BEST_DESTINATION, ASK_TOPIC)


def opposite(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask for what the last question was not answered with: the places without the field, the industries that refuse."""
    last = last_query(state)
    if last is None or not _asks_opposite(understanding):
        return None
    return (
        _industries(knowledge, understanding, state, last)
        or _places(knowledge, understanding, state, last)
        or _kinds(knowledge, understanding, last)
    )


def opposite_not_told(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Say that the guide doesn't tell which those are, where the opposite of the last question is in none of its sets."""
    last = last_query(state)
    asks = _asks_opposite(understanding) and understanding.form in (WHICH, WHO, WHERE)
    if understanding.follows or not asks or understanding.intent not in UNCLEAR:
        return None
    if last is None or last.intent not in LEFT_OPEN or state.act not in LEFT_OPEN:
        return None
    return Answer(words.opposite_not_told(understanding.form), replace(state, offer=None))


def _asks_opposite(understanding: Understanding) -> bool:
    """Return whether a message is nothing but a no to the question before: "which ones aren't?"."""
    best = understanding.topics[0] if understanding.topics else None
    sure = best is not None and best.share * understanding.confidence >= VAGUE
    bare = not (understanding.names or understanding.further or understanding.nth or understanding.about_me)
    asks = understanding.says_no and understanding.form in (WHERE, WHICH, WHO, WHAT)
    return asks and bare and not sure and set(understanding.attributes) <= BARE


def _industries(
    knowledge: Knowledge, understanding: Understanding, state: DialogueState, last: Query
) -> Understanding | None:
    """Return the question which industries prefer degrees, after one about industries or who recognises credentials."""
    by_industry = knowledge.roles().get("by-industry", "")
    told = {state.topic, last.topic} & {by_industry, knowledge.roles().get("recognition")}
    goes_on = {AND, MANY} & set(understanding.back) or understanding.form == WHERE
    if not goes_on or not (told or INDUSTRIES in last.attributes or last.intent == ASK_RECOGNITION):
        return None
    refusing = {("industry", one.key) for one in knowledge.industries() if one.acceptance == "prefers-degrees"}
    claims = [
        one for one in knowledge.claims(by_industry) if one.form == WHICH and refusing <= one.about | one.mentions
    ]
    if not refusing or not claims:
        return None
    near = NearClaim(claims[0].topic, claims[0].number, fit=1.0)
    plain = replace(understanding, intent=ASK_TOPIC, confidence=1.0, topics=(Ranked(by_industry, 1.0),), claims=(near,))
    return replace(plain, form=WHICH, attributes=(), is_answerable=True, manner="", second=None, asks=())


def _places(
    knowledge: Knowledge, understanding: Understanding, state: DialogueState, last: Query
) -> Understanding | None:
    """Return the question which destinations don't list the field that was asked about."""
    fields = last.names.get(FIELD) or (state.names.get(FIELD, ()) if state.act == ASK_BEST_DESTINATION else ())
    of_places = (
        ASK_BEST_DESTINATION in (last.intent, state.act) or last.intent == ASK_ABOUT and understanding.form == WHERE
    )
    if not of_places or len(fields) != 1 or not knowledge.has_name(FIELD, fields[0]):
        return None
    if understanding.form not in WHERE_OR_WHICH:
        return None
    return _without(understanding, ASK_BEST_DESTINATION, FIELD, fields, "destinations")


def _kinds(knowledge: Knowledge, understanding: Understanding, last: Query) -> Understanding | None:
    """Return the question which kinds there are beside those that fit the field that was asked about."""
    fields = [key for key in last.names.get(FIELD, ()) if knowledge.has_name(FIELD, key)]
    if last.intent != ASK_BEST_TYPE or len(fields) != 1 or understanding.form == WHO:
        return None
    fitting = tuple(one.key for one in knowledge.types_for_field(fields[0]))
    return _without(understanding, ASK_ABOUT, "type", fitting, "types") if fitting else None


def _without(understanding: Understanding, intent: str, kind: str, keys: tuple[str, ...], asked: str) -> Understanding:
    names = {kind: keys}
    plain = replace(understanding, intent=intent, names=names, left_out={}, attributes=(asked, WITHOUT), form=WHICH)
    return replace(plain, topics=(), claims=(), manner="", second=None, asks=(), is_answerable=True, back=())
