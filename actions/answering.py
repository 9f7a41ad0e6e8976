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

from actions.replies.base import Reply
from actions.replies.topics import no_longer_known
from actions.said import Frame, Said
from actions.threads import threads
from bot.settings import Settings
from knowledge.errors import UnknownKey
from knowledge.queries import Knowledge, open_knowledge


@dataclass(frozen=True)
class Answer:
    """A reply and what is being talked about after it."""

    reply: Reply
    frame: Frame


Answering = Callable[[Knowledge, Said, Frame], Answer]


class Answers(Action, ABC):
    """An action that gives one answer; subclasses say their name and which function answers."""

    def __init__(self):
        settings = Settings.from_environment()  # once: reading all settings is a tenth of an answer
        self._knowledge_db, self._seconds = settings.knowledge_db, settings.action_timeout_seconds

    @abstractmethod
    def answer(self, knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
        """The answer to what was said, in what is being talked about."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        said, frame = Said.from_message(tracker.latest_message), Frame.from_slot(tracker.get_slot("frame"))
        answer = await threads.run(self._answered, said, frame, time.monotonic() + self._seconds)
        dispatcher.utter_message(**answer.reply.as_message())
        return [SlotSet("frame", answer.frame.as_slot())]

    def _answered(self, said: Said, frame: Frame, until: float) -> Answer:
        knowledge = open_knowledge(self._knowledge_db)
        try:
            with knowledge.asked_until(until):  # a thread must not outlive the turn that waits for it
                return self.answer(knowledge, said, frame)
        except UnknownKey as error:
            if error.key not in set(_brought(said, frame)):
                raise  # ours: code, roles and knowledge base don't fit each other
            return Answer(no_longer_known(), frame)


def _brought(said: Said, frame: Frame) -> Iterator[str]:
    """Every key that came with the message or is kept from the turn before."""
    for names in (said.names, said.left_out, frame.names, frame.choices):
        for keys in names.values():
            yield from keys
    yield from (ranked.key for ranked in (*said.topics, *said.nearest))
    yield from (key for key in (said.second, frame.topic, *frame.sources, *(frame.offer or {}).values()) if key)
