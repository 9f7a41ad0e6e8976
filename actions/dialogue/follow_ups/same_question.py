"""Resolves which of the things just told of is meant, or what there is beside them: "which one has AI?", "any other?"."""

from __future__ import annotations

from dataclasses import replace

from actions.context import DialogueState, Ranked, Understanding
from actions.dialogue.kept_state import items_of
from actions.dialogue.resolution import AND, BOTH, MANY, ONE, last_spoken, latest
from actions.facts.attributes import PLAIN
from core.contract.intents import ASK_ABOUT, ASK_BEST_DESTINATION, ASK_TOPIC, COMPARE, MORE, NOT_UNDERSTOOD, REFINE
from core.contract.question_forms import LIST, WHICH, YES_NO
from core.contract.question_forms import WHERE as ASKS_WHERE
from knowledge.knowledge_base import Knowledge

FIELD, TAUGHT = "field", "taught"
WHAT_ELSE, OF_TWO = "what-else", "of-two"  # codes of what a message asks
FEWEST, MOST = 2, 3  # places of which one is asked for
LATE = 3  # last questions of which one may have named them
OF_OTHERS = {"exists", "destinations", "other", "only", "place"}  # attributes of "any other country?"
BESIDE = {"order", "mode", "level", "field", "industry"}  # kinds of names that a question of a thing has beside it
COMPARED = ("type", "destination", "provider")  # kinds of which one may be better than another
UNCLEAR = (MORE, REFINE, NOT_UNDERSTOOD, ASK_BEST_DESTINATION, ASK_TOPIC)


def which_has_field(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "which one has nursing?" after two places as the question which of them lists that field."""
    fields = [key for key in understanding.of(FIELD) if knowledge.has_name(FIELD, key)]
    asks = understanding.form == WHICH and {MANY, BOTH} & set(understanding.back)
    only_field = set(understanding.names) <= {FIELD, "industry"} and len(fields) == 1 and not understanding.left_out
    offers = set(understanding.attributes) <= {TAUGHT, "destinations", "popular", "exists"}
    places = _places_told(state) if OF_TWO not in understanding.asks else ()  # which are weighed against each other
    if not asks or not only_field or not offers or not FEWEST <= len(places) <= MOST:
        return None
    asked = replace(understanding, intent=ASK_BEST_DESTINATION, names={FIELD: (fields[0],), "destination": places})
    return replace(asked, attributes=(TAUGHT,), topics=(), claims=(), second=None)


def _places_told(state: DialogueState) -> tuple[str, ...]:
    """Return the places that one of the last questions was about, or that were spoken of one after another."""
    if state.listed.get("program"):  # of which one is meant
        return ()
    late = state.queries[-LATE:]
    several = (query.names.get("destination", ()) for query in reversed(late))
    if both := next((keys for keys in several if len(keys) >= FEWEST), ()):
        return both
    spoken = last_spoken(state, FEWEST, ("destination",)).get("destination", ())
    return spoken if all(any(key in query.names.get("destination", ()) for query in late) for key in spoken) else ()


def beside_what_was_told(
    knowledge: Knowledge, understanding: Understanding, state: DialogueState
) -> Understanding | None:
    """Take "anything besides that?" on the topic just told of as the question for all of it, which no claim is."""
    bare = not (understanding.nth or understanding.further or understanding.about_me)
    bare = bare and not set(understanding.names) - set(understanding.left_out)
    told = state.topic if understanding.intent == ASK_TOPIC == state.act else None
    same = told is not None and understanding.topic in (told, *items_of(knowledge, told))
    if WHAT_ELSE not in understanding.asks or not bare or not same or told is None:
        return None
    asked = replace(understanding, topics=(Ranked(told, 1.0),))
    return replace(asked, form=LIST, names={}, left_out={}, claims=(), second=None, is_answerable=True)


def any_other_place(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "any other?" after the place for a field as the question where else it is popular."""
    field = tuple(key for key in state.names.get(FIELD, ()) if knowledge.has_name(FIELD, key))[:1]
    told = tuple(key for key in state.choices.get("destination", ()) if knowledge.has_name("destination", key))
    asks = WHAT_ELSE in understanding.asks and understanding.intent in UNCLEAR and not understanding.about_me
    bare = not (understanding.names or understanding.nth or understanding.further)
    of_places = state.act == ASK_BEST_DESTINATION and field and told and set(understanding.attributes) <= OF_OTHERS
    if not (asks and bare and of_places):
        return None
    out = {"destination": told}
    asked = replace(understanding, intent=ASK_BEST_DESTINATION, names={FIELD: field, **out}, left_out=out)
    return replace(asked, attributes=(), form=ASKS_WHERE, topics=(), claims=(), second=None, asks=(), back=())


def one_question(understanding: Understanding) -> Understanding:
    """Return "what about Oslo, is it cheaper?" as the one question that it is, asked of what it begins with."""
    leads = understanding.intent == REFINE and AND in understanding.back and not understanding.attributes
    if not leads or not set(understanding.names) - BESIDE or len(understanding.further) != 1:
        return understanding
    (asked,) = understanding.further
    refers = {ONE, MANY} & set(asked.back) or asked.intent == COMPARE
    refers = bool(refers) and bool(asked.form) and not asked.left_out and not asked.nth
    if understanding.left_out or not refers or set(asked.names) - BESIDE:
        return understanding
    names = {**understanding.names, **asked.names}
    if set(asked.attributes) & set(PLAIN):  # the fact is asked of it, and nothing is put in order
        names = {kind: keys for kind, keys in names.items() if kind != "order"}
    whole = replace(asked, names=names, about_me=understanding.about_me, further=())
    return replace(whole, back=(AND,), refers=False, wanted=understanding.wanted, asks_alone=False)


def better_than_it(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "are bootcamps better?" after another kind as the comparison of the two."""
    kind = next(iter(understanding.names), "")
    before = state.focus.get(kind, ())[-1:]
    asks = (
        understanding.form == YES_NO
        and "best" in understanding.attributes
        and understanding.intent in (ASK_TOPIC, ASK_ABOUT)
    )
    only = kind in COMPARED and len(understanding.names) == 1 and len(understanding.of(kind)) == 1
    if not (asks and only) or set(understanding.attributes) - {"best", "good"} or not before:
        return None
    if before == understanding.of(kind) or latest(state, COMPARED) != kind:
        return None
    return replace(
        understanding, intent=COMPARE, names={kind: (*before, *understanding.of(kind))}, claims=(), topics=()
    )
