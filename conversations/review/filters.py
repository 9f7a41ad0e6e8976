"""Filters of conversations, which are read from a page's query and turned into SQL conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta

from sqlalchemy import Column, ColumnElement, Select, Table, and_, func, literal, or_, select

from conversations.db import schema
from conversations.db.schema import AnySelect
from conversations.handoff import endings
from conversations.input_parsing import FIRST_DAY, day, whole_number
from conversations.local_days import midnight, today
from conversations.models import PERSON, TRY, WAITING
from core.pack_registry import FIRST
from core.translations import gettext as _

CONVERSATIONS, MESSAGES = schema.conversation, schema.message
FEEDBACK, HANDOFFS, RATINGS = schema.feedback, schema.handoff, schema.rating
LONGEST = 200  # characters of one filter, or of one topic
MOST_TOPICS = 50  # in one filter
ALL_BELOW = "*"  # ends a pattern that stands for all topics whose key begins with what is before it
LONGEST_SHOWN = 40  # characters of an invalid value that are quoted in its error
SPAN = re.compile(r"([0-9]{1,3})([dwmy])")  # 7d are the last seven days
DAYS_OF = {"d": 1, "w": 7, "m": 30, "y": 365}
SPOKEN_DAYS = {"today": 0, "yesterday": 1}
THUMBS = {"up": (1,), "down": (-1,), "any": (1, -1)}


class FilterError(ValueError):
    """Raised for an invalid filter; `name` is the filter and `what` says what it must be."""

    def __init__(self, name: str, what: str) -> None:
        """Set the message to "NAME WHAT"."""
        super().__init__(f"{name} {what}")
        self.name, self.what = name, what


@dataclass(frozen=True)
class Filters:
    """Filters as they stand in a page's query; empty means any.

    Attributes:
        words: Search words, all of which must occur in one message.
        guide: A guide pack's name, FIRST for the first.
        since: First day of the last activity, such as 2026-11-25, or as `told_day` reads it, so that it moves with the time.
        until: Last day of the last activity.
        topic: Keys of topics, any of which will do, with commas between; challenges/* is all of a section.
        confidence: Upper bound of the confidence of a message, in per cent.
        feedback: A key of THUMBS.
        handed: "yes" for conversations that were handed to a person, "no" for others.
        taken: A member of staff who took the conversation over, or assigned it.
        went: How it went: SOLVED, LEFT or BACK.
        rated: A member of staff with whom the visitor said how it was to talk.
        mark: "flagged", "reviewed" or "unreviewed".
    """

    words: str = ""
    channel: str = ""
    site: str = ""
    guide: str = ""
    page: str = ""
    since: str = ""
    until: str = ""
    state: str = ""
    intent: str = ""
    topic: str = ""
    confidence: str = ""
    outcome: str = ""
    feedback: str = ""
    handed: str = ""
    taken: str = ""
    rated: str = ""
    went: str = ""
    tag: str = ""
    reviewer: str = ""
    mark: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Filters:
        """Read the filters of a page's query.

        Raises:
            FilterError: `since`, `until` or `confidence` is malformed, or `topic` names too many.
        """
        given = {item.name: query.get(item.name, "").replace("\x00", "").strip() for item in fields(cls)}
        topics = dict.fromkeys(topic.strip()[:LONGEST] for topic in given.pop("topic").split(",") if topic.strip())
        if len(topics) > MOST_TOPICS:
            raise FilterError(
                "topic",
                _("must be %(most)d topics at most; 'challenges/*' is all of a section") % {"most": MOST_TOPICS},
            )
        values = {name: value[:LONGEST] for name, value in given.items()} | {"topic": ",".join(topics)}
        for name in ("since", "until"):
            values[name] = values[name].lower()
            if values[name] and told_day(values[name]) is None:
                told = _("must be a day like 2026-11-25, not '%(value)s'") % {"value": values[name][:LONGEST_SHOWN]}
                raise FilterError(name, told)
        if values["confidence"] and whole_number(values["confidence"], 100) is None:
            shown = values["confidence"][:LONGEST_SHOWN]
            told = _("must be a whole number of per cent, up to 100, not '%(value)s'") % {"value": shown}
            raise FilterError("confidence", told)
        return cls(**values)

    @property
    def query(self) -> dict[str, str]:
        """Return the filters that are set, by name."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def topics(self) -> list[str]:
        """Return the topics that are asked for: keys, and beginnings of keys that end with ALL_BELOW."""
        return [topic for topic in self.topic.split(",") if topic]

    def is_of_topic(self, key: str) -> bool:
        """Return True if a topic is one of those that are asked for."""
        return any(key.startswith(one[:-1]) if one.endswith(ALL_BELOW) else key == one for one in self.topics if key)

    @property
    def first_day(self) -> date | None:
        """Return the first day, or None if any will do."""
        return told_day(self.since)

    @property
    def last_day(self) -> date | None:
        """Return the last day, or None if any will do."""
        return told_day(self.until, is_end=True)

    @property
    def start(self) -> datetime | None:
        """Return the start of the first day."""
        return _midnight(self.first_day)

    @property
    def end(self) -> datetime | None:
        """Return the end of the last day, which is the start of the day after."""
        last = self.last_day
        return _midnight(last + timedelta(days=1)) if last else None


def told_day(text: str, is_end: bool = False) -> date | None:
    """Return the day that `2026-11-25`, `today`, `yesterday` or `7d` means now; None for anything else.

    `7d` are the last seven days with today: it begins six days ago; where a time ends by it, it ends seven days ago.
    """
    if text in SPOKEN_DAYS:
        return today() - timedelta(days=SPOKEN_DAYS[text])
    if span := SPAN.fullmatch(text):
        days = int(span[1]) * DAYS_OF[span[2]]
        return max(FIRST_DAY, today() - timedelta(days=days if is_end else max(0, days - 1)))
    return day(text)


@dataclass(frozen=True)
class Condition:
    """SQL condition on a conversation (`test`), and queries that find all candidates for it through an index."""

    test: ColumnElement[bool]
    candidates: tuple[AnySelect, ...] = ()


def time_conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """Return the conditions on the time of the last activity; also excludes the playground unless it is asked for."""
    start, end = filters.start, filters.end
    return [
        *([] if filters.channel == TRY else [CONVERSATIONS.c.channel != TRY]),
        *([CONVERSATIONS.c.last_at >= start] if start else []),
        *([CONVERSATIONS.c.last_at < end] if end else []),
    ]


def conditions(filters: Filters) -> list[Condition]:
    """Return a condition per filter; those on facts of a message form one, since the same message must meet them all.

    Beside such facts, a thumb must be that of this message, too.
    """
    result = [
        _column_condition(CONVERSATIONS.c[name], value)
        for name in ("channel", "site", "state")
        if (value := getattr(filters, name))
    ]
    if filters.guide:
        pack = "" if filters.guide == FIRST else filters.guide
        result.append(_column_condition(CONVERSATIONS.c.pack, pack))
    if filters.page:
        result.append(Condition(CONVERSATIONS.c.page.icontains(filters.page, autoescape=True)))
    if facts := _message_facts(filters):
        candidates = tuple(select(MESSAGES.c.conversation_id).where(fact) for fact in facts)
        rated = [_is_rated(THUMBS[filters.feedback])] if filters.feedback in THUMBS else []
        result.append(Condition(_has(MESSAGES, *facts, *rated), candidates))
    if filters.feedback in THUMBS:
        result.append(_row_condition(FEEDBACK, FEEDBACK.c.value.in_(THUMBS[filters.feedback])))
    if filters.handed:
        handed = _row_condition(HANDOFFS, HANDOFFS.c.after.in_((WAITING, PERSON)))
        result.append(handed if filters.handed == "yes" else Condition(~handed.test))
    if filters.taken:
        result.append(_row_condition(HANDOFFS, HANDOFFS.c.after == PERSON, HANDOFFS.c.by == filters.taken))
    if filters.went in endings.WENT:
        result.append(Condition(endings.went(filters.went)))
    if filters.rated:
        about = RATINGS.c.person == filters.rated, RATINGS.c.value.is_not(None)
        result.append(_row_condition(RATINGS, *about))
    if filters.tag:
        result.append(_row_condition(schema.tag, schema.tag.c.name == filters.tag))
    if filters.reviewer:
        result.append(_row_condition(schema.review, schema.review.c.reviewer == filters.reviewer))
    return [*result, *_mark_conditions(filters.mark)]


def _message_facts(filters: Filters) -> list[ColumnElement[bool]]:
    columns = [(MESSAGES.c[name], getattr(filters, name)) for name in ("intent", "outcome")]
    facts = [and_(column == value, column != schema.EMPTY) for column, value in columns if value]
    if filters.topics:
        facts.append(and_(_is_of_topic(filters.topics), MESSAGES.c.topic != schema.EMPTY))
    if filters.confidence:
        facts.append(MESSAGES.c.confidence < int(filters.confidence) / 100)
    return facts


def _is_of_topic(topics: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a message's topic is one of these keys and patterns."""
    topic, beginnings = MESSAGES.c.topic, [one[:-1] for one in topics if one.endswith(ALL_BELOW)]
    keys = [one for one in topics if not one.endswith(ALL_BELOW)]
    if not beginnings:
        return topic == keys[0] if len(keys) == 1 else topic.in_(keys)
    return or_(topic.in_(keys), *(topic.startswith(beginning, autoescape=True) for beginning in beginnings))


def _is_rated(values: tuple[int, ...]) -> ColumnElement[bool]:
    """Return the condition that a message, or a reply to it, got one of these thumbs."""
    reply = MESSAGES.alias("rated")
    same = (reply.c.id == MESSAGES.c.id) | (reply.c.answers == MESSAGES.c.id)
    thumbs = select(literal(1)).select_from(FEEDBACK).join(reply, reply.c.id == FEEDBACK.c.message_id)
    own = FEEDBACK.c.conversation_id == MESSAGES.c.conversation_id, FEEDBACK.c.value.in_(values), same
    return thumbs.where(*own).limit(1).correlate(MESSAGES).scalar_subquery().is_not(None)


def _mark_conditions(mark: str) -> list[Condition]:
    if mark == "flagged":
        return [_row_condition(schema.flag)]
    if mark == "reviewed":
        return [_row_condition(schema.review)]
    return [Condition(~_has(schema.review))] if mark == "unreviewed" else []


def _column_condition(column: Column[str], value: str) -> Condition:
    return Condition(column == value, (select(CONVERSATIONS.c.id.label("conversation_id")).where(column == value),))


def _row_condition(table: Table, *tests: ColumnElement[bool]) -> Condition:
    return Condition(_has(table, *tests), (select(table.c.conversation_id).where(*tests),))


def _has(table: Table, *tests: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a conversation has a row in the table that meets the tests."""
    # A scalar subquery is evaluated per conversation; for an EXISTS, PostgreSQL would read the whole table.
    first = select(literal(1)).where(table.c.conversation_id == CONVERSATIONS.c.id, *tests).limit(1)
    return first.correlate(CONVERSATIONS).scalar_subquery().is_not(None)


def count_up_to(candidates: AnySelect, limit: int) -> Select[int]:
    """Return a query that counts the candidates and stops at `limit` + 1."""
    return select(func.count()).select_from(candidates.limit(limit + 1).subquery())


def _midnight(day: date | None) -> datetime | None:
    return midnight(day) if day else None
