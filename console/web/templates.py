"""Templates of the console: Jinja2 with autoescape, and the filters that all pages share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from channels.markdown import plain_text
from console.translations import dates, languages, numbers
from console.web import display_names
from console.web.message_html import covered
from console.web.navigation import Menu
from console.web.topic_titles import TopicTitles
from conversations.accounts.presence import presence_of
from conversations.local_days import local, zone_name
from conversations.review.concerns import is_unsure
from core import translations
from core.translations import ENGLISH, gettext

CONSOLE_DIR = Path(__file__).resolve().parents[1]
TEMPLATES_DIR, STATIC_DIR = CONSOLE_DIR / "templates", CONSOLE_DIR / "static"
NPM_FILES = ("htmx.min.js", "hx-sse.min.js")  # copied into `web_dir` by the set-up
SCRIPTS = (
    "console.js",
    "decide.js",
    "inbox.js",
    "together.js",
    "handoff.js",
    "people.js",
    "push.js",
    "edit.js",
    "programs.js",
)
OWN_FILES = ("console.css", "icon.svg", "icon-192.png", "icon-512.png", *SCRIPTS)


class Templates:
    """Renders the templates.

    `web_dir` holds the scripts from npm, `titles` are those of the topics, `things` returns a catalogue entry's name by key
    and kind, and `demo` puts a banner on every page that says that the data is made up.
    `sends_mail` if staff can be told of notifications by e-mail.
    """

    def __init__(
        self,
        web_dir: Path,
        titles: TopicTitles,
        things: Callable[[str, str], str],
        demo: bool,
        sends_mail: bool = False,
    ) -> None:
        self.files = {name: STATIC_DIR / name for name in OWN_FILES} | {name: web_dir / name for name in NPM_FILES}
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES_DIR),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        self._speak()
        self._environment.globals.update(
            static=self.static_url,
            demo=demo,
            sends_mail=sends_mail,
            display_names=display_names,
            now=_now,
            zone=zone_name,
            menu=Menu([]),
            pack="",
            look="",
            packs={},
        )
        self._environment.filters.update(
            local=local,
            inline=inline,
            topic=titles,
            nearest=titles.nearest,
            thing=things,
            intent=display_names.intent,
            form=display_names.form,
            reference=display_names.reference,
            readable=display_names.readable,
            cover=covered,
            plain_text=plain_text,
            browser=browser,
            initials=display_names.initials,
            hue=display_names.hue,
            presence=presence_of,
        )
        self._environment.tests.update(unsure=is_unsure)

    def _speak(self) -> None:
        """Have templates speak the language in use: their texts, dates and numbers."""
        environment, texts = self._environment, languages.template_gettext
        environment.newstyle_gettext = True  # type: ignore[attr-defined]  # what `trans` puts into its call
        environment.globals.update(
            {"_": texts, "gettext": texts, "ngettext": languages.template_ngettext},
            language=translations.language,
            languages=languages.languages,
            script_words=languages.script_words,
            weekday=dates.weekday,
        )
        of_time = (dates.ago, dates.brief, dates.lasting, dates.soon, dates.minute, dates.moment)
        of_days = (dates.day, dates.short_day, dates.long_day)
        of_numbers = (numbers.number, numbers.decimal, numbers.percent, numbers.count, numbers.duration)
        for each in (*of_time, *of_days, *of_numbers):
            environment.filters[each.__name__] = each
        environment.filters["as_day"] = date.fromisoformat

    def set_menu(self, menu: Menu) -> None:
        """Set the menu of all pages, which is known only once all routes are."""
        self._environment.globals["menu"] = menu

    def render(self, template: str, **values: Any) -> str:
        """Return the rendered template."""
        return self._environment.get_template(template).render(**values)

    def static_url(self, name: str) -> str:
        """Return a file's URL with a hash of its contents, so that browsers may cache it for ever."""
        file = self.files[name]
        version = hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.exists() else "missing"
        return f"/staff/static/{name}?v={version}"


def inline(name: str) -> str:
    """Return a name as it stands inside a sentence: in English in small letters."""
    return name.lower() if translations.language() == ENGLISH else name


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
    name = next((words for sign, words in names if sign in agent), gettext("A program"))
    system = next((words for sign, words in (*systems, ("Linux", "Linux")) if sign in agent), "")
    return gettext("%(browser)s on %(system)s") % {"browser": name, "system": system} if system else name


def _now() -> datetime:
    return datetime.now(timezone.utc)
