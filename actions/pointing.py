""" "The second one": the one of several things that were shown, pointed at by its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.answering import Answer, Answering
from actions.names import describe
from actions.programs import shown_page
from actions.replies import topics as words
from actions.said import Frame, Names, Said
from actions.topics import about_topic
from knowledge.queries import Knowledge

LAST, OTHER, TOPIC = "last", "other", "topic"
KINDS = ("program", "destination", "place", "type", "provider", "institution")


def or_pointed_at(answering: Answering) -> Answering:
    """The same answer, but where the message points at one of the things that were shown, about that."""

    def answer(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
        if not said.nth or said.names:
            return answering(knowledge, said, frame)
        if not frame.act:  # at the start of a talk; later, something may have been listed that is not kept
            return Answer(words.nothing_shown(), frame)
        return _about_one(knowledge, said, frame) or answering(knowledge, said, frame)

    return answer


def _about_one(knowledge: Knowledge, said: Said, frame: Frame) -> Answer | None:
    """None where there are not so many things, or none were shown."""
    among = _shown(knowledge, frame)
    if topics := among.get(TOPIC):
        topic = chosen(topics, said.nth, (frame.topic,))
        answer = topic and about_topic(knowledge, topic)
        return answer and replace(answer, frame=replace(answer.frame, choices={TOPIC: topics}))
    kind = next((kind for kind in KINDS if among.get(kind)), None)
    key = kind and chosen(among[kind], said.nth, _talked_about(knowledge, kind, frame))
    if not key:
        return None
    answer = describe(knowledge, replace(said, names={kind: (key,)}), Frame())
    return replace(answer, frame=replace(answer.frame, choices={kind: among[kind]}))  # the others stay within reach


def _shown(knowledge: Knowledge, frame: Frame) -> Names:
    if frame.act == "find_programs" and frame.shown:
        return {"program": tuple(one.key for one in shown_page(knowledge, frame))}
    if frame.act == "compare":
        return {kind: keys for kind, keys in frame.names.items() if len(keys) > 1} or frame.choices
    return frame.choices or _items(knowledge, frame)


def _items(knowledge: Knowledge, frame: Frame) -> Names:
    """The topics of a list that a topic's answer gave, where each of its items has one."""
    if frame.act != "ask_topic" or not frame.topic or not knowledge.has_topic(frame.topic):
        return {}
    items = knowledge.topic(frame.topic).items
    return {TOPIC: tuple(item.topic.key for item in items)} if items and all(item.topic for item in items) else {}


def _talked_about(knowledge: Knowledge, kind: str, frame: Frame) -> Sequence[str]:
    """Which of the things the last answer was about: as a named thing, or as a destination's topic."""
    topics = {one.key for one in knowledge.destinations() if one.topic and one.topic.key == frame.topic}
    return tuple(topics) if kind == "destination" and topics and frame.act != "compare" else frame.names.get(kind, ())


def chosen(things: Sequence[str], place: str, talked_about: Sequence[str] = ()) -> str | None:
    """The thing at a place, "1" for the first; None where there are not so many. The other one is the one of two that is not
    talked about, or the second."""
    if place == OTHER:
        others = [one for one in things if (one,) != tuple(talked_about)]
        return others[-1] if len(things) == 2 else None
    number = len(things) if place == LAST else int(place)
    return things[number - 1] if 0 < number <= len(things) else None
