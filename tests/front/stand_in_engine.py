"""A small engine that speaks the turn contract (design: section 6): python tests/front/stand_in_engine.py PORT MEMORY.

What it says depends on the text: "poison" fails however often it is asked, "person" asks for a person, "distress" is somebody
in need, an "@" is somebody's address, "buttons" brings two buttons, of "unsure" it asks what a language model makes if there
is one ("español" makes that Spanish, "outdated" refuses its query), "visado" brings sentences of a guide, all else is echoed as
answered. POST /behave changes how it behaves from then on; GET /told says what it was asked. MEMORY is a file, so that it knows
after a kill which turns it has run; engines that are given the same one share it.
"""

from __future__ import annotations

import fcntl
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

FOR_STAFF: dict[str, Any] = {  # which no visitor may get
    "decided_by": "a row of the table",
    "query": {"intent": "compare", "names": {"destination": ["atlantis"]}},
    "claims": [{"topic": "a/b", "say": "A claim of the guide."}],
    "profile": [{"label": "Work", "value": "lighthouse keeper"}],
}
WELL = {"seconds": 0.0, "status": 200, "body": None, "ready": True, "key": "", "installation": None}


class Memory:
    """The turns that were run, in order, and what was forgotten; each is on disk before it is told."""

    def __init__(self, file: Path) -> None:
        self.lock = threading.Lock()
        self.turns: dict[tuple[str, str], dict[str, Any]] = {}
        self.ran: list[dict[str, Any]] = []
        self.forgotten: list[str] = []
        self.asked: list[str] = []  # every text that it was asked about, even if it failed
        self._file = file.open("a", encoding="utf-8")
        self._reader = file.open(encoding="utf-8")
        self.catch_up()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other engines on the file from running turns meanwhile, and take over what they have run."""
        with self.lock:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                self.catch_up()
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def catch_up(self) -> None:
        """Take over the turns that were written since the last look."""
        while line := self._reader.readline():
            self._hold(json.loads(line))

    def remember(self, asked: dict[str, Any], reply: dict[str, Any]) -> None:
        """Write a turn to the file, then hold it."""
        entry = {"asked": asked, "reply": reply}
        self._file.write(json.dumps(entry) + "\n")
        self._file.flush()
        self.catch_up()

    def forget(self, conversation: str) -> bool:
        """Drop the turns of a conversation; tell whether it had any."""
        self.forgotten.append(conversation)
        held = [key for key in self.turns if key[0] == conversation]
        for key in held:
            del self.turns[key]
        return bool(held)

    def _hold(self, entry: dict[str, Any]) -> None:
        asked = entry["asked"]
        self.turns[asked["conversation"], asked["message_id"]] = entry["reply"]
        self.ran.append(asked)


UNSURE = {  # what it tells of a message of which it is unsure
    "understanding": {
        "intent": "nlu_fallback",
        "topic": None,
        "confidence": 0.3,
        "topics": [{"key": "challenges/visa"}],
    },
    "claims": ["challenges/visa#1", "no/such#9"],
    "language": None,
    "state": {"focus": {"destination": ["canada"]}},
}


IN_ENGLISH = "Lo siento, por ahora solo hablo inglés."  # what a reply to a Spanish message begins with
VISA = "You may need a visa. Ask the embassy of Canada: https://example.org/visa."


def reply_to(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a turn in the contract's form."""
    text = asked.get("text") or asked.get("payload") or ""
    intent, message = "ask_topic", {"text": f"You said: {text}", "metadata": {"outcome": "answered", "topic": "a/b"}}
    message["metadata"]["sources"] = [{"section": "About", "key": "about/one"}]
    message["metadata"] |= FOR_STAFF
    if "visado" in text:
        message["text"] = VISA
    if "español" in text and asked.get("understood"):
        message["text"] = f"{IN_ENGLISH}\n\n{message['text']}"
        message["metadata"]["in_english"] = IN_ENGLISH
    if "distress" in text:
        intent, message = "distress", {"text": "Here is a helpline.", "metadata": {"outcome": "handoff"}}
    if "@" in text:
        intent, message = "give_contact", {"text": "Noted.", "metadata": {"outcome": "handoff"}}
    elif "person" in text:
        intent, message = "ask_person", {"text": "Write to the team.", "metadata": {"outcome": "handoff"}}
    elif "buttons" in text:
        message["buttons"] = [
            {
                "title": "Visas",
                "payload": '/ask_topic{"topic": "challenges/%s"}' % ("visado" if "visado" in text else "visa"),
            },
            {"title": "A person", "payload": "/ask_person"},
        ]
        message["cards"] = [{"title": "A card", "lines": ["One line"]}]
    return {
        "messages": [message],
        "understanding": {
            **{"intent": intent, "topic": "a/b", "confidence": 0.9, "ranking": [], "entities": []},
            **{"form": "how_many", "unknown_names": ["Zedtech"]},
            **({"by_model": "outdated" not in text} if asked.get("understood") else {}),
            **({"speaks": "es"} if "español" in text and asked.get("understood") else {}),
        },
        "actions": ["action_answer_topic"],
        "slots": {},
    }


class Door(BaseHTTPRequestHandler):
    """Requests of the front, and of the tests that tell the engine how to behave."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    memory: Memory
    behaviour: dict[str, Any] = dict(WELL)

    def do_GET(self) -> None:
        """Answer what it was asked, or whether it is ready."""
        if self.path == "/told":
            with self.memory.alone():
                pass
            self._answer({"ran": self.memory.ran, "forgotten": self.memory.forgotten, "asked": self.memory.asked})
        elif not self.behaviour["ready"]:
            self._answer({"ready": False, "reason": "the model is still loading"}, 503)
        else:
            installation = self.behaviour["installation"]
            named = {"installation": installation} if installation else {}
            self._answer({"ready": True, "checks": {"engine": "ok", "actions": "ok"}, **named})

    def do_POST(self) -> None:
        """Change the behaviour, or answer a turn."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/behave":
            type(self).behaviour = {**WELL, **body}
            self._answer({})
        elif not self._admitted():
            self._answer({"error": "a key is needed"}, 401)
        else:
            self._turn(body)

    def do_DELETE(self) -> None:
        """Forget a conversation."""
        if not self._admitted():
            self._answer({"error": "a key is needed"}, 401)
        elif self.behaviour["status"] != 200:
            self._answer({"error": "told to fail"}, self.behaviour["status"])
        else:
            self._answer({"forgotten": self.memory.forget(unquote(self.path.rsplit("/", 1)[1]))})

    def _turn(self, asked: dict[str, Any]) -> None:
        behaviour = self.behaviour
        self.memory.asked.append(asked.get("text") or asked.get("payload") or "")
        time.sleep(behaviour["seconds"])
        if behaviour["status"] != 200:
            self._answer({"error": "told to fail"}, behaviour["status"])
            return
        if "unsure" in (asked.get("text") or "") and asked.get("model") in ("unsure", "always"):
            self._answer({**UNSURE, "language": "es" if "español" in asked["text"] else None}, 202)
            return
        if "poison" in (asked.get("text") or ""):
            self._answer({"error": "OverflowError", "retry": False}, 500)
            return
        with self.memory.alone():
            known = self.memory.turns.get((asked["conversation"], asked["message_id"]))
            reply = known or behaviour["body"] or reply_to(asked)
            if known is None:
                self.memory.remember(asked, reply)
        self._answer(reply)

    def _admitted(self) -> bool:
        key = self.behaviour["key"]
        return not key or self.headers.get("Authorization") == f"Bearer {key}"

    def _answer(self, body: Any, status: int = 200) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *words: object) -> None:
        """Log nothing."""


def main(port: int, memory: Path) -> None:
    """Serve the engine on a port of this machine, for ever."""
    Door.memory = Memory(memory)
    ThreadingHTTPServer.daemon_threads = True
    ThreadingHTTPServer(("127.0.0.1", port), Door).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
