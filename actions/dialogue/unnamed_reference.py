"""Resolves questions that leave out what they are about: "is there a course for that?", "would it suit me?"."""

from __future__ import annotations

from dataclasses import replace

from actions.context import DialogueState, Ranked, Understanding
from actions.dialogue.list_reference import where_taken
from actions.dialogue.resolution import AND, BOTH, CREDENTIAL, EACH, ONE, ORGANISATION, SIMILAR, THE_ONE, last_query
from core.contract.intents import (
    ASK_ABOUT,
    ASK_ADVICE,
    ASK_BEST_DESTINATION,
    ASK_RECOGNITION,
    ASK_TOPIC,
    FIND_PROGRAMS,
    NOT_UNDERSTOOD,
    REFINE,
)
from core.contract.question_forms import LIST, WHAT, WHICH, YES_NO
from core.contract.question_forms import WHERE as ASKS_WHERE
from knowledge.knowledge_base import Knowledge

FIELD = "field"
SEVERAL = 2
OF_WHERE = {"destinations", "taught", "place", "programs", "other"}  # attributes of where something is taken
SUITS = "suits"  # a code of what a message asks (nlu/data/about_me.yml)
# Confidence below which a topic is a guess, and probability below which it is none at all.
VAGUE, UNLIKELY = 0.3, 0.1


def anything_for_it(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "is there a course for that?" as the search for courses of the field that is talked about."""
    asked = set(understanding.attributes)
    asks = understanding.form in (YES_NO, WHAT, WHICH, LIST) and "programs" in asked <= {"exists", "programs", "other"}
    vague = understanding.intent == NOT_UNDERSTOOD or understanding.intent == ASK_TOPIC
    vague = vague and understanding.confidence < VAGUE
    wished = state.profile.get(FIELD) or state.focus.get(FIELD, ())[:1]
    known = tuple(key for key in wished if knowledge.has_name(FIELD, key))
    if not asks or not vague or ONE not in understanding.back or understanding.names or not known:
        return None
    return replace(understanding, intent=FIND_PROGRAMS, names={FIELD: known}, second=None)


def suits_it(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Put the credential in focus in place of "it" where the question is whether it suits somebody."""
    kind = next((one for one in reversed(state.focus) if one in CREDENTIAL and state.focus[one]), "")
    named = set(understanding.names) & {*CREDENTIAL, *ORGANISATION}
    if SUITS not in understanding.asks or not understanding.refers or named or not kind:
        return None
    return replace(understanding, names={**understanding.names, kind: state.focus[kind][-1:]})


def accepted_by(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "and by small companies?" after a question who recognises something as the question what employers do."""
    last, topic = last_query(state), knowledge.roles().get("employers", "")
    goes_on = understanding.intent in (REFINE, NOT_UNDERSTOOD) and AND in understanding.back and not understanding.names
    asks = set(understanding.attributes) & {"companies"} and last is not None and last.intent == ASK_RECOGNITION
    if not goes_on or not asks or not topic:
        return None
    return replace(understanding, intent=ASK_TOPIC, topics=(Ranked(topic, 1.0),), claims=(), second=None)


def at_named(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "my son wants to go to Oxford. What can he do there?" as the question what there is, if all else is a guess."""
    guess = understanding.intent in (ASK_TOPIC, NOT_UNDERSTOOD) and not understanding.is_answerable
    best = understanding.topics[0].share * understanding.confidence if understanding.topics else 0.0
    asks = understanding.form == WHAT and {"taught", "programs", "exists", "fields"} & set(understanding.attributes)
    only_named = (
        set(understanding.names) == {"institution"} and not understanding.left_out and not understanding.further
    )
    if not (guess and asks and only_named) or best >= UNLIKELY:
        return None
    return replace(understanding, intent=ASK_ABOUT, attributes=(), second=None)


def where_for_that(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "where would I go for that?" amid advice as the question for the places of the field it is about."""
    field = next((key for key in state.names.get("field", ()) if knowledge.has_name("field", key)), "")
    asks = understanding.intent == ASK_BEST_DESTINATION and set(understanding.attributes) <= {"destinations", "place"}
    if not asks or not field or state.act != ASK_ADVICE or understanding.names or ONE not in understanding.back:
        return None
    return replace(understanding, names={"field": (field,)})


def where_of_program(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "where do I take it?" as the question where the only program in focus is taken."""
    programs, others = state.focus.get("program", ()), set(understanding.names) - {"mode"}
    asks = understanding.form == ASKS_WHERE and set(understanding.attributes) <= OF_WHERE
    latest_kind = next((kind for kind in reversed(state.focus) if kind in (FIELD, *CREDENTIAL, *ORGANISATION)), "")
    if not asks or ONE not in understanding.back or others or len(programs) != 1 or latest_kind != "program":
        return None
    return where_taken(knowledge, understanding, programs[0])


def similar_for(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "is there something like it for German?" after a program as the search for programs of what is named."""
    fields = [key for key in understanding.of(FIELD) if knowledge.has_name(FIELD, key)]
    asks = SIMILAR in understanding.back and "exists" in understanding.attributes and understanding.form == YES_NO
    only_field = set(understanding.names) <= {FIELD, "industry"} and len(fields) == 1 and not understanding.left_out
    if not asks or not only_field or not state.focus.get("program") or fields[0] in state.focus.get(FIELD, ()):
        return None
    return replace(understanding, intent=FIND_PROGRAMS, names={FIELD: (fields[0],)}, second=None, claims=())


def the_field_of(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "for the AI one, which universities?" of one of two fields that are wished for as the question for its places."""
    fields = [key for key in understanding.of(FIELD) if key in state.profile.get(FIELD, ())]
    of_two = (
        len(state.profile.get(FIELD, ())) > 1 and len(fields) == 1 and set(understanding.names) <= {FIELD, "industry"}
    )
    asks = {"institutions", "destinations", "place"} & set(understanding.attributes) or understanding.form == ASKS_WHERE
    if not of_two or not asks or THE_ONE not in understanding.back or understanding.left_out:
        return None
    plain = replace(understanding, intent=ASK_BEST_DESTINATION, names={FIELD: (fields[0],)}, second=None)
    return replace(plain, topics=(), claims=(), attribute="")


def for_each(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "which country for each?" after two fields as the question for the places of both."""
    wished = state.profile.get(FIELD, ())
    fields = tuple(
        key for key in (wished if len(wished) > 1 else state.focus.get(FIELD, ())) if knowledge.has_name(FIELD, key)
    )
    asks = understanding.intent == ASK_BEST_DESTINATION and {EACH, BOTH} & set(understanding.back)
    if not asks or len(fields) < SEVERAL or understanding.names:
        return None
    return replace(understanding, names={FIELD: fields[:SEVERAL]})


def it_in_place(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "is it in Melbourne?" amid talk of a field as the question whether that place has it."""
    kind = next((one for one in reversed(state.focus) if one in (FIELD, *CREDENTIAL, *ORGANISATION)), "")
    best = understanding.topics[0].share * understanding.confidence if understanding.topics else 0.0
    guess = understanding.intent in (ASK_TOPIC, NOT_UNDERSTOOD, REFINE) and best < UNLIKELY
    only_where = bool(understanding.names) and set(understanding.names) <= {"destination", "place"}
    asks = understanding.form == YES_NO and ONE in understanding.back and not understanding.left_out
    if kind != FIELD or not (guess and only_where and asks) or set(understanding.attributes) - OF_WHERE:
        return None
    names = {FIELD: state.focus[FIELD][:1], **understanding.names}
    return replace(understanding, intent=ASK_ABOUT, names=names, attributes=("taught",), topics=(), claims=())
