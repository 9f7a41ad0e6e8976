"""An OpenAI-compatible endpoint on loopback that does what a test tells it: answers, lies, stalls, breaks off.

It keeps what it was sent. Without a behaviour it answers with `answer`, a text or a function of the request's body.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USAGE = {"prompt_tokens": 1200, "completion_tokens": 80}
Answer = str | Callable[[dict[str, Any]], str]


@dataclass
class ModelEndpoint:
    """A running endpoint. `behaviour` are parts of _Door._behave that take the place of an answer.

    `refusal` returns why a request is refused, or an empty text.
    """

    port: int = 0
    answer: Answer = "{}"
    behaviour: dict[str, Any] = field(default_factory=dict)
    refusal: Callable[[dict[str, Any]], str] = lambda body: ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Return the address for ADVISOR_LANGUAGE_MODEL_URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    def last_prompt(self) -> str:
        """Return all that it was told last."""
        return "\n\n".join(message["content"] for message in self.asked[-1]["messages"])


def completion(content: Any, **more: Any) -> bytes:
    """Return the body of a chat completion."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop", **more}
    return json.dumps({"object": "chat.completion", "choices": [choice], "usage": USAGE}).encode()


@contextmanager
def running_endpoint(answer: Answer = "{}") -> Iterator[ModelEndpoint]:
    """Run an endpoint on a free port."""
    endpoint = ModelEndpoint(answer=answer)
    door = type("Door", (_Door,), {"endpoint": endpoint})
    server = ThreadingHTTPServer(("127.0.0.1", 0), door)
    server.daemon_threads = True
    endpoint.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()


class _Door(BaseHTTPRequestHandler):
    endpoint: ModelEndpoint

    def do_POST(self) -> None:
        """Answer a call, or behave as told."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.endpoint.asked.append(body)
        self.endpoint.headers.append(dict(self.headers))
        if why := self.endpoint.refusal(body):
            self._send(why.encode(), 400)
        elif self.endpoint.behaviour:
            self._behave(**self.endpoint.behaviour)
        else:
            answer = self.endpoint.answer
            self._send(completion(answer(body) if callable(answer) else answer))

    def _behave(
        self,
        seconds: float = 0.0,
        status: int = 200,
        body: bytes = b"",
        pieces: tuple[bytes, ...] = (),
        raw: bytes = b"",
        **headers: str,
    ) -> None:
        """Wait, then send a status with a body, pieces of one every 0.2 s, or what is no HTTP at all."""
        time.sleep(seconds)
        try:
            if raw:
                self.wfile.write(raw)
                self.close_connection = True
            elif pieces:
                self._head(status, None, headers)
                for piece in pieces:
                    self.wfile.write(piece)
                    self.wfile.flush()
                    time.sleep(0.2)
                self.close_connection = True
            else:
                self._send(body, status, headers)
        except OSError:  # the front has hung up
            self.close_connection = True

    def _send(self, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self._head(status, len(body), headers or {})
        self.wfile.write(body)

    def _head(self, status: int, length: int | None, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if length is not None and "Content_Length" not in headers:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Log nothing."""
