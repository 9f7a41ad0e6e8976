"""A conversation in the terminal, over the front's REST endpoint, as any client has it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from channels.markdown import BOLD, Line, lines_of
from core.http_client import fetch, local_opener
from core.ports import FRONT_READY_PATH
from core.processes import END_WITH_PARENT
from core.services import REST_PATH
from core.settings import Settings

BOLD_ON, BOLD_OFF = "\033[1m", "\033[0m"
PATIENCE = 60.0  # seconds for one reply


class AdvisorUnreachable(Exception):
    """The advisor cannot be reached, or refused; the message says what to do."""


class Conversation:
    """Client of the running advisor for one conversation; `sender` names it, and is made up if it is empty."""

    def __init__(self, settings: Settings, sender: str | None = None) -> None:
        self.settings = settings
        self.sender = sender or f"terminal-{uuid.uuid4().hex[:12]}"

    def say(self, text: str) -> list[dict[str, Any]]:
        """Send a text and return the replies; raises AdvisorUnreachable."""
        return self._send({"message": text})

    def press(self, payload: str) -> list[dict[str, Any]]:
        """Send a button's payload and return the replies; raises AdvisorUnreachable."""
        return self._send({"payload": payload})

    def _send(self, content: dict[str, Any]) -> list[dict[str, Any]]:
        headers = {"Content-Type": "application/json"}
        if self.settings.rest_key:
            headers["Authorization"] = f"Bearer {self.settings.rest_key}"
        body = json.dumps({"sender": self.sender, **content}).encode()
        request = urllib.request.Request(self.settings.front_url + REST_PATH, body, headers)
        try:
            with local_opener.open(request, timeout=PATIENCE) as answer:
                replies: list[dict[str, Any]] = json.load(answer)
                return replies
        except urllib.error.HTTPError as error:
            words = " ".join(error.read(300).decode(errors="replace").split())
            raise AdvisorUnreachable(f"The advisor refused ({error.code}): {words}") from None
        except (OSError, ValueError):
            raise AdvisorUnreachable(f"Nothing answers at {self.settings.front_url}. Start it: make run") from None


def format_reply(reply: dict[str, Any], bold: bool, buttons_from: int = 1) -> str:
    """Return a reply as lines of text, its buttons numbered from `buttons_from`."""
    lines = [_line(line, bold) for line in lines_of(reply.get("text") or "")]
    for card in (reply.get("custom") or {}).get("cards", []):
        lines += ["", f"  {card.get('title', '')}"]
        lines += [f"    {line}" for line in (card.get("text"), *card.get("lines", []), card.get("url")) if line]
    for number, button in enumerate(reply.get("buttons") or [], buttons_from):
        lines.append(f"  {number}) {button['title']}")
    return "\n".join(lines)


def _line(line: Line, bold: bool) -> str:
    pieces = [f"{line.mark} "] if line.mark else []
    for url, group in groupby(line.spans, key=lambda span: span.url):
        spans = list(group)
        pieces += [f"{BOLD_ON}{span.text}{BOLD_OFF}" if bold and BOLD in span.kind else span.text for span in spans]
        if url and not spans[0].is_bare:
            pieces.append(f" ({url})")
    return "".join(pieces)


def chat(settings: Settings, say: Callable[[str], None], read: Callable[[str], str] = input) -> None:
    """Talk to the advisor until the person ends it with Ctrl-D or Ctrl-C."""
    conversation, buttons = Conversation(settings), list[dict[str, Any]]()
    say("Write your question; a number presses a button; Ctrl-D ends.\n")
    while True:
        try:
            text = read("you: ").strip()
        except (EOFError, KeyboardInterrupt):
            say("")
            return
        button = buttons[int(text) - 1] if text.isdecimal() and 0 < int(text) <= len(buttons) else None
        try:
            replies = conversation.press(button["payload"]) if button else conversation.say(text)
        except AdvisorUnreachable as error:
            say(f"({error})\n")
            continue
        buttons = []
        for reply in replies:
            say(format_reply(reply, bold=sys.stdout.isatty(), buttons_from=len(buttons) + 1))
            buttons += reply.get("buttons") or []
        say("")


@contextmanager
def advisor_running(settings: Settings) -> Iterator[None]:
    """Use the advisor that runs already; else run one for as long as the block lasts."""
    if _ready(settings):
        yield
        return
    # In a group of its own, so that Ctrl-C in the conversation does not reach it before we say so.
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli.main", "run", "--brief"],
        cwd=settings.root,
        start_new_session=True,
        preexec_fn=END_WITH_PARENT,
    )
    try:
        while not _ready(settings):
            if process.poll() is not None:
                raise AdvisorUnreachable("The advisor did not start; the lines above say why.")
            time.sleep(0.3)
        yield
    finally:
        process.terminate()
        process.wait()


def _ready(settings: Settings) -> bool:
    return fetch(settings.front_url + FRONT_READY_PATH)[0] == 200
