"""Serves the front's two applications until told to stop, then finishes the requests under way."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import resource
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import cast

import uvicorn
from sse_starlette.sse import AppStatus
from starlette.applications import Starlette

from bot.front.connection_guard import Guard, GuardedWebSocket, Limits
from channels.http import MOST_BYTES
from core.service_manager import ServiceManager

logger = logging.getLogger(__name__)
OPEN_FILES = 65_536  # wanted; a connection is one
OTHER_FILES = 256  # databases, logs, calls to the engine and to platforms
FINISHING_SECONDS = 10


class _Server(uvicorn.Server):
    """One of two servers in a process, whose signals are handled once, in `serve`."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


@dataclass(frozen=True)
class Application:
    """An application with its address and port; `takes_sockets` if websockets are part of it."""

    app: Starlette
    host: str
    port: int
    takes_sockets: bool = False


class Servers:
    """Servers of several applications; `before_stop` is called at the end, to end streams that never would."""

    def __init__(self, applications: list[Application], limits: Limits, before_stop: Callable[[], None]) -> None:
        limits = within_files(limits, raise_open_files())
        self._servers = [_Server(_config(application, Guard(limits))) for application in applications]
        self._before_stop, self._manager = before_stop, ServiceManager.from_environment()

    async def run(self) -> bool:
        """Serve until SIGTERM or SIGINT, a second of which waits for nothing; return False if it could not start."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._told_to_stop)
        telling = asyncio.create_task(self._tell_manager())
        await asyncio.gather(*(self._run_one(server) for server in self._servers))
        telling.cancel()
        return all(server.started for server in self._servers)

    def stop(self) -> None:
        """Tell the servers to end, the service manager that they do, and streams to be over."""
        for server in self._servers:
            server.should_exit = True
        AppStatus.should_exit = True  # ends the streams of the console's open pages, which else would be waited for
        self._manager.tell("STOPPING=1")
        try:
            self._before_stop()
        except Exception:
            logger.exception("something could not be ended before the stop")

    def _told_to_stop(self) -> None:
        if self._servers[0].should_exit:
            for server in self._servers:
                server.force_exit = True
        self.stop()

    async def _run_one(self, server: _Server) -> None:
        try:
            await server.serve()
        except SystemExit:
            pass  # uvicorn's way of ending where it cannot start; it has said why
        finally:
            self.stop()  # neither is of use without the other

    async def _tell_manager(self) -> None:
        """Tell systemd that the servers answer and, from then on, that the event loop turns."""
        while not all(server.started for server in self._servers):
            await asyncio.sleep(0.1)
        await self._manager.keep_telling()


def raise_open_files(wanted: int = OPEN_FILES) -> int:
    """Raise the limit of open files, up to `wanted`, and return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft if soft != resource.RLIM_INFINITY else wanted
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):
        return soft
    return wanted


def within_files(limits: Limits, files: int) -> Limits:
    """Return limits with no more connections than open files allow."""
    most = max(1, files - OTHER_FILES)
    return replace(limits, connections=min(limits.connections or most, most))


def _config(served: Application, guard: Guard) -> uvicorn.Config:
    return uvicorn.Config(
        served.app,
        host=served.host,
        port=served.port,
        http=cast("type[asyncio.Protocol]", guard.protocol),  # uvicorn calls it, as it would call the class
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the application does it, for the proxies of the settings alone
        timeout_graceful_shutdown=FINISHING_SECONDS,
        ws=GuardedWebSocket if served.takes_sockets else "none",
        ws_max_size=MOST_BYTES,
    )
