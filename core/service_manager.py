"""Tells systemd that a service is ready and, from then on, that it is alive, so that a hung one is restarted (sd_notify(3)).

Without systemd it does nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from dataclasses import dataclass

from core.settings import service_manager


@dataclass(frozen=True)
class ServiceManager:
    """Client of systemd.

    `address` is its socket ("" without systemd), `seconds` the silence after which it restarts this service (0: never).
    """

    address: str = ""
    seconds: float = 0.0

    @classmethod
    def from_environment(cls) -> ServiceManager:
        """Return the service manager that started this process."""
        return cls(*service_manager())

    def tell(self, state: str) -> None:
        """Send a state: READY=1, WATCHDOG=1 or STOPPING=1. Does nothing if the manager does not listen."""
        if not self.address:
            return
        name = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.sendto(state.encode(), name)

    async def keep_telling(self) -> None:
        """Say that we are ready, then send signs of life for as long as the event loop turns."""
        self.tell("READY=1")
        while self.seconds:
            self.tell("WATCHDOG=1")
            await asyncio.sleep(self.seconds / 3)
