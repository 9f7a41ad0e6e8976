"""What all HTTP channels share: reading bodies within limits, refusing bad input, rate limits, the caller's address."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import hmac
import io
import json
import math
import re
import secrets
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, TypeVar

from limits import RateLimitItemPerMinute, WindowStats
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from conversations.input_parsing import whole_number
from conversations.sharing.relay import Relay

MOST_BYTES = 64 * 1024
BODY_SECONDS = 10.0
ResponseType = TypeVar("ResponseType", bound=Response)
MOST_PADDING, PRIVATE_LEVEL = 64, 6  # bytes that are added at most to what is private, and how hard that is compressed
LOOPBACK = ("127.0.0.1", "::1")
COUNTED, CLEARED = "counted", "cleared"  # topics of notices
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Refused(Exception):
    """A request that is not accepted; carries the HTTP status, and a message for whoever sent it."""

    def __init__(self, what: str, status: int = 400, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(what)
        self.status, self.headers = status, dict(headers or {})


def by_path_first(routes: Iterable[BaseRoute]) -> list[BaseRoute]:
    """Return routes with those of one path alone before those with a part that varies, which are looked at one by one."""
    return sorted(routes, key=lambda route: "{" in getattr(route, "path", "{"))


async def refused(request: Request, error: Exception) -> JSONResponse:
    """Answer a request with the JSON error of a Refused; an exception handler of Starlette."""
    assert isinstance(error, Refused)
    return JSONResponse({"error": str(error)}, error.status, error.headers)


def compressed(request: Request, response: ResponseType) -> ResponseType:
    """Compress the body of a response if the client takes gzip, and return the response.

    For bodies without secrets: next to text that a stranger chose, the length of a compressed secret betrays it (BREACH).
    """
    if takes_gzip(request):
        response.body = gzip.compress(bytes(response.body), mtime=0)
        response.headers["Content-Length"] = str(len(response.body))
        response.headers["Content-Encoding"] = "gzip"
    return response


def compressed_private(request: Request, response: ResponseType) -> ResponseType:
    """Compress a body that holds what others may not learn, and return the response.

    What is asked for from another site's page is not compressed, so that such a page cannot try words and look how the length
    changes (BREACH); nor, over https, where the browser does not say who asks. A few bytes are added, more or less each time,
    so that one length tells little to whoever writes messages and watches the line. Tokens in it must be other letters each
    time.
    """
    asked_by = request.headers.get("sec-fetch-site", "same-origin" if request.url.scheme == "http" else "")
    if asked_by not in ("same-origin", "none") or not takes_gzip(request):
        return response
    packed = io.BytesIO()
    with gzip.GzipFile("x" * secrets.randbelow(MOST_PADDING), "wb", PRIVATE_LEVEL, packed, mtime=0) as file:
        file.write(bytes(response.body))
    response.body = packed.getvalue()
    response.headers["Content-Length"] = str(len(response.body))
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def takes_gzip(request: Request) -> bool:
    """Return True if the client takes a compressed body."""
    return "gzip" in request.headers.get("accept-encoding", "")


async def body_of(request: Request, most: int = MOST_BYTES, seconds: float = BODY_SECONDS) -> bytes:
    """Return the body of a request. Refused if it has more than `most` bytes or does not arrive within `seconds`."""
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and whole_number(declared, most) is None:
        raise _too_large(most)
    parts, size = [], 0
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise _too_large(most)
                parts.append(part)
    except TimeoutError:
        raise Refused("the body did not arrive in time", 408) from None
    except ClientDisconnect:
        raise Refused("the connection was closed", 400) from None
    return b"".join(parts)


async def json_object(request: Request, most: int = MOST_BYTES) -> dict[str, Any]:
    """Return the body of a request as a JSON object; Refused if it is none."""
    try:
        body = json.loads((await body_of(request, most)).decode("utf-8"), parse_constant=_no_such_number)
    except (ValueError, RecursionError):
        raise Refused("the body must be a JSON object in UTF-8") from None
    if not isinstance(body, dict):
        raise Refused("the body must be a JSON object")
    return body


def text_in(body: Mapping[str, Any], key: str, required: bool = False, longest: int | None = None) -> str:
    """Return a text of a JSON body, empty if it is absent and not `required`.

    Refused if it has another type, more than `longest` characters, control characters or invalid Unicode.
    """
    value = body.get(key)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or required and not value.strip():
        raise Refused(f"{key} must be a {'non-empty ' if required else ''}text")
    if longest and len(value) > longest:
        raise Refused(f"{key} must have at most {longest} characters")
    if CONTROLS.search(value):
        raise Refused(f"{key} holds control characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Refused(f"{key} holds characters that are not valid Unicode") from None
    return value


def number_in(body: Mapping[str, Any], key: str) -> int:
    """Return a whole number of a JSON body that a database can store, 0 if it is absent; Refused if it is anything else."""
    value = body.get(key, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise Refused(f"{key} must be a whole number")
    return value


def require_key(request: Request, key: str) -> None:
    """Require `Authorization: Bearer KEY`; Refused with 401 without it. An empty key admits everybody."""
    given = request.headers.get("authorization", "").encode(errors="backslashreplace")
    if key and not hmac.compare_digest(given, f"Bearer {key}".encode()):
        raise Refused("a key is needed: send it as 'Authorization: Bearer KEY'", 401, {"WWW-Authenticate": "Bearer"})


def address_of(request: Request) -> str:
    """Return the network address of the caller; behind a trusted proxy, the visitor's."""
    return request.client.host if request.client else ""


class _Counts(MemoryStorage):
    """The library's counters, which can be cleared while they are being tidied."""

    async def clear(self, key: str) -> None:
        """Forget what was counted. Its name goes with the next tidying: one under way fails if a name is gone (limits 5.8)."""
        if key in self.events:
            self.events[key] = []


class RateLimits:
    """Counters of how often something happens in some minutes, kept in memory and lost with a restart.

    With a relay, fronts that share a database tell each other of what they count, so that a limit holds for all of them
    together, but for what happens in the moment until they have heard; a front that hears nothing counts its own.
    """

    def __init__(self, relay: Relay | None = None) -> None:
        self._limiter = MovingWindowRateLimiter(_Counts())
        self._relay = relay
        self._hearing: set[asyncio.Task[Any]] = set()
        if relay:
            relay.subscribe(COUNTED, lambda values: self._hear(self._limiter.hit, values))
            relay.subscribe(CLEARED, lambda values: self._hear(self._limiter.clear, values))

    async def hit(self, limit: RateLimitItemPerMinute, *what: str) -> bool:
        """Count an event and return True if the limit allows it."""
        what = self._key(what)
        is_allowed = await self._limiter.hit(limit, *what)
        if is_allowed and self._relay:
            self._relay.send(COUNTED, limit.amount, limit.multiples, *what)
        return is_allowed

    async def clear(self, limit: RateLimitItemPerMinute, *what: str) -> None:
        """Forget the events that were counted."""
        what = self._key(what)
        await self._limiter.clear(limit, *what)
        if self._relay:
            self._relay.send(CLEARED, limit.amount, limit.multiples, *what)

    async def stats(self, limit: RateLimitItemPerMinute, *what: str) -> WindowStats:
        """Return how many events the limit still allows, and when it allows more."""
        return await self._limiter.get_window_stats(limit, *self._key(what))

    def _key(self, what: tuple[str, ...]) -> tuple[str, ...]:
        """Return the name of a counter; a hash where others are told, since it may hold somebody's address."""
        if self._relay is None:
            return what
        return (hashlib.blake2b("\0".join(what).encode(errors="replace"), digest_size=16).hexdigest(),)

    def _hear(self, method: Callable[..., Coroutine[Any, Any, Any]], values: list[Any]) -> None:
        amount, minutes, *key = values
        task = asyncio.create_task(method(RateLimitItemPerMinute(amount, minutes), *key))
        self._hearing.add(task)
        task.add_done_callback(self._hearing.discard)

    async def within(self, most: int, *what: str) -> bool:
        """Count an event and return True if there were at most `most` in the last minute; 0 allows any number."""
        return most <= 0 or await self.hit(RateLimitItemPerMinute(most), *what)

    async def require(self, most: int, *what: str) -> None:
        """Count an event; Refused with 429 and Retry-After if there were more than `most` in the last minute."""
        if not await self.within(most, *what):
            reset = (await self.stats(RateLimitItemPerMinute(most), *what)).reset_time
            seconds = min(60, max(1, math.ceil(reset - time.time())))
            raise Refused("too many requests: wait a minute, then go on", 429, {"Retry-After": str(seconds)})


def _too_large(most: int) -> Refused:
    return Refused(f"the body is too large ({most // 1024} kB at most)", 413)


def _no_such_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
