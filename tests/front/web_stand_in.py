"""A small engine that speaks the turn contract over HTTP, for the widget's tests: what it answers is in ANSWERS."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SOURCE = {"section": "Challenges", "key": "challenges"}
HOSTILE = (
    '<img src=x onerror="window.broken=1"> [click](javascript:window.broken=1) <script>window.broken=1</script> '
    "**bold** [safe](https://example.org/page)"
)
ANSWERS = {
    "hello": {"text": "Hello there.", "outcome": "smalltalk"},
    "visa": {
        "text": "You may need a **visa**.\n\n- Ask the consulate\n- Ask *early*",
        "outcome": "answered",
        "topic": "challenges/visa",
        "sources": [SOURCE, SOURCE],
        "buttons": [{"title": "Visas in Canada", "payload": '/ask_topic{"topic":"canada"}'}],
    },
    '/ask_topic{"topic":"canada"}': {"text": "In Canada, ask the college.", "outcome": "answered", "sources": [SOURCE]},
    "programs": {
        "text": "I found two programs.",
        "outcome": "answered",
        "cards": [
            {
                "title": "Data Ethics",
                "text": "A first course",
                "lines": ["6 weeks", "Online"],
                "url": "https://example.org/d",
            },
            {"title": "Public Health", "lines": ["8 weeks"]},
        ],
    },
    "hostile": {"text": HOSTILE, "outcome": "answered", "buttons": [{"title": "<b>x</b>", "payload": "/x"}]},
    "long": {"text": "The beginning. " + "More of it. " * 300, "outcome": "answered"},
    "a person please": {"text": "A person can help.", "outcome": "handoff"},
}


@dataclass
class StandIn:
    """A small engine; `broken` makes each turn fail, `slow` is how many seconds it takes.

    `asked` are the turns that came, `forgotten` the conversations that it was told to forget.
    """

    url: str = ""
    broken: bool = False
    slow: float = 0.0
    asked: list[dict[str, Any]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    def answer(self, turn: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a turn in the contract's form: that of ANSWERS, or an echo."""
        said = turn.get("payload") or turn.get("text", "")
        content: dict[str, Any] = ANSWERS.get(
            said.lower(), {"text": f"You said: {said}", "outcome": "answered", "sources": [SOURCE]}
        )
        message = {
            "text": content["text"],
            "metadata": {"outcome": content["outcome"], "sources": content.get("sources", [])},
        }
        if "topic" in content:
            message["metadata"]["topic"] = content["topic"]
        message.update({name: content[name] for name in ("buttons", "cards") if name in content})
        understanding = {"intent": "ask_topic", "topic": None, "confidence": 0.9, "ranking": [], "entities": []}
        return {"messages": [message], "understanding": understanding, "actions": [], "slots": {}}


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """Serve the engine on a free port until the end of the block."""
    engine = StandIn()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(engine))
    engine.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield engine
    finally:
        server.shutdown()
        server.server_close()


def _handler(engine: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            turn = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            engine.asked.append(turn)
            time.sleep(engine.slow)
            self._send(500 if engine.broken else 200, {"error": "broken"} if engine.broken else engine.answer(turn))

        def do_DELETE(self) -> None:
            engine.forgotten.append(self.path.rpartition("/")[2])
            self._send(200, {})

        def do_GET(self) -> None:
            self._send(200, {"checks": {"engine": "ok", "actions": "ok"}})

        def _send(self, status: int, what: dict[str, Any]) -> None:
            body = json.dumps(what).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    return Handler
