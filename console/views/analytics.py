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

from console.translations.dates import short_day, weekday
from console.views import insight_tiles as tiles
from console.web import charts, display_names
from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest
from console.web.routing import MEASURE, MenuItem, StaffRoute
from console.web.topic_titles import AllTitles, TopicTitles
from conversations.accounts.accounts import VIEWER
from conversations.analytics import daily_counts, queries
from conversations.analytics.queries import DateRange, Scope, Totals
from conversations.db import schema
from conversations.input_parsing import day
from conversations.learning import clustering
from conversations.local_days import today, use_own_zone
from conversations.review import annotation
from conversations.review.export import spreadsheet_safe
from core.pack_registry import shown_name
from core.translations import Names, ngettext
from core.translations import gettext as _

PATH = "/staff/insights"
PERIODS = Names({"7": "7 days", "30": "30 days", "90": "90 days", "365": "A year"})
DEFAULT_PERIOD, CUSTOM = "30", "own"
ALL = "all"  # guides
MAX_DAYS = 1100
RELEASE_DAYS = 30  # at most, after a release
MAX_TOPICS, MAX_TOPIC_ROWS = 12, 1000  # on the page, in its table
MAX_CLUSTERS = 8
OUTCOMES = Names(
    {  # in the order in which they are stacked
        "answered": "Answered",
        "smalltalk": "Small talk",
        "clarify": "Clarifying question",
        daily_counts.NOT_UNDERSTOOD: "Not understood",
        "declined": "Declined",
        "handoff": "Person asked for",
        "failed": "Failed",
    }
)
THUMBS = Names({daily_counts.UP: "Thumbs up", daily_counts.DOWN: "Thumbs down"})
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
COLUMNS = ("conversations", "messages", *OUTCOMES, "thumbs_up", "thumbs_down", "waited_for_person", "taken_by_person")
Row = list[str | int | float]


@dataclass(frozen=True)
class AnalyticsQuery:
    """The figures that a request asks for; `release` is the name of a release whose days before and after are compared.

    With several guide packs, they are those of the pack that the page is about, unless `all_guides` are asked for.
    """

    span: DateRange
    where: Scope
    period: str
    today: date
    release: str = ""
    all_guides: bool = False

    @property
    def query(self) -> dict[str, str]:
        """Return the fields of the query that asks for the same figures."""
        span = {"since": f"{self.span.first}", "until": f"{self.span.last}"} if self.period == CUSTOM else {}
        fields = {
            "period": self.period,
            **span,
            "channel": self.where.channel,
            "site": self.where.site,
            "guides": ALL if self.all_guides else "",
            "release": self.release,
        }
        return {name: value for name, value in fields.items() if value}

    @property
    def place(self) -> dict[str, str]:
        """Return the filters of the list of conversations that these figures count."""
        guide = "" if self.where.pack is None else shown_name(self.where.pack)
        fields = {"channel": self.where.channel, "site": self.where.site, "guide": guide}
        named = {name: value for name, value in fields.items() if value}
        return {"since": f"{self.span.first}", "until": f"{self.span.last}", **named}

    @property
    def whole_days(self) -> DateRange | None:
        """Return the days that are over, which alone can be compared with days before; None if there are none."""
        if self.span.last < self.today:
            return self.span
        yesterday = self.today - timedelta(days=1)
        return DateRange(self.span.first, yesterday) if self.span.first <= yesterday else None

    @property
    def comparison(self) -> str:
        """Return what is compared in words, such as 'Changes are against the 30 days before these'."""
        if self.whole_days is None:
            return _("Today is not over and is compared with nothing.")
        days = self.whole_days.days
        if self.release:
            before = ngettext("the day before the release", "the %(num)d days before the release", days)
        else:
            before = ngettext("the day before these", "the %(num)d days before these", days)
        if self.whole_days != self.span:
            return _("Changes leave today out and are against %(days)s.") % {"days": before % {"num": days}}
        return _("Changes are against %(days)s.") % {"days": before % {"num": days}}


@dataclass(frozen=True)
class Figures:
    """The figures of a period; `whole` are those of its whole days, `before` those of as many days before them."""

    sums: Totals
    whole: Totals
    before: Totals
    days: Mapping[date, Totals]
    hours: Sequence[Sequence[int]]
    by_channel: Mapping[str, Totals]
    by_site: Mapping[str, Totals]
    by_guide: Mapping[str, Totals]
    people: Sequence[queries.PersonFigures]
    channels: Sequence[str]
    sites: Sequence[str]


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    titles = AllTitles([context.titles, *(TopicTitles(path) for path in context.knowledge.values())])
    pages = AnalyticsPages(titles.all, context.settings.var_dir / "releases")
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
        query = await self._query(request)
        figures = await request.service.store.read(_read_figures, query)
        compared = tiles.Compared(figures.sums, figures.whole, figures.before, query.place)
        names = self._release_names()
        releases = [_day_of(name) for name in names]
        outcomes = charts.buckets(figures.days, daily_counts.OUTCOME, tuple(OUTCOMES))
        thumbs = charts.buckets(figures.days, daily_counts.THUMB, tuple(THUMBS))
        return request.page(
            "analytics-figures.html" if request.wants_fragment else "analytics.html",
            **{**vars(figures), "by_guide": _by_guide(figures, request.packs)},
            unanswered=await _unanswered_clusters(request, query),
            asked=query,
            query=urlencode(query.query),
            periods=PERIODS,
            releases=[(name, short_day(_day_of(name))) for name in names],
            tiles=tiles.of_messages(compared),
            visits=tiles.of_visits(compared),
            staff=tiles.of_people(compared),
            place=urlencode(query.place),
            of_days=lambda bucket: urlencode({**query.place, "since": f"{bucket.first}", "until": f"{bucket.last}"}),
            outcomes=charts.stacked_bars(outcomes, OUTCOMES, releases),
            outcome_buckets=outcomes,
            thumbs=charts.stacked_bars(thumbs, THUMBS, releases),
            thumb_buckets=thumbs,
            outcome_words=OUTCOMES,
            thumb_words=THUMBS,
            topics=figures.sums.most(daily_counts.TOPIC, MAX_TOPICS),
            weekdays=[weekday(index) for index in range(len(DAYS))],
            shade=charts.shade,
            words=query.comparison,
        )

    async def download_table(self, request: StaffRequest) -> Response:
        """Return the table of the page that `what` names as CSV."""
        query, table = await self._query(request), request.query.get("what", "days")
        tables = {"days": _day_rows, "hours": _hour_rows, "topics": self._topic_rows, "places": _channel_and_site_rows}
        tables["staff"] = _person_rows
        if table not in tables:
            raise PageError(_("There is no such table."), 404)
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

    async def _query(self, request: StaffRequest) -> AnalyticsQuery:
        counted = await request.service.store.read(daily_counts.last_counted_day)
        if counted is None or counted < today() - timedelta(days=1):
            use_own_zone("")  # the zone was chosen just now: the office's days are shown until it is counted, and named
        fields, now = request.query, today()
        all_guides = fields.get("guides") == ALL and len(request.packs) > 1
        where = Scope(fields.get("channel", ""), fields.get("site", ""), None if all_guides else request.scope)
        period, release = fields.get("period", DEFAULT_PERIOD), fields.get("release", "")
        if release in self._release_names():
            return AnalyticsQuery(_days_after(_day_of(release), now), where, period, now, release, all_guides)
        if period == CUSTOM:
            return AnalyticsQuery(_custom_range(fields, now), where, CUSTOM, now, "", all_guides)
        days = int(period if period in PERIODS else DEFAULT_PERIOD)
        return AnalyticsQuery(DateRange(now - timedelta(days=days - 1), now), where, str(days), now, "", all_guides)


def _by_guide(figures: Figures, packs: Mapping[str, str]) -> dict[str, tuple[str, Totals]]:
    """Return the title and the totals of each guide pack by the name of the list's filter; {} if one alone is shown."""
    return {shown_name(name): (packs.get(name, name), totals) for name, totals in figures.by_guide.items()}


def _read_figures(connection: Connection, query: AnalyticsQuery) -> Figures:
    """Read all figures in one transaction, so that they agree."""
    span, where, whole = query.span, query.where, query.whole_days
    return Figures(
        sums=queries.totals(connection, span, where),
        whole=queries.totals(connection, whole, where, topics=False) if whole else Totals(),
        before=queries.totals(connection, whole.before, where, topics=False) if whole else Totals(),
        days=queries.by_day(connection, span, where),
        hours=queries.by_hour(connection, span, where),
        by_channel=queries.by_place(connection, span, where, "channel"),
        by_site=queries.by_place(connection, span, where, "site"),
        by_guide=queries.by_place(connection, span, where, "pack") if query.all_guides else {},
        people=queries.by_person(connection, span, where),
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
        raise PageError(_("A day is written as 2026-11-25."))
    if first > last or (last - first).days >= MAX_DAYS:
        raise PageError(
            _("The first day must not be after the last, nor more than %(max_days)s days before it.")
            % {"max_days": MAX_DAYS}
        )
    return DateRange(first, last)


def _day_of(release: str) -> date:
    return datetime.strptime(release[:10], "%Y-%m-%d").date()


def _days_after(release: date, today: date) -> DateRange:
    """Return the days since a release; its own day counts among them, because most of it comes after the release."""
    return DateRange(release, min(today, release + timedelta(days=RELEASE_DAYS - 1)))


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


def _person_rows(figures: Figures) -> list[Row]:
    rows: list[Row] = [[one.person, one.held, one.answers, one.good] for one in figures.people]
    return [["staff", "taken_over", "answers", "satisfied"], *rows]


def _csv(rows: Iterable[Row]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([spreadsheet_safe(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()
