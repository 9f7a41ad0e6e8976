"""Questions to the daily counts: what happened in a period, on a channel and site, and what in the period before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone

from sqlalchemy import ColumnElement, Connection, func, select

from conversations.analytics import daily_counts
from conversations.analytics.daily_counts import (
    ASKED,
    BEGUN,
    FIRST_REPLY,
    HOUR,
    OUTCOME,
    RESOLVED,
    TAKEN,
    THUMB,
    TOPIC,
    TOPIC_WEEK,
    UP,
    WAITED,
)
from conversations.db import schema
from conversations.learning import unanswered
from conversations.learning.unanswered import Question

DAILY, MESSAGES, CONVERSATIONS = schema.daily, schema.message, schema.conversation
BY_DAY = (BEGUN, ASKED, OUTCOME, THUMB, WAITED, TAKEN)


@dataclass(frozen=True)
class DateRange:
    """Days, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> DateRange:
        """As many days, just before."""
        return DateRange(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def each(self) -> list[date]:
        return [self.first + timedelta(days=one) for one in range(self.days)]


@dataclass(frozen=True)
class Totals:
    """Counts of a period by measure and name. Shares are 0 to 1, or None where there is nothing to tell them from."""

    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def of(self, measure: str, name: str | None = None) -> int:
        names = self.counts.get(measure, {})
        return sum(names.values()) if name is None else names.get(name, 0)

    def share(self, measure: str, name: str) -> float | None:
        whole = self.of(measure)
        return self.of(measure, name) / whole if whole else None

    @property
    def satisfaction(self) -> float | None:
        return self.share(THUMB, UP)

    def median_seconds(self, measure: str) -> float | None:
        """Of a length of time, right to about 7 %."""
        steps = sorted((int(step), count) for step, count in self.counts.get(measure, {}).items())
        middle, seen = sum(count for _, count in steps) / 2, 0
        for step, count in steps:
            seen += count
            if seen >= middle:
                return daily_counts.seconds_of(step)
        return None

    def most(self, measure: str, limit: int) -> list[tuple[str, int]]:
        return sorted(self.counts.get(measure, {}).items(), key=lambda one: (-one[1], one[0]))[:limit]


@dataclass(frozen=True)
class Scope:
    """A channel and a site; empty is all."""

    channel: str = ""
    site: str = ""


def totals(connection: Connection, span: DateRange, where: Scope, topics: bool = True) -> Totals:
    """All measures but the hours; the topics, which are many, only where they are wanted."""
    measures = (*BY_DAY, FIRST_REPLY, RESOLVED)
    wanted = select(DAILY.c.measure, DAILY.c.name, func.sum(DAILY.c.count)).where(
        *_within(span, where), DAILY.c.measure.in_(measures)
    )
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for measure, name, count in connection.execute(wanted.group_by(DAILY.c.measure, DAILY.c.name)):
        counts[measure][name] = int(count)
    return Totals({**counts, **({TOPIC: _topics(connection, span, where)} if topics else {})})


def _topics(connection: Connection, span: DateRange, where: Scope) -> dict[str, int]:
    """How often each topic was asked: of whole weeks from their sums, of the days around them from the days'."""
    monday = daily_counts.monday_of(span.first + timedelta(days=6))
    sunday = daily_counts.monday_of(span.last + timedelta(days=1)) - timedelta(days=1)
    parts = [(TOPIC, span)]
    if monday < sunday:
        around = DateRange(span.first, monday - timedelta(days=1)), DateRange(sunday + timedelta(days=1), span.last)
        parts = [(TOPIC_WEEK, DateRange(monday, sunday)), *((TOPIC, one) for one in around if one.days > 0)]
    counts: dict[str, int] = defaultdict(int)
    for measure, part in parts:
        wanted = select(DAILY.c.name, func.sum(DAILY.c.count)).where(DAILY.c.measure == measure, *_within(part, where))
        for name, count in connection.execute(wanted.group_by(DAILY.c.name)):
            counts[name] += int(count)
    return dict(counts)


def by_day(connection: Connection, span: DateRange, where: Scope) -> dict[date, Totals]:
    """What has a number for each day: conversations, messages, outcomes, thumbs. Every day of the span is there."""
    counts: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    wanted = select(DAILY.c.day, DAILY.c.measure, DAILY.c.name, func.sum(DAILY.c.count)).where(
        *_within(span, where), DAILY.c.measure.in_(BY_DAY)
    )
    for day, measure, name, count in connection.execute(wanted.group_by(DAILY.c.day, DAILY.c.measure, DAILY.c.name)):
        counts[day][measure][name] = int(count)
    return {day: Totals(counts.get(day.isoformat(), {})) for day in span.each()}


def by_hour(connection: Connection, span: DateRange, where: Scope) -> list[list[int]]:
    """Messages by day of the week (0 is Monday) and hour, in UTC."""
    found = [[0] * 24 for _ in range(7)]
    wanted = select(DAILY.c.day, DAILY.c.name, func.sum(DAILY.c.count)).where(
        *_within(span, where), DAILY.c.measure == HOUR
    )
    for day, hour, count in connection.execute(wanted.group_by(DAILY.c.day, DAILY.c.name)):
        found[date.fromisoformat(day).weekday()][int(hour)] += int(count)
    return found


def by_channel_or_site(connection: Connection, span: DateRange, where: Scope, column: str) -> dict[str, Totals]:
    """The same for each channel or, with `column` site, each site; those with most messages first."""
    kept = DAILY.c[column]
    counts: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    wanted = select(kept, DAILY.c.measure, DAILY.c.name, func.sum(DAILY.c.count)).where(
        *_within(span, where), DAILY.c.measure.in_(BY_DAY)
    )
    for place, measure, name, count in connection.execute(wanted.group_by(kept, DAILY.c.measure, DAILY.c.name)):
        counts[place][measure][name] = int(count)
    found = {place: Totals(one) for place, one in counts.items()}
    return dict(sorted(found.items(), key=lambda one: -one[1].of(ASKED)))


def unanswered_questions(connection: Connection, span: DateRange, where: Scope) -> list[Question]:
    """What was asked in the period and not answered, until somebody decides about it; the newest first."""
    start, end = (datetime.combine(day, time(), timezone.utc) for day in (span.first, span.last + timedelta(days=1)))
    only = [MESSAGES.c.at >= start, MESSAGES.c.at < end]
    if where.channel:
        only.append(MESSAGES.c.channel == where.channel)
    if where.site:
        ours = select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.site == where.site)
        only.append(MESSAGES.c.conversation_id.in_(ours))
    return unanswered.list_newest(connection, only=only)


def _within(span: DateRange, where: Scope) -> list[ColumnElement[bool]]:
    wanted = [DAILY.c.day >= span.first.isoformat(), DAILY.c.day <= span.last.isoformat()]
    if where.channel:
        wanted.append(DAILY.c.channel == where.channel)
    if where.site:
        wanted.append(DAILY.c.site == where.site)
    return wanted
