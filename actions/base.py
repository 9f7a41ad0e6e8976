"""Runs an action: reads what was understood, asks the knowledge base, and sends the reply and the new dialogue state.

An answer is a plain function (knowledge, understanding, state) -> Answer. It runs in one of a few threads, so that a
slow query delays no other conversation. A KnowledgeError is not caught: the turn fails as a whole and the channel
apologises. Only a key that came with the message or from the turn before may be unknown, since a button may be older
than the knowledge base.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import DialogueState, Understanding
from actions.replies.base import Reply
from actions.replies.topics import no_longer_known
from actions.thread_pool import threads
from core.settings import Settings
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge, open_knowledge


@dataclass(frozen=True)
class Answer:
    """A reply and the dialogue state after it."""

    reply: Reply
    state: DialogueState


class AnswerFunction(Protocol):
    """A function that answers a message in a dialogue state."""

    def __call__(self, knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
        """Return the answer; raises UnknownKey for a key that the knowledge base does not have."""


class AnswerAction(Action, ABC):  # type: ignore[misc]  # rasa_sdk has no types
    """Rasa action that gives one answer; subclasses define `name` and `answer`."""

    def __init__(self) -> None:
        settings = Settings.from_environment()  # read once: it takes a tenth of the time of an answer
        self._knowledge_db, self._seconds = settings.knowledge_db, settings.action_timeout_seconds

    @staticmethod
    @abstractmethod
    def answer(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
        """Return the answer to a message in the given dialogue state."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Answer the tracker's latest message; Rasa calls this."""
        understanding, state = (
            Understanding.from_message(tracker.latest_message),
            DialogueState.from_slot(tracker.get_slot("frame")),
        )
        answer = await threads.run(self._answered, understanding, state, time.monotonic() + self._seconds)
        dispatcher.utter_message(**answer.reply.as_message())
        return [SlotSet("frame", answer.state.as_slot())]

    def _answered(self, understanding: Understanding, state: DialogueState, until: float) -> Answer:
        knowledge = open_knowledge(self._knowledge_db)
        try:
            with knowledge.deadline(until):  # no thread may outlive the turn that waits for it
                return self.answer(knowledge, understanding, state)
        except UnknownKey as error:
            if error.key not in set(_brought(understanding, state)):
                raise  # a defect: code, roles and knowledge base do not fit each other
            return Answer(no_longer_known(), state)


def _brought(understanding: Understanding, state: DialogueState) -> Iterator[str]:
    """Yield every key that came with the message or from the dialogue state."""
    for names in (understanding.names, understanding.left_out, state.names, state.choices):
        for keys in names.values():
            yield from keys
    yield from (ranked.key for ranked in (*understanding.topics, *understanding.nearest))
    yield from (
        key for key in (understanding.second, state.topic, *state.sources, *(state.offer or {}).values()) if key
    )
