"""Has the engine answer a message and, where that is unsure of it, a language model read it first."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from conversations.db import schema
from conversations.db.store import Store
from conversations.models import MODEL, Message, Turn
from conversations.pipeline.by_model.labels import payload_of_title
from conversations.pipeline.by_model.masked_messages import context_of, masked
from conversations.pipeline.by_model.rephrased_turns import RephrasedTurns
from conversations.pipeline.engine_router import Engines
from conversations.pipeline.metrics import Metrics
from conversations.pipeline.ports import LanguageModel
from core.contract.queries import UNDERSTOOD, ModelReading, UnsureTurn
from core.traces import spans

MOST_KEPT = 200  # readings that are held for another attempt
BUILT_IN, BY_MODEL = "built-in", "model"  # who understood a turn, as it is counted
OWN = ("intent", "topic", "confidence", "claims", "is_answerable")  # what is kept of the built-in reading beside it


@dataclass(frozen=True)
class _Read:
    """What a language model made of a message, and the built-in reading before."""

    reading: ModelReading
    unsure: UnsureTurn


class ModelTurns:
    """Runs turns in the engine, with a language model where there is one and where it is wanted."""

    def __init__(self, store: Store, engine: Engines, metrics: Metrics, model: LanguageModel | None = None) -> None:
        self._store, self._engine, self._metrics, self._model = store, engine, metrics, model
        self._read: dict[int, _Read] = {}  # by message, until its turn is answered
        self._rephrased = RephrasedTurns(store, metrics, model) if model else None

    async def run(self, message: Message, seconds: float) -> Turn:
        """Return the turn that answers a message, within `seconds` altogether; raises EngineError as its client does."""
        if self._model is None or self._rephrased is None:
            return self._counted(await self._engine.run_turn(message, seconds))
        until = time.monotonic() + seconds
        if not message.payload and (payload := await self._store.read(payload_of_title, message)):
            message = replace(message, payload=payload)  # whoever types what a button is called has pressed it
        site = await self._store.read(_site_of, message.conversation_id)
        turn = self._counted(await self._run(message, self._model.when(site), until))
        return await self._rephrased.rephrased(message, turn, site, until)

    async def _run(self, message: Message, when: str, until: float) -> Turn:
        if message.payload:
            return await self._engine.run_turn(message, until - time.monotonic())
        read = self._read.pop(message.id, None) or await self._asked(message, when, until)
        if isinstance(read, Turn):
            return read
        self._read[message.id] = read  # if the engine fails now and is asked again, the model is not
        if len(self._read) > MOST_KEPT:
            del self._read[next(iter(self._read))]
        turn = await self._engine.run_turn(message, until - time.monotonic(), read.reading)
        self._read.pop(message.id, None)
        if read.reading.query and not _is_by_model(turn):
            self._metrics.queries_refused.inc()
        return _with_reading(turn, read)

    async def _asked(self, message: Message, when: str, until: float) -> Turn | _Read:
        """Return the turn, or what the language model made of a message of which the engine is unsure."""
        assert self._model
        unsure = await self._engine.run_turn_or_ask(message, until - time.monotonic(), when)
        if isinstance(unsure, Turn):
            return unsure
        context = await self._store.read(context_of, message)
        context = replace(context, ordinary=self._model.ordinary_words(context.pack))
        with spans.span("ask language model", kind=spans.CLIENT) as span:
            reading = await self._model.read(masked(message, context), unsure, context.pack)
            span.set(result=reading.result)
        self._metrics.count_model_call(reading.result, reading.ms, reading.tokens_in, reading.tokens_out, reading.cost)
        return _Read(reading, unsure)

    def _counted(self, turn: Turn) -> Turn:
        self._metrics.understood.labels(BY_MODEL if _is_by_model(turn) else BUILT_IN).inc()
        return turn


def _site_of(connection: Connection, conversation_id: str) -> str:
    table = schema.conversation
    return connection.execute(select(table.c.site).where(table.c.id == conversation_id)).scalar() or ""


def _is_by_model(turn: Turn) -> bool:
    return turn.understanding.get("by_model") is True


def _with_reading(turn: Turn, read: _Read) -> Turn:
    """Return a turn with what the language model made of it, and the built-in reading beside it, for staff."""
    reading, own = read.reading, read.unsure["understanding"]
    figures: dict[str, Any] = {
        "result": reading.result,
        "taken": _is_by_model(turn),
        "name": reading.model,
        "ms": reading.ms,
        "tokens_in": reading.tokens_in,
        "tokens_out": reading.tokens_out,
        "cost": reading.cost,
        "language": turn.understanding.get("speaks") or read.unsure["language"],
        "own": {name: own[name] for name in OWN if name in own},
    }
    if reading.result == UNDERSTOOD and reading.query:
        figures["questions"] = reading.query["questions"]
    return replace(turn, understanding={**turn.understanding, MODEL: figures})
