"""Resolves ordinals: "the second one" is the second of the things that were shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.base import Answer
from actions.context import DialogueState, Understanding
from actions.describe import describe
from actions.replies import topics as words
from actions.topics import about_topic
from knowledge.knowledge_base import Knowledge

LAST, OTHER, TOPIC = "last", "other", "topic"
KINDS = ("program", "destination", "place", "type", "provider", "institution")


def answer_ordinal(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Describe the shown thing that the message points at; None if it points at none, or names what it is about."""
    if not understanding.nth or understanding.names:
        return None
    if not state.act:  # at the start; later, something may have been listed that the state does not hold
        return Answer(words.nothing_shown(), state)
    return _about_one(knowledge, understanding, state)


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
