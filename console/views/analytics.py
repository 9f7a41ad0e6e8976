"""Analytics: figures of a period in charts and tables, compared with the period before it or before a release."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.responses import Response

from console.web import charts, display_names
from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest
from console.web.routing import MEASURE, MenuItem, StaffRoute
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
DEFAULT_PERIOD, CUSTOM = "30", "own"
MAX_DAYS = 1100
RELEASE_DAYS = 30  # at most, after a release
MAX_TOPICS, MAX_TOPIC_ROWS = 12, 1000  # on the page, in its table
MAX_CLUSTERS = 8
OUTCOMES = {  # in the order in which they are stacked
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
    """The figures that a request asks for; `release` is the name of a release whose days before and after are compared."""

    span: DateRange
    where: Scope
    period: str
    release: str = ""

    @property
    def query(self) -> dict[str, str]:
        """Return the fields of the query that asks for the same figures."""
        span = {"since": f"{self.span.first}", "until": f"{self.span.last}"} if self.period == CUSTOM else {}
        fields = {
            "period": self.period,
            **span,
            "channel": self.where.channel,
            "site": self.where.site,
            "release": self.release,
        }
        return {name: value for name, value in fields.items() if value}

    @property
    def comparison(self) -> str:
        """Return the period of comparison in words, such as 'the 30 days before these'."""
        days = self.span.days
        ending = "the release" if self.release else "these"
        return f"the day before {ending}" if days == 1 else f"the {days} days before {ending}"


@dataclass(frozen=True)
class Figures:
    """The figures of a period, with those of the period before it."""

    sums: Totals
    before: Totals
    days: Mapping[date, Totals]
    hours: Sequence[Sequence[int]]
    by_channel: Mapping[str, Totals]
    by_site: Mapping[str, Totals]
    channels: Sequence[str]
    sites: Sequence[str]


@dataclass(frozen=True)
class Tile:
    """A figure with its change; `better` says if the change is an improvement, or None if it is neither."""

    title: str
    value: str
    change: str
    better: bool | None = None


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    pages = AnalyticsPages(context.titles.all, context.settings.var_dir / "releases")
    return [
        StaffRoute(PATH, pages.show, VIEWER, menu=MenuItem(MEASURE, "Insights")),
        StaffRoute(f"{PATH}/table", pages.download_table, VIEWER),
    ]


class AnalyticsPages:
    """The page and its tables; `releases` is the folder with a subfolder for each release, named by its time."""

    def __init__(self, titles: Callable[[], Mapping[str, str]], releases: Path) -> None:
        self._titles, self._releases = titles, releases

    async def show(self, request: StaffRequest) -> Response:
        """Show the figures, or only their part of the page if htmx asks for it."""
        query = self._query(request)
        figures = await request.service.store.read(_read_figures, query)
        names = self._release_names()
        releases = [_day_of(name) for name in names]
        outcomes = charts.buckets(figures.days, daily_counts.OUTCOME, tuple(OUTCOMES))
        thumbs = charts.buckets(figures.days, daily_counts.THUMB, tuple(THUMBS))
        return request.page(
            "analytics-figures.html" if request.wants_fragment else "analytics.html",
            **vars(figures),
            unanswered=await _unanswered_clusters(request, query),
            asked=query,
            query=urlencode(query.query),
            periods=PERIODS,
            releases=[(name, f"{_day_of(name):%-d %b %Y}") for name in names],
            tiles=_tiles(figures.sums, figures.before),
            staff=_staff_tiles(figures.sums, figures.before),
            outcomes=charts.stacked_bars(outcomes, OUTCOMES, releases),
            outcome_buckets=outcomes,
            thumbs=charts.stacked_bars(thumbs, THUMBS, releases),
            thumb_buckets=thumbs,
            outcome_words=OUTCOMES,
            thumb_words=THUMBS,
            topics=figures.sums.most(daily_counts.TOPIC, MAX_TOPICS),
            weekdays=DAYS,
            shade=charts.shade,
            words=query.comparison,
        )

    async def download_table(self, request: StaffRequest) -> Response:
        """Return the table of the page that `what` names as CSV."""
        query, table = self._query(request), request.query.get("what", "days")
        tables = {"days": _day_rows, "hours": _hour_rows, "topics": self._topic_rows, "places": _channel_and_site_rows}
        if table not in tables:
            raise PageError("There is no such table.", 404)
        rows = tables[table](await request.service.store.read(_read_figures, query))
        headers = {"Content-Disposition": f'attachment; filename="{table}-{query.span.first}-{query.span.last}.csv"'}
        return Response(_csv(rows), media_type="text/csv; charset=utf-8", headers=headers)

    def _topic_rows(self, figures: Figures) -> list[Row]:
        titles, counts = self._titles(), figures.sums.most(daily_counts.TOPIC, MAX_TOPIC_ROWS)
        rows: list[Row] = [[key, titles.get(key, key), count] for key, count in counts]
        return [["topic", "title", "asked"], *rows]

    def _release_names(self) -> list[str]:
        """Return the names of the releases that were not rolled back, the newest first."""
        return sorted((marker.parent.name for marker in self._releases.glob("*/whole")), reverse=True)

    def _query(self, request: StaffRequest) -> AnalyticsQuery:
        fields, today = request.query, now().date()
        where = Scope(fields.get("channel", ""), fields.get("site", ""))
        period, release = fields.get("period", DEFAULT_PERIOD), fields.get("release", "")
        if release in self._release_names():
            return AnalyticsQuery(_days_after(_day_of(release), today), where, period, release)
        if period == CUSTOM:
            return AnalyticsQuery(_custom_range(fields, today), where, CUSTOM)
        days = int(period if period in PERIODS else DEFAULT_PERIOD)
        return AnalyticsQuery(DateRange(today - timedelta(days=days - 1), today), where, str(days))


def _read_figures(connection: Connection, query: AnalyticsQuery) -> Figures:
    """Read all figures in one transaction, so that they agree."""
    span, where = query.span, query.where
    return Figures(
        sums=queries.totals(connection, span, where),
        before=queries.totals(connection, span.before, where, topics=False),
        days=queries.by_day(connection, span, where),
        hours=queries.by_hour(connection, span, where),
        by_channel=queries.by_channel_or_site(connection, span, where, "channel"),
        by_site=queries.by_channel_or_site(connection, span, where, "site"),
        channels=annotation.distinct_values(connection, schema.conversation.c.channel),
        sites=annotation.distinct_values(connection, schema.conversation.c.site),
    )


async def _unanswered_clusters(request: StaffRequest, query: AnalyticsQuery) -> list[clustering.Cluster]:
    """Return the largest clusters of undecided questions; clustering takes a while and runs in a thread."""
    questions = await request.service.store.read(queries.unanswered_questions, query.span, query.where)
    return (await asyncio.to_thread(clustering.cluster, questions))[:MAX_CLUSTERS]


# --- the period -------------------------------------------------------------------------------------------------------
def _custom_range(fields: Mapping[str, str], today: date) -> DateRange:
    first, last = (day(fields.get(name, "") or str(today)) for name in ("since", "until"))
    if first is None or last is None:
        raise PageError("A day is written as 2026-11-25.")
    if first > last or (last - first).days >= MAX_DAYS:
        raise PageError(f"The first day must not be after the last, nor more than {MAX_DAYS} days before it.")
    return DateRange(first, last)


def _day_of(release: str) -> date:
    return datetime.strptime(release[:10], "%Y-%m-%d").date()


def _days_after(release: date, today: date) -> DateRange:
    """Return the days since a release; its own day counts among them, because most of it comes after the release."""
    return DateRange(release, min(today, release + timedelta(days=RELEASE_DAYS - 1)))


# --- figures ----------------------------------------------------------------------------------------------------------
def _tiles(current: Totals, before: Totals) -> list[Tile]:
    return [
        _count_tile("Conversations", current, before, daily_counts.BEGUN),
        _count_tile("Messages", current, before, daily_counts.ASKED),
        _share_tile("Answered", current, before, "answered", more_is_better=True),
        _share_tile("Declined", current, before, "declined"),
        _share_tile("Not understood", current, before, daily_counts.NOT_UNDERSTOOD, "clarify", more_is_better=False),
        _share_tile("Person asked for", current, before, "handoff"),
        _share_tile("Failed", current, before, "failed", more_is_better=False),
        _satisfaction_tile(current, before),
    ]


def _staff_tiles(current: Totals, before: Totals) -> list[Tile]:
    return [
        _count_tile("Waited for a person", current, before, daily_counts.WAITED),
        _count_tile("Taken by one", current, before, daily_counts.TAKEN),
        _duration_tile("First reply", current, before, daily_counts.FIRST_REPLY),
        _duration_tile("Until done", current, before, daily_counts.RESOLVED),
    ]


def _count_tile(title: str, current: Totals, before: Totals, measure: str) -> Tile:
    count, previous = current.of(measure), before.of(measure)
    change = f"{100 * (count - previous) / previous:+.0f} %" if previous else ""
    change = "about as many" if change in ("+0 %", "-0 %") else change
    return Tile(title, f"{count:,}", change)


def _share_tile(
    title: str, current: Totals, before: Totals, *outcomes: str, more_is_better: bool | None = None
) -> Tile:
    """Return the share of these outcomes among all messages that have an outcome."""

    def share(totals: Totals) -> float | None:
        whole = totals.of(daily_counts.OUTCOME)
        return sum(totals.of(daily_counts.OUTCOME, name) for name in outcomes) / whole if whole else None

    return _points_tile(title, share(current), share(before), more_is_better)


def _satisfaction_tile(current: Totals, before: Totals) -> Tile:
    count = current.of(daily_counts.THUMB)
    title = f"Thumbs up, of {count:,}" if count else "Thumbs up"
    return _points_tile(title, current.satisfaction, before.satisfaction, True)


def _points_tile(title: str, share: float | None, previous: float | None, more_is_better: bool | None) -> Tile:
    """Return a share with its change in percentage points."""
    if share is None or previous is None:
        return Tile(title, "–" if share is None else percent(share), "")
    points = round(100 * share) - round(100 * previous)
    change = f"{points:+d} {'point' if abs(points) == 1 else 'points'}" if points else "as before"
    better = None if more_is_better is None or not points else (points > 0) == more_is_better
    return Tile(title, percent(share), change, better)


def _duration_tile(title: str, current: Totals, before: Totals, measure: str) -> Tile:
    seconds, previous = current.median_seconds(measure), before.median_seconds(measure)
    change = ""
    if previous:
        change = f"{previous / 60:.0f} min before" if previous >= 60 else f"{previous:.0f} s before"
    return Tile(f"{title}, median", "–" if seconds is None else _duration(seconds), change)


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


# --- tables -----------------------------------------------------------------------------------------------------------
def _day_rows(figures: Figures) -> list[Row]:
    return [["day", *COLUMNS], *([str(day), *_cells(totals)] for day, totals in figures.days.items())]


def _cells(totals: Totals) -> Row:
    """Return the cells of COLUMNS."""
    return [
        totals.of(daily_counts.BEGUN),
        totals.of(daily_counts.ASKED),
        *(totals.of(daily_counts.OUTCOME, name) for name in OUTCOMES),
        *(totals.of(daily_counts.THUMB, name) for name in THUMBS),
        totals.of(daily_counts.WAITED),
        totals.of(daily_counts.TAKEN),
    ]


def _hour_rows(figures: Figures) -> list[Row]:
    return [["day", *range(24)], *([day, *hours] for day, hours in zip(DAYS, figures.hours, strict=True))]


def _channel_and_site_rows(figures: Figures) -> list[Row]:
    channels = [
        [display_names.CHANNELS.get(name, name), "", *_cells(totals)] for name, totals in figures.by_channel.items()
    ]
    sites = [["", name, *_cells(totals)] for name, totals in figures.by_site.items() if name]
    return [["channel", "site", *COLUMNS], *channels, *sites]


def _csv(rows: Iterable[Row]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([spreadsheet_safe(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()
