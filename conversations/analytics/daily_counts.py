"""What happened each day, counted: who looks at half a year need not read every message of it.

A day is one in UTC. Its counts are made anew while what they are counted from is still there, and stay when that is deleted.
Lengths of time are kept as counts of steps on a scale (`step_of`), from which a median can still be told.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from sqlalchemy import Connection, Select, String, case, cast, delete, func, insert, literal, select, text

from conversations.db import schema
from conversations.models import BOT, CLOSED, PERSON, TRY, VISITOR, WAITING

DAILY, MESSAGES, CONVERSATIONS, HANDOFFS, FEEDBACK = (
    schema.daily,
    schema.message,
    schema.conversation,
    schema.handoff,
    schema.feedback,
)
ABOUT = schema.about_database
COUNTED_TO = "counted to"  # the name under which the database keeps how far the last count went
BEGUN, ASKED, OUTCOME, TOPIC, HOUR, THUMB = "begun", "asked", "outcome", "topic", "hour", "thumb"
TOPIC_WEEK = "topic_week"  # topics of seven days; `day` is the Monday
WAITED, TAKEN, FIRST_REPLY, RESOLVED = "waited", "taken", "first_reply", "resolved"
MEASURES = (BEGUN, ASKED, OUTCOME, TOPIC, HOUR, THUMB, WAITED, TAKEN, FIRST_REPLY, RESOLVED)
UP, DOWN = "up", "down"
NOT_UNDERSTOOD, FALLBACK = "not_understood", "nlu_fallback"
STEP = 1.15  # each step of the scale is so many times the one before: a median is right to about 7 %
STAYS_OPEN = 8  # days after which what staff did about a conversation is no longer looked for
ROWS = 500  # an insert
Rows = list[dict[str, Any]]


def step_of(seconds: float) -> int:
    """The step of the scale that a length of time falls into; what is under a second is step 0."""
    return max(0, round(math.log(max(seconds, 1.0), STEP)))


def seconds_of(step: int) -> float:
    return STEP**step


def recount(connection: Connection, first: date, last: date) -> None:
    """Count these days anew, both included."""
    store_counts(connection, first, last, count(connection, first, last))


def count(connection: Connection, first: date, last: date) -> Rows:
    """What happened in these days; nothing is written, so that it may take its time."""
    start, end = _midnight(first), _midnight(last + timedelta(days=1))
    return [*_counted(connection, start, end), *_lengths(connection, start, end)]


def store_counts(connection: Connection, first: date, last: date, found: Rows) -> None:
    """These counts in place of those that there are of the days."""
    days = DAILY.c.day >= first.isoformat(), DAILY.c.day <= last.isoformat()
    for measure in MEASURES:  # one by one, for so the key begins
        connection.execute(delete(DAILY).where(DAILY.c.measure == measure, *days))
    for place in range(0, len(found), ROWS):
        connection.execute(insert(DAILY), found[place : place + ROWS])
    _add_up_weeks(connection, monday_of(first), last)
    connection.execute(delete(ABOUT).where(ABOUT.c.name == COUNTED_TO))
    connection.execute(insert(ABOUT).values(name=COUNTED_TO, value=last.isoformat()))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _add_up_weeks(connection: Connection, monday: date, last: date) -> None:
    """The topics of whole weeks: they are so many that a year of days of them takes long to add up."""
    while monday <= last:
        week = monday.isoformat(), (monday + timedelta(days=6)).isoformat()
        connection.execute(delete(DAILY).where(DAILY.c.measure == TOPIC_WEEK, DAILY.c.day == week[0]))
        added = select(
            literal(TOPIC_WEEK), literal(week[0]), DAILY.c.channel, DAILY.c.site, DAILY.c.name, func.sum(DAILY.c.count)
        ).where(DAILY.c.measure == TOPIC, DAILY.c.day.between(*week))
        kept = added.group_by(DAILY.c.channel, DAILY.c.site, DAILY.c.name)
        connection.execute(insert(DAILY).from_select(["measure", "day", "channel", "site", "name", "count"], kept))
        monday += timedelta(days=7)


def first_day(connection: Connection) -> date | None:
    """The day of the oldest message that is still there."""
    at = connection.execute(select(MESSAGES.c.at).order_by(MESSAGES.c.at).limit(1)).scalar()
    return at and at.date()


def last_counted_day(connection: Connection) -> date | None:
    """The day to which was counted, however quiet it was."""
    day = connection.execute(select(ABOUT.c.value).where(ABOUT.c.name == COUNTED_TO)).scalar()
    return day and date.fromisoformat(day)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.utc)


def _counted(connection: Connection, start: datetime, end: datetime) -> Iterable[dict[str, Any]]:
    """What one question to the database counts by day, channel, site and name."""
    sqlite = connection.dialect.name == "sqlite"
    for measure, moment, name, wanted in _questions(sqlite):
        day = _part(moment, sqlite, 1, 10, "YYYY-MM-DD")
        keys = day, CONVERSATIONS.c.channel, CONVERSATIONS.c.site, name
        named = [one.label(label) for one, label in zip(keys, ("day", "channel", "site", "name"), strict=True)]
        asked = (
            wanted(named)
            .where(moment >= start, moment < end, CONVERSATIONS.c.channel != TRY)
            .group_by(
                *(text(str(place)) for place in range(1, 5))
            )  # by place: PostgreSQL holds two equal parameters for two
        )
        yield from (
            {**row, "measure": measure, "name": row["name"] or ""} for row in connection.execute(asked).mappings()
        )


def _questions(sqlite: bool):
    """(measure, its moment, what tells its counts apart, the query)"""
    said, none = MESSAGES.c.at, literal("")
    hour = _part(said, sqlite, 12, 2, "HH24")
    outcome = case((MESSAGES.c.intent == FALLBACK, NOT_UNDERSTOOD), else_=MESSAGES.c.outcome)
    thumb = case((FEEDBACK.c.value > 0, UP), else_=DOWN)
    return (
        (BEGUN, CONVERSATIONS.c.created_at, none, _of_conversations),
        (ASKED, said, none, _of_questions),
        (HOUR, said, hour, _of_questions),
        (OUTCOME, said, outcome, lambda keys: _of_questions(keys).where(MESSAGES.c.outcome != "")),
        (TOPIC, said, MESSAGES.c.topic, lambda keys: _of_questions(keys).where(MESSAGES.c.topic != "")),
        (THUMB, FEEDBACK.c.at, thumb, lambda keys: _beside(FEEDBACK, keys)),
        (WAITED, HANDOFFS.c.at, none, lambda keys: _beside(HANDOFFS, keys).where(HANDOFFS.c.after == WAITING)),
        (
            TAKEN,
            HANDOFFS.c.at,
            none,
            lambda keys: _beside(HANDOFFS, keys).where(HANDOFFS.c.after == PERSON, HANDOFFS.c.before == WAITING),
        ),
    )


def _of_conversations(keys) -> Select:
    return select(*keys, func.count().label("count")).select_from(CONVERSATIONS)


def _of_questions(keys) -> Select:
    return _beside(MESSAGES, keys).where(MESSAGES.c.author == VISITOR)


def _beside(table, keys) -> Select:
    joined = table.join(CONVERSATIONS, CONVERSATIONS.c.id == table.c.conversation_id)
    return select(*keys, func.count().label("count")).select_from(joined)


def _part(moment, sqlite: bool, start: int, length: int, pattern: str):
    """A part of a time as text. SQLite holds times as text in UTC; SQLAlchemy's own type would read it back as a time."""
    if sqlite:
        return func.substr(cast(moment, String), start, length)
    return func.to_char(func.timezone("UTC", moment), pattern)


def _lengths(connection: Connection, start: datetime, end: datetime) -> Iterable[dict[str, Any]]:
    """How long those who asked for a person waited for its first word, and until it was done; by the day they asked."""
    replies = MESSAGES.c.conversation_id == HANDOFFS.c.conversation_id, MESSAGES.c.author == PERSON
    first = select(func.min(MESSAGES.c.at)).where(*replies, MESSAGES.c.at >= HANDOFFS.c.at).scalar_subquery()
    later = HANDOFFS.alias("later")
    ends = later.c.conversation_id == HANDOFFS.c.conversation_id, later.c.id > HANDOFFS.c.id
    done = select(func.min(later.c.at)).where(*ends, later.c.after.in_((BOT, CLOSED))).scalar_subquery()
    asked = (
        select(HANDOFFS.c.at, CONVERSATIONS.c.channel, CONVERSATIONS.c.site, first.label("first"), done.label("done"))
        .join(CONVERSATIONS, CONVERSATIONS.c.id == HANDOFFS.c.conversation_id)
        .where(HANDOFFS.c.at >= start, HANDOFFS.c.at < end, HANDOFFS.c.after == WAITING)
        .where(CONVERSATIONS.c.channel != TRY)
    )
    counts: dict[tuple, int] = {}
    for row in connection.execute(asked):
        if row.first is None or row.done and row.first > row.done:
            continue  # nobody came
        lengths = [(FIRST_REPLY, row.first - row.at)] + ([(RESOLVED, row.done - row.at)] if row.done else [])
        for measure, length in lengths:
            key = row.at.date().isoformat(), measure, row.channel, row.site, str(step_of(length.total_seconds()))
            counts[key] = counts.get(key, 0) + 1
    columns = ("day", "measure", "channel", "site", "name")
    return [dict(zip(columns, key, strict=True), count=count) for key, count in counts.items()]
