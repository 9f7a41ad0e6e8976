"""What a connection may cost before the application hears of it: its head, its body, its silence, how many there are.

uvicorn's httptools protocol has no limits of its own; nginx has, but the front may be reached without it. A refusal is a
short JSON answer, after which the connection is closed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.websockets.wsproto_impl import WSProtocol

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

logger = logging.getLogger(__name__)
MOST_HEADERS = 100  # of one request
LONGEST_LINE = 8 * 1024  # bytes of a header, and of the address; nginx has the same limit
LONGEST_HEAD = 32 * 1024  # bytes of a request's first line and headers together
FRAMES_PER_BYTE = 8  # bytes of a chunked body's framing for each of its own: chunks of one byte cost six
LINGER = 1.0  # seconds in which a refusal can be read before its connection is closed
SPARE = 200  # connections over the limit that are told so; more are closed without a word
RETRY_SECONDS = 10
NOTED_EVERY = 10.0  # seconds between two lines of the log that say the same
PROXY_KEEPS = 75  # seconds that a proxy's idle connection stays; nginx closes its own after 60
NO_APPLICATION = cast("ASGI3Application", None)  # of a middleware that is only asked whom it trusts


@dataclass(frozen=True)
class Limits:
    """Connections at once, in all and of one address (0 is no limit), and how long things may take, in seconds.

    Behind a trusted proxy all visitors come from its address, so that it has no limit of its own.
    """

    connections: int = 8000
    per_address: int = 200
    trusted: str = "127.0.0.1"
    head_seconds: float = 10.0
    body_seconds: float = 30.0
    send_seconds: float = 60.0


@dataclass
class Guard:
    """Connection limits of one server, and the counts that they need."""

    limits: Limits = field(default_factory=Limits)
    total: int = 0
    of_address: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._trusted = ProxyHeadersMiddleware(NO_APPLICATION, self.limits.trusted or []).trusted_hosts
        self._noted: dict[str, float] = {}

    @property
    def protocol(self) -> Callable[..., GuardedProtocol]:
        """Return a connection's protocol, for uvicorn's `http`."""
        return partial(GuardedProtocol, self)

    def note(self, what: str, why: str) -> None:
        """Log a refusal, but not each of thousands."""
        at = time.monotonic()
        if at - self._noted.get(why, -NOTED_EVERY) >= NOTED_EVERY:
            self._noted[why] = at
            logger.warning(what, extra={"reason": why, "connections": self.total})

    def trusts(self, address: str) -> bool:
        """Tell whether an address is a proxy's, which speaks for many visitors."""
        return address in self._trusted

    def enter(self, address: str) -> str:
        """Count a connection and return why it is refused, or ""."""
        self.total += 1
        self.of_address[address] += 1
        if self.limits.connections and self.total > self.limits.connections:
            return "too many connections at the moment: try again soon"
        most = self.limits.per_address
        if most and self.of_address[address] > most and not self.trusts(address):
            return "too many connections from your address: close some, then try again"
        return ""

    def leave(self, address: str) -> None:
        """Take a closed connection out of the counts."""
        self.total -= 1
        self.of_address[address] -= 1
        if not self.of_address[address]:
            del self.of_address[address]

    @property
    def is_full(self) -> bool:
        """Tell whether more than SPARE connections are over the limit, so that even a refusal costs too much."""
        return bool(self.limits.connections) and self.total > self.limits.connections + SPARE


class GuardedWebSocket(WSProtocol):
    """A connection that has become a websocket; `leave` takes it out of the guard's counts when it ends."""

    leave: Callable[[], None] | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the connection out of the counts."""
        if self.leave is not None:
            self.leave()
        super().connection_lost(exc)


class GuardedProtocol(HttpToolsProtocol):
    """A connection within the limits of its guard."""

    def __init__(self, guard: Guard, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.guard, self._address = guard, ""
        self._head_is_done = self._is_over = False
        self._framing = self._body = 0  # bytes of the present request that are not, and that are, its body
        self._arriving: asyncio.TimerHandle | None = None  # until the request has come
        self._sending: asyncio.TimerHandle | None = None  # until what is sent has been read

    # --- the connection -----------------------------------------------------------------------------------------------
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Count the connection; refuse it if there are too many, else wait for its first request."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        refusal = self.guard.enter(self._address)
        if self.guard.trusts(self._address):
            self.timeout_keep_alive = PROXY_KEEPS
        if self.guard.is_full:
            transport.abort()
        elif refusal:
            self._refuse(503, refusal)
        else:
            self._expect(self.guard.limits.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timers and take the connection out of the counts."""
        self._stop_timers()
        self.guard.leave(self._address)
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection on to a websocket, which has limits of its own and stays in the counts until it ends."""
        if self._is_over:
            return
        self._stop_timers()
        self._is_over = True
        super().handle_websocket_upgrade()
        websocket = self.transport.get_protocol()
        if isinstance(websocket, GuardedWebSocket):
            websocket.leave = partial(self.guard.leave, self._address)

    def _stop_timers(self) -> None:
        for timer in (self._arriving, self._sending):
            if timer is not None:
                timer.cancel()
        self._arriving = self._sending = None

    def shutdown(self) -> None:
        """End the connection as the server stops: at once if nobody reads, else after its request."""
        if self._sending is not None:  # nobody reads: it would be waited for in vain
            self.transport.abort()
        else:
            super().shutdown()

    # --- what comes ---------------------------------------------------------------------------------------------------
    def data_received(self, data: bytes) -> None:
        """Parse what came; refuse or drop it if its head or its framing is too large."""
        if self._is_over:
            return  # read, so that the refusal arrives, and dropped
        before = self._body
        super().data_received(data)
        self._framing += len(data) - max(0, self._body - before)
        if self._is_over:
            return
        if self._arriving is None:
            if self._is_idle:  # empty lines between two requests, say, which no timer of uvicorn's looks at
                self._expect(self.guard.limits.head_seconds)
            return
        if not self._head_is_done and self._framing > LONGEST_HEAD:
            self._refuse(431, f"the head of a request has at most {LONGEST_HEAD // 1024} kB")
        elif self._head_is_done and self._framing > 2 * LONGEST_HEAD + FRAMES_PER_BYTE * self._body:
            self._drop("a body with too much around it")

    def on_message_begin(self) -> None:
        """Start the counts and the timer of a new request."""
        self._framing = self._body = 0
        self._head_is_done = False
        if self._arriving is None:  # a later request of the connection
            self._expect(self.guard.limits.head_seconds)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Hand the request to the application if its head is within the limits; else refuse it."""
        self._head_is_done = True
        if self._is_over:
            return
        if len(self.url) > LONGEST_LINE:
            self._refuse(414, f"an address has at most {LONGEST_LINE // 1024} kB")
            return
        if wrong := _wrong_with(self.headers):
            self._refuse(431, wrong)
            return
        self._expect(self.guard.limits.body_seconds)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Count a part of the body and hand it on, unless the request was refused."""
        self._body += len(body)
        if not self._is_over:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Stop the timer of a request that has come in full, and hand its end on."""
        if self._arriving is not None:
            self._arriving.cancel()
            self._arriving = None
        if not self._is_over:
            super().on_message_complete()

    @property
    def _is_idle(self) -> bool:
        answered = self.cycle is None or self.cycle.response_complete
        return answered and self.timeout_keep_alive_task is None and not self.transport.is_closing()

    def _expect(self, seconds: float) -> None:
        if self._arriving is not None:
            self._arriving.cancel()
        self._arriving = self.loop.call_later(seconds, self._came_too_late)

    def _came_too_late(self) -> None:
        if self._head_is_done or self.transport.is_closing():
            self._drop("the body did not arrive in time")
        else:
            self._refuse(408, "the head of the request did not arrive in time")

    # --- what goes ----------------------------------------------------------------------------------------------------
    def pause_writing(self) -> None:
        """Begin to wait for a client that reads too slowly; drop it after `send_seconds`."""
        super().pause_writing()
        if self._sending is None:
            self._sending = self.loop.call_later(
                self.guard.limits.send_seconds, self._drop, "nobody reads what is sent"
            )

    def resume_writing(self) -> None:
        """Stop waiting: the client reads again."""
        if self._sending is not None:
            self._sending.cancel()
            self._sending = None
        super().resume_writing()

    def _refuse(self, status: int, why: str) -> None:
        """Refuse with a reason, and close when it can have been read."""
        if self._is_over or self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete:
            self._drop(why)  # an earlier answer is still on its way, into which nothing may be written
            return
        self._is_over = True
        self.guard.note("a request was refused", why)
        body = json.dumps({"error": why}).encode()
        retry = b"retry-after: %d\r\n" % RETRY_SECONDS if status == 503 else b""
        head = b"content-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n" % len(body)
        self.transport.write(STATUS_LINE[status] + head + retry + b"\r\n" + body)
        self._unset_keepalive_if_required()
        if self._arriving is not None:
            self._arriving.cancel()
        self._arriving = self.loop.call_later(LINGER, self.transport.close)

    def _drop(self, why: str) -> None:
        """Close at once, without an answer."""
        self._is_over = True
        self.guard.note("a connection was dropped", why)
        self.transport.abort()


def _wrong_with(headers: list[tuple[bytes, bytes]]) -> str:
    """Return which limit a request's headers exceed, or ""."""
    if len(headers) > MOST_HEADERS:
        return f"a request has at most {MOST_HEADERS} headers"
    sizes = [len(name) + len(value) for name, value in headers]
    if sizes and max(sizes) > LONGEST_LINE:
        return f"a header has at most {LONGEST_LINE // 1024} kB"
    if sum(sizes) > LONGEST_HEAD:
        return f"the head of a request has at most {LONGEST_HEAD // 1024} kB"
    return ""
