"""Insights: what happened in a period, in charts and tables, beside what happened before it or before a release."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from starlette.responses import Response

from console.web import charts, display_names
from console.web.navigation import MEASURE, MenuItem
from console.web.request import PageError, StaffRequest
from console.web.routing import StaffRoute
from console.web.templates import percent
from conversations.accounts.accounts import VIEWER
from conversations.analytics import daily_counts, queries
from conversations.analytics.queries import DateRange, Scope, Totals
from conversations.db import schema
from conversations.db.schema import now
from conversations.input_parsing import day
from conversations.learning import clustering
from conversations.review import annotation
from conversations.review.export import spreadsheet_safe

PATH = "/staff/insights"
PERIODS = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "A year"}
USUAL, OWN = "30", "own"
LONGEST = 1100  # days
AROUND_RELEASE = 30  # days looked at, at most, after one
MOST_TOPICS, MOST_GROUPS = 12, 8
OUTCOMES = {  # piled up in this order
    "answered": "Answered",
    "smalltalk": "Small talk",
    "clarify": "Asked back",
    daily_counts.NOT_UNDERSTOOD: "Not understood",
    "declined": "Declined",
    "handoff": "Person asked for",
    "failed": "Failed",
}
THUMBS = {daily_counts.UP: "Thumbs up", daily_counts.DOWN: "Thumbs down"}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
COLUMNS = ("conversations", "messages", *OUTCOMES, "thumbs_up", "thumbs_down", "waited_for_person", "taken_by_person")
Row = list[str | int | float]


@dataclass(frozen=True)
class AnalyticsQuery:
    """What somebody wants to see. `release` is the name of one, where it is what divides before from after."""

    span: DateRange
    where: Scope
    period: str
    release: str = ""

    @property
    def query(self) -> dict[str, str]:
        own = {"since": f"{self.span.first}", "until": f"{self.span.last}"} if self.period == OWN else {}
        given = {
            "period": self.period,
            **own,
            "channel": self.where.channel,
            "site": self.where.site,
            "release": self.release,
        }
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True)
class Tile:
    """A number with how it was before; `better` is whether the change is for the good, None where it is neither."""

    title: str
    value: str
    change: str
    better: bool | None = None


class AnalyticsPages:
    """`releases` is the folder in which releases keep what they replaced; its names tell when they were."""

    def __init__(self, titles: Callable[[], Mapping[str, str]], releases: Path):
        self._titles, self._releases = titles, releases

    def routes(self) -> list[StaffRoute]:
        return [
            StaffRoute(PATH, self.show, VIEWER, menu=MenuItem(MEASURE, "Insights")),
            StaffRoute(f"{PATH}/table", self.table, VIEWER),
        ]

    async def show(self, request: StaffRequest) -> Response:
        asked = self._asked(request)
        found = await request.service.store.read(_found, asked)
        found["unanswered"] = await _groups(request, asked)
        releases = [_day_of(one) for one in self._names()]
        outcomes = charts.buckets(found["days"], daily_counts.OUTCOME, tuple(OUTCOMES))
        thumbs = charts.buckets(found["days"], daily_counts.THUMB, tuple(THUMBS))
        return request.page(
            "insights-figures.html" if request.wants_part else "insights.html",
            **found,
            asked=asked,
            query=urlencode(asked.query),
            periods=PERIODS,
            releases=[(one, f"{_day_of(one):%-d %b %Y}") for one in self._names()],
            tiles=_tiles(found["sums"], found["before"]),
            staff=_staff_tiles(found["sums"], found["before"]),
            outcomes=charts.piled(outcomes, OUTCOMES, releases),
            outcome_buckets=outcomes,
            thumbs=charts.piled(thumbs, THUMBS, releases),
            thumb_buckets=thumbs,
            outcome_words=OUTCOMES,
            thumb_words=THUMBS,
            topics=found["sums"].most(daily_counts.TOPIC, MOST_TOPICS),
            weekdays=DAYS,
            shade=charts.shade,
            words=_compared_with(asked),
        )

    async def table(self, request: StaffRequest) -> Response:
        """One of the page's tables as CSV."""
        asked, what = self._asked(request), request.asked.get("what", "days")
        makers = {"days": _day_rows, "hours": _hour_rows, "topics": self._topic_rows, "places": _place_rows}
        if what not in makers:
            raise PageError("There is no such table.", 404)
        rows = makers[what](await request.service.store.read(_found, asked))
        headers = {"Content-Disposition": f'attachment; filename="{what}-{asked.span.first}-{asked.span.last}.csv"'}
        return Response(_csv(rows), media_type="text/csv; charset=utf-8", headers=headers)

    def _topic_rows(self, found: Mapping) -> list[Row]:
        titles = self._titles()
        rows = [[key, titles.get(key, key), count] for key, count in found["sums"].most(daily_counts.TOPIC, 1000)]
        return [["topic", "title", "asked"], *rows]

    def _names(self) -> list[str]:
        """Of the releases that were not taken back, the newest first."""
        return sorted((one.parent.name for one in self._releases.glob("*/whole")), reverse=True)

    def _asked(self, request: StaffRequest) -> AnalyticsQuery:
        given, today = request.asked, now().date()
        where = Scope(given.get("channel", ""), given.get("site", ""))
        release = given.get("release", "")
        if release in self._names():
            return AnalyticsQuery(_after(_day_of(release), today), where, given.get("period", USUAL), release)
        period = given.get("period", USUAL)
        if period == OWN:
            return AnalyticsQuery(_own_span(given, today), where, OWN)
        days = int(period if period in PERIODS else USUAL)
        return AnalyticsQuery(DateRange(today - timedelta(days=days - 1), today), where, str(days))


def _found(connection, asked: AnalyticsQuery) -> dict:
    """All that the page shows, from one look at the database."""
    span, where = asked.span, asked.where
    return {
        "sums": queries.totals(connection, span, where),
        "before": queries.totals(connection, span.before, where, topics=False),
        "days": queries.by_day(connection, span, where),
        "hours": queries.by_hour(connection, span, where),
        "by_channel": queries.by_channel_or_site(connection, span, where, "channel"),
        "by_site": queries.by_channel_or_site(connection, span, where, "site"),
        "channels": annotation.distinct_values(connection, schema.conversation.c.channel),
        "sites": annotation.distinct_values(connection, schema.conversation.c.site),
    }


async def _groups(request: StaffRequest, asked: AnalyticsQuery) -> list[clustering.Cluster]:
    """What was asked most of all that nobody has decided about yet; grouped in a thread, since it takes a while."""
    questions = await request.service.store.read(queries.unanswered_questions, asked.span, asked.where)
    return (await asyncio.to_thread(clustering.cluster, questions))[:MOST_GROUPS]


# --- the period -------------------------------------------------------------------------------------------------------
def _own_span(given: Mapping[str, str], today: date) -> DateRange:
    first, last = (day(given.get(name, "") or str(today)) for name in ("since", "until"))
    if first is None or last is None:
        raise PageError("A day is written as 2026-11-25.")
    if first > last or (last - first).days >= LONGEST:
        raise PageError(f"The first day must not be after the last, nor more than {LONGEST} days before it.")
    return DateRange(first, last)


def _day_of(release: str) -> date:
    return datetime.strptime(release[:10], "%Y-%m-%d").date()


def _after(release: date, today: date) -> DateRange:
    """The days after a release; its own counts as after, for most of it is."""
    return DateRange(release, min(today, release + timedelta(days=AROUND_RELEASE - 1)))


def _compared_with(asked: AnalyticsQuery) -> str:
    days = asked.span.days
    ending = "the release" if asked.release else "these"
    return f"the day before {ending}" if days == 1 else f"the {days} days before {ending}"


# --- figures ----------------------------------------------------------------------------------------------------------
def _tiles(these: Totals, before: Totals) -> list[Tile]:
    return [
        _number("Conversations", these.of(daily_counts.BEGUN), before.of(daily_counts.BEGUN)),
        _number("Messages", these.of(daily_counts.ASKED), before.of(daily_counts.ASKED)),
        _share("Answered", these, before, "answered", good=True),
        _share("Declined", these, before, "declined"),
        _share("Not understood", these, before, daily_counts.NOT_UNDERSTOOD, "clarify", good=False),
        _share("Person asked for", these, before, "handoff"),
        _share("Failed", these, before, "failed", good=False),
        _satisfaction(these, before),
    ]


def _staff_tiles(these: Totals, before: Totals) -> list[Tile]:
    return [
        _number("Waited for a person", these.of(daily_counts.WAITED), before.of(daily_counts.WAITED)),
        _number("Taken by one", these.of(daily_counts.TAKEN), before.of(daily_counts.TAKEN)),
        _length("First reply", these, before, daily_counts.FIRST_REPLY),
        _length("Until done", these, before, daily_counts.RESOLVED),
    ]


def _number(title: str, now_is: int, was: int) -> Tile:
    change = f"{100 * (now_is - was) / was:+.0f} %" if was else ""
    change = "about as many" if change in ("+0 %", "-0 %") else change
    return Tile(title, f"{now_is:,}", change)


def _share(title: str, these: Totals, before: Totals, *names: str, good: bool | None = None) -> Tile:
    """Of all messages that had an outcome."""
    shares = [
        sum(one.of(daily_counts.OUTCOME, name) for name in names) / one.of(daily_counts.OUTCOME)
        if one.of(daily_counts.OUTCOME)
        else None
        for one in (these, before)
    ]
    return _points(title, *shares, good)


def _satisfaction(these: Totals, before: Totals) -> Tile:
    tile = _points("Thumbs up", these.satisfaction, before.satisfaction, True)
    count = these.of(daily_counts.THUMB)
    return Tile(f"Thumbs up, of {count:,}", tile.value, tile.change, tile.better) if count else tile


def _points(title: str, share: float | None, was: float | None, good: bool | None) -> Tile:
    if share is None or was is None:
        return Tile(title, "–" if share is None else percent(share), "")
    points = round(100 * share) - round(100 * was)
    change = f"{points:+d} {'point' if abs(points) == 1 else 'points'}" if points else "as before"
    return Tile(title, percent(share), change, None if good is None or not points else (points > 0) == good)


def _length(title: str, these: Totals, before: Totals, measure: str) -> Tile:
    length, was = these.median_seconds(measure), before.median_seconds(measure)
    change = f"{was / 60:.0f} min before" if was and was >= 60 else f"{was:.0f} s before" if was else ""
    return Tile(f"{title}, median", "–" if length is None else _lasting(length), change, None)


def _lasting(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


# --- tables -----------------------------------------------------------------------------------------------------------
def _day_rows(found: Mapping) -> list[Row]:
    head: Row = ["day", *COLUMNS]
    return [head, *([str(day), *_row(one)] for day, one in found["days"].items())]


def _row(one: Totals) -> Row:
    counts = [one.of(daily_counts.OUTCOME, name) for name in OUTCOMES]
    thumbs = [one.of(daily_counts.THUMB, name) for name in THUMBS]
    return [
        one.of(daily_counts.BEGUN),
        one.of(daily_counts.ASKED),
        *counts,
        *thumbs,
        one.of(daily_counts.WAITED),
        one.of(daily_counts.TAKEN),
    ]


def _hour_rows(found: Mapping) -> list[Row]:
    return [["day", *range(24)], *([day, *hours] for day, hours in zip(DAYS, found["hours"], strict=True))]


def _place_rows(found: Mapping) -> list[Row]:
    head: Row = ["channel", "site", *COLUMNS]
    channels = [[display_names.CHANNELS.get(name, name), "", *_row(one)] for name, one in found["by_channel"].items()]
    sites = [["", name, *_row(one)] for name, one in found["by_site"].items() if name]
    return [head, *channels, *sites]


def _csv(rows: Iterable[Row]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([spreadsheet_safe(cell) for cell in row] for row in rows)
    return "\ufeff" + written.getvalue()
