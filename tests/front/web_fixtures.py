"""A front with the widget on real sockets, pages of other addresses that carry it, and a browser. Import what you use."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from bot.front.app import Front, build
from core.settings import PROJECT_ROOT, Settings
from tests.front.quick_server import QuickServer
from tests.front.stores import copy_tables
from tests.front.web_stand_in import StandIn, stand_in
from tests.harness import PATIENCE, free_port
from tests.harness import until as wait_for

KEY = "operators-key"
VERSION = "2026-11"
SITES = """
sites:
  demo:
    origins: [self, "{host}"]
    languages: [en, de]
    consent: {{version: "2026-11", privacy_url: /demo/privacy}}
    greet_after_seconds: 1
    starters:
      en: ["What is a micro-credential?"]
  shut:
    origins: ["{host}"]
    consent: {{version: "2026-11"}}
    hours: {{zone: Europe/Dublin, monday: "09:00-09:01", closed: [{closed}]}}
  yellow:
    origins: ["{host}"]
    colours: {{accent: "#ffe14d"}}
    consent: {{version: "2026-11"}}
  faced:
    origins: [self, "{host}"]
    logo: /demo/mark.svg
    consent: {{version: "2026-11"}}
  faceless:
    origins: ["{host}"]
    logo: /demo/missing.svg
    consent: {{version: "2026-11"}}
  elsewhere:
    origins: ["https://www.example.org"]
    consent: {{version: "2026-11"}}
  arabic:
    origins: ["{host}"]
    languages: [ar]
    consent: {{version: "2026-11"}}
    texts: {{ar: {arabic}}}
"""


@dataclass
class WebFront:
    """A running front: its addresses, its engine, the pages elsewhere that carry its widget."""

    url: str
    operators: str
    engine: StandIn
    front: Front
    pages: Pages

    @property
    def origin(self) -> dict[str, str]:
        """Return the header that the front's own pages send."""
        return {"Origin": self.url}

    def post(self, path: str, body: Any = None, token: str = "", site: str = "demo", **headers: str) -> httpx.Response:
        """Call the front as a widget does, from the front's own demo page unless `Origin` says otherwise."""
        more = {"Authorization": f"Bearer {token}"} if token else {}
        sent = {**self.origin, **more, **headers}
        return httpx.post(f"{self.url}/web/{site}/{path}", json=body or {}, headers=sent, timeout=PATIENCE)

    def session(self, consent: str = VERSION) -> str:
        """Begin a conversation and return its session token."""
        return self.post("session", {"consent": consent} if consent else {}).json()["token"]

    def staff(self, path: str, method: str = "POST", **body: Any) -> httpx.Response:
        """Call the operators' API."""
        headers = {"Authorization": f"Bearer {KEY}"}
        return httpx.request(method, f"{self.operators}/operators/{path}", json=body, headers=headers, timeout=PATIENCE)

    def waiting(self) -> str:
        """Return the id of the conversation that began to wait for a person last."""
        return self.staff("waiting", "GET").json()[-1]["conversation"]


@dataclass
class Pages:
    """Pages of another address, by path: HTML, and the Content-Security-Policy that each is served with."""

    url: str = ""
    found: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, path: str, html: str, policy: str = "") -> str:
        """Put a page at a path and return its address."""
        self.found[path] = (html, policy)
        return f"{self.url}{path}"


@contextmanager
def running_front(folder: Path, **more: Any) -> Iterator[WebFront]:
    """Run a front over a new database, with a small engine behind it, until the end of the block."""
    copy_tables(folder / "conversations.db")
    with stand_in() as engine, serving_pages() as pages:
        settings = Settings(
            var_dir=folder,
            engine_port=int(engine.url.rpartition(":")[2]),
            front_port=free_port(),
            operators_port=free_port(),
            operators_key=KEY,
            sites_file=_sites_file(folder, pages.url),
            **{"messages_per_minute": 200, "web_sessions_per_minute": 0, "web_calls_per_minute": 0, **more},
        )
        front = build(settings)
        with _served(front):
            operators = f"http://{settings.operators_host}:{settings.operators_port}"
            yield WebFront(settings.front_url, operators, engine, front, pages)


def _sites_file(folder: Path, host: str) -> Path:
    english = json.loads((PROJECT_ROOT / "widget/words/en.json").read_text(encoding="utf-8"))
    own = {"name": "المستشار", "welcome": "مرحبا! اسألني عن الشهادات المصغرة.", "agree": "أوافق", "close": "إغلاق"}
    arabic = {**english, **own}
    closed = ", ".join(str(date.today() + timedelta(days=ahead)) for ahead in range(-1, 2))
    file = folder / "sites.yml"
    texts = json.dumps(arabic, ensure_ascii=False)
    file.write_text(SITES.format(host=host, closed=closed, arabic=texts), encoding="utf-8")
    return file


@contextmanager
def _served(front: Front) -> Iterator[None]:
    """Serve both addresses, in a thread of their own, until the end of the block."""
    settings = front.settings
    servers = [
        QuickServer(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, timeout_graceful_shutdown=3))
        for app, port in ((front.public, settings.front_port), (front.operators, settings.operators_port))
    ]
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        await asyncio.gather(*(server.serve() for server in servers))

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    wait_for(lambda: all(server.started for server in servers), "the front to start")
    try:
        yield
    finally:
        loop.call_soon_threadsafe(front.channels["web"].end_requests)
        for server in servers:
            server.should_exit = True
        thread.join(PATIENCE)
        loop.close()


@contextmanager
def serving_pages() -> Iterator[Pages]:
    """Serve pages of another address until the end of the block."""
    pages = Pages()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            html, policy = pages.found.get(self.path, ("", ""))
            self.send_response(200 if html else 204)  # 204: the icon that browsers ask for
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    pages.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield pages
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebFront]:
    """Run a front for the tests of a file."""
    with running_front(tmp_path_factory.mktemp("web")) as front:
        yield front


@pytest.fixture(autouse=True)
def well_again(web: WebFront) -> None:
    """Have each test begin with an engine that works."""
    web.engine.broken, web.engine.slow = False, 0.0
