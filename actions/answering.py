"""The shape of every action: read what was understood, ask the knowledge, choose words, say, return events.

An answer is a plain function (knowledge, said, frame) -> Answer; it runs in one of a few threads, so a slow query delays
nobody.
A KnowledgeError is let through: the turn fails as a whole and the channel apologises.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.replies.base import Reply
from actions.replies.topics import no_longer_known
from actions.said import Frame, Said
from bot.settings import Settings
from knowledge.errors import UnknownKey
from knowledge.queries import Knowledge, open_knowledge


@dataclass(frozen=True)
class Answer:
    """A reply and what is being talked about after it."""

    reply: Reply
    frame: Frame


THREADS = 8  # so many answers may hang before one more has to wait
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="answer")
Answering = Callable[[Knowledge, Said, Frame], Answer]


class Answers(Action, ABC):
    """An action that gives one answer; subclasses say their name and which function answers."""

    def __init__(self):
        self._knowledge_db = Settings.from_environment().knowledge_db  # once: reading all settings is a tenth of an answer

    @abstractmethod
    def answer(self, knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
        """The answer to what was said, in what is being talked about."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        said, frame = Said.from_message(tracker.latest_message), Frame.from_slot(tracker.get_slot("frame"))
        answer = await asyncio.get_running_loop().run_in_executor(_threads, self._answered, said, frame)
        dispatcher.utter_message(**answer.reply.as_message())
        return [SlotSet("frame", answer.frame.as_slot())]

    def _answered(self, said: Said, frame: Frame) -> Answer:
        knowledge = open_knowledge(self._knowledge_db)
        try:
            return self.answer(knowledge, said, frame)
        except UnknownKey:
            # A button older than the knowledge base, or a name that left it; anything else wrong is let through.
            return Answer(no_longer_known(), frame)
