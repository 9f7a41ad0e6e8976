"""A real console on a real socket over a real database, people to sign in, and a real browser."""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import Connection

from bot.front.app import Front, build
from conversations.accounts import accounts, passwords, sessions
from conversations.db import schema
from conversations.db.mappers import find_message
from conversations.db.schema import now
from conversations.db.store import Store
from conversations.models import Button, Inbound, Reply, Turn
from conversations.pipeline import inbox, message_store
from core.settings import PROJECT_ROOT, Settings
from tests.front import stores, web_browser
from tests.front.quick_server import QuickServer
from tests.harness import PATIENCE, free_port

PASSWORD = "correct horse battery"
AXE = PROJECT_ROOT / "node_modules/axe-core/axe.min.js"
ABOUT_COLOURS = ["color-contrast", "link-in-text-block"]


@dataclass
class Running:
    """A front that serves the console at `url`."""

    front: Front
    url: str
    ids: dict[str, str] = field(default_factory=dict)  # of the conversations in it, by subject

    @property
    def store(self) -> Store:
        """Return the store of the front."""
        return self.front.store

    def client(self) -> httpx.Client:
        """Return a client that nobody has signed in with."""
        return httpx.Client(base_url=self.url, timeout=PATIENCE)

    def signed_in(self, name: str) -> httpx.Client:
        """Return a client that this person has signed in with, without the slow check of the password."""
        client = self.client()
        member = next(account for account in self.store.run(accounts.list_accounts) if account.name == name)
        client.cookies.set("advisor_staff", self.store.run(sessions.open_session, member, "test", ""), path="/staff")
        return client

    @property
    def origin(self) -> dict[str, str]:
        """Return the header that a page of the console sends."""
        return {"Origin": self.url}

    def send(self, client: httpx.Client, path: str, **form: str) -> httpx.Response:
        """Send a form as its own page does."""
        return client.post(path, data={"csrf": self.token(client), **form}, headers=self.origin)

    def token(self, client: httpx.Client) -> str:
        """Return the CSRF token of a client's session."""
        session = self.store.run(sessions.find_session, client.cookies["advisor_staff"])
        assert session is not None
        return session.csrf


@contextlib.contextmanager
def running_console(
    tmp_path: Path, *, holding: Callable[[Store], None] | None = None, **settings: Any
) -> Iterator[Running]:
    """Serve a console until the end of the block, with settings of its own and no engine behind it.

    `holding` fills the store before the background jobs begin, for tests of what these jobs write as well.
    """
    port = settings.pop("front_port", None) or free_port()
    stores.copy_tables(tmp_path / "conversations.db")
    alone = {"engine_port": 9, "engine_seconds": 0.2, "knowledge_db": tmp_path / "none.db"}
    front = build(Settings(**{"var_dir": tmp_path, "front_port": port, **alone, **settings}))
    if holding:
        holding(front.store)
    server = QuickServer(
        uvicorn.Config(
            front.public, host="127.0.0.1", port=port, log_level="error", ws="none", timeout_graceful_shutdown=1
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield Running(front, f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join()


def hire(store: Store) -> None:
    """Add an account of each role, named after the role; the slow hash is made once for all tests."""
    with store.engine.begin() as connection:
        for role in accounts.ROLES:
            row = {"name": role, "role": role, "password": _password_hash(), "failures": 0, "created_at": now()}
            connection.execute(schema.staff.insert().values(row))


@functools.cache
def _password_hash() -> str:
    return passwords.hash_password(PASSWORD)


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Running]:
    """Serve a console with an account of each role and no conversations."""
    with running_console(tmp_path) as running:
        hire(running.store)
        yield running


@pytest.fixture(scope="module")
def talked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Serve a console with three conversations, for tests that only look."""
    with running_console(tmp_path_factory.mktemp("talked")) as running:
        hire(running.store)
        running.ids = fill(running.store)
        yield running


def fill(store: Store) -> dict[str, str]:
    """Store three conversations; return their ids by subject: visa (telegram), fees (declined), lost (failed)."""
    asked = {"intent": "ask_topic"}
    visa = said(
        store,
        "a",
        "do I need a visa? write to mira@example.org",
        topic="challenges/visa",
        channel="telegram",
        ago=3,
        **asked,
    )
    fees = said(store, "b", "what are the fees", outcome="declined", topic="fees", confidence=0.4, ago=2, **asked)
    lost = said(store, "c", "<script>alert(1)</script> hello?", outcome="failed", ago=1)
    return {"visa": visa, "fees": fees, "lost": lost}


def said(
    store: Store,
    address: str,
    text: str,
    answer: str = "It **depends** on the country.",
    *,
    channel: str = "web",
    outcome: str = "answered",
    intent: str = "",
    topic: str = "",
    confidence: float | None = 0.9,
    ago: float = 0,
    site: str = "",
    page: str = "",
) -> str:
    """Store a question and its answer, `ago` hours old; return the conversation's id."""
    return store.run(
        _said, Inbound(channel, address, text, site=site, page=page), answer, outcome, intent, topic, confidence, ago
    )


def _said(
    connection: Connection,
    inbound: Inbound,
    answer: str,
    outcome: str,
    intent: str,
    topic: str,
    confidence: float | None,
    ago: float,
) -> str:
    accepted = inbox.accept(connection, inbound)
    message = find_message(connection, accepted.message_id)
    understanding = {
        "intent": intent,
        "topic": topic or None,
        "confidence": confidence if intent else None,
        "ranking": [{"name": intent, "confidence": confidence}, {"name": "compare", "confidence": 0.05}]
        if intent
        else [],
        "topics": [{"key": topic, "confidence": confidence}, {"key": "next/topic", "confidence": 0.03}]
        if topic
        else [],
        "entities": [{"entity": "place", "value": "canada"}] if intent else [],
    }
    if outcome == "failed":
        message_store.record_failure(
            connection, message, "the engine was away", Reply("Sorry.", outcome="failed"), False
        )
    else:
        reply = Reply(answer, outcome=outcome, topic=topic, sources=({"section": "Challenges", "key": topic},),
                      buttons=(Button("More", "/more"),))  # fmt: skip
        message_store.record_turn(
            connection, message, Turn((reply,), understanding, ("action_answer_topic",), 12.5), delivery=False
        )
    if ago:
        at = now() - timedelta(hours=ago)
        wanted = schema.conversation.c.id == accepted.conversation_id
        connection.execute(schema.conversation.update().where(wanted).values(last_at=at, created_at=at))
    return accepted.conversation_id


store = stores.store  # for the tests that import it from here


@pytest.fixture
def postgres_url(postgres_database: str) -> str:
    """Return the URL of an empty PostgreSQL database, for the tests that import it from here."""
    return postgres_database


# --- a browser --------------------------------------------------------------------------------------------------------
browser = web_browser.browser  # for the tests that import it from here


@contextlib.contextmanager
def signed_in_page(opened_browser: Browser, running: Running, name: str, **context: Any) -> Iterator[Page]:
    """Open a page that this person has signed in with; what the browser complains of is in `page.complaints`."""
    opened: BrowserContext = opened_browser.new_context(**context)
    opened.set_default_timeout(PATIENCE * 1000)
    client = running.signed_in(name)
    opened.add_cookies(
        [{"name": "advisor_staff", "value": client.cookies["advisor_staff"], "url": running.url + "/staff"}]
    )
    page = opened.new_page()
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    opened.close()


def look_over(page: Page, *addresses: str) -> None:
    """Assert that each page is for everybody, in light colours and dark (axe finds nothing), and no wider than its window."""
    for address in addresses:
        page.goto(address)
        assert wrong_on(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def wrong_on(page: Page) -> list[tuple[str, str, list[str]]]:
    """Return what axe finds wrong in the page as it is now: all its rules in light colours, those on colours in dark."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = []
    for scheme, options in (("light", {}), ("dark", {"runOnly": ABOUT_COLOURS})):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # colours change at once, not by and by
        # Only what is wrong is worked out and handed over: all that is right is a megabyte a page.
        for one in page.evaluate(
            "options => axe.run({...options, resultTypes: ['violations']}).then(found => found.violations)", options
        ):
            found.append((scheme, one["id"], [node["html"] for node in one["nodes"]]))
    return found
