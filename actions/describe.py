"""Answers questions about a named thing: a destination, institution, type, provider, program, industry or field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from actions.base import Answer
from actions.context import DialogueState, Understanding
from actions.destinations import destinations_of, recommend_destination
from actions.programs.facts import fact_of_programs
from actions.programs.search import by_provider, can_order, find_programs
from actions.recognition import answer_recognition
from actions.replies import credentials, destinations, fields, unanswered
from actions.replies.base import DECLINED, Reply
from actions.said_back import what_is_open, without_answer_to
from actions.topics import about_topic, answer_topic, with_claims
from actions.unanswered import with_open_part
from core.contract.question_forms import YES_NO
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge
from knowledge.models import Destination, OtherName

OF_ITS_OWN = 0.3  # share from which a message without names has a topic of its own
OWN_WORDS, OTHER = ("institution", "provider"), "other"  # kinds of things; an attribute of what asks something else
FIELDS = {"field", "industry"}  # a word may name one of each
# The role of the topic that each order is about.
ORDER_ROLES = {"price": "prices", "duration": "length", "start": "starts", "hours": "workload"}


def describe(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Describe the most specific name in the message, or answer its most likely topic if it names nothing."""
    if set(understanding.names) == {"mode"}:  # "can I do that online?"
        if fact := fact_of_programs(knowledge, understanding, state, knowledge.role("delivery")):
            return fact
        answer = about_topic(knowledge, knowledge.role("delivery"))
        return replace(answer, state=replace(answer.state, names=state.names))
    if set(understanding.names) == {"order"}:  # "the cheaper one?", "a shorter one?"
        return answer_order(knowledge, understanding, state)
    if understanding.of("field") and (understanding.left_out.get("destination") or understanding.left_out.get("place")):
        return recommend_destination(knowledge, understanding, DialogueState())
    if understanding.of("type") and (understanding.of("destination") or understanding.of("place")):
        return find_programs(knowledge, understanding, state)
    of_field = understanding.of("field") and set(understanding.names) <= FIELDS
    if of_field and (there := _destination_talked_about(knowledge, state)):  # "study in Canada" - "only cybersecurity"
        return describe(
            knowledge,
            replace(understanding, names={"destination": (there,), "field": understanding.of("field")}),
            DialogueState(),
        )
    somewhere = understanding.of("field") and set(understanding.names) <= FIELDS | {"destination", "place"}
    if somewhere and len(destinations_of(knowledge, understanding.names)) == 1:
        return recommend_destination(
            knowledge, understanding, DialogueState()
        )  # so that "and in the UK?" asks the same
    # An institution without a destination is the organisation's own.
    if nowhere := [key for key in understanding.of("institution") if _has_no_home(knowledge, key)]:
        return find_programs(
            knowledge,
            replace(understanding, names={**understanding.names, "institution": (nowhere[0],)}),
            DialogueState(),
        )
    for kind, reply in DESCRIBED.items():
        for key in understanding.of(kind):
            found = reply(knowledge, key, understanding)
            if found is not None:
                if _asks_elsewhere(understanding, kind):
                    said = without_answer_to(understanding, what_is_open(knowledge, understanding))
                    found = unanswered.not_told_of(found, said)
                return _with_frame(found, understanding, kind, key)
    if understanding.of("industry"):
        return _industry(knowledge, understanding, state)
    if understanding.of("field"):
        return recommend_destination(knowledge, understanding, state)
    continued = _of_what_is_talked_about(knowledge, understanding, state)
    if continued is None:
        return with_claims(knowledge, understanding, state) or answer_topic(knowledge, understanding, state)
    return replace(continued, state=replace(continued.state, choices=continued.state.choices or state.choices))


def _asks_elsewhere(understanding: Understanding, kind: str) -> bool:
    """Return whether a message asks of an institution or provider what no claim comes near to: "does it have a pool?"."""
    asks = understanding.form == YES_NO and OTHER in understanding.attributes and kind in OWN_WORDS
    return asks and not understanding.follows and max((one.covered for one in understanding.claims), default=0.0) == 0.0


def answer_order(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """List programs in the requested order if the listings state what it goes by, else answer the topic of that order."""
    if state.act != "compare" and can_order(knowledge, understanding.of("order")):
        return find_programs(knowledge, replace(understanding, intent="refine"), state)
    roles = knowledge.roles()
    topic = roles.get(ORDER_ROLES.get(understanding.of("order")[0], "prices")) or knowledge.role("prices")
    if state.names.get("program") and (
        fact := fact_of_programs(knowledge, replace(understanding, names={}), state, topic)
    ):
        return fact
    answer = about_topic(knowledge, topic)
    return replace(answer, state=replace(answer.state, names=state.names))


def _of_what_is_talked_about(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Answer a message without names about what is being talked about ("who offers it?"); None if that is nothing."""
    things = {kind: state.names[kind] for kind in DESCRIBED if kind in state.names}
    if things and state.act == "ask_topic":
        return describe(knowledge, replace(understanding, names=things), DialogueState())
    if state.act == "ask_best_destination" and state.choices.get("destination"):
        return describe(
            knowledge, replace(understanding, names={"destination": state.choices["destination"][:1]}), DialogueState()
        )
    if state.names and state.act in ("ask_about", "find_programs", "ask_best_type"):
        return describe(knowledge, replace(understanding, names=state.names), DialogueState())
    if state.topic and state.act == "ask_topic" and knowledge.has_topic(state.topic):
        asked = understanding.topics[0] if understanding.topics else None
        if asked and asked.share >= OF_ITS_OWN and asked.key != state.topic:  # "who offers them?"
            return with_claims(knowledge, understanding, state) or answer_topic(knowledge, understanding, state)
        return about_topic(knowledge, state.topic)
    return None


def _destination_talked_about(knowledge: Knowledge, state: DialogueState) -> str | None:
    """Return the destination that the last answer was about, by name or as a topic, or None."""
    named = state.names.get("destination", ())
    if state.act == "ask_about":
        return next(iter(named), None)
    destinations = [
        destination
        for destination in knowledge.destinations()
        if destination.topic and destination.topic.key == state.topic
    ]
    return destinations[0].key if state.act == "ask_topic" and destinations else None


def _with_frame(reply: Reply, understanding: Understanding, kind: str, key: str) -> Answer:
    state = DialogueState("ask_about", reply.topic, {**understanding.names, kind: (key,)}, reply.source_keys)
    return Answer(reply, state.offering("want_person") if reply.outcome == DECLINED else state.offering("more"))


def _program(knowledge: Knowledge, key: str, understanding: Understanding) -> Reply | None:
    found = knowledge.program(key)
    return credentials.describe_program(found, knowledge.type(found.type.key))


def _has_no_home(knowledge: Knowledge, key: str) -> bool:
    """Return whether an institution lies in no destination, so that only its programs can be told."""
    return knowledge.has_name("institution", key) and knowledge.institution(key).destination is None


def _institution(knowledge: Knowledge, key: str, understanding: Understanding) -> Reply | None:
    try:
        institution = knowledge.institution(key)
    except UnknownKey:
        reply = destinations.not_in_guide(
            _unknown(knowledge, understanding, "institution"), _home(knowledge, understanding)
        )
        return with_open_part(knowledge, understanding, reply)
    if institution.destination is None:  # `describe` has searched its programs before
        return None
    return destinations.describe_institution(institution, knowledge.destination(institution.destination.key))


def _unknown(knowledge: Knowledge, understanding: Understanding, kind: str) -> list[OtherName]:
    """Return the names of a kind that the message holds and the guide doesn't."""
    return [knowledge.other_name(kind, key) for key in understanding.of(kind) if not knowledge.has_name(kind, key)]


def _home(knowledge: Knowledge, understanding: Understanding) -> Destination | None:
    named = understanding.of("destination")
    return knowledge.destination(named[0]) if named else None


def _provider(knowledge: Knowledge, key: str, understanding: Understanding) -> Reply | None:
    try:
        found = knowledge.provider(key)
    except UnknownKey:
        return (
            None
            if understanding.of("type") or understanding.of("destination")
            else with_open_part(
                knowledge, understanding, destinations.not_in_guide(_unknown(knowledge, understanding, "provider"))
            )
        )
    if understanding.of("type"):
        return None  # "which universities offer MicroMasters" is about the type
    return credentials.describe_provider(
        found, [knowledge.type(kind.key) for kind in found.types], by_provider(knowledge, key)
    )


def _type(knowledge: Knowledge, key: str, understanding: Understanding) -> Reply | None:
    found = knowledge.type(key)
    return about_topic(knowledge, found.topic.key).reply if found.topic else None


def _destination(knowledge: Knowledge, key: str, understanding: Understanding) -> Reply | None:
    if len(understanding.of("destination")) > 1:
        return destinations.side_by_side([knowledge.destination(one) for one in understanding.of("destination")])
    if understanding.of("field"):
        return fields.field_in_destination(
            knowledge.field_answer(understanding.of("field")[0]),
            knowledge.destination(key),
            understanding.form == YES_NO,
        )
    return destinations.describe_destination(knowledge.destination(key))


def _place(knowledge: Knowledge, key: str, understanding: Understanding) -> Reply | None:
    places = [knowledge.place(each) for each in understanding.of("place")]
    if understanding.of("field") and len(places) == 1 and places[0].destination is None:
        return fields.field_elsewhere(knowledge.field_answer(understanding.of("field")[0]), places[0])
    if len(places) > 1 and not any(place.destination or place.note or place.strengths for place in places):
        return destinations.unlisted_places(places, knowledge.destinations())
    return destinations.unlisted_place(knowledge.place(key), knowledge.destinations())


def _industry(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    for key in understanding.of("industry"):
        try:
            found = knowledge.industry(key)
        except UnknownKey:
            continue
        if found.embraces and found.topic:
            answer = about_topic(knowledge, found.topic.key)
            return _with_frame(answer.reply, understanding, "industry", key)
    if understanding.of("field"):  # "I like cybersecurity" names an industry, too, of which the guide says little
        return recommend_destination(knowledge, understanding, state)
    return answer_recognition(knowledge, understanding, state)


# In this order, since a more specific name tells more about the question.
DESCRIBED: dict[str, Callable[[Knowledge, str, Understanding], Reply | None]] = {
    "program": _program,
    "institution": _institution,
    "provider": _provider,
    "type": _type,
    "destination": _destination,
    "place": _place,
}
