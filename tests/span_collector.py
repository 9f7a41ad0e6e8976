"""An OpenTelemetry collector on loopback that keeps the spans it is sent, read as protobuf by OpenTelemetry's own package."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class TakenSpan:
    """A span as it came in, with the name of the process that sent it; `parent` is "" for the first one of a trace."""

    process: str
    trace: str
    id: str
    parent: str
    name: str
    attributes: dict[str, Any]
    start: int
    end: int
    is_error: bool


class SpanCollector:
    """The collector and what it has taken: its spans, and the bytes in which they came."""

    def __init__(self, port: int = 0) -> None:
        self.spans: list[TakenSpan] = []
        self.bytes = b""
        self.authorization: set[str] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())

    @property
    def url(self) -> str:
        """Return its address, for ADVISOR_TRACES_URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def of_trace(self, trace: str) -> list[TakenSpan]:
        """Return the spans of a trace, by their start."""
        return sorted((span for span in list(self.spans) if span.trace == trace), key=lambda span: span.start)

    @contextmanager
    def running(self) -> Iterator[SpanCollector]:
        """Serve while the context lasts."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            self.stop()

    def stop(self) -> None:
        """End it, once or more often; nothing listens at its address from then on."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/v1/traces":
                    collector.authorization.add(self.headers.get("Authorization", ""))
                    collector.take(body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler

    def take(self, body: bytes) -> None:
        """Keep the spans of a request."""
        self.bytes += body
        for sent in ExportTraceServiceRequest.FromString(body).resource_spans:
            process = {each.key: each.value.string_value for each in sent.resource.attributes}["service.name"]
            for scope in sent.scope_spans:
                self.spans += [_taken(process, span) for span in scope.spans]


def _taken(process: str, span: Any) -> TakenSpan:
    attributes = {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes}
    ids = span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()
    times = span.start_time_unix_nano, span.end_time_unix_nano
    return TakenSpan(process, *ids, span.name, attributes, *times, is_error=span.status.code == 2)
