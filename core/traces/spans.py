"""Spans of turns: where a turn is worked on, it says so here, and nothing comes of it unless traces are on.

A front begins the trace of a turn as its message comes in; all other spans belong to one that is there. They carry the names
of channels, actions and outcomes, and our own ids of messages and conversations: never what people wrote, their names, their
addresses or a token. Nothing of OpenTelemetry is imported while traces are off.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

TRACEPARENT = "traceparent"  # the header of W3C Trace Context; also the key in a message's context
INTERNAL, SERVER, CLIENT = "internal", "server", "client"  # kinds of spans
Value = str | bool | int | float


class Span(Protocol):
    """A piece of work on a turn, which lasts as long as its `with` block."""

    @property
    def traceparent(self) -> str:
        """The span's identity for those who go on with the turn, as W3C writes it; "" if there is no trace."""

    def set(self, **attributes: Value) -> None:
        """Add attributes, each a name or a number of our own."""

    def fail(self, kind: str) -> None:
        """Mark the work as failed, with the kind of the failure, such as an error's class."""

    def __enter__(self) -> Span: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...


class Tracer(Protocol):
    """What hands spans on; its methods are as the functions of this module."""

    def turn(self, name: str, parent: str, began: int | None, attributes: dict[str, Value]) -> Span: ...  # noqa: D102

    def span(self, name: str, parent: str | None, kind: str, attributes: dict[str, Value]) -> Span: ...  # noqa: D102

    def record(self, name: str, parent: str, began: int, attributes: dict[str, Value]) -> None: ...  # noqa: D102

    def stop(self, seconds: float) -> None: ...  # noqa: D102


class NoSpan:
    """A span of which nothing is kept."""

    traceparent = ""

    def set(self, **attributes: Value) -> None:
        """Do nothing."""

    def fail(self, kind: str) -> None:
        """Do nothing."""

    def __enter__(self) -> NoSpan:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        pass


@dataclass
class TracedRequest:
    """The request with which a message comes in: when it began (ns since 1970), and the trace of the proxy before us, if any.

    The first message that comes in with it takes it; `is_answered` if its response is the answer to the message.
    """

    began: int
    traceparent: str = ""
    traced: str = ""  # the message's trace
    is_answered: bool = False


@dataclass
class QuerySums:
    """How many queries were made, and how long they took in all, in nanoseconds."""

    count: int = 0
    ns: int = 0

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Count a query, and the time until the context ends."""
        began = time.perf_counter_ns()
        try:
            yield
        finally:
            self.count += 1
            self.ns += time.perf_counter_ns() - began


NO_SPAN = NoSpan()
REQUEST: ContextVar[TracedRequest | None] = ContextVar("request", default=None)
QUERIES: ContextVar[QuerySums | None] = ContextVar("queries", default=None)
_tracer: Tracer | None = None


def use(tracer: Tracer | None) -> Tracer | None:
    """Hand all spans of this process to a tracer from now on, or to none; return the one before."""
    global _tracer
    _tracer, before = tracer, _tracer
    return before


def is_on() -> bool:
    """Return True if this process hands its spans on."""
    return _tracer is not None


def answers_request() -> None:
    """Note that the response to the request that is being handled is the answer to its message."""
    if _tracer and (request := REQUEST.get()):
        request.is_answered = True


def turn(name: str, **attributes: Value) -> Span:
    """Begin the trace of a turn, with the request that is being handled, if there is one."""
    if _tracer is None:
        return NO_SPAN
    request = REQUEST.get()
    if request is None or request.traced:
        return _tracer.turn(name, "", None, attributes)
    span = _tracer.turn(name, request.traceparent, request.began, attributes)
    request.traced = span.traceparent
    return span


def span(name: str, parent: str | None = None, kind: str = INTERNAL, **attributes: Value) -> Span:
    """Begin a span of a turn: of the one whose traceparent is `parent`, or, without it, of the span that is under way.

    Without either, nothing is kept of it, nor of what is begun within it.
    """
    return _tracer.span(name, parent, kind, attributes) if _tracer else NO_SPAN


def record(name: str, parent: str, began: int, **attributes: Value) -> None:
    """Keep a span of a turn that began at `began` (ns since 1970) and has just ended."""
    if _tracer and parent:
        _tracer.record(name, parent, began, attributes)


@contextmanager
def queries_summed(of: Span) -> Iterator[None]:
    """Count the knowledge base's queries while the context lasts, also in threads, and say so in the span at its end."""
    if not of.traceparent:
        yield
        return
    sums = QuerySums()
    token = QUERIES.set(sums)
    try:
        yield
    finally:
        QUERIES.reset(token)
        of.set(queries=sums.count, queries_ms=round(sums.ns / 1e6, 3))
