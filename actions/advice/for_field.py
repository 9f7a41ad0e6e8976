"""Answers a question about places or kinds of credential for the field of the person: "Germany or the UK, which for me?"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from actions.advice.profile import NEVER, field_key, merged, of_learner, seeks_no_work
from actions.advice.suggestion import person_of, suggest
from actions.base import Answer
from actions.context import DialogueState, Names, Understanding
from actions.credential_types import recommend_type
from actions.destinations import recommend_destination
from actions.programs.search import find_programs
from actions.replies.advice import for_field as words
from actions.replies.advice.choice import field_chosen
from actions.replies.advice.for_field import Where
from actions.replies.base import Reply
from actions.unanswered import anything_else
from core.contract.intents import (
    ASK_ABOUT,
    ASK_ADVICE,
    ASK_BEST_DESTINATION,
    ASK_BEST_TYPE,
    ASK_TOPIC,
    COMPARE,
    FIND_PROGRAMS,
    NOT_UNDERSTOOD,
    OUT_OF_SCOPE,
    REFINE,
    WANT_PERSON,
)
from core.contract.question_forms import LIST, OR, WHAT, WHY
from core.contract.question_forms import WHERE as ASKS_WHERE
from knowledge.knowledge_base import Knowledge
from knowledge.models import FieldAnswer

# Codes of nlu/data/about_me.yml.
FOR_ME, OF_TWO, EITHER, PUT_RIGHT, WHICH_ONE = "for-me", "of-two", "either", "put-right", "which-one"
WHAT_ELSE = "what-else"
FIELD, DESTINATION = "field:", "destination:"  # before the key of a place among what was talked about
WHERE_KINDS = ("destination", "place")
OF_PLACES = {*WHERE_KINDS, "field", "industry"}
SEVERAL = (COMPARE, ASK_BEST_DESTINATION, ASK_ABOUT, REFINE, ASK_ADVICE, NOT_UNDERSTOOD, OUT_OF_SCOPE)
GENERAL = {"all", "exists", "institutions", "taught", "programs"}  # attributes of what a place has
OF_OFFER = {"exists", "programs", "good", "best", "types", "taught"}  # attributes of what there is for a field
OPINION = "opinion"  # the same
ASKS_ADVICE = {"advice", "which-one"}
LIKELY = 0.4  # probability from which a topic is no guess
ONE = (ASK_ABOUT, REFINE, ASK_BEST_DESTINATION)


def answer_for_field(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Answer what the message asks of places and kinds for the field of the person, or None."""
    if understanding.form == WHY and understanding.intent == ASK_TOPIC:  # the reasons are the claims' to give
        return None
    if answer := _of_two_fields(knowledge, understanding, state) or _of_named_field(knowledge, understanding, state):
        return answer
    named = understanding.of("field")
    if len(named) == 1 and {OF_TWO, WHICH_ONE} & set(understanding.asks) and not understanding.left_out:
        two = _places(knowledge, understanding, state)  # "analytics: which of the two?"
        if len(two) > 1 and knowledge.has_name("field", named[0]):
            compared = words.places_compared(knowledge.field_answer(named[0]), two, person_of(knowledge, state.profile))
            return _answer(compared, {"field": named}, two)
    if (
        understanding.left_out
        or named
        and not (understanding.follows and named[0] == field_key(knowledge, state.profile))
    ):
        return None
    places = _places(knowledge, understanding, state)
    key = _field(knowledge, understanding, state)
    if not key and len(places) > 1 and {*ASKS_ADVICE, EITHER} & set(understanding.asks):
        key = talked_field(knowledge, state)  # "Oslo or Bergen, if you were me?" after a field
    if not key:
        return None
    field = knowledge.field_answer(key)
    types = understanding.of("type")
    if len(types) == 1 and len(places) == 1 and EITHER in understanding.asks:
        kind = knowledge.type(types[0])
        return _answer(words.kind_or_place(field, kind, places[0]), {"field": (key,), "type": types}, places)
    if types or not set(understanding.names) <= OF_PLACES:
        return None
    which_one = WHICH_ONE in understanding.asks and not understanding.names
    of_fields = understanding.intent == ASK_ABOUT and understanding.follows and "fields" in understanding.attributes
    if len(places) > 1 and of_fields:  # "what can I study there?" after both were compared
        return None
    if len(places) > 1 and understanding.intent == ASK_ABOUT and "institutions" in understanding.attributes:
        return _answer(words.who_teaches_in_each(field, places), {"field": (key,)}, places)
    if len(places) > 1 and (understanding.intent in SEVERAL or _for_me(understanding) or which_one):
        person = person_of(knowledge, state.profile)
        return _answer(words.places_compared(field, places, person), {"field": (key,)}, places)
    of_whom = "institutions" in understanding.attributes and ASKS_ADVICE & set(understanding.asks)
    if len(places) == 1 and of_whom:  # "which European university would you advise?"
        return _answer(words.who_teaches(field, places[0]), {"field": (key,)}, places)
    if _left_field(understanding, state):
        return None
    if len(places) == 1 and understanding.names and _asks_of_place(knowledge, understanding, state):
        return _answer(_of_place(field, places[0], understanding), {"field": (key,)}, places)
    return None


def between_fields(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Choose between two fields that a message names, by what is known for each; None if it asks for no such choice."""
    out, asks = understanding.left_out.get("field", ()), set(understanding.asks)
    keys = [key for key in understanding.of("field") if key not in out and knowledge.has_name("field", key)]
    amid = understanding.form == OR and bool(state.profile)  # "AI or sustainability?" of one who told of themselves
    chooses = ({*ASKS_ADVICE, OPINION, FOR_ME, OF_TWO} & asks or amid) and {EITHER, OF_TWO, WHICH_ONE} & asks
    only_fields = understanding.follows or set(understanding.names) <= {"field", "industry"}
    if len(keys) != 2 or not chooses or not only_fields or understanding.further or understanding.intent in NEVER:
        return None
    profile = of_learner(state.profile)
    found = [one for key in keys if (one := suggest(knowledge, {**profile, "field": (key,)}))]
    if len(found) < 2:
        return None
    own = {key for part in ("work_field", "work_industry", "studied") for key in profile.get(part, ())}
    theirs = [one for one in found if one.field.field.key in own]
    reply = field_chosen(found, theirs, person_of(knowledge, state.profile), not seeks_no_work(state.profile))
    after = DialogueState(ASK_ADVICE, None, {"field": tuple(keys)}, reply.source_keys)
    kept = replace(after, profile=merged(state.profile, {"field": tuple(keys)}), advised=state.advised)
    return Answer(reply, kept.offering(WANT_PERSON))


def _left_field(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether it goes on about a place, and no longer about a field: "what is Oslo good at?", "which schools there?"."""
    last = state.queries[-1] if state.queries else None
    if WHAT_ELSE in understanding.asks:  # "what else is that country known for?"
        return understanding.follows
    of_place = last is not None and last.intent == ASK_ABOUT and set(last.names) <= {*WHERE_KINDS}
    return of_place and understanding.follows and not _for_me(understanding) and state.act == ASK_ABOUT


def _of_place(field: FieldAnswer, place: Where, understanding: Understanding) -> Reply:
    if "institutions" in understanding.attributes:
        return words.who_teaches(field, place)
    return words.place_for(field, place, place.destination.about if not _for_me(understanding) else "")


def _of_two_fields(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Compare the two fields that are wished for: "which of the two has more courses?"."""
    named = understanding.of("field")
    apart = (
        understanding.intent == COMPARE
        and set(understanding.names) <= {"field", "industry"}
        and not understanding.left_out
    )
    if apart and len(named) > 1 and not {OF_TWO, WHICH_ONE} & set(understanding.asks):
        reply = words.fields_apart([knowledge.field_answer(key) for key in named[:2]])
        return Answer(reply, DialogueState(COMPARE, None, {"field": named[:2]}, reply.source_keys))
    wished = named if len(named) > 1 and not understanding.left_out else state.profile.get("field", ())
    keys = [key for key in (wished if len(wished) > 1 else fields_of_late(state)) if knowledge.has_name("field", key)]
    asks = {OF_TWO, WHICH_ONE} & set(understanding.asks)
    if (
        not asks
        or (OF_TWO not in asks and len(named) < 2 and understanding.names)
        or len(keys) < 2
        or set(understanding.names) & {"type", *WHERE_KINDS}
    ):
        return None
    reply = words.fields_compared([knowledge.field_answer(key) for key in keys[:2]])
    return Answer(reply, DialogueState(ASK_ADVICE, None, {"field": tuple(keys[:2])}, reply.source_keys))


def _of_named_field(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Tell what there is for the field that a message names, where its topic is nothing in particular.

    "What certificates exist for supply chain?", "is there anything for welders?".
    """
    key = next(iter(understanding.of("field") or understanding.of("industry")), "")
    anywhere = bool(understanding.of("any"))  # "so nothing for it anywhere?"
    of_field = bool(key) and set(understanding.names) <= {"field", "industry", "any"} and not understanding.unknown
    asks = {"exists"} if anywhere and set(understanding.attributes) <= {"other"} else set(understanding.attributes)
    if not of_field or understanding.left_out or not asks or not asks <= OF_OFFER:
        return None
    unheard = understanding.intent == OUT_OF_SCOPE and bool(state.advised)  # "and something for a cook?" amid advice
    vague = (
        unheard
        or understanding.intent == NOT_UNDERSTOOD
        or understanding.intent == ASK_TOPIC
        and _is_vague(understanding)
    )
    vague = vague or understanding.intent == ASK_BEST_DESTINATION and understanding.form in (WHAT, LIST)  # not where
    if not vague or not knowledge.has_name("field", key):
        return None
    if state.act == COMPARE and state.names.get("type"):  # "and which is better for coding?"
        return recommend_type(knowledge, replace(understanding, names={"field": (key,)}), DialogueState())
    answer = knowledge.field_answer(key)
    if answer.programs and ("programs" in asks or understanding.intent == ASK_BEST_DESTINATION):
        return find_programs(knowledge, replace(understanding, names={"field": (key,)}), DialogueState())
    return recommend_destination(knowledge, replace(understanding, names={"field": (key,)}), DialogueState())


def _is_vague(understanding: Understanding) -> bool:
    """Return whether the likeliest topic is a guess, or the question is left open as nothing in particular."""
    topic = understanding.topics[0]
    return topic.share * understanding.confidence < LIKELY or not understanding.is_answerable


def _field(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> str:
    """Return the field of the person, or that which was talked about if the message asks about "it" or "for me"."""
    if key := field_key(knowledge, state.profile):
        return key
    talked = (*state.names.get("field", ()), *state.focus.get("field", ()))
    return next((key for key in talked if knowledge.has_name("field", key)), "") if _for_me(understanding) else ""


def _for_me(understanding: Understanding) -> bool:
    return bool({FOR_ME, OF_TWO} & set(understanding.asks))


def _places(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> list[Where]:
    """Return the destinations that are named, each with the place in it that was said; those of the profile for "the two"."""
    named = list(_named_places(knowledge, understanding.names))
    if not named and OF_TWO in understanding.asks:
        wished = [value.partition("/") for value in state.profile.get("place", ())]
        for kind, _, key in wished:
            named += _named_places(knowledge, {kind: (key,)})
    asks = set(understanding.asks)
    advised = state.act == ASK_ADVICE and OF_TWO not in asks  # of what was advised, which comes later
    if (
        not named
        and not advised
        and (WHICH_ONE in asks or {OF_TWO, FOR_ME} <= asks and understanding.intent == ASK_ADVICE)
    ):
        for names in places_of_late(state):
            named += _named_places(knowledge, names)
    return list({where.destination.key: where for where in named}.values())


def of_own_field(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Answer "which country is best for me?" and "which type?" for the field that the person told of before."""
    asks = understanding.intent in (ASK_BEST_DESTINATION, ASK_BEST_TYPE)
    talked = state.names.get("field", ())
    asks_where = understanding.form == ASKS_WHERE
    if asks_where and understanding.intent in (NOT_UNDERSTOOD, REFINE) and talked and not understanding.names:
        return recommend_destination(knowledge, replace(understanding, names={"field": talked[:1]}), DialogueState())
    if not asks and asks_where and understanding.intent in (NOT_UNDERSTOOD, ASK_ABOUT, REFINE):
        # "And where could she do that?"
        asks, understanding = True, replace(understanding, intent=ASK_BEST_DESTINATION)
    if not asks or set(understanding.names) - {"mode"} or understanding.left_out:
        return None
    field = field_key(knowledge, state.profile)
    other = talked and talked[0] != field and state.act not in (ASK_TOPIC, ASK_ADVICE)  # it goes on about that one
    if not field or other:
        return None
    recommend = recommend_destination if understanding.intent == ASK_BEST_DESTINATION else recommend_type
    return recommend(knowledge, replace(understanding, names={"field": (field,)}), DialogueState())


def talked_field(knowledge: Knowledge, state: DialogueState) -> str:
    """Return the field that was talked about last, or ""."""
    late = [mark.removeprefix(FIELD) for mark in reversed(state.talked) if mark.startswith(FIELD)]
    talked = (*state.names.get("field", ()), *state.focus.get("field", ()), *late)
    return next((key for key in talked if knowledge.has_name("field", key)), "")


def fields_of_late(state: DialogueState) -> list[str]:
    """Return the last two fields, if the last two things that were answered about are fields."""
    late = state.talked[-2:]
    return [mark.removeprefix(FIELD) for mark in late] if all(mark.startswith(FIELD) for mark in late) else []


def places_of_late(state: DialogueState) -> list[Names]:
    """Return the places of the last two questions, if each was about one; else nothing."""
    late = [mark.removeprefix(DESTINATION) for mark in state.talked if mark.startswith(DESTINATION)][-2:]
    if state.act == COMPARE or len(state.choices.get("destination", ())) == 2:
        both = state.choices.get("destination") or state.names.get("destination", ())
        return [{"destination": (key,)} for key in both]
    return [{"destination": (key,)} for key in late] if len(late) == 2 else []


def _named_places(knowledge: Knowledge, names: Names) -> Iterator[Where]:
    for key in names.get("destination", ()):
        if knowledge.has_name("destination", key):
            destination = knowledge.destination(key)
            yield Where(destination.short, destination)
    for key in names.get("place", ()):
        place = knowledge.place(key) if knowledge.has_name("place", key) else None
        if place and place.destination:
            yield Where(place.name, place.destination)


def _asks_of_place(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> bool:
    """Return whether the message asks what a place has, in general or for the person."""
    searches_on = understanding.intent == FIND_PROGRAMS and state.act == FIND_PROGRAMS and not state.shown
    lost = understanding.topic == anything_else(knowledge) and bool(understanding.attributes)
    of_place = understanding.intent in ONE or understanding.intent == ASK_TOPIC and lost  # "is there one in Ireland?"
    asked = set(understanding.attributes)
    offers = (
        asked - {"fields"} if "taught" in asked else asked
    )  # "what do they offer there?" asks for no list of fields
    general = of_place and offers <= GENERAL and state.act != FIND_PROGRAMS
    if general or searches_on:
        return True
    described = knowledge.described_by(understanding.topic or "") is not None  # a visa for Canada is another question
    elsewhere = understanding.intent == ASK_TOPIC and not described
    return _for_me(understanding) and not elsewhere and understanding.intent in (*SEVERAL, ASK_TOPIC, FIND_PROGRAMS)


def _answer(reply: Reply, names: Names, places: list[Where]) -> Answer:
    where = tuple(place.destination.key for place in places)
    state = DialogueState(ASK_BEST_DESTINATION, reply.topic, names, reply.source_keys)
    return Answer(reply, replace(state, choices={"destination": where}).offering("want_person"))
