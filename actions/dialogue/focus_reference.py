"""Resolves references to the things in focus: "it", "they", "there", "which colleges?", "not that one"."""

from __future__ import annotations

from dataclasses import replace

from actions.context import (
    DialogueState,
    Understanding,
    group_of,
)
from actions.dialogue.kept_state import (
    ASK_BEST_TYPE,
    THINGS,
)
from actions.dialogue.resolution import (
    ARE_THERE,
    CREDENTIAL,
    MANY,
    NOT_THAT,
    ONE,
    ORGANISATION,
    SUBJECT,
    THERE,
    WHERE,
    WHY,
    about,
    focused,
    is_later,
    kinds_called,
    last_query,
    latest,
    where_of,
)
from core.contract.intents import (
    ASK_ABOUT,
    ASK_BEST_DESTINATION,
    ASK_RECOGNITION,
    ASK_TOPIC,
    COMPARE,
    FIND_PROGRAMS,
    NOT_UNDERSTOOD,
    REFINE,
)
from knowledge.knowledge_base import Knowledge

# The kinds of things that a pronoun may stand for in each kind of question.
MEANT_IN = {
    ASK_RECOGNITION: (*CREDENTIAL, *ORGANISATION),
    ASK_BEST_DESTINATION: (*SUBJECT, *CREDENTIAL),
    ASK_BEST_TYPE: SUBJECT,
    FIND_PROGRAMS: (*SUBJECT, "type", *ORGANISATION),
    ASK_TOPIC: (*CREDENTIAL, *ORGANISATION, *WHERE),
    ASK_ABOUT: THINGS,
    NOT_UNDERSTOOD: THINGS,
    REFINE: (*CREDENTIAL, *ORGANISATION),
}


def of_a_kind(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask for the institutions, fields or providers of the thing in focus ("colleges?", "who offers those?")."""
    asks, ways = understanding.attribute, set(understanding.back)
    refers = ways & {ONE, MANY, THERE, ARE_THERE} or bool(understanding.short and understanding.attribute)
    named = set(understanding.names) - {"mode", "order"}
    if not refers or named or asks in ("", WHY):
        return None
    where, subject, credential = where_of(state), latest(state, SUBJECT), latest(state, CREDENTIAL)
    offered_by = asks in ORGANISATION and credential and ways & {ONE, MANY} and is_later(state, credential, where)
    if offered_by and credential:
        return replace(understanding, intent=ASK_ABOUT, names=focused(state, credential))
    if asks in ("institution", "field") and where:
        return replace(understanding, intent=ASK_ABOUT, names=focused(state, where))
    if asks == "destination" and subject and understanding.intent not in (ASK_RECOGNITION, COMPARE):
        return replace(understanding, intent=ASK_BEST_DESTINATION, names=focused(state, subject))
    if asks == "type" and subject and understanding.intent not in (COMPARE, ASK_TOPIC):
        return replace(understanding, intent=ASK_BEST_TYPE, names=focused(state, subject))
    if asks == "program" and subject and understanding.intent not in (ASK_TOPIC, ASK_RECOGNITION, COMPARE):
        return replace(understanding, intent=FIND_PROGRAMS, names=focused(state, subject))
    return None


def somewhere(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Put the place in focus in place of "there"."""
    where = where_of(state)
    if THERE not in understanding.back or where is None or set(understanding.names) & {*WHERE, *ORGANISATION}:
        return None
    things = focused(state, where)
    if understanding.kind == "destination" and where == "place":  # "that country" after Melbourne
        home = knowledge.place(state.focus[where][0]).destination
        things = {"destination": (home.key,)} if home else things
    return about(knowledge, understanding, things, state)


def pronoun(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Put the thing in focus in place of "it" or "they", where the question can be about such a thing."""
    ways = set(understanding.back) & {ONE, MANY}
    named = {kind for kind in understanding.names if kind in THINGS}
    if not ways or understanding.intent not in MEANT_IN or named - set(SUBJECT) - set(WHERE):
        return None
    if named and understanding.intent not in (ASK_RECOGNITION, ASK_TOPIC, FIND_PROGRAMS, ASK_ABOUT, REFINE):
        return None
    if state.act == FIND_PROGRAMS and understanding.intent == ASK_TOPIC:  # the list that is being looked at
        return None
    if understanding.intent == REFINE and (understanding.bare or not named):
        return None
    subject = latest(state, SUBJECT)
    if understanding.topic == knowledge.roles().get("destinations") and understanding.intent == ASK_TOPIC and subject:
        return replace(understanding, intent=ASK_BEST_DESTINATION, names=focused(state, subject))
    last = last_query(state)
    general = last is not None and last.intent == ASK_TOPIC and not last.names
    if general and ways == {ONE} and understanding.intent in (ASK_ABOUT, NOT_UNDERSTOOD):  # "tell me about that"
        return None
    recognised = understanding.topic in (knowledge.role("recognition"), knowledge.role("by-industry"))
    possible = MEANT_IN[ASK_RECOGNITION if understanding.intent == ASK_TOPIC and recognised else understanding.intent]
    kinds = tuple(kind for kind in possible if not named & set(group_of(kind)))
    if named and understanding.intent in (ASK_TOPIC, ASK_ABOUT):
        kinds = tuple(kind for kind in kinds if kind in (*CREDENTIAL, *ORGANISATION))
    if understanding.kind:
        kinds = tuple(kind for kind in kinds if kind in kinds_called(understanding.kind))
    kind = latest(state, kinds)
    if kind is None or MANY not in ways and len(state.focus[kind]) > 1:
        return None
    return about(knowledge, understanding, focused(state, kind), state)


def excludes_that(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "not that one" as the exclusion of the thing that the last answer was about."""
    if NOT_THAT not in understanding.back or understanding.names:
        return None
    kinds = WHERE if state.act == ASK_BEST_DESTINATION else THINGS
    kind = latest(state, kinds)
    if kind is None or state.act == FIND_PROGRAMS and kind == "program" and len(state.focus[kind]) > 1:
        return None
    names = {kind: state.focus[kind][:1]}
    return replace(understanding, intent=REFINE, names=names, left_out=names, manner="refine/exclude")


def leaves_field_out(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask what a message only excludes of the place in focus ("not agribusiness" after New Zealand)."""
    where = where_of(state)
    fields_only = understanding.excludes and understanding.names and set(understanding.names) <= set(SUBJECT)
    if not fields_only or where is None or state.act == FIND_PROGRAMS:
        return None
    out = understanding.left_out or understanding.names
    return replace(
        understanding, intent=ASK_ABOUT, names=focused(state, where), left_out=out, manner="", attribute="field"
    )
