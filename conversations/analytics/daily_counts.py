"""Daily counts, from which analytics are computed without reading the messages.

Days are those of the clock in use (conversations/local_days.py): the office's, or that of a zone that an account has chosen,
whose counts are stored apart. The counts of a day are replaced while its messages are stored, and kept after these are
deleted. Durations are stored as counts per step of a logarithmic scale (`step_of`), which is enough to compute a median.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Label,
    String,
    Table,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    text,
)

from conversations.analytics.visits import RETURNED, VISIT, count_visits
from conversations.db import schema
from conversations.db.schema import AnySelect
from conversations.local_days import local, midnight, own_zone, stretches
from conversations.models import BOT, CLOSED, PERSON, TRY, VISITOR, WAITING

DAILY, ZONES, MESSAGES, CONVERSATIONS, HANDOFFS, FEEDBACK = (
    schema.daily,
    schema.zone_daily,
    schema.message,
    schema.conversation,
    schema.handoff,
    schema.feedback,
)
RATINGS, ABOUT = schema.rating, schema.about_database
STORING_LOCK = 0x6D63_6167  # advisory lock on PostgreSQL, held while counts are replaced; SQLite has one writer anyway
COUNTED_TO = "counted to"  # row of `about_database` with the last counted day; of a zone, the row "to ZONE"
BEGUN, ASKED, OUTCOME, TOPIC, HOUR, THUMB = "begun", "asked", "outcome", "topic", "hour", "thumb"
TOPIC_WEEK = "topic_week"  # sums of TOPIC over a week; `day` is its Monday
WAITED, TAKEN, FIRST_REPLY, RESOLVED = "waited", "taken", "first_reply", "resolved"
HELD = "held"  # conversations that a member of staff took over, or assigned; the name is theirs
RATED = "rated"  # answers about members of staff; the name is SCALE/VALUE/PERSON
MEASURES = (
    BEGUN,
    ASKED,
    OUTCOME,
    TOPIC,
    HOUR,
    THUMB,
    WAITED,
    TAKEN,
    FIRST_REPLY,
    RESOLVED,
    RATED,
    VISIT,
    RETURNED,
    HELD,
)
UP, DOWN = "up", "down"
NOT_UNDERSTOOD, FALLBACK = "not_understood", "nlu_fallback"
STEP = 1.15  # ratio of two steps of the scale of durations; a median is right to about 7 %
STAYS_OPEN = 8  # days that `DailyCountJob.recount_recent` counts again, since a hand-off may end that late
LONGEST_PERSON = 100  # characters of an account's name that are kept in a count's
ROWS = 500  # rows per insert
KEYS = ("day", "channel", "site", "name", "pack")  # what events of a measure are counted by
Rows = list[dict[str, Any]]
Expression = ColumnElement[Any]
Keys = list[Label[Any]]


def step_of(seconds: float) -> int:
    """Return the step of the scale of durations; anything under a second is step 0."""
    return max(0, round(math.log(max(seconds, 1.0), STEP)))


def seconds_of(step: int) -> float:
    """Return the duration that a step of the scale stands for, in seconds."""
    seconds: float = STEP**step
    return seconds


def count(connection: Connection, first: date, last: date) -> Rows:
    """Count the days from `first` to `last`, both included, without writing anything."""
    start, end = midnight(first), midnight(last + timedelta(days=1))
    events, waits = _event_counts(connection, start, end), _durations(connection, start, end)
    return [*_added_up(events), *waits, *count_visits(connection, first, last)]


def counts() -> FromClause:
    """Return the stored counts by the clock in use, with the columns of `daily`, for queries."""
    if not own_zone():
        return DAILY
    columns = [ZONES.c[column.name] for column in DAILY.c]
    return select(*columns).where(ZONES.c.zone == own_zone()).subquery("counts")


@dataclass(frozen=True)
class _Stored:
    """Where the counts by the clock in use stand: their table, the values of its further columns, and the last day's row."""

    table: Table
    more: Mapping[str, str]
    counted_to: str

    @classmethod
    def by_clock_in_use(cls) -> _Stored:
        zone = own_zone()
        return cls(ZONES, {"zone": zone}, f"to {zone}") if zone else cls(DAILY, {}, COUNTED_TO)

    def only(self, *conditions: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions with those that these rows have in common."""
        return (*(self.table.c[name] == value for name, value in self.more.items()), *conditions)


def store_counts(connection: Connection, first: date, last: date, rows: Rows) -> None:
    """Replace the stored counts of the days from `first` to `last`, both included.

    Others that do the same wait for it: two who replace the rows of a day would both insert them.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(STORING_LOCK)))
    stored = _Stored.by_clock_in_use()
    daily = stored.table
    days = daily.c.day >= first.isoformat(), daily.c.day <= last.isoformat()
    for measure in MEASURES:  # one by one, since the primary key begins with the measure
        connection.execute(delete(daily).where(*stored.only(daily.c.measure == measure, *days)))
    for start in range(0, len(rows), ROWS):
        connection.execute(insert(daily), [{**row, **stored.more} for row in rows[start : start + ROWS]])
    _add_up_weeks(connection, stored, monday_of(first), last)
    connection.execute(delete(ABOUT).where(ABOUT.c.name == stored.counted_to))
    connection.execute(insert(ABOUT).values(name=stored.counted_to, value=last.isoformat()))


def forget_other_zones(connection: Connection, kept: Iterable[str]) -> None:
    """Delete the counts of zones that are none of these, which no account has any more."""
    others = set(connection.execute(select(ZONES.c.zone).distinct()).scalars()) - set(kept)
    for zone in others:
        connection.execute(delete(ZONES).where(ZONES.c.zone == zone))
        connection.execute(delete(ABOUT).where(ABOUT.c.name == f"to {zone}"))


def monday_of(day: date) -> date:
    """Return the Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def _add_up_weeks(connection: Connection, stored: _Stored, monday: date, last: date) -> None:
    """Store the weekly sums of topics; a year of daily counts of topics takes long to add up."""
    daily = stored.table
    place = daily.c.channel, daily.c.site, daily.c.name, daily.c.pack
    columns = [*stored.more, "measure", "day", "channel", "site", "name", "pack", "count"]
    while monday <= last:
        week = monday.isoformat(), (monday + timedelta(days=6)).isoformat()
        same = stored.only(daily.c.measure == TOPIC_WEEK, daily.c.day == week[0])
        connection.execute(delete(daily).where(*same))
        values = [literal(value) for value in (*stored.more.values(), TOPIC_WEEK, week[0])]
        added = select(*values, *place, func.sum(daily.c.count))
        summed = added.where(*stored.only(daily.c.measure == TOPIC, daily.c.day.between(*week))).group_by(*place)
        connection.execute(insert(daily).from_select(columns, summed))
        monday += timedelta(days=7)


def first_day(connection: Connection) -> date | None:
    """Return the day of the oldest stored message, or None without messages."""
    at = connection.execute(select(MESSAGES.c.at).order_by(MESSAGES.c.at).limit(1)).scalar()
    return at and local(at).date()


def last_counted_day(connection: Connection) -> date | None:
    """Return the last day that was counted, even if nothing happened on it, or None before the first count."""
    name = _Stored.by_clock_in_use().counted_to
    day = connection.execute(select(ABOUT.c.value).where(ABOUT.c.name == name)).scalar()
    return day and date.fromisoformat(day)


def _added_up(rows: Iterable[dict[str, Any]]) -> Rows:
    """Return the rows with those of one day and one hour as one, which a change of the clock counts in two parts."""
    added: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in rows:
        key = row["measure"], row["day"], row["channel"], row["site"], row["name"], row["pack"]
        if key in added:
            added[key]["count"] += row["count"]
        else:
            added[key] = row
    return list(added.values())


def _event_counts(connection: Connection, start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    """Count events by measure, day, channel, site, name and guide pack, by the office's clock."""
    for since, until, ahead in stretches(start, end):
        yield from _counts_by_one_clock(connection, since, until, ahead)


def _counts_by_one_clock(
    connection: Connection, start: datetime, end: datetime, ahead: int
) -> Iterator[dict[str, Any]]:
    """Count the events of a span in which the office's clock is `ahead` minutes before UTC."""
    clock = _Clock(connection.dialect.name == "sqlite", ahead)
    for measure, moment, name, query in _measures(clock):
        day = clock.part(moment, 1, 10, "YYYY-MM-DD")
        keys = day, CONVERSATIONS.c.channel, CONVERSATIONS.c.site, name, CONVERSATIONS.c.pack
        labelled = [key.label(label) for key, label in zip(keys, KEYS, strict=True)]
        counts = (
            query(labelled)
            .where(moment >= start, moment < end, CONVERSATIONS.c.channel != TRY)
            # by position, since PostgreSQL does not see that two expressions with parameters are equal
            .group_by(*(text(str(position)) for position in range(1, len(KEYS) + 1)))
        )
        for row in connection.execute(counts).mappings():
            yield {**row, "measure": measure, "name": row["name"] or ""}


@dataclass(frozen=True)
class _Clock:
    """Reads parts of stored times, `ahead` minutes before UTC."""

    sqlite: bool
    ahead: int

    def part(self, moment: Expression, start: int, length: int, pattern: str) -> Expression:
        """Return a part of a time as text: by position on SQLite, which stores times as text in UTC, else by pattern."""
        if not self.sqlite:
            return func.to_char(func.timezone("UTC", moment) + timedelta(minutes=self.ahead), pattern)
        stored = cast(moment, String)
        return func.substr(func.datetime(stored, f"{self.ahead} minutes") if self.ahead else stored, start, length)


def _measures(clock: _Clock) -> tuple[tuple[str, Expression, Expression, Callable[[Keys], AnySelect]], ...]:
    """Return the measures of events, each with its time, the expression of its name, and its query by key columns."""
    sent_at, none = MESSAGES.c.at, literal("")
    hour = clock.part(sent_at, 12, 2, "HH24")
    outcome = case((MESSAGES.c.intent == FALLBACK, NOT_UNDERSTOOD), else_=MESSAGES.c.outcome)
    thumb = case((FEEDBACK.c.value > 0, UP), else_=DOWN)
    rating = cast(RATINGS.c.scale, String) + "/" + cast(RATINGS.c.value, String) + "/"
    rated = rating + func.substr(RATINGS.c.person, 1, LONGEST_PERSON)
    return (
        (BEGUN, CONVERSATIONS.c.created_at, none, _count_conversations),
        (ASKED, sent_at, none, _count_inbound),
        (HOUR, sent_at, hour, _count_inbound),
        (OUTCOME, sent_at, outcome, lambda keys: _count_inbound(keys).where(MESSAGES.c.outcome != "")),
        (TOPIC, sent_at, MESSAGES.c.topic, lambda keys: _count_inbound(keys).where(MESSAGES.c.topic != "")),
        (THUMB, FEEDBACK.c.at, thumb, lambda keys: _count_rows(FEEDBACK, keys)),
        (WAITED, HANDOFFS.c.at, none, lambda keys: _count_rows(HANDOFFS, keys).where(HANDOFFS.c.after == WAITING)),
        (
            TAKEN,
            HANDOFFS.c.at,
            none,
            lambda keys: _count_rows(HANDOFFS, keys).where(HANDOFFS.c.after == PERSON, HANDOFFS.c.before == WAITING),
        ),
        (HELD, HANDOFFS.c.at, func.substr(HANDOFFS.c.by, 1, LONGEST_PERSON), _count_taken),
        (RATED, RATINGS.c.at, rated, lambda keys: _count_rows(RATINGS, keys)),
    )


def _count_conversations(keys: Keys) -> AnySelect:
    return select(*keys, func.count().label("count")).select_from(CONVERSATIONS)


def _count_inbound(keys: Keys) -> AnySelect:
    return _count_rows(MESSAGES, keys).where(MESSAGES.c.author == VISITOR)


def _count_taken(keys: Keys) -> AnySelect:
    return _count_rows(HANDOFFS, keys).where(HANDOFFS.c.after == PERSON)


def _count_rows(table: Table, keys: Keys) -> AnySelect:
    """Count rows of a table that belong to a conversation."""
    joined = table.join(CONVERSATIONS, CONVERSATIONS.c.id == table.c.conversation_id)
    return select(*keys, func.count().label("count")).select_from(joined)


def _durations(connection: Connection, start: datetime, end: datetime) -> Iterable[dict[str, Any]]:
    """Count the durations of hand-offs until the first reply and until the end, by the day on which they were asked for."""
    replies = MESSAGES.c.conversation_id == HANDOFFS.c.conversation_id, MESSAGES.c.author == PERSON
    first = select(func.min(MESSAGES.c.at)).where(*replies, MESSAGES.c.at >= HANDOFFS.c.at).scalar_subquery()
    later = HANDOFFS.alias("later")
    ends = later.c.conversation_id == HANDOFFS.c.conversation_id, later.c.id > HANDOFFS.c.id
    done = select(func.min(later.c.at)).where(*ends, later.c.after.in_((BOT, CLOSED))).scalar_subquery()
    place = CONVERSATIONS.c.channel, CONVERSATIONS.c.site, CONVERSATIONS.c.pack
    query = (
        select(HANDOFFS.c.at, *place, first.label("first"), done.label("done"))
        .join(CONVERSATIONS, CONVERSATIONS.c.id == HANDOFFS.c.conversation_id)
        .where(HANDOFFS.c.at >= start, HANDOFFS.c.at < end, HANDOFFS.c.after == WAITING)
        .where(CONVERSATIONS.c.channel != TRY)
    )
    counts: dict[tuple[str, ...], int] = {}
    for row in connection.execute(query):
        if row.first is None or row.done and row.first > row.done:
            continue  # nobody replied
        durations = [(FIRST_REPLY, row.first - row.at)] + ([(RESOLVED, row.done - row.at)] if row.done else [])
        for measure, duration in durations:
            key = (
                local(row.at).date().isoformat(),
                measure,
                row.channel,
                row.site,
                str(step_of(duration.total_seconds())),
                row.pack,
            )
            counts[key] = counts.get(key, 0) + 1
    columns = ("day", "measure", "channel", "site", "name", "pack")
    return [dict(zip(columns, key, strict=True), count=count) for key, count in counts.items()]
