"""Which conversations staff want to see: filters that can be combined, read from a page's query and turned into SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta, timezone

from sqlalchemy import ColumnElement, Select, and_, func, literal, select

from conversations.db import schema
from conversations.input_parsing import day, whole_number
from conversations.models import PERSON, TRY, WAITING

CONVERSATIONS, MESSAGES = schema.conversation, schema.message
FEEDBACK, HANDOFFS = schema.feedback, schema.handoff
LONGEST = 200  # characters of one filter
LONGEST_SHOWN = 40  # of what was given and cannot be used
THUMBS = {"up": (1,), "down": (-1,), "any": (1, -1)}


class FilterError(ValueError):
    """A filter that cannot be used: its name, and in words what it must be."""

    def __init__(self, name: str, what: str):
        super().__init__(f"{name} {what}")
        self.name, self.what = name, what


@dataclass(frozen=True)
class Filters:
    """All as in the query of a page; empty means any. `confidence` is "below so many per cent"."""

    words: str = ""
    channel: str = ""
    site: str = ""
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
    tag: str = ""
    reviewer: str = ""
    mark: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Filters:
        """Read the filters of a page's query; FilterError where a day or a number is none."""
        given = {item.name: query.get(item.name, "").replace("\x00", "").strip()[:LONGEST] for item in fields(cls)}
        for name in ("since", "until"):
            if given[name] and day(given[name]) is None:
                raise FilterError(name, f"must be a day like 2026-11-25, not '{given[name][:LONGEST_SHOWN]}'")
        if given["confidence"] and whole_number(given["confidence"], 100) is None:
            shown = given["confidence"][:LONGEST_SHOWN]
            raise FilterError("confidence", f"must be a whole number of per cent, up to 100, not '{shown}'")
        return cls(**given)

    @property
    def query(self) -> dict[str, str]:
        """The filters that are set."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def first_moment(self) -> datetime | None:
        return _start(day(self.since))

    @property
    def end_moment(self) -> datetime | None:
        """Just after the last day."""
        last = day(self.until)
        return _start(last + timedelta(days=1)) if last else None


@dataclass(frozen=True)
class Condition:
    """A test on the conversation at hand and, where an index finds them, the conversations that may pass it."""

    test: ColumnElement[bool]
    candidates: tuple[Select, ...] = ()


def time_conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """By when something was last said in it; what staff only tried is there where it is asked for."""
    first, end = filters.first_moment, filters.end_moment
    return [
        *([] if filters.channel == TRY else [CONVERSATIONS.c.channel != TRY]),
        *([CONVERSATIONS.c.last_at >= first] if first else []),
        *([CONVERSATIONS.c.last_at < end] if end else []),
    ]


def conditions(filters: Filters) -> list[Condition]:
    """One for each thing asked for; the facts of a message must all be true of the same message."""
    found = [_of_conversation(getattr(CONVERSATIONS.c, name), value) for name, value in _own(filters).items()]
    if filters.page:
        found.append(Condition(CONVERSATIONS.c.page.icontains(filters.page, autoescape=True)))
    if facts := _facts(filters):
        found.append(
            Condition(_has(MESSAGES, *facts), tuple(select(MESSAGES.c.conversation_id).where(one) for one in facts))
        )
    if filters.feedback in THUMBS:
        found.append(_rows(FEEDBACK, FEEDBACK.c.value.in_(THUMBS[filters.feedback])))
    if filters.handed:
        handed = _rows(HANDOFFS, HANDOFFS.c.after.in_((WAITING, PERSON)))
        found.append(handed if filters.handed == "yes" else Condition(~handed.test))
    if filters.tag:
        found.append(_rows(schema.tag, schema.tag.c.name == filters.tag))
    if filters.reviewer:
        found.append(_rows(schema.review, schema.review.c.reviewer == filters.reviewer))
    return [*found, *_marks(filters.mark)]


def _own(filters: Filters) -> dict[str, str]:
    return {name: value for name in ("channel", "site", "state") if (value := getattr(filters, name))}


def _facts(filters: Filters) -> list[ColumnElement[bool]]:
    columns = [(getattr(MESSAGES.c, name), getattr(filters, name)) for name in ("intent", "topic", "outcome")]
    facts = [and_(column == value, column != schema.EMPTY) for column, value in columns if value]
    if filters.confidence:
        facts.append(MESSAGES.c.confidence < int(filters.confidence) / 100)
    return facts


def _marks(mark: str) -> list[Condition]:
    if mark == "flagged":
        return [_rows(schema.flag)]
    if mark == "reviewed":
        return [_rows(schema.review)]
    return [Condition(~_has(schema.review))] if mark == "unreviewed" else []


def _of_conversation(column, value: str) -> Condition:
    return Condition(column == value, (select(CONVERSATIONS.c.id.label("conversation_id")).where(column == value),))


def _rows(table, *wanted: ColumnElement[bool]) -> Condition:
    return Condition(_has(table, *wanted), (select(table.c.conversation_id).where(*wanted),))


def _has(table, *wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the conversation has such a row. Written so that it is looked up for one conversation at a time:
    PostgreSQL would read the whole table for an EXISTS, to be quick for conversations that nobody asks for."""
    first = select(literal(1)).where(table.c.conversation_id == CONVERSATIONS.c.id, *wanted).limit(1)
    return first.correlate(CONVERSATIONS).scalar_subquery().is_not(None)


def count_up_to(candidates: Select, most: int) -> Select:
    """Counts the candidates, but no further than one above `most`."""
    return select(func.count()).select_from(candidates.limit(most + 1).subquery())


def _start(of: date | None) -> datetime | None:
    return datetime.combine(of, time(), timezone.utc) if of else None
