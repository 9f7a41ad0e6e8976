"""rasa-webchat, the chat window that Botfront made for Rasa, on a page of its own in a real browser.

It is no part of the set-up: `npm install --no-save rasa-webchat@1.0.1` brings it, and this test with it.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.settings import PROJECT_ROOT
from tests.front.processes import RunningFront, ended_at_last, free_port, until
from tests.front.web_browser import browser  # noqa: F401

WEBCHAT = PROJECT_ROOT / "node_modules/rasa-webchat/lib/index.js"
PAGE = """<!doctype html><meta charset=utf-8><title>A page</title><script src=webchat.js></script>
<script>WebChat.default({initPayload: "/get_started", socketUrl: "FRONT", socketPath: "/socket.io/", title: "Advisor",
  inputTextFieldHint: "Ask", showMessageDate: false, params: {storage: "local"}}, null)</script>"""
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not WEBCHAT.exists(), reason="npm install --no-save rasa-webchat@1.0.1 brings what it needs"),
]


@pytest.fixture
def page_server(tmp_path) -> Iterator[tuple[int, Path]]:
    """(port, folder) of a page's own server."""
    folder, port = tmp_path / "page", free_port()
    folder.mkdir()
    (folder / "webchat.js").write_bytes(WEBCHAT.read_bytes())
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield port, folder
    server.shutdown()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words) -> None:
        pass


def test_webchat_talks_with_advisor_and_staff(engine, tmp_path, page_server, browser) -> None:  # noqa: F811
    port, folder = page_server
    front = RunningFront(tmp_path / "front", engine, socketio_origins=f"http://127.0.0.1:{port}")
    with ended_at_last([front]):
        front.start()
        (folder / "index.html").write_text(PAGE.replace("FRONT", front.url), encoding="utf-8")
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        page.locator(".rw-launcher").click()
        expect(page.locator(".rw-response").first).to_contain_text("You said")  # to its own first words
        assert engine.ran[-1]["payload"] == "/greet"
        page.locator(".rw-new-message").fill("buttons please")
        page.keyboard.press("Enter")
        choice = page.locator(".rw-reply").first
        expect(choice).to_have_text("Visas", timeout=15_000)
        choice.click()
        until(lambda: engine.ran[-1].get("payload", "").startswith("/ask_topic"), "the press")
        with contextlib.closing(sqlite3.connect(front.folder / "conversations.db")) as database:
            (number,) = database.execute("SELECT id FROM conversation WHERE channel = 'socketio'").fetchone()
        front.operate("POST", f"conversations/{number}/take", person="Mira").raise_for_status()
        front.operate("POST", f"conversations/{number}/reply", person="Mira", text="Hello from Mira").raise_for_status()
        expect(page.locator(".rw-conversation-container")).to_contain_text("Mira: Hello from Mira", timeout=15_000)
        page.reload()
        front.operate("POST", f"conversations/{number}/reply", person="Mira", text="Welcome back").raise_for_status()
        expect(page.locator(".rw-conversation-container")).to_contain_text("Welcome back", timeout=15_000)
