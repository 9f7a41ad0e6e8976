"""Templates of the console: Jinja2 with autoescape, and the filters that all pages share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from channels.markdown import plain_text
from console.web import display_names
from console.web.navigation import Menu
from console.web.topic_titles import TopicTitles
from conversations.local_days import local, zone_name
from conversations.pii import mask
from conversations.review.concerns import is_unsure

CONSOLE_DIR = Path(__file__).resolve().parents[1]
TEMPLATES_DIR, STATIC_DIR = CONSOLE_DIR / "templates", CONSOLE_DIR / "static"
MINUTE, HOUR, DAY = 60, 3600, 86400
NPM_FILES = ("htmx.min.js", "hx-sse.min.js")  # copied into `web_dir` by the set-up
OWN_FILES = ("console.css", "console.js", "decide.js", "inbox.js", "handoff.js", "edit.js", "programs.js", "icon.svg")


class Templates:
    """Renders the templates.

    `web_dir` holds the scripts from npm, `titles` are those of the topics, `things` returns a catalogue entry's name by key
    and kind, and `demo` puts a banner on every page that says that the data is made up.
    """

    def __init__(self, web_dir: Path, titles: TopicTitles, things: Callable[[str, str], str], demo: bool) -> None:
        self.files = {name: STATIC_DIR / name for name in OWN_FILES} | {name: web_dir / name for name in NPM_FILES}
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES_DIR),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            static=self._static_url, demo=demo, display_names=display_names, now=_now, zone=zone_name, menu=Menu([])
        )
        self._environment.filters.update(
            ago=ago,
            brief=brief,
            lasting=lasting,
            local=local,
            moment=moment,
            percent=percent,
            duration=duration,
            topic=titles,
            nearest=titles.nearest,
            thing=things,
            intent=display_names.intent,
            form=display_names.form,
            reference=display_names.reference,
            readable=display_names.readable,
            count=count,
            cover=mask,
            plain_text=plain_text,
            browser=browser,
        )
        self._environment.tests.update(unsure=is_unsure)

    def set_menu(self, menu: Menu) -> None:
        """Set the menu of all pages, which is known only once all routes are."""
        self._environment.globals["menu"] = menu

    def render(self, template: str, **values: Any) -> str:
        """Return the rendered template."""
        return self._environment.get_template(template).render(**values)

    def _static_url(self, name: str) -> str:
        """Return a file's URL with a hash of its contents, so that browsers may cache it for ever."""
        file = self.files[name]
        version = hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.exists() else "missing"
        return f"/staff/static/{name}?v={version}"


def ago(at: datetime) -> str:
    """Return the time since `at`: 'just now', '12 min ago', '3 h ago', 'yesterday', '5 days ago', then the date."""
    seconds = (_now() - at).total_seconds()
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min ago"
    if seconds < DAY:
        return f"{int(seconds // HOUR)} h ago"
    if seconds < 2 * DAY:
        return "yesterday"
    return f"{int(seconds // DAY)} days ago" if seconds < 14 * DAY else local(at).strftime("%-d %b %Y")


def brief(at: datetime) -> str:
    """Return the time since `at` in a few letters: 'now', '12 min', '3 h', '5 d', then the date."""
    seconds = (_now() - at).total_seconds()
    if seconds < MINUTE:
        return "now"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min"
    if seconds < 14 * DAY:
        return f"{int(seconds // HOUR)} h" if seconds < DAY else f"{int(seconds // DAY)} d"
    return local(at).strftime("%-d %b" if at.year == _now().year else "%-d %b %Y")


def lasting(since: datetime) -> str:
    """Return how long something has lasted: 'a moment', '12 min', '3 h', '5 days'."""
    seconds = (_now() - since).total_seconds()
    if seconds < MINUTE:
        return "a moment"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min"
    return f"{int(seconds // HOUR)} h" if seconds < 2 * DAY else f"{int(seconds // DAY)} days"


def moment(at: datetime) -> str:
    """Return date and time to the second, by the office's clock, with its zone."""
    return local(at).strftime("%-d %B %Y, %H:%M:%S %Z")


def percent(share: float | None) -> str:
    """Return a share of 1 as '34 %', or "" for None."""
    return "" if share is None else f"{share * 100:.0f} %"


def duration(ms: float | None) -> str:
    """Return milliseconds as '34 ms', '2.1 s' or '3 min', or "" for None."""
    if ms is None:
        return ""
    if ms < 1000:
        return f"{ms:.0f} ms"
    return f"{ms / 1000:.1f} s" if ms < 60_000 else f"{ms / 60_000:.0f} min"


def count(number: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun: '1 message', '2,345 messages'."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def browser(agent: str) -> str:
    """Return a short form of a User-Agent header, such as 'Firefox on Linux'."""
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
