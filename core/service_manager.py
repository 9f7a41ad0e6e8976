"""Tells systemd that a service answers, and then that it still lives, so that one that hangs is restarted (sd_notify(3)).

Without systemd it says nothing to nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from dataclasses import dataclass

from core.settings import service_manager


@dataclass(frozen=True)
class ServiceManager:
    """`address` of its socket, empty where there is none; `seconds` of silence after which it restarts us, 0 for never."""

    address: str = ""
    seconds: float = 0.0

    @classmethod
    def from_environment(cls) -> ServiceManager:
        return cls(*service_manager())

    def tell(self, state: str) -> None:
        """READY=1, WATCHDOG=1, STOPPING=1. A manager that does not listen is no trouble of ours."""
        if not self.address:
            return
        name = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
            way.setblocking(False)
            way.sendto(state.encode(), name)

    async def keep_telling(self) -> None:
        """That we are ready, then signs of life for as long as the event loop turns; a loop that hangs sends none."""
        self.tell("READY=1")
        while self.seconds:
            self.tell("WATCHDOG=1")
            await asyncio.sleep(self.seconds / 3)
