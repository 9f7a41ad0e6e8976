"""Sites that carry the widget: origins, texts, colours, notice, opening hours; read from a YAML file.

deploy/sites.example.yml shows every field. Without a file there is one site, `demo`, for the demo page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from channels.web.opening_hours import DAYS, OpeningHours, spans_of, spans_text
from channels.web.translations import Translations
from channels.web.yaml_schema import SitesError, YamlNode, as_node, optional, read_yaml
from core.pack_registry import FIRST

SELF = "self"  # among the origins: the front's own address, for the demo page
DEMO = "demo"
ORIGIN = r"https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?|self"
NAME = r"[a-z0-9][a-z0-9-]{0,39}"
COLOUR = r"#[0-9a-fA-F]{6}"
PAGE = r"https?://[^\s/\\]\S*|/(?![/\\])\S*"  # not //elsewhere, which browsers take for another address
MOST_STARTERS, LONGEST_LOGO = 4, 500
FIELDS = (
    *("origins", "guide", "languages", "colours", "logo", "position", "greet_after_seconds", "consent", "hours"),
    *("texts", "starters"),
)


@dataclass(frozen=True)
class Site:
    """A website that carries the widget. `texts` and `starters` (first questions to choose from) are by language.

    `logo` is the address of a picture, on one of its origins or, as a path, on the front. `greet_after` is in seconds, 0 for
    never. `pack` is the guide pack that answers there, "" for the first.
    """

    name: str
    origins: tuple[str, ...]
    languages: tuple[str, ...]
    consent_version: str
    privacy_url: str = ""
    accent: str = "#17624f"
    logo: str = ""
    position: str = "right"
    greet_after: int = 0
    hours: OpeningHours | None = None
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    starters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pack: str = ""

    def language(self, wanted: str) -> str:
        """Return the site's language nearest to a wanted one such as "de-AT", else its first."""
        return next(
            (language for language in self.languages if language == wanted.lower().split("-")[0]), self.languages[0]
        )


def read_sites(file: Path, strings: Translations) -> dict[str, Site]:
    """Return the sites of a file by name. Raises SitesError with file, line and remedy."""
    root = read_yaml(file).fields("the file", ("sites",), ("sites",))
    sites = root["sites"].entries("sites")
    if not sites:
        raise root["sites"].wrong("name at least one site")
    return {name: _site(name, node, strings) for name, node in sites.items()}


def site_of(name: str, description: Mapping[str, Any], strings: Translations) -> Site:
    """Return a site from the fields that it has in a file. Raises SitesError."""
    return _site(name, as_node(dict(description)), strings)


def description_of(site: Site) -> dict[str, Any]:
    """Return the fields of a site as they stand in a file; `site_of` makes the same site from them."""
    consent = {"version": site.consent_version, **({"privacy_url": site.privacy_url} if site.privacy_url else {})}
    values: dict[str, Any] = {
        "origins": list(site.origins),
        "languages": list(site.languages),
        "colours": {"accent": site.accent},
        **({"logo": site.logo} if site.logo else {}),
        "position": site.position,
        "greet_after_seconds": site.greet_after,
        "consent": consent,
        "texts": {language: dict(words) for language, words in site.texts.items() if words},
        "starters": {language: list(starters) for language, starters in site.starters.items() if starters},
        **({"guide": site.pack} if site.pack else {}),
    }
    if site.hours:
        days = {DAYS[number]: spans_text(spans) for number, spans in site.hours.week.items()}
        values["hours"] = {"zone": site.hours.zone.key, **days, "closed": sorted(map(str, site.hours.closed))}
    return values


def _site(name: str, node: YamlNode, strings: Translations) -> Site:
    given = node.fields(f"site '{name}'", FIELDS, ("origins", "consent"))
    _require_name(name, node)
    consent = given["consent"].fields("consent", ("version", "privacy_url"), ("version",))
    languages = optional(given, "languages", lambda entry: _languages(entry, strings), ("en",))
    origins = _origins(given["origins"])
    return Site(
        name=name,
        origins=origins,
        languages=languages,
        consent_version=consent["version"].text("consent.version", r"\S{1,40}", "2026-11"),
        privacy_url=optional(
            consent, "privacy_url", lambda entry: entry.text("privacy_url", PAGE, "https://www.example.org/privacy"), ""
        ),
        accent=optional(given, "colours", _accent, Site.accent),
        logo=optional(given, "logo", lambda entry: _logo(entry, origins), ""),
        position=optional(given, "position", lambda entry: entry.one_of("position", ("right", "left")), Site.position),
        greet_after=optional(
            given, "greet_after_seconds", lambda entry: entry.number("greet_after_seconds", 0, 3600), 0
        ),
        hours=optional(given, "hours", _hours, None),
        texts=optional(given, "texts", lambda entry: _texts(entry, languages, strings), {}),
        starters=optional(given, "starters", lambda entry: _starters(entry, languages), {}),
        pack=optional(given, "guide", lambda entry: _guide(entry, strings), ""),
    )


def _guide(node: YamlNode, strings: Translations) -> str:
    name = node.one_of("guide (a name in ADVISOR_PACKS_FILE)", strings.packs)
    return "" if name == FIRST else name


def _require_name(name: str, node: YamlNode) -> None:
    if not re.fullmatch(NAME, name):
        raise node.wrong(f"a site's name has small letters, digits and hyphens only, not '{name}'")


def _origins(node: YamlNode) -> tuple[str, ...]:
    origins = [origin.text("an origin", ORIGIN, "https://www.example.org") for origin in node.items("origins")]
    if not origins:
        raise node.wrong("origins must name at least one address whose pages carry the widget")
    return tuple(origins)


def _languages(node: YamlNode, strings: Translations) -> tuple[str, ...]:
    languages = [language.text("a language", r"[a-z]{2,3}", "en") for language in node.items("languages")]
    if not languages:
        raise node.wrong("languages must name at least one")
    return tuple(languages)


def _accent(node: YamlNode) -> str:
    return node.fields("colours", ("accent",), ("accent",))["accent"].text("accent", COLOUR, '"#17624f"')


def _logo(node: YamlNode, origins: tuple[str, ...]) -> str:
    """Return the address of a picture that asks nobody of whom the visitor's browser does not know already."""
    address = node.text("logo", PAGE, "https://www.example.org/logo.svg")
    if len(address) > LONGEST_LOGO:
        raise node.wrong(f"the address of a logo has at most {LONGEST_LOGO} characters")
    if not address.startswith("/") and _origin_of(address) not in origins:
        raise node.wrong("the logo must lie on one of the site's origins, or on the front: then a path, /logo.svg")
    return address


def _origin_of(address: str) -> str:
    """Return the origin of a page, or "" if it is no address."""
    try:
        parts = urlsplit(address)
    except ValueError:  # brackets that hold no IPv6 address
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower()


def _hours(node: YamlNode) -> OpeningHours:
    given = node.fields("hours", ("zone", *DAYS, "closed"), ("zone",))
    zone = given["zone"].checked("zone", _zone, "Europe/Dublin")
    week = {
        number: given[day].checked(day, spans_of, '"09:00-12:30, 13:30-17:00" or closed')
        for number, day in enumerate(DAYS)
        if day in given
    }
    closed = given["closed"].items("closed") if "closed" in given else []
    return OpeningHours(
        zone, week, frozenset(day.checked("a closed day", date.fromisoformat, "2026-12-25") for day in closed)
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except OSError:
        raise ValueError(name) from None


def _texts(node: YamlNode, languages: tuple[str, ...], strings: Translations) -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = {}
    for language, entries in node.entries("texts").items():
        _require_language(language, languages, entries)
        texts[language] = {
            key: value.text(f"text '{key}'") for key, value in entries.fields(f"texts.{language}", strings.keys).items()
        }
    _require_complete(node, languages, texts, strings)
    return texts


def _require_complete(
    node: YamlNode, languages: tuple[str, ...], texts: Mapping[str, Any], strings: Translations
) -> None:
    for language in languages:
        missing = [] if language in strings else [key for key in strings.required if key not in texts.get(language, {})]
        if missing:
            raise node.wrong(f"the widget has no {language} of its own: texts.{language} needs '{missing[0]}' as well")


def _starters(node: YamlNode, languages: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    starters = {}
    for language, entries in node.entries("starters").items():
        _require_language(language, languages, entries)
        starters[language] = tuple(starter.text("a starter") for starter in entries.items(f"starters.{language}"))
        if len(starters[language]) > MOST_STARTERS:
            raise entries.wrong(f"at most {MOST_STARTERS} starters; more are not read")
    return starters


def _require_language(language: str, languages: tuple[str, ...], node: YamlNode) -> None:
    if language not in languages:
        raise node.wrong(f"'{language}' is not among the site's languages ({', '.join(languages)})")


__all__ = ["DEMO", "SELF", "Site", "SitesError", "description_of", "read_sites", "site_of"]
