""" "The second one": the one of several things that were shown, pointed at by its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.base import Answer, Answering
from actions.context import DialogueState, Names, Understanding
from actions.describe import describe
from actions.programs.search import shown_page
from actions.replies import topics as words
from actions.topics import about_topic
from knowledge.knowledge_base import Knowledge

LAST, OTHER, TOPIC = "last", "other", "topic"
KINDS = ("program", "destination", "place", "type", "provider", "institution")


def or_pointed_at(answering: Answering) -> Answering:
    """The same answer, but where the message points at one of the things that were shown, about that."""

    def answer(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
        if not understanding.nth or understanding.names:
            return answering(knowledge, understanding, state)
        if not state.act:  # at the start of a talk; later, something may have been listed that is not kept
            return Answer(words.nothing_shown(), state)
        return _about_one(knowledge, understanding, state) or answering(knowledge, understanding, state)

    return answer


def _about_one(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """None where there are not so many things, or none were shown."""
    among = _shown(knowledge, state)
    if topics := among.get(TOPIC):
        topic = chosen(topics, understanding.nth, (state.topic,))
        answer = topic and about_topic(knowledge, topic)
        return answer and replace(answer, state=replace(answer.state, choices={TOPIC: topics}))
    kind = next((kind for kind in KINDS if among.get(kind)), None)
    key = kind and chosen(among[kind], understanding.nth, _talked_about(knowledge, kind, state))
    if not key:
        return None
    answer = describe(knowledge, replace(understanding, names={kind: (key,)}), DialogueState())
    return replace(answer, state=replace(answer.state, choices={kind: among[kind]}))  # the others stay within reach


def _shown(knowledge: Knowledge, state: DialogueState) -> Names:
    if state.act == "find_programs" and state.shown:
        return {"program": tuple(one.key for one in shown_page(knowledge, state))}
    if state.act == "compare":
        return {kind: keys for kind, keys in state.names.items() if len(keys) > 1} or state.choices
    return state.choices or _items(knowledge, state)


def _items(knowledge: Knowledge, state: DialogueState) -> Names:
    """The topics of a list that a topic's answer gave, where each of its items has one."""
    if state.act != "ask_topic" or not state.topic or not knowledge.has_topic(state.topic):
        return {}
    items = knowledge.topic(state.topic).items
    return {TOPIC: tuple(item.topic.key for item in items)} if items and all(item.topic for item in items) else {}


def _talked_about(knowledge: Knowledge, kind: str, state: DialogueState) -> Sequence[str]:
    """Which of the things the last answer was about: as a named thing, or as a destination's topic."""
    topics = {one.key for one in knowledge.destinations() if one.topic and one.topic.key == state.topic}
    return tuple(topics) if kind == "destination" and topics and state.act != "compare" else state.names.get(kind, ())


def chosen(things: Sequence[str], place: str, talked_about: Sequence[str] = ()) -> str | None:
    """The thing at a place, "1" for the first; None where there are not so many. The other one is the one of two that is not
    talked about, or the second."""
    if place == OTHER:
        others = [one for one in things if (one,) != tuple(talked_about)]
        return others[-1] if len(things) == 2 else None
    number = len(things) if place == LAST else int(place)
    return things[number - 1] if 0 < number <= len(things) else None
