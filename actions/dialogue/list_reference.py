"""Resolves references to the last list: "the second one", "is the second one online?", "are both recognised?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.advice.profile import place_wanted
from actions.advice.suggestion import suggest
from actions.base import Answer
from actions.context import (
    DialogueState,
    Names,
    Ranked,
    Understanding,
)
from actions.describe import describe
from actions.dialogue.kept_state import (
    TAKE_BACK,
    institutions_of,
    items_of,
)
from actions.dialogue.resolution import (
    ALL,
    BOTH,
    FOLLOW_UPS,
    LIST_KINDS,
    MANY,
    REST,
    SURELY,
    THE_ONE,
    about,
    kinds_called,
    last_query,
    last_spoken,
    where_of,
)
from actions.near_fields import near_fields
from actions.replies import topics as words
from actions.topics import about_topic
from core.contract.intents import (
    ASK_ABOUT,
    ASK_BEST_DESTINATION,
    ASK_RECOGNITION,
    ASK_TOPIC,
    COMPARE,
    MORE,
    NOT_UNDERSTOOD,
    SUM_UP,
)
from core.contract.question_forms import LIST, WHAT, WHERE, WHICH
from knowledge.knowledge_base import Knowledge

LAST, OTHER, TOPIC, FIELD = "last", "other", "topic", "field"
KINDS = ("program", "destination", "place", "type", "provider", "institution")
VAGUE = 0.3  # confidence below which a topic is a guess: "the second one, please explain what it is"
FEWEST = 2  # things from which a list has a second one
GUESS = 0.05  # probability below which a topic is none at all
# Attributes of "could you name them?", and of the same "without any description".
ALL_OF_IT = ({"all"}, {"all", "without"}, {"all", "without", "other"})
# Attributes of what asks for a list and no more.
OF_A_LIST = {"all", "listed", "only", "count", "exists", "good", "other"}
OF_CREDENTIAL = {"providers", "fields", "example"}  # attributes of what a kind of credential has
FEW = 5  # things that "all of them" may be


def listed_thing(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Put the listed thing in place of its ordinal, and keep the question about it ("is the second one online?")."""
    if not understanding.nth or set(understanding.names) & set(LIST_KINDS) - {"field"}:
        return None
    of_field = not understanding.kind and _means_field(knowledge, understanding, state)
    kind, keys = list_of(knowledge, FIELD if of_field else understanding.kind, state)
    fits = not understanding.kind or kind in kinds_called(understanding.kind) and kind in state.listed
    if not keys or understanding.short and fits and state.listed.get(kind):
        return None  # "the second one": the row of things pointed at describes it
    refused = tuple(key for key in understanding.left_out.get(kind, ()) if key in keys)  # "not nursing, the other one"
    talked = refused or state.focus.get(kind, ()) if understanding.nth == OTHER else ()
    understanding = replace(understanding, names={}, left_out={}, manner="") if refused else understanding
    key = chosen(keys, understanding.nth, talked)
    if key is None:
        return None
    if kind == "topic":
        return replace(understanding, intent=ASK_TOPIC, topics=(Ranked(key, 1.0),), nth="")
    if kind == "program" and understanding.form == WHERE:
        return where_taken(knowledge, replace(understanding, nth=""), key)
    if kind == "type" and understanding.form == WHERE:
        asked = replace(understanding, intent=ASK_TOPIC, names={kind: (key,)}, attributes=("where",), nth="")
        return replace(asked, topics=(), claims=(), second=None, attribute="")
    last = last_query(state)
    again = last is not None and understanding.short and bool(last.intent == ASK_BEST_DESTINATION or of_field)
    if kind == FIELD and (understanding.form == WHERE or of_field or again):
        return replace(understanding, intent=ASK_BEST_DESTINATION, names={kind: (key,)}, nth="")
    vague = understanding.intent == ASK_TOPIC and understanding.confidence < VAGUE
    vague = vague and (understanding.form == WHAT or _share(understanding) < GUESS)
    alone = replace(_asked_of_one(understanding, kind), nth="")
    if vague or understanding.short or understanding.intent in (MORE, COMPARE, TAKE_BACK, SUM_UP):
        alone = replace(alone, intent=ASK_ABOUT)
    return about(knowledge, alone, {kind: (key,)}, state)


def _asked_of_one(understanding: Understanding, kind: str) -> Understanding:
    """Return what is asked of a listed thing without the words that point at it: "who runs the former?"."""
    asked = set(understanding.attributes) & OF_CREDENTIAL
    if kind in ("type", "program") and asked:
        plain = tuple(one for one in understanding.attributes if one in asked)
        return replace(understanding, intent=ASK_ABOUT, attributes=plain, topics=(), claims=(), second=None)
    return understanding


def _means_field(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> bool:
    """Return whether a position is one of two fields: "is the first one popular anywhere?", "and the other?" after one."""
    told = _fields_told(knowledge, state)
    if len(told) < FEWEST or "popular" in understanding.attributes:
        return len(told) >= FEWEST
    of_one = len(told) == FEWEST and len(state.focus.get(FIELD, ())) == 1 and state.focus[FIELD][0] in told
    return understanding.nth == OTHER and of_one and len(list_of(knowledge, "", state)[1]) != FEWEST


def where_taken(knowledge: Knowledge, understanding: Understanding, program: str) -> Understanding:
    """Return the question where a program is taken: of the program itself if its place is known, else what isn't known."""
    found = knowledge.program(program)
    names: Names = {"program": (program,)}
    if found.destination or found.institution:
        return replace(understanding, intent=ASK_ABOUT, names=names, topics=(), attributes=(), claims=())
    asked = replace(understanding, intent=ASK_TOPIC, names=names, topics=(), attributes=("where",), claims=())
    return replace(asked, second=None, attribute="")


def lists_all(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "please list the nine", or "could you name them?", after a topic that is a list as the question for all of it."""
    bare = set(understanding.attributes) in ALL_OF_IT
    asks = understanding.form == LIST or bare and understanding.intent != MORE  # "tell me more" asks for what is left
    may_ask = asks and understanding.intent in (MORE, SUM_UP, NOT_UNDERSTOOD, ASK_TOPIC)
    own = bool(understanding.names or understanding.nth or understanding.further or understanding.left_out)
    sure = understanding.intent == ASK_TOPIC and _share(understanding) >= VAGUE
    topic = state.topic if state.act == ASK_TOPIC else None
    tells = understanding.about_me or understanding.asks  # "name me two arguments against it"
    own = own or not bare and bool(set(understanding.attributes) - OF_A_LIST)  # "list the providers"
    if topic is None or not may_ask or own or sure or tells or not items_of(knowledge, topic):
        return None
    asked = replace(understanding, intent=ASK_TOPIC, confidence=1.0, form=LIST, topics=(Ranked(topic, 1.0),))
    return replace(asked, claims=(), second=None, is_answerable=True)


def _share(understanding: Understanding) -> float:
    return understanding.topics[0].share * understanding.confidence if understanding.topics else 0.0


def those_of_field(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Put the listed programs of a field in place of "which of them for English?"."""
    listed, fields = state.listed.get("program", ()), set(understanding.of(FIELD))
    asks = (
        MANY in understanding.back and understanding.form == WHICH and set(understanding.names) <= {FIELD, "industry"}
    )
    if not asks or len(listed) < FEWEST or not fields or understanding.left_out:
        return None
    keys = tuple(key for key in listed if fields & {one.key for one in knowledge.program(key).fields})
    if not keys or len(keys) == len(listed) or understanding.intent == COMPARE:
        return None
    return replace(understanding, intent=COMPARE if len(keys) > 1 else ASK_ABOUT, names={"program": keys}, claims=())


def the_rest(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Put the things of the last list that were not talked about in place of "the other two"."""
    if REST not in understanding.back or set(understanding.names) & set(LIST_KINDS):
        return None
    kind, listed = list_of(knowledge, understanding.kind, state)
    keys = tuple(key for key in listed if key not in state.focus.get(kind, ()))
    if not keys or len(keys) == len(listed) or len(keys) > FEW or kind == "topic":
        return None
    if understanding.intent in (ASK_TOPIC, ASK_RECOGNITION) and understanding.confidence >= SURELY:
        return about(knowledge, understanding, {kind: keys}, state)
    return replace(understanding, intent=COMPARE if len(keys) > 1 else ASK_ABOUT, names={kind: keys})


def both(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Put the things of the last list, or those in focus, in place of "both" and "all of them"."""
    ways = set(understanding.back)
    if not ways & {BOTH, ALL} or set(understanding.names) & set(LIST_KINDS) - {"field"}:
        return None
    of_places = "destinations" in understanding.attributes and "listed" in understanding.attributes
    named_kind = understanding.kind or ("destination" if of_places else "")  # "the two countries you mentioned"
    kind, keys = list_of(knowledge, named_kind, state)
    two_places = _choices_of_place(knowledge, state)[-2:]
    last = last_query(state)
    if BOTH in ways and not named_kind and last and "destination" in last.names and len(two_places) > 1:
        kind, keys = "destination", two_places  # an older list is not what was spoken of last
    other = bool(named_kind) and kind not in kinds_called(named_kind)
    if BOTH in ways and (len(keys) != 2 or other):
        kind = next((kind for kind in reversed(state.focus) if len(state.focus[kind]) == 2), "")
        keys = state.focus.get(kind, ())
        if named_kind in ("", "destination") and len(keys) != 2:  # "compare both countries"
            kind, keys = "destination", two_places
        spoken = last_spoken(state, FEWEST) if len(keys) != FEWEST and not named_kind else {}
        if len(spoken) == 1:
            ((kind, keys),) = spoken.items()
    if not 1 < len(keys) <= FEW or kind in ("", "topic"):
        return None
    if understanding.intent == COMPARE:
        asked = tuple(one for one in understanding.attributes if one != "common")  # which the word "both" tells of
        attributes = asked if "difference" in asked else understanding.attributes
        return replace(understanding, names={**understanding.names, kind: keys}, attributes=attributes)
    if set(understanding.names) == {"mode"} and kind in ("type", "program"):  # "are both online?"
        asks_mode = replace(understanding, names={}, attributes=("mode",), claims=())
        return about(knowledge, asks_mode, {kind: keys}, state)
    bare = (
        not understanding.names and set(understanding.attributes) <= {"common"} and understanding.intent in FOLLOW_UPS
    )
    if bare and last and last.intent == ASK_TOPIC and last.topic:  # "and visas?" - "for both?"
        again = replace(understanding, intent=ASK_TOPIC, topics=(Ranked(last.topic, 1.0),), attributes=last.attributes)
        again = replace(again, is_answerable=True, claims=())
        return replace(again, names={kind: keys}, form=last.form)
    return about(knowledge, understanding, {kind: keys}, state)


def talked_destinations(state: DialogueState) -> tuple[str, ...]:
    """Return the destinations that were answered about, the latest last."""
    mark = f"{kinds_called('destination')[0]}:"
    return tuple(one.removeprefix(mark) for one in state.talked if one.startswith(mark))


def _choices_of_place(knowledge: Knowledge, state: DialogueState) -> tuple[str, ...]:
    """Return the destinations that were answered about, without that in which the person is at home, the latest last."""
    homes = {
        home.key
        for part in ("origin", "lives")
        if (home := place_wanted(knowledge, {"place": state.profile.get(part, ())})[1])
    }
    return tuple(key for key in talked_destinations(state) if key not in homes)


def list_of(knowledge: Knowledge, kind: str, state: DialogueState) -> tuple[str, tuple[str, ...]]:
    """Return the kind and the things of the last list; a kind that was not listed is looked for at the place in focus."""
    if kind and (called := next((each for each in kinds_called(kind) if each in state.listed), "")):
        return called, state.listed[called]
    if kind and (called := next((each for each in kinds_called(kind) if each in state.earlier), "")):
        return called, state.earlier[called]
    if kind == "destination" and state.advised and len(places := _places_advised(knowledge, state)) > 1:
        return kind, places
    if kind == FIELD and len(fields := _fields_told(knowledge, state)) > 1:
        return kind, fields
    where = where_of(state)
    if kind == "institution" and where == "destination":
        return kind, institutions_of(knowledge, state.focus[where][0])
    listed = next((each for each in ("topic", *LIST_KINDS) if state.listed.get(each)), "")
    keys = state.listed.get(listed, ())
    if len(keys) < FEWEST and not kind and len(fields := _fields_told(knowledge, state)) > 1:
        return FIELD, fields  # "the second one you mentioned" after two fields
    if listed == "destination" and len(keys) == 1 and (named := institutions_of(knowledge, keys[0])):
        programs = state.earlier.get("program", ())
        last = last_query(state)
        of_place = state.act == ASK_BEST_DESTINATION or last is None or bool({"destination", "place"} & set(last.names))
        if not of_place and not kind and len(programs) > 1 and _is_of_focus(knowledge, programs, state):
            return "program", programs  # it went on about what these are
        return "institution", named  # which were named with the one place
    return listed, keys


def _places_advised(knowledge: Knowledge, state: DialogueState) -> tuple[str, ...]:
    """Return the destinations that were named in what was advised, in their order."""
    found = suggest(knowledge, state.profile)
    homes = (*found.homes, *(home for _, near in found.near for home in near)) if found else ()
    return tuple(dict.fromkeys(home.key for home in homes))


def _is_of_focus(knowledge: Knowledge, programs: Sequence[str], state: DialogueState) -> bool:
    """Return whether all of some programs are of the field that is talked about."""
    talked = set(state.focus.get(FIELD, ()))
    return all(talked & {one.key for one in knowledge.program(key).fields} for key in programs)


def field_told(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Put the one of two told fields in place of a name near it ("the informatics one"); of two, the one not refused."""
    told = _fields_wished(knowledge, state)
    out = understanding.left_out.get(FIELD, ())
    named = tuple(key for key in understanding.of(FIELD) if key not in out)
    points = THE_ONE in understanding.back or set(out) & set(told)
    if len(told) < FEWEST or not points or len(named) != 1 or named[0] in told:
        return None
    meant = [key for key in told if key not in out and _is_near(knowledge, key, named[0])]
    if len(meant) != 1:
        return None
    names: Names = {FIELD: (meant[0],)}
    if understanding.form == WHERE or understanding.intent == ASK_BEST_DESTINATION:
        return replace(understanding, intent=ASK_BEST_DESTINATION, names=names, left_out={}, manner="")
    intent = ASK_ABOUT if understanding.intent in FOLLOW_UPS else understanding.intent
    return replace(understanding, intent=intent, names=names, left_out={}, manner="")


def _is_near(knowledge: Knowledge, key: str, other: str) -> bool:
    """Return whether a field is near another, or that near it."""
    of_key = {field.key for field in near_fields(knowledge, knowledge.field_answer(key))}
    of_other = {field.key for field in near_fields(knowledge, knowledge.field_answer(other))}
    return other in of_key or key in of_other


def _fields_wished(knowledge: Knowledge, state: DialogueState) -> tuple[str, ...]:
    return tuple(key for key in state.profile.get(FIELD, ()) if knowledge.has_name(FIELD, key))


def _fields_told(knowledge: Knowledge, state: DialogueState) -> tuple[str, ...]:
    """Return the fields that the person told of, or those in focus, in their order."""
    told = _fields_wished(knowledge, state)
    return told if len(told) > 1 else state.focus.get(FIELD, ())


def answer_ordinal(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Describe the shown thing that the message points at; None if it points at none, or names what it is about."""
    if not understanding.nth or understanding.names:
        return None
    answer = _about_one(knowledge, understanding, state) if state.act else None
    if answer or state.act and not understanding.short:  # whose other words may say what is meant
        return answer
    return Answer(words.nothing_shown(is_shorter=any(state.listed.values())), state)


def _about_one(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Describe the thing that the message points at, or return None if nothing was shown or the list is shorter."""
    shown = state.listed
    if topics := shown.get(TOPIC):
        topic = chosen(topics, understanding.nth, (state.topic,) if state.topic else ())
        if not topic:
            return None
        answer = about_topic(knowledge, topic)
        return replace(answer, state=replace(answer.state, choices={TOPIC: topics}))
    for kind in KINDS:
        if keys := shown.get(kind):
            key = chosen(keys, understanding.nth, _talked_about(knowledge, kind, state))
            if not key:
                return None
            answer = describe(knowledge, replace(understanding, names={kind: (key,)}), DialogueState())
            return replace(answer, state=replace(answer.state, choices={kind: keys}))  # the others can still be chosen
    return None


def _talked_about(knowledge: Knowledge, kind: str, state: DialogueState) -> Sequence[str]:
    """Return which of the things the last answer was about, by name or as a destination's topic."""
    topics = {
        destination.key
        for destination in knowledge.destinations()
        if destination.topic and destination.topic.key == state.topic
    }
    return tuple(topics) if kind == "destination" and topics and state.act != "compare" else state.names.get(kind, ())


def chosen(things: Sequence[str], position: str, talked_about: Sequence[str] = ()) -> str | None:
    """Return the thing at a position, "1" for the first, or None if there are fewer.

    "other" is the one of two things that is not talked about, or the second.
    """
    if position == OTHER:
        others = [thing for thing in things if (thing,) != tuple(talked_about)]
        return others[-1] if len(things) == 2 else None
    number = len(things) if position == LAST else int(position)
    return things[number - 1] if 0 < number <= len(things) else None
