"""Traces of turns: one connected trace from front to engine, nothing of anybody in it, and no cost if the collector is away.

A real engine and a real front hand their spans to a collector on loopback, which reads them as OpenTelemetry does.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from core.http_client import fetch, local_opener
from core.processes import end_group, start_process
from core.services import REST_PATH, front_service
from core.settings import Settings, env_name
from core.traces.exporter import MOST_WAITING, OtlpTracer
from tests.harness import free_port, until
from tests.span_collector import SpanCollector, TakenSpan

FRONT, ENGINE = "advisor-front", "advisor-engine"
MARK = "zanzibarquartz"  # in whatever people send: words, names, tokens, headers
WORDS = f"{MARK} what is a micro-credential?"
SECRET = "d2hzZWNfemFuemliYXJxdWFydHo="
OF_A_TURN = {"receive", "wait", "answer", "ask engine", "turn", "read", "decide", "recall", "act", "remember", "save"}
IMPORTED = (
    "import importlib, sys; importlib.import_module(sys.argv[1]); print([m for m in sys.modules if 'opentel' in m])"
)
FROM_OUTSIDE = "00-{trace}-00f067aa0ba902b7-01"


@dataclass
class RunningFront:
    """A front of its own environment before a real engine."""

    settings: Settings
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """Return what it has logged."""
        return (self.settings.log_dir / "front.log").read_text(encoding="utf-8")

    def start(self) -> RunningFront:
        """Start it and wait until it answers."""
        names = (
            *("var_dir", "knowledge_db", "encoder_dir", "engine_port", "front_port", "operators_port", "traces_url"),
            *("traces_headers", "traces_from_proxies", "rest_callback_url", "rest_callback_secret", "engine_seconds"),
        )
        service = front_service(self.settings, {env_name(name): str(getattr(self.settings, name)) for name in names})
        self.process = start_process(service.argv, service.log, service.environment, service.folder)
        until(lambda: fetch(service.health_url)[0] == 200, "the front's start")
        return self

    def stop(self) -> None:
        """End it."""
        if self.process:
            end_group(self.process, seconds=10)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """Return the body of a POST's answer, read if it is JSON."""
        origin = {"Origin": self.settings.front_url} if path.startswith("/web/") else {}
        sent = {"Content-Type": "application/json", **origin, **headers}
        request = urllib.request.Request(self.settings.front_url + path, json.dumps(body).encode(), sent)
        with local_opener.open(request, timeout=60) as answer:
            is_json = answer.headers.get_content_type() == "application/json"
            return json.loads(answer.read()) if is_json else answer.read()

    def ask(self, text: str, path: str = REST_PATH, **headers: str) -> list[dict[str, Any]]:
        """Say something over REST, in a conversation of its own."""
        return self.post(path, {"sender": f"{MARK}-{uuid.uuid4().hex}", "message": text}, **headers)

    def read_stream(self, token: str) -> str:
        """Open a widget's stream and return what it brings up to the first reply."""
        sent = {
            "Authorization": f"Bearer {token}",
            "Origin": self.settings.front_url,
            "Content-Type": "application/json",
        }
        request = urllib.request.Request(f"{self.settings.front_url}/web/demo/stream", b'{"after": 0}', sent)
        said = ""
        with local_opener.open(request, timeout=60) as answer:
            while '"outcome"' not in said and '"buttons"' not in said:
                said += answer.readline().decode()
        return said


@dataclass
class Traced:
    """A collector, and an advisor that hands it its spans."""

    collector: SpanCollector
    front: RunningFront
    engine: Any

    def turn_after(self, known: set[str], *names: str) -> list[TakenSpan]:
        """Return the spans of the one trace that is new since `known`, once those with these names are there."""

        def is_there() -> bool:
            new = {span.trace for span in list(self.collector.spans)} - known
            return any(set(names) <= {span.name for span in self.collector.of_trace(trace)} for trace in new)

        until(is_there, "the spans")
        [trace] = self.traces - known
        return self.collector.of_trace(trace)

    @property
    def traces(self) -> set[str]:
        """Return the traces that came in."""
        return {span.trace for span in list(self.collector.spans)}


@pytest.fixture(scope="module")
def traced(start_advisor, tmp_path_factory) -> Iterator[Traced]:
    folder: Path = tmp_path_factory.mktemp("traced")
    collector = SpanCollector()
    with collector.running():
        engine = start_advisor(
            var_dir=folder, engine_key=f"{MARK}-key", traces_url=collector.url, traces_headers="authorization=let me in"
        )
        settings = replace(
            engine.settings,
            front_port=free_port(),
            operators_port=free_port(),
            rest_callback_url=f"{collector.url}/{MARK}?key={MARK}",
            rest_callback_secret=SECRET,
        )
        front = RunningFront(settings).start()
        yield Traced(collector, front, engine)
        front.stop()


def test_turn_is_one_connected_trace(traced) -> None:
    known = traced.traces
    assert traced.front.ask(WORDS)[0]["metadata"]["outcome"] == "answered"
    spans = traced.turn_after(known, *OF_A_TURN, "send")
    by_id, above = {span.id: span for span in spans}, {}
    for span in spans:
        above[span.name] = by_id[span.parent].name if span.parent else ""
    assert above == {
        **{"receive": "", "wait": "receive", "answer": "receive", "send": "receive"},
        **{"ask engine": "answer", "save": "answer", "turn": "ask engine", "read": "turn", "decide": "turn"},
        **{"recall": "decide", "act": "decide", "remember": "decide"},
    }
    assert {span.name for span in spans if span.process == ENGINE} == {
        "turn",
        "read",
        "decide",
        "recall",
        "act",
        "remember",
    }
    assert all(span.start <= span.end and not span.is_error for span in spans)
    assert traced.collector.authorization == {"let me in"}


def test_spans_say_what_was_done(traced) -> None:
    known = traced.traces
    traced.front.ask("which courses are there in Canada?")
    spans = {span.name: span.attributes for span in traced.turn_after(known, *OF_A_TURN)}
    assert spans["answer"] == {"advisor.channel": "rest", "advisor.outcome": "answered"}
    assert spans["act"]["advisor.action"].startswith("action_")
    assert spans["act"]["advisor.queries"] > 0 and spans["act"]["advisor.queries_ms"] > 0


def test_widget_and_callback_are_traced_to_the_end(traced) -> None:
    known = traced.traces
    traced.front.ask(WORDS, "/webhooks/callback/webhook")
    sent = traced.turn_after(known, *OF_A_TURN, "send")[-1]
    assert (sent.name, sent.attributes["advisor.channel"]) == ("send", "callback")
    known = traced.traces
    version = traced.front.post("/web/demo/settings", {})["consent"]["version"]
    token = traced.front.post("/web/demo/session", {"consent": version})["token"]
    streams: list[str] = []
    listening = threading.Thread(target=lambda: streams.append(traced.front.read_stream(token)))
    listening.start()
    said = {"id": MARK, "text": WORDS, "page": f"https://{MARK}.example.org"}
    traced.front.post("/web/demo/messages", said, Authorization=f"Bearer {token}")
    listening.join()
    names = [span.name for span in traced.turn_after(known, *OF_A_TURN, "send")]
    assert MARK in streams[0] and names[0] == "receive"


@pytest.fixture(scope="module")
def believing(traced) -> Iterator[RunningFront]:
    """Start a front that believes proxies, before an engine that is not there."""
    ports = {name: free_port() for name in ("front_port", "operators_port", "engine_port")}
    ours = {"var_dir": traced.front.settings.var_dir / "believing", "engine_seconds": 1.0, "traces_from_proxies": "on"}
    front = RunningFront(replace(traced.front.settings, **ports, **ours)).start()
    yield front
    front.stop()


def test_failed_turn_is_marked_in_the_trace_of_a_proxy(traced, believing) -> None:
    trace = uuid.uuid4().hex
    assert believing.ask(WORDS, traceparent=FROM_OUTSIDE.format(trace=trace))[0]["metadata"]["outcome"] == "failed"
    ended = {"apologise", "send"}
    until(lambda: ended <= {span.name for span in traced.collector.of_trace(trace)}, "the spans")
    spans = traced.collector.of_trace(trace)
    assert (spans[0].name, spans[0].parent) == ("receive", "00f067aa0ba902b7")
    by_name = {span.name: span for span in spans}
    assert by_name["ask engine"].is_error and by_name["ask engine"].attributes["error.type"] == "EngineError"
    assert by_name["apologise"].attributes["advisor.outcome"] == "failed"


def test_trace_of_a_stranger_is_not_taken(traced, believing) -> None:
    stranger, known = uuid.uuid4().hex, traced.traces
    traced.front.ask(WORDS, traceparent=FROM_OUTSIDE.format(trace=stranger))
    assert stranger not in {span.trace for span in traced.turn_after(known, *OF_A_TURN)}
    known = traced.traces
    believing.ask(WORDS, traceparent=f"{MARK}-{MARK}")
    assert traced.turn_after(known, "apologise")[0].parent == ""


def test_nothing_of_anybody_is_in_traces(traced) -> None:
    """All that was sent so far carries the mark, in its words, names, addresses, keys and tokens."""
    traced.front.ask(f"/{MARK} my name is {MARK}, write to {MARK}@example.org", authorization=f"Bearer {MARK}")
    assert traced.collector.spans
    assert MARK not in traced.collector.bytes.decode("latin-1")
    about = {name for span in traced.collector.spans for name in span.attributes}
    assert about <= {
        *("advisor.channel", "advisor.message", "advisor.conversation", "advisor.again", "advisor.outcome"),
        *("advisor.engine", "advisor.action", "advisor.queries", "advisor.queries_ms", "advisor.attempt", "error.type"),
    }


def test_collector_that_is_gone_costs_nothing(traced) -> None:
    """Run last: the collector is ended for good by it."""
    traced.collector.stop()
    for _ in range(12):
        assert traced.front.ask(WORDS)[0]["metadata"]["outcome"] == "answered"
    lost = "traces are lost: the collector"
    until(lambda: lost in traced.front.log and lost in traced.engine.engine_log, "the lines of the logs")
    for _ in range(3):
        traced.front.ask(WORDS)
    assert traced.front.log.count(lost) == traced.engine.engine_log.count(lost) == 1
    assert "opentelemetry" not in traced.front.log + traced.engine.engine_log
    assert MARK not in traced.front.log + traced.engine.engine_log


def test_what_waits_for_a_collector_is_limited() -> None:
    """A collector that takes connections and does not answer is the worst: it is waited for."""
    collector = SpanCollector()
    tracer = OtlpTracer(Settings(traces_url=collector.url), "front")
    first = tracer.turn("first", "", None, {})
    with first:
        for number in range(3 * MOST_WAITING):
            tracer.record("later", first.traceparent, 1, {"message": number})
    with collector.running():
        tracer.stop(seconds=30)
        numbers = [span.attributes.get("advisor.message") for span in collector.spans]
    assert 0 < len(numbers) < 2 * MOST_WAITING
    assert 3 * MOST_WAITING - 1 in numbers, "the newest are kept"


def test_only_a_share_is_traced() -> None:
    collector = SpanCollector()
    with collector.running():
        tracer = OtlpTracer(Settings(traces_url=collector.url, traces_share=0.0), "engine")
        with tracer.turn("turn", "", None, {}) as turn, tracer.span("act", None, "internal", {}):
            assert turn.traceparent.endswith("-00"), "so that the engine traces it as little"
        with tracer.span("of a front that traces it", FROM_OUTSIDE.format(trace=uuid.uuid4().hex), "server", {}):
            pass
        tracer.stop(seconds=30)
    assert [span.name for span in collector.spans] == ["of a front that traces it"]


@pytest.mark.parametrize("module", ["bot.front.app", "bot.engine.http_api"])
def test_nothing_is_imported_while_traces_are_off(module) -> None:
    python = Settings.from_environment().front_python if module.startswith("bot.front") else sys.executable
    done = subprocess.run([python, "-c", IMPORTED, module], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1:] == ["[]"], done.stderr
