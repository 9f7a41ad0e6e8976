"""Connections that can be cut, slowed and held up: a small TCP proxy between two processes."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from tests.harness import free_port


class Wire:
    """A port of this machine behind which stands another one, or a socket file; its connections can be broken."""

    def __init__(self, name: str, target: int | Path) -> None:
        self.name, self._target, self.port = name, target, free_port()
        self.delay = 0.0  # seconds that each packet waits
        self._passes = asyncio.Event()
        self._passes.set()
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen on the port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    def cut(self) -> int:
        """Break all connections, as by a reset; return their number."""
        for writer in self._open:
            writer.transport.abort()
        return len(self._open) // 2

    def hold(self) -> None:
        """Let nothing pass, new connections included; nobody is told."""
        self._passes.clear()

    def release(self) -> None:
        """Let everything pass again, what was held first."""
        self._passes.set()
        self.delay = 0.0

    async def stop(self) -> None:
        """Listen no more and break all connections."""
        if self._server:
            self._server.close()
            self.release()
            self.cut()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            await self._passes.wait()
            there, to_target = await self._connect()
        except OSError:  # the process behind it does not run
            writer.transport.abort()
            self._open.discard(writer)
            return
        self._open.add(to_target)
        await asyncio.gather(self._copy(reader, to_target), self._copy(there, writer))

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, Path):
            return await asyncio.open_unix_connection(str(self._target))
        return await asyncio.open_connection("127.0.0.1", self._target)

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                await asyncio.sleep(self.delay)
                await self._passes.wait()
                writer.write(data)
                await writer.drain()
        # One side has ended: HTTP and PostgreSQL have nothing more to say to each other then.
        with contextlib.suppress(OSError):
            await writer.drain()
        writer.close()
        self._open.discard(writer)
