"""Outside office hours nobody is waited for: whoever asks for a person is told when somebody is back."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from channels.web import opening_hours
from channels.web.opening_hours import OpeningHours, SiteOfficeHours
from channels.web.site_registry import SiteRegistry
from channels.web.sites import Site
from conversations.admin import settings_store
from conversations.db.schema import now
from conversations.models import BOT, WAITING, Conversation
from tests.front.console_fixtures import console, hire, running_console, said
from tests.front.slack_fixtures import shared_slack, slack, web_api
from tests.front.telegram_fixtures import bot_api, shared_telegram, telegram
from tests.front.test_console_settings import FORM, SITE, send
from tests.front.test_hand_over_platforms import asked_for, sees, visitor
from tests.front.web_fixtures import running_front, wait_for

DUBLIN = ZoneInfo("Europe/Dublin")
WEEK = dict.fromkeys(range(5), ((9 * 60, 12 * 60), (13 * 60, 17 * 60)))
MONDAY = datetime(2026, 11, 23, tzinfo=DUBLIN)


def conversation(site: str = "college") -> Conversation:
    at = now()
    return Conversation("x", "web", "x", BOT, at, at, at, site=site)


def office(hours: OpeningHours | None, others: str = "") -> SiteOfficeHours:
    site = Site("college", ("https://a.example",), ("en",), "1", hours=hours)
    return SiteOfficeHours(SiteRegistry({"college": site}, None), others)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (MONDAY.replace(hour=10), None),
        (MONDAY.replace(hour=12, minute=30), "today at 13:00 (Europe/Dublin)"),
        (MONDAY.replace(hour=18), "tomorrow at 09:00 (Europe/Dublin)"),
        (MONDAY + timedelta(days=4, hours=18), "on Monday at 09:00 (Europe/Dublin)"),
        (MONDAY + timedelta(days=14, hours=18), "on 14 December at 09:00 (Europe/Dublin)"),
    ],
)
def test_when_somebody_is_back(monkeypatch, at, said) -> None:
    monkeypatch.setattr(opening_hours, "now", lambda: at.astimezone(timezone.utc))
    closed = frozenset(date(2026, 12, 8) + timedelta(days=one) for one in range(4))
    assert office(OpeningHours(DUBLIN, WEEK, closed)).away_until(conversation()) == said


def test_who_is_never_there_says_no_day() -> None:
    assert office(OpeningHours(DUBLIN, {})).away_until(conversation()) == ""


def test_without_hours_somebody_always_is_there() -> None:
    assert office(None).away_until(conversation()) is None
    assert office(OpeningHours(DUBLIN, {})).away_until(conversation("elsewhere")) is None
    assert office(OpeningHours(DUBLIN, {})).away_until(conversation("")) is None
    assert office(OpeningHours(DUBLIN, {}), others="college").away_until(conversation("")) == ""


def test_visitor_of_a_closed_site_is_told(tmp_path) -> None:
    with running_front(tmp_path) as web:
        origin = {"Origin": web.pages.url}
        token = web.post("session", {"consent": "2026-11"}, site="shut", **origin).json()["token"]
        web.post("person", token=token, site="shut", **origin)
        said_there = web.post("history", token=token, site="shut", **origin).json()
        assert "is there right now" in said_there["messages"][-1]["text"]
        assert "your name and an e-mail address" in said_there["messages"][-1]["text"]
        assert web.staff("waiting", "GET").json() == []


def test_platforms_go_by_the_site_that_is_chosen(visitor) -> None:
    """Nobody is waited for, the advisor goes on; when the office opens, somebody is."""
    platform = visitor.front
    book, there = platform.front.sites, platform.front.service.office_hours
    closed = {**dict.fromkeys(("monday", "sunday"), "closed"), "zone": "Europe/Dublin"}
    book.use({"college": {"origins": ["https://a.example"], "consent": {"version": "1"}, "hours": closed}})
    there.others = "college"
    try:
        visitor.write("a person please")
        sees(visitor, "is there right now")
        assert visitor.conversation().state == BOT
        there.others = ""
        asked_for(visitor)
        assert visitor.conversation().state == WAITING
    finally:
        there.others = ""
        book.use({})


def test_admin_chooses_whose_hours_hold(tmp_path) -> None:
    with running_console(tmp_path) as running:
        hire(running.store)
        send(running, "/staff/sites/new", **SITE)
        assert "those of the site my-college" in running.signed_in("admin").get("/staff/limits").text
        assert send(running, "/staff/limits", **FORM, office_site="nowhere").status_code == 400
        assert send(running, "/staff/limits", **FORM, office_site="my-college").status_code == 303
        assert running.front.service.office_hours.others == "my-college"
    with running_console(tmp_path) as running:
        assert running.front.service.office_hours.others == "my-college", "after a restart, too"
        send(running, "/staff/limits", **FORM, office_site="")
        assert settings_store.OFFICE_SITE not in running.store.run(settings_store.load_settings)
