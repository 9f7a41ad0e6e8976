"""Hands spans to an OpenTelemetry collector over OTLP/HTTP, from a thread of its own; imported only if traces are on.

A collector that is away costs nothing: spans wait in a queue of fixed length, the oldest are dropped, one line of the log
tells of it, and one that it is back.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from core.settings import Settings
from core.traces.spans import CLIENT, INTERNAL, NO_SPAN, SERVER, TRACEPARENT, NoSpan, Span, Value
from core.version import version

logger = logging.getLogger(__name__)
MOST_WAITING, AT_ONCE = 2048, 256  # spans
EVERY_MS = 1000  # between two batches
SECONDS = 5  # that the collector is waited for
KINDS = {INTERNAL: trace.SpanKind.INTERNAL, SERVER: trace.SpanKind.SERVER, CLIENT: trace.SpanKind.CLIENT}
_W3C = TraceContextTextMapPropagator()
_NOWHERE = trace.set_span_in_context(trace.INVALID_SPAN, context.Context())


class OtlpTracer:
    """Hands on the spans of one process."""

    def __init__(self, settings: Settings, process: str) -> None:
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL + 1)  # `Collector` says what there is to say
        about = {
            "service.name": f"advisor-{process}",
            "service.version": version(),
            "service.namespace": settings.installation,
        }
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(settings.traces_share)),
            resource=Resource(about),
            shutdown_on_exit=False,  # it may take as long as a collector that does not answer
        )
        exporter = OTLPSpanExporter(
            endpoint=settings.traces_endpoint, headers=settings.sent_with_traces, timeout=SECONDS
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(
                Collector(exporter),
                max_queue_size=MOST_WAITING,
                schedule_delay_millis=EVERY_MS,
                max_export_batch_size=AT_ONCE,
                export_timeout_millis=SECONDS * 1000,
            )
        )
        self._tracer = self._provider.get_tracer("advisor")

    def turn(self, name: str, parent: str, began: int | None, attributes: dict[str, Value]) -> Span:
        """Begin the trace of a turn, or go on with that of a proxy."""
        return self._begun(name, _context_of(parent), SERVER, attributes, began)

    def span(self, name: str, parent: str | None, kind: str, attributes: dict[str, Value]) -> Span:
        """Begin a span of a turn, if there is one."""
        if parent is None:
            is_in_turn = trace.get_current_span().get_span_context().is_valid
            return self._begun(name, context.get_current(), kind, attributes) if is_in_turn else NO_SPAN
        within = _context_of(parent)
        is_known = trace.get_current_span(within).get_span_context().is_valid
        return self._begun(name, within, kind, attributes) if is_known else _Apart()

    def record(self, name: str, parent: str, began: int, attributes: dict[str, Value]) -> None:
        """Keep a span that has ended."""
        within = _context_of(parent)
        if trace.get_current_span(within).get_span_context().is_valid:
            self._tracer.start_span(name, within, attributes=_named(attributes), start_time=began).end()

    def stop(self, seconds: float) -> None:
        """Hand on what is left, as far as the time allows."""
        ending = threading.Thread(target=self._provider.shutdown, name="last traces", daemon=True)
        ending.start()
        ending.join(seconds)

    def _begun(
        self, name: str, within: context.Context, kind: str, attributes: dict[str, Value], began: int | None = None
    ) -> Span:
        begun = self._tracer.start_span(name, within, KINDS[kind], _named(attributes), start_time=began)
        return _OtlpSpan(begun, within)


class _OtlpSpan:
    """A span that is handed on when its block ends. Of an error only its class is kept: its words may be a visitor's."""

    def __init__(self, begun: trace.Span, within: context.Context) -> None:
        self._span, self._context = begun, trace.set_span_in_context(begun, within)
        self._token: Any = None

    @property
    def traceparent(self) -> str:
        """The span's identity, as W3C writes it."""
        carrier: dict[str, str] = {}
        _W3C.inject(carrier, self._context)
        return carrier.get(TRACEPARENT, "")

    def set(self, **attributes: Value) -> None:
        """Add attributes."""
        self._span.set_attributes(_named(attributes))

    def fail(self, kind: str) -> None:
        """Mark the work as failed."""
        self._span.set_attribute("error.type", kind)
        self._span.set_status(trace.StatusCode.ERROR)

    def __enter__(self) -> _OtlpSpan:
        self._token = context.attach(self._context)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        context.detach(self._token)
        if kind is not None:
            self.fail(kind.__name__)
        self._span.end()


class _Apart(NoSpan):
    """A span of no turn: what is begun within it belongs to none either, whatever is under way around it."""

    def __enter__(self) -> _Apart:
        self._token = context.attach(_NOWHERE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        context.detach(self._token)


class Collector(SpanExporter):
    """The way to the collector, which says once that it cannot be reached and once that it can be again."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter, self._is_away = exporter, False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Hand spans on; those that are not taken are lost."""
        try:
            result, why = self._exporter.export(spans), "refused"
        except Exception as error:  # whatever its library makes of a connection; the next batch is tried all the same
            result, why = SpanExportResult.FAILURE, type(error).__name__
        is_away = result is not SpanExportResult.SUCCESS
        if is_away and not self._is_away:
            logger.warning("traces are lost: the collector at ADVISOR_TRACES_URL does not take them (%s)", why)
        elif self._is_away and not is_away:
            logger.warning("the collector at ADVISOR_TRACES_URL takes traces again")
        self._is_away = is_away
        return result

    def shutdown(self) -> None:
        """Close the connection."""
        self._exporter.shutdown()


def _context_of(traceparent: str) -> context.Context:
    """Return the context of a span of another process; one without a span if the text is none."""
    return _W3C.extract({TRACEPARENT: traceparent}, context.Context()) if traceparent else context.Context()


def _named(attributes: dict[str, Value]) -> dict[str, Value]:
    return {f"advisor.{name}": value for name, value in attributes.items()}
