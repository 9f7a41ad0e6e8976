"""The shape of every action: read what was understood, ask the knowledge, choose words, say, return events.

An answer is a plain function (knowledge, said, frame) -> Answer; it runs in one of a few threads, so a slow query delays
nobody.
A KnowledgeError is let through: the turn fails as a whole and the channel apologises. Only a key that came with the message
or from the turn before may be unknown, since a button may be older than the knowledge base.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

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
    """A reply and what is being talked about after it."""

    reply: Reply
    state: DialogueState


Answering = Callable[[Knowledge, Understanding, DialogueState], Answer]


class AnswerAction(Action, ABC):
    """An action that gives one answer; subclasses say their name and which function answers."""

    def __init__(self):
        settings = Settings.from_environment()  # once: reading all settings is a tenth of an answer
        self._knowledge_db, self._seconds = settings.knowledge_db, settings.action_timeout_seconds

    @abstractmethod
    def answer(self, knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
        """The answer to what was said, in what is being talked about."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
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
            with knowledge.asked_until(until):  # a thread must not outlive the turn that waits for it
                return self.answer(knowledge, understanding, state)
        except UnknownKey as error:
            if error.key not in set(_brought(understanding, state)):
                raise  # ours: code, roles and knowledge base don't fit each other
            return Answer(no_longer_known(), state)


def _brought(understanding: Understanding, state: DialogueState) -> Iterator[str]:
    """Every key that came with the message or is kept from the turn before."""
    for names in (understanding.names, understanding.left_out, state.names, state.choices):
        for keys in names.values():
            yield from keys
    yield from (ranked.key for ranked in (*understanding.topics, *understanding.nearest))
    yield from (
        key for key in (understanding.second, state.topic, *state.sources, *(state.offer or {}).values()) if key
    )
