"""Turns records into pages: Jinja2 with autoescape, and the few words and forms of numbers that all pages share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from console.web import display_names
from console.web.navigation import Menu
from conversations.pii import mask

CONSOLE = Path(__file__).resolve().parents[1]
PAGES, STATIC = CONSOLE / "templates", CONSOLE / "static"
MINUTE, HOUR, DAY = 60, 3600, 86400
FROM_NPM = ("htmx.min.js", "hx-sse.min.js")  # put there by the set-up
OURS = ("console.css", "console.js", "hand-over.js", "icon.svg")


class Templates:
    """Renders the templates; `titles` gives the title of a topic's key, `demo` says whether the data is made up."""

    def __init__(self, web_dir: Path, titles: Callable[[str], str], demo: bool):
        self.files = {name: (STATIC / name) for name in OURS} | {name: (web_dir / name) for name in FROM_NPM}
        self._pages = Environment(
            loader=FileSystemLoader(PAGES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._pages.globals.update(static=self._address, demo=demo, wording=display_names, now=_now, menu=Menu([]))
        self._pages.filters.update(
            ago=ago,
            lasting=lasting,
            moment=moment,
            percent=percent,
            duration=duration,
            topic=titles,
            intent=display_names.intent,
            count=count,
            cover=mask,
            browser=browser,
        )

    def set_menu(self, menu: Menu) -> None:
        self._pages.globals["menu"] = menu

    def render(self, template: str, **values: Any) -> str:
        return self._pages.get_template(template).render(**values)

    def _address(self, name: str) -> str:
        """A file's address, with its contents' mark, so that browsers may keep it and never show an old one."""
        file = self.files[name]
        mark = hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.exists() else "missing"
        return f"/staff/static/{name}?v={mark}"


def ago(at: datetime) -> str:
    """'just now', '12 min ago', '3 h ago', 'yesterday', '5 days ago', then the date."""
    seconds = (_now() - at).total_seconds()
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min ago"
    if seconds < DAY:
        return f"{int(seconds // HOUR)} h ago"
    if seconds < 2 * DAY:
        return "yesterday"
    return f"{int(seconds // DAY)} days ago" if seconds < 14 * DAY else at.strftime("%-d %b %Y")


def lasting(since: datetime) -> str:
    """How long already: 'a moment', '12 min', '3 h', '5 days'."""
    seconds = (_now() - since).total_seconds()
    if seconds < MINUTE:
        return "a moment"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min"
    return f"{int(seconds // HOUR)} h" if seconds < 2 * DAY else f"{int(seconds // DAY)} days"


def moment(at: datetime) -> str:
    return at.astimezone(timezone.utc).strftime("%-d %B %Y, %H:%M:%S UTC")


def percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.0f} %"


def duration(ms: float | None) -> str:
    """'34 ms', '2.1 s', '3 min'."""
    if ms is None:
        return ""
    if ms < 1000:
        return f"{ms:.0f} ms"
    return f"{ms / 1000:.1f} s" if ms < 60_000 else f"{ms / 60_000:.0f} min"


def count(number: int, one: str, many: str = "") -> str:
    """'1 message', '2,345 messages'."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def browser(agent: str) -> str:
    """'Firefox on Linux' from what a browser says of itself."""
    names = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
    )
    name = next((words for sign, words in names if sign in agent), "A program")
    system = next((words for sign, words in (*systems, ("Linux", "Linux")) if sign in agent), "")
    return f"{name} on {system}" if system else name


def _now() -> datetime:
    return datetime.now(timezone.utc)
