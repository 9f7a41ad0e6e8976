"""A question about a named thing: a destination, institution, type, provider, program, industry or field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from actions.answering import Answer
from actions.facts import fact_of_programs
from actions.places import destinations_of, recommend_destination
from actions.programs import by_provider, can_order, find_programs
from actions.recognition import answer_recognition
from actions.replies import credentials, places
from actions.replies.base import Reply
from actions.said import Frame, Said
from actions.topics import about_topic, answer_topic
from knowledge.errors import UnknownKey
from knowledge.queries import Knowledge

FIELDS = {"field", "industry"}  # many a word names one of each
ORDER_ROLES = {"price": "prices", "duration": "length", "start": "starts", "hours": "workload"}  # what each order is about


def describe(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
    """What the guide says of the most telling name in the message; without a name, of its likeliest topic."""
    if set(said.names) == {"mode"}:  # "can I do that online?"
        if fact := fact_of_programs(knowledge, said, frame, knowledge.role("delivery")):
            return fact
        answer = about_topic(knowledge, knowledge.role("delivery"))
        return replace(answer, frame=replace(answer.frame, names=frame.names))
    if set(said.names) == {"order"}:  # "the cheaper one?", "a shorter one?"
        return what_orders(knowledge, said, frame)
    if said.of("type") and (said.of("destination") or said.of("place")):
        return find_programs(knowledge, said, frame)
    of_field = said.of("field") and set(said.names) <= FIELDS
    if of_field and (there := _destination_talked_about(knowledge, frame)):  # "study in Canada" - "only cybersecurity"
        return describe(knowledge, replace(said, names={"destination": (there,), "field": said.of("field")}), Frame())
    somewhere = said.of("field") and set(said.names) <= FIELDS | {"destination", "place"}
    if somewhere and len(destinations_of(knowledge, said.names)) == 1:
        return recommend_destination(knowledge, said, Frame())  # and "and in the UK?" asks the same
    if nowhere := [key for key in said.of("institution") if _has_no_home(knowledge, key)]:  # an organisation's own
        return find_programs(knowledge, replace(said, names={**said.names, "institution": (nowhere[0],)}), Frame())
    for kind, reply in DESCRIBED.items():
        for key in said.of(kind):
            found = reply(knowledge, key, said)
            if found is not None:
                return _with_frame(found, said, kind, key)
    if said.of("industry"):
        return _industry(knowledge, said, frame)
    if said.of("field"):
        return recommend_destination(knowledge, said, frame)
    answer = _of_what_is_talked_about(knowledge, said, frame)
    if answer is None:
        return answer_topic(knowledge, said, frame)
    return replace(answer, frame=replace(answer.frame, choices=answer.frame.choices or frame.choices))


def what_orders(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
    """A list in that order, where the listings state what it goes by; else what is known of that in general."""
    if frame.act != "compare" and can_order(knowledge, said.of("order")):
        return find_programs(knowledge, replace(said, intent="refine"), frame)
    roles = knowledge.roles()
    topic = roles.get(ORDER_ROLES.get(said.of("order")[0], "prices")) or knowledge.role("prices")
    if frame.names.get("program") and (fact := fact_of_programs(knowledge, replace(said, names={}), frame, topic)):
        return fact
    answer = about_topic(knowledge, topic)
    return replace(answer, frame=replace(answer.frame, names=frame.names))


def _of_what_is_talked_about(knowledge: Knowledge, said: Said, frame: Frame) -> Answer | None:
    """The answer to a message without a name: "who offers it?", "which universities are there?"."""
    things = {kind: frame.names[kind] for kind in DESCRIBED if kind in frame.names}
    if things and frame.act == "ask_topic":
        return describe(knowledge, replace(said, names=things), Frame())
    if frame.act == "ask_best_destination" and frame.choices.get("destination"):
        return describe(knowledge, replace(said, names={"destination": frame.choices["destination"][:1]}), Frame())
    if frame.names and frame.act in ("ask_about", "find_programs", "ask_best_type"):
        return describe(knowledge, replace(said, names=frame.names), Frame())
    if frame.topic and frame.act == "ask_topic" and knowledge.has_topic(frame.topic):
        return about_topic(knowledge, frame.topic)
    return None


def _destination_talked_about(knowledge: Knowledge, frame: Frame) -> str | None:
    """The destination that the last answer was about, as a named thing or as a topic."""
    named = frame.names.get("destination", ())
    if frame.act == "ask_about":
        return next(iter(named), None)
    destinations = [one for one in knowledge.destinations() if one.topic and one.topic.key == frame.topic]
    return destinations[0].key if frame.act == "ask_topic" and destinations else None


def _with_frame(reply: Reply, said: Said, kind: str, key: str) -> Answer:
    sources = tuple(source.key for source in reply.sources)
    frame = Frame("ask_about", reply.topic, {**said.names, kind: (key,)}, sources)
    return Answer(reply, frame.offering("want_person") if reply.outcome == places.DECLINED else frame.offering("more"))


def _program(knowledge: Knowledge, key: str, said: Said) -> Reply | None:
    found = knowledge.program(key)
    return credentials.program(found, knowledge.type(found.type.key))


def _has_no_home(knowledge: Knowledge, key: str) -> bool:
    """Whether an institution is in no destination, so that all there is to say of it is what it offers."""
    return knowledge.has_name("institution", key) and knowledge.institution(key).destination is None


def _institution(knowledge: Knowledge, key: str, said: Said) -> Reply | None:
    try:
        found = knowledge.institution(key)
    except UnknownKey:
        return places.not_in_guide(knowledge.other_name("institution", key), _home(knowledge, said))
    return places.institution(found, knowledge.destination(found.destination.key))


def _home(knowledge: Knowledge, said: Said):
    named = said.of("destination")
    return knowledge.destination(named[0]) if named else None


def _provider(knowledge: Knowledge, key: str, said: Said) -> Reply | None:
    try:
        found = knowledge.provider(key)
    except UnknownKey:
        return (
            None
            if said.of("type") or said.of("destination")
            else places.not_in_guide(knowledge.other_name("provider", key))
        )
    if said.of("type"):
        return None  # "which universities offer MicroMasters": the type tells more
    return credentials.provider(found, [knowledge.type(one.key) for one in found.types], by_provider(knowledge, key))


def _type(knowledge: Knowledge, key: str, said: Said) -> Reply | None:
    found = knowledge.type(key)
    return about_topic(knowledge, found.topic.key).reply if found.topic else None


def _destination(knowledge: Knowledge, key: str, said: Said) -> Reply | None:
    if len(said.of("destination")) > 1:
        return places.side_by_side([knowledge.destination(one) for one in said.of("destination")])
    if said.of("field"):
        return places.field_in_destination(knowledge.field_answer(said.of("field")[0]), knowledge.destination(key))
    return places.destination(knowledge.destination(key))


def _place(knowledge: Knowledge, key: str, said: Said) -> Reply | None:
    return places.unlisted_place(knowledge.place(key), knowledge.destinations())


def _industry(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
    for key in said.of("industry"):
        try:
            found = knowledge.industry(key)
        except UnknownKey:
            continue
        if found.embraces and found.topic:
            answer = about_topic(knowledge, found.topic.key)
            return _with_frame(answer.reply, said, "industry", key)
    if said.of("field"):  # "I like cybersecurity", which is an industry as well, of which only that is told
        return recommend_destination(knowledge, said, frame)
    return answer_recognition(knowledge, said, frame)


# In this order: the narrower the name, the more it tells what the question is about.
DESCRIBED: dict[str, Callable[[Knowledge, str, Said], Reply | None]] = {
    "program": _program,
    "institution": _institution,
    "provider": _provider,
    "type": _type,
    "destination": _destination,
    "place": _place,
}
