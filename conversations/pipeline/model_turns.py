"""Has the engine answer a message and, where that is unsure of it, a language model read it first.

All that a language model gets to see of people is put together here, and masked here: the message, and a few turns before it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from conversations import pii
from conversations.db import schema
from conversations.db.mappers import find_conversation
from conversations.db.store import Store
from conversations.models import ADVISOR, MODEL, VISITOR, Message, Turn
from conversations.pipeline import message_store
from conversations.pipeline.engine_client import EngineClient
from conversations.pipeline.metrics import Metrics
from conversations.pipeline.ports import LanguageModel
from core.contract.intents import DISTRESS, FEEL_LOW, GIVE_CONTACT, WANT_PERSON
from core.contract.queries import UNDERSTOOD, EarlierTurn, MaskedMessage, ModelReading, UnsureTurn

STAY_HERE = (DISTRESS, FEEL_LOW, GIVE_CONTACT, WANT_PERSON)  # intents of messages that no language model sees
EARLIER_MESSAGES = 6  # that a language model sees before the message, of visitor and advisor
EARLIER_CHARS = 400  # of each
MOST_KEPT = 200  # readings that are held for another attempt
SHORTEST_NAME = 3  # letters of a part of the visitor's name that is masked
NAME = "[name]"
BUILT_IN, BY_MODEL = "built-in", "model"  # who understood a turn, as it is counted
OWN = ("intent", "topic", "confidence", "claims", "is_answerable")  # what is kept of the built-in reading beside it
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Context:
    """What of a conversation a language model's reading depends on."""

    person_name: str = ""
    earlier: tuple[EarlierTurn, ...] = ()


@dataclass(frozen=True)
class _Read:
    """What a language model made of a message, and the built-in reading before."""

    reading: ModelReading
    unsure: UnsureTurn


class ModelTurns:
    """Runs turns in the engine, with a language model where there is one and where it is wanted."""

    def __init__(
        self, store: Store, engine: EngineClient, metrics: Metrics, model: LanguageModel | None = None
    ) -> None:
        self._store, self._engine, self._metrics, self._model = store, engine, metrics, model
        self._read: dict[int, _Read] = {}  # by message, until its turn is answered

    async def run(self, message: Message, seconds: float) -> Turn:
        """Return the turn that answers a message, within `seconds` altogether; raises EngineError as its client does."""
        until = time.monotonic() + seconds
        if self._model is None or message.payload:
            return self._counted(await self._engine.run_turn(message, seconds))
        read = self._read.pop(message.id, None) or await self._asked(message, seconds)
        if isinstance(read, Turn):
            return self._counted(read)
        self._read[message.id] = read  # if the engine fails now and is asked again, the model is not
        if len(self._read) > MOST_KEPT:
            del self._read[next(iter(self._read))]
        turn = await self._engine.run_turn(message, until - time.monotonic(), read.reading)
        self._read.pop(message.id, None)
        return self._counted(_with_reading(turn, read))

    async def _asked(self, message: Message, seconds: float) -> Turn | _Read:
        """Return the turn, or what the language model made of a message of which the engine is unsure."""
        assert self._model
        site = await self._store.read(_site_of, message.conversation_id)
        unsure = await self._engine.run_turn_or_ask(message, seconds, self._model.when(site))
        if isinstance(unsure, Turn):
            return unsure
        context = await self._store.read(_context, message)
        reading = await self._model.read(masked(message, context), unsure)
        self._count(reading)
        return _Read(reading, unsure)

    def _count(self, reading: ModelReading) -> None:
        self._metrics.model_calls.labels(reading.result).inc()
        if reading.ms:
            self._metrics.model_seconds.observe(reading.ms / 1000)
        for direction, tokens in (("in", reading.tokens_in), ("out", reading.tokens_out)):
            self._metrics.model_tokens.labels(direction).inc(tokens)

    def _counted(self, turn: Turn) -> Turn:
        by_model = turn.understanding.get("by_model") is True
        self._metrics.understood.labels(BY_MODEL if by_model else BUILT_IN).inc()
        return turn


def masked(message: Message, context: Context) -> MaskedMessage:
    """Return a message with its context as they may leave: without personal data, and without the visitor's name."""
    # Cut when it is masked: half of an address or number would not be seen to be one.
    earlier = [EarlierTurn(each.by, _mask(each.words, context.person_name)[:EARLIER_CHARS]) for each in context.earlier]
    return MaskedMessage(_mask(message.words, context.person_name), earlier)


def _mask(text: str, person_name: str) -> str:
    covered = pii.mask(text)
    parts = {part.casefold() for part in _WORD.findall(person_name) if len(part) >= SHORTEST_NAME}
    return _WORD.sub(lambda word: NAME if word[0].casefold() in parts else word[0], covered) if parts else covered


def _site_of(connection: Connection, conversation_id: str) -> str:
    table = schema.conversation
    return connection.execute(select(table.c.site).where(table.c.id == conversation_id)).scalar() or ""


def _context(connection: Connection, message: Message) -> Context:
    conversation = find_conversation(connection, message.conversation_id)
    if conversation is None:
        return Context()
    latest = message_store.latest_messages(connection, conversation.id, EARLIER_MESSAGES + 1)
    before = [each for each in latest if each.id < message.id and each.author in (VISITOR, ADVISOR) and each.words]
    return Context(conversation.person_name, tuple(_earlier(before, _private(connection, before))))


def _earlier(messages: list[Message], private: set[int]) -> Iterator[EarlierTurn]:
    """Yield what visitor and advisor said before a message, whole, but for what is private and the replies to that."""
    for each in messages:
        if not {each.id, each.answers} & private:
            yield EarlierTurn(each.author, each.words)


def _private(connection: Connection, messages: list[Message]) -> set[int]:
    """Return which messages were of danger, low spirits or contact details; none of these is ever put to a language model."""
    table = schema.message
    among = table.c.id.in_([each.id for each in messages]), table.c.intent.in_(STAY_HERE)
    return set(connection.execute(select(table.c.id).where(*among)).scalars())


def _with_reading(turn: Turn, read: _Read) -> Turn:
    """Return a turn with what the language model made of it, and the built-in reading beside it, for staff."""
    reading, own = read.reading, read.unsure["understanding"]
    figures: dict[str, Any] = {
        "result": reading.result,
        "taken": turn.understanding.get("by_model") is True,
        "name": reading.model,
        "ms": reading.ms,
        "tokens_in": reading.tokens_in,
        "tokens_out": reading.tokens_out,
        "cost": reading.cost,
        "own": {name: own[name] for name in OWN if name in own},
    }
    if reading.result == UNDERSTOOD and reading.query:
        figures["questions"] = reading.query["questions"]
    return replace(turn, understanding={**turn.understanding, MODEL: figures})
