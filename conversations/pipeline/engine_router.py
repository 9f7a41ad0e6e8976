"""Asks the engine of the guide pack that a conversation belongs to, where an installation serves several packs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TypeAlias

from sqlalchemy import Connection, select

from conversations.db import schema
from conversations.db.store import Store
from conversations.models import Message, Turn
from conversations.pipeline.engine_client import EngineClient, EngineError
from core.contract.queries import ModelReading, UnsureTurn

OF = " of "  # between a part and the pack that it belongs to, in what `health` returns
TABLE = schema.conversation


class EngineRouter:
    """Clients of the engines of each pack, by name; the first pack's is "".

    A conversation keeps the pack that it began with, whatever its site is given later.
    """

    def __init__(self, store: Store, engines: Mapping[str, EngineClient]) -> None:
        self._store, self._engines = store, dict(engines)
        self.seconds = self._engines[""].seconds

    async def run_turn(
        self, message: Message, seconds: float | None = None, reading: ModelReading | None = None
    ) -> Turn:
        """Have an engine of the conversation's pack answer a message, as `EngineClient` does."""
        return await (await self._engine_for(message)).run_turn(message, seconds, reading)

    async def run_turn_or_ask(self, message: Message, seconds: float, when: str) -> Turn | UnsureTurn:
        """Have an engine of the conversation's pack answer a message or ask for a reading, as `EngineClient` does."""
        return await (await self._engine_for(message)).run_turn_or_ask(message, seconds, when)

    async def erase(self, conversation_id: str) -> None:
        """Delete what the engines of all packs have stored of a conversation, which may be gone here; raises EngineError."""
        for engine in self._engines.values():
            await engine.erase(conversation_id)

    async def health(self) -> dict[str, str]:
        """Return the state of `engine` and `actions` of the first pack, and of `engine of NAME` and so on for each other."""
        states = await asyncio.gather(*(engine.health() for engine in self._engines.values()))
        return {
            f"{part}{OF}{pack}" if pack else part: said
            for pack, state in zip(self._engines, states, strict=True)
            for part, said in state.items()
        }

    async def close(self) -> None:
        """Close the connections to all engines."""
        for engine in self._engines.values():
            await engine.close()

    async def _engine_for(self, message: Message) -> EngineClient:
        pack = await self._store.read(_pack_of, message.conversation_id)
        if pack not in self._engines:
            raise EngineError(f"the guide pack '{pack}' of this conversation is served no more (ADVISOR_PACKS_FILE)")
        return self._engines[pack]


Engines: TypeAlias = EngineClient | EngineRouter


def _pack_of(connection: Connection, conversation_id: str) -> str:
    """Return the name of the guide pack that a conversation belongs to; "" for the first."""
    return connection.execute(select(TABLE.c.pack).where(TABLE.c.id == conversation_id)).scalar() or ""
