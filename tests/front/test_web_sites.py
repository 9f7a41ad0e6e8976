"""The sites file: what it may say, and that each mistake is named by file, line and remedy."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from channels.web.opening_hours import OpeningHours, spans_of
from channels.web.sites import Site, SitesError, description_of, read_sites, site_of
from channels.web.translations import Translations
from core.settings import PROJECT_ROOT

WORDS = PROJECT_ROOT / "widget/words"
STRINGS = Translations(WORDS)
WELL = 'sites:\n  one:\n    origins: [https://www.example.org]\n    consent: {version: "1"}\n'


def read(tmp_path: Path, text: str) -> dict[str, Site]:
    file = tmp_path / "sites.yml"
    file.write_text(text, encoding="utf-8")
    return read_sites(file, STRINGS)


def test_example_and_demo_are_well() -> None:
    example = read_sites(PROJECT_ROOT / "deploy/sites.example.yml", STRINGS)["my-college"]
    assert example.language("de-AT") == "de" and example.language("fr") == "en"
    assert "demo" in read_sites(PROJECT_ROOT / "widget/demo/sites.yml", STRINGS)


def test_least_is_origins_and_consent(tmp_path) -> None:
    site = read(tmp_path, WELL)["one"]
    assert site.origins == ("https://www.example.org",) and site.languages == ("en",) and site.hours is None


@pytest.mark.parametrize(
    ("more", "line", "remedy"),
    [
        ("    colour: red\n", 5, "has no 'colour'; it may have: origins"),
        ("    origins: [https://other.example]\n", 5, "stands here twice"),
        ("    colours: {accent: red}\n", 5, 'must look like "#17624f"'),
        ("    position: middle\n", 5, "right or left"),
        ("    greet_after_seconds: soon\n", 5, "whole number from 0 to 3600"),
        ("    languages: []\n", 5, "at least one"),
        ("    texts:\n      en:\n        nmae: x\n", 7, "has no 'nmae'"),
        ("    texts:\n      de:\n        name: x\n", 7, "not among the site's languages (en)"),
        ("    texts:\n      en:\n        name: [x]\n", 7, "must be a text"),
        ("    hours: {zone: Mars/Base}\n", 5, "must look like Europe/Dublin"),
        ("    hours:\n      zone: Europe/Dublin\n      monday: 9 to 5\n", 7, '"09:00-12:30, 13:30-17:00" or closed'),
        ("    hours:\n      zone: Europe/Dublin\n      monday: '17:00-17:00'\n", 7, "or closed"),
        ("    starters: {en: [a, b, c, d, e]}\n", 5, "at most 4"),
        ("    languages: [en, fr]\n    texts: {fr: {name: x}}\n", 6, "the widget has no fr of its own"),
        ("  Two Words:\n    origins: [https://a.example]\n    consent: {version: a}\n", 6, "small letters"),
        ("  two:\n    origins: ['*']\n    consent: {version: a}\n", 6, "must look like https://www.example.org"),
        ("  two:\n    origins: [https://a.example/page]\n    consent: {version: a}\n", 6, "must look like"),
        ("  two:\n    origins: [https://a.example]\n", 6, "needs 'consent'"),
        ("    texts: {en: {name: 'x'\n", 6, "is no YAML"),
    ],
)
def test_mistake_is_named_by_line(tmp_path, more, line, remedy) -> None:
    with pytest.raises(SitesError) as error:
        read(tmp_path, WELL + more)
    assert re.match(rf".*sites\.yml:{line}: ", str(error.value)), str(error.value)
    assert remedy in str(error.value)


def test_missing_or_empty_file_is_said(tmp_path) -> None:
    with pytest.raises(SitesError, match="cannot be read"):
        read_sites(tmp_path / "none.yml", STRINGS)
    with pytest.raises(SitesError, match="is empty"):
        read(tmp_path, "")


def test_site_may_bring_its_own_language(tmp_path) -> None:
    texts = json.dumps({**json.loads((WORDS / "en.json").read_text(encoding="utf-8")), "name": "مستشار"})
    site = read(tmp_path, WELL + f"    languages: [ar]\n    texts: {{ar: {texts}}}\n")["one"]
    assert site.texts["ar"]["name"] == "مستشار"


@pytest.mark.parametrize(
    ("moment", "is_open", "opening"),
    [
        ("2026-11-23T09:00", True, None),  # a Monday, winter: UTC is the office's time
        ("2026-11-23T12:45", False, "2026-11-23T13:30"),
        ("2026-11-23T17:00", False, "2026-11-24T09:00"),
        ("2026-11-20T18:00", False, "2026-11-23T09:00"),  # a Friday evening
        ("2026-07-06T08:30", True, None),  # summer: the office is an hour ahead
        ("2026-12-24T18:00", False, "2026-12-28T09:00"),  # the 25th is closed
    ],
)
def test_hours_know_day_zone_and_holiday(tmp_path, moment, is_open, opening) -> None:
    week = 'monday: "09:00-12:30, 13:30-17:00", tuesday: "09:00-17:00", friday: "09:00-17:00"'
    hours = read(tmp_path, WELL + f"    hours: {{zone: Europe/Dublin, {week}, closed: [2026-12-25]}}\n")["one"].hours
    at = datetime.fromisoformat(moment).replace(tzinfo=timezone.utc)
    assert hours.open_at(at) is is_open
    if not is_open:
        found = hours.next_opening(at)
        assert found.strftime("%Y-%m-%dT%H:%M") == opening


@pytest.mark.parametrize(
    ("spans", "moment", "is_open", "opening"),
    [
        ("21:00-02:00", "2026-11-23T21:00", True, None),
        ("21:00-02:00", "2026-11-24T01:59", True, None),
        ("21:00-02:00", "2026-11-24T02:00", False, "2026-11-30T21:00"),
        ("21:00-02:00", "2026-11-23T01:00", False, "2026-11-23T21:00"),  # Sunday's night is none
        ("00:00-24:00", "2026-11-23T00:00", True, None),
        ("00:00-24:00", "2026-11-23T23:59", True, None),
        ("00:00-24:00", "2026-11-24T00:00", False, "2026-11-30T00:00"),
        ("9:00-17:00", "2026-11-23T09:00", True, None),
        ("9-12:30, 13.30 \u2013 17", "2026-11-23T13:00", False, "2026-11-23T13:30"),
        ("09:00-12:00, 22:00-06:00", "2026-11-24T05:00", True, None),
        ("12:00-00:00", "2026-11-23T23:30", True, None),
    ],
)
def test_hours_may_go_over_midnight(tmp_path, spans, moment, is_open, opening) -> None:
    described = f'    hours: {{zone: UTC, monday: "{spans}"}}\n'
    site = read(tmp_path, WELL + described)["one"]
    at = datetime.fromisoformat(moment).replace(tzinfo=timezone.utc)
    assert site.hours.open_at(at) is is_open
    if not is_open:
        assert site.hours.next_opening(at).strftime("%Y-%m-%dT%H:%M") == opening
    assert site_of("one", description_of(site), STRINGS).hours == site.hours


def test_night_ends_where_a_closed_day_begins(tmp_path) -> None:
    described = '    hours: {zone: UTC, monday: "21:00-02:00", closed: [2026-11-24]}\n'
    hours = read(tmp_path, WELL + described)["one"].hours
    assert hours.open_at(datetime(2026, 11, 23, 23, tzinfo=timezone.utc))
    assert not hours.open_at(datetime(2026, 11, 24, 1, tzinfo=timezone.utc))


@pytest.mark.parametrize(
    "spans",
    ["", "open", "9", "9-", "25:00-26:00", "09:00-09:00", "09:60-10:00", "24:00-02:00",
     "00:00-24:01", "13:00-17:00, 09:00-12:00", "09:00-12:00, 11:00-17:00",
     "21:00-02:00, 03:00-04:00", "08:00-10:00, 12:00-09:00", "9:00 17:00"],
)  # fmt: skip
def test_hours_that_are_none_are_refused(spans) -> None:
    with pytest.raises(ValueError):
        spans_of(spans)


@pytest.mark.parametrize("page", ["//evil.example", "/\\\\evil.example", "https:///x", "http://\\\\evil", "ftp://a"])
def test_notice_is_here_or_at_an_address(tmp_path, page) -> None:
    with pytest.raises(SitesError, match="privacy_url"):
        read(tmp_path, WELL.replace('version: "1"', f"version: '1', privacy_url: '{page}'"))


def test_closed_for_good_has_no_opening() -> None:
    never = OpeningHours(ZoneInfo("UTC"), {})
    assert never.next_opening(datetime.now(timezone.utc)) is None and spans_of("closed") == ()


def test_every_language_is_complete() -> None:
    english = json.loads((WORDS / "en.json").read_text(encoding="utf-8"))
    for file in WORDS.glob("*.json"):
        table = json.loads(file.read_text(encoding="utf-8"))
        assert list(table) == list(english), file.name
        for key, words in table.items():
            places, allowed = (set(re.findall(r"\{\w+\}", each)) for each in (words, english[key]))
            assert words.strip() and places <= allowed | {"{team}"}, (file.name, key)


def test_widget_uses_every_word_it_has() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in (PROJECT_ROOT / "widget/src").glob("*.js"))
    server = (PROJECT_ROOT / "channels/web/serializers.py").read_text(encoding="utf-8")
    stems = {key: re.sub("_(ask|note)$", "", key) for key in STRINGS.keys}  # sheets.js makes these of a question's name
    unused = [key for key, stem in stems.items() if not re.search(rf"\b{stem}\b", source + server)]
    assert unused == []
    named = set(re.findall(r"\bt\('(\w+)'|say\('(\w+)'|tell\('(\w+)'", source))
    assert {name for found in named for name in found if name} <= set(STRINGS.keys)
