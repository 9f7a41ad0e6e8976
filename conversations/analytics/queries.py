"""Queries of the daily counts by date range, channel, site and guide pack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, FromClause, func, select

from conversations.analytics import daily_counts
from conversations.analytics.daily_counts import (
    ASKED,
    BEGUN,
    FIRST_REPLY,
    HELD,
    HOUR,
    OUTCOME,
    RATED,
    RESOLVED,
    TAKEN,
    THUMB,
    TOPIC,
    TOPIC_WEEK,
    UP,
    WAITED,
)
from conversations.analytics.visits import RETURNED, VISIT
from conversations.db import schema
from conversations.handoff.ratings import GOOD
from conversations.learning import unanswered
from conversations.learning.unanswered import Question
from conversations.local_days import midnight

MESSAGES, CONVERSATIONS = schema.message, schema.conversation
BY_DAY = (BEGUN, ASKED, OUTCOME, THUMB, WAITED, TAKEN)


@dataclass(frozen=True)
class DateRange:
    """Range of days, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Return the number of days."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> DateRange:
        """Return the range of the same length that ends just before this one."""
        return DateRange(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def each(self) -> list[date]:
        """Return every day of the range."""
        return [self.first + timedelta(days=number) for number in range(self.days)]


@dataclass(frozen=True)
class Totals:
    """Counts of a date range by measure and name. Shares are 0 to 1, or None if nothing was counted."""

    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def of(self, measure: str, name: str | None = None) -> int:
        """Return the count of a name or, without a name, the sum of a measure."""
        names = self.counts.get(measure, {})
        return sum(names.values()) if name is None else names.get(name, 0)

    def share(self, measure: str, name: str) -> float | None:
        """Return the share of a name in its measure."""
        total = self.of(measure)
        return self.of(measure, name) / total if total else None

    @property
    def satisfaction(self) -> float | None:
        """Return the share of thumbs up."""
        return self.share(THUMB, UP)

    def median_seconds(self, measure: str) -> float | None:
        """Return the median of a duration, right to about 7 %, or None if nothing was counted."""
        steps = sorted((int(step), count) for step, count in self.counts.get(measure, {}).items())
        middle, seen = sum(count for _, count in steps) / 2, 0
        for step, count in steps:
            seen += count
            if seen >= middle:
                return daily_counts.seconds_of(step)
        return None

    def most(self, measure: str, limit: int) -> list[tuple[str, int]]:
        """Return the names with the highest counts of a measure, highest first."""
        return sorted(self.counts.get(measure, {}).items(), key=lambda item: (-item[1], item[0]))[:limit]


@dataclass(frozen=True)
class Scope:
    """Channel and site that a query is limited to, empty for all; and the guide pack, "" for the first and None for all."""

    channel: str = ""
    site: str = ""
    pack: str | None = None


def totals(connection: Connection, span: DateRange, where: Scope, topics: bool = True) -> Totals:
    """Sum all measures except HOUR over a date range; TOPIC, which has many names, only if `topics` is true."""
    daily = daily_counts.counts()
    measures = (*BY_DAY, FIRST_REPLY, RESOLVED, VISIT, RETURNED)
    query = select(daily.c.measure, daily.c.name, func.sum(daily.c.count)).where(
        *_within(daily, span, where), daily.c.measure.in_(measures)
    )
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for measure, name, count in connection.execute(query.group_by(daily.c.measure, daily.c.name)):
        counts[measure][name] = int(count)
    return Totals({**counts, **({TOPIC: _topics(connection, span, where)} if topics else {})})


def _topics(connection: Connection, span: DateRange, where: Scope) -> dict[str, int]:
    """Sum the counts of topics: whole weeks from the weekly sums, the days around them from the daily counts."""
    daily = daily_counts.counts()
    monday = daily_counts.monday_of(span.first + timedelta(days=6))
    sunday = daily_counts.monday_of(span.last + timedelta(days=1)) - timedelta(days=1)
    parts = [(TOPIC, span)]
    if monday < sunday:
        around = DateRange(span.first, monday - timedelta(days=1)), DateRange(sunday + timedelta(days=1), span.last)
        parts = [(TOPIC_WEEK, DateRange(monday, sunday)), *((TOPIC, rest) for rest in around if rest.days > 0)]
    counts: dict[str, int] = defaultdict(int)
    for measure, part in parts:
        query = select(daily.c.name, func.sum(daily.c.count)).where(
            daily.c.measure == measure, *_within(daily, part, where)
        )
        for name, count in connection.execute(query.group_by(daily.c.name)):
            counts[name] += int(count)
    return dict(counts)


def by_day(connection: Connection, span: DateRange, where: Scope) -> dict[date, Totals]:
    """Return the totals of each day of the range, for conversations, messages, outcomes, thumbs and hand-offs."""
    daily = daily_counts.counts()
    counts: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    query = select(daily.c.day, daily.c.measure, daily.c.name, func.sum(daily.c.count)).where(
        *_within(daily, span, where), daily.c.measure.in_(BY_DAY)
    )
    for day, measure, name, count in connection.execute(query.group_by(daily.c.day, daily.c.measure, daily.c.name)):
        counts[day][measure][name] = int(count)
    return {day: Totals(counts.get(day.isoformat(), {})) for day in span.each()}


def by_hour(connection: Connection, span: DateRange, where: Scope) -> list[list[int]]:
    """Return the number of messages by day of the week (0 is Monday) and hour, by the clock in use."""
    daily = daily_counts.counts()
    counts = [[0] * 24 for _ in range(7)]
    query = select(daily.c.day, daily.c.name, func.sum(daily.c.count)).where(
        *_within(daily, span, where), daily.c.measure == HOUR
    )
    for day, hour, count in connection.execute(query.group_by(daily.c.day, daily.c.name)):
        counts[date.fromisoformat(day).weekday()][int(hour)] += int(count)
    return counts


def by_place(connection: Connection, span: DateRange, where: Scope, column: str) -> dict[str, Totals]:
    """Return the totals of each channel, site or guide pack, most messages first; `column` is "channel", "site" or "pack"."""
    daily = daily_counts.counts()
    group = daily.c[column]
    counts: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    query = select(group, daily.c.measure, daily.c.name, func.sum(daily.c.count)).where(
        *_within(daily, span, where), daily.c.measure.in_(BY_DAY)
    )
    for value, measure, name, count in connection.execute(query.group_by(group, daily.c.measure, daily.c.name)):
        counts[value][measure][name] = int(count)
    totals = {value: Totals(measures) for value, measures in counts.items()}
    return dict(sorted(totals.items(), key=lambda item: -item[1].of(ASKED)))


@dataclass(frozen=True)
class PersonFigures:
    """What a member of staff did with visitors: conversations taken over or assigned, and what visitors said of them.

    `answers` is how many visitors said how it was, `good` how many of them were satisfied.
    """

    person: str
    held: int = 0
    answers: int = 0
    good: int = 0


def by_person(connection: Connection, span: DateRange, where: Scope) -> list[PersonFigures]:
    """Return the figures of each member of staff who has any, most conversations first."""
    daily = daily_counts.counts()
    found: dict[str, PersonFigures] = {}
    query = select(daily.c.measure, daily.c.name, func.sum(daily.c.count)).where(
        *_within(daily, span, where), daily.c.measure.in_((HELD, RATED))
    )
    for measure, name, count in connection.execute(query.group_by(daily.c.measure, daily.c.name)):
        scale, value, person = name.split("/", 2) if measure == RATED else ("", "", name)
        now = found.get(person) or PersonFigures(person)
        if measure == HELD:
            found[person] = replace(now, held=int(count))
        else:
            good = int(count) if int(value) >= GOOD[int(scale)] else 0
            found[person] = replace(now, answers=now.answers + int(count), good=now.good + good)
    return sorted(found.values(), key=lambda one: (-one.held, -one.answers, one.person))


def unanswered_questions(connection: Connection, span: DateRange, where: Scope) -> list[Question]:
    """Return the undecided unanswered questions of a date range, newest first."""
    start, end = midnight(span.first), midnight(span.last + timedelta(days=1))
    only = [MESSAGES.c.at >= start, MESSAGES.c.at < end]
    if where.channel:
        only.append(MESSAGES.c.channel == where.channel)
    if where.site:
        on_site = select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.site == where.site)
        only.append(MESSAGES.c.conversation_id.in_(on_site))
    return unanswered.list_newest(connection, only=only, pack=where.pack)


def _within(daily: FromClause, span: DateRange, where: Scope) -> list[ColumnElement[bool]]:
    conditions = [daily.c.day >= span.first.isoformat(), daily.c.day <= span.last.isoformat()]
    if where.channel:
        conditions.append(daily.c.channel == where.channel)
    if where.site:
        conditions.append(daily.c.site == where.site)
    if where.pack is not None:
        conditions.append(daily.c.pack == where.pack)
    return conditions
