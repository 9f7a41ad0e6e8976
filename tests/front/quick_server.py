"""A server for tests, in a thread of theirs, that ends when it is told to."""

from __future__ import annotations

import asyncio
import socket
import time

import uvicorn


class QuickServer(uvicorn.Server):
    """uvicorn's looks ten times a second whether it should end, and waits as long again: a quarter of a second a test."""

    async def main_loop(self) -> None:
        """Serve until told to end, which is looked for a hundred times a second."""
        await self.on_tick(0)
        while not self.should_exit:
            await asyncio.sleep(0.01)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End as uvicorn does, but look for the last requests every few milliseconds."""
        for opened in (*self.servers, *(sockets or ())):
            opened.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        deadline = time.monotonic() + (self.config.timeout_graceful_shutdown or 0)
        while (self.server_state.connections or self.server_state.tasks) and time.monotonic() < deadline:
            await asyncio.sleep(0.005)
        for task in self.server_state.tasks:
            task.cancel()
        await self.lifespan.shutdown()
