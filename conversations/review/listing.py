"""The list of conversations: filtered, the newest first or the best match first, page by page.

Both ways of looking are bounded, so that a page takes as long with a million messages as with a thousand. A filter that few
conversations can pass is answered from its index, whole. Else the newest conversations are looked through, and where the page
is not full after so many, it says how far it looked and offers to go on.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timezone

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from conversations.db import schema
from conversations.input_parsing import whole_number
from conversations.review.filters import Condition, Filters, conditions, count_up_to
from conversations.review.filters import time_conditions as bounds_of
from conversations.review.search import Hits, search_messages
from conversations.review.summaries import ConversationSummary, summaries_of

CONVERSATIONS = schema.conversation
PAGE = 40
MOST_OFFSET = 99_999  # places down the list of the best matches
FEW = 2000  # candidates that are read whole
STRIDES = (400, 1200, 1600)  # conversations looked through, step by step, until the page is full
NEWEST_FIRST = CONVERSATIONS.c.last_at.desc(), CONVERSATIONS.c.id.desc()


@dataclass(frozen=True)
class Page:
    """A page of the list. `following` is the next page's cursor, empty where there is none."""

    lines: list[ConversationSummary]
    following: str = ""
    looked_through: int = 0  # conversations, where the page is not full and older ones were not looked at
    hits: Hits | None = None


@dataclass
class _Page:
    ids: list[str] = field(default_factory=list)
    following: str = ""
    looked_through: int = 0


def list_page(connection: Connection, filters: Filters, cursor: str = "", size: int = PAGE) -> Page:
    """A page of conversations; `cursor` comes from the page before."""
    if filters.words:
        return _best_first(connection, filters, cursor, size)
    page = _newest_first(connection, filters, cursor, size)
    return Page(summaries_of(connection, page.ids), page.following, page.looked_through)


def next_unreviewed(connection: Connection, filters: Filters, conversation_id: str) -> str | None:
    """The conversation after this one in the list, not reviewed yet."""
    if filters.words:
        return _following_hit(connection, filters, conversation_id)
    row = connection.execute(select(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation_id)).first()
    cursor = _cursor(row.last_at, row.id) if row else ""
    filters = filters if filters.mark == "flagged" else replace(filters, mark="unreviewed")
    while True:
        page = _newest_first(connection, filters, cursor, 1)
        if page.ids or not page.following:
            return page.ids[0] if page.ids else None
        cursor = page.following


# --- the newest first -------------------------------------------------------------------------------------------------
def _newest_first(connection: Connection, filters: Filters, cursor: str, size: int) -> _Page:
    wanted = conditions(filters)
    bounds = [*bounds_of(filters), *after_cursor(cursor)]
    if not wanted:
        return _cut(connection.execute(heads(*bounds).limit(size + 1)).all(), size)
    few = _few(connection, wanted)
    if few is not None:
        tests = (one.test for one in wanted)
        return _cut(connection.execute(heads(CONVERSATIONS.c.id.in_(few), *tests, *bounds).limit(size + 1)).all(), size)
    return _look_through(connection, wanted, bounds, size)


def _few(connection: Connection, wanted: list[Condition]) -> list[str] | None:
    """The conversations that the rarest condition leaves, where they are few."""
    candidates = [one for condition in wanted for one in condition.candidates]
    counted = [(connection.execute(count_up_to(one, FEW)).scalar_one(), place) for place, one in enumerate(candidates)]
    number, place = min(counted, default=(FEW + 1, 0))
    return list(set(connection.execute(candidates[place]).scalars())) if number <= FEW else None


def _look_through(connection: Connection, wanted: list[Condition], bounds: list, size: int) -> _Page:
    passes = and_(*(one.test for one in wanted)).label("passes")
    found, looked, last = [], 0, None
    for stride in STRIDES:
        after = after_cursor(_cursor(last.last_at, last.id)) if last else ()
        stretch = connection.execute(heads(*bounds, *after).add_columns(passes).limit(stride)).all()
        found += [row for row in stretch if row.passes]
        looked += len(stretch)
        if len(found) > size or len(stretch) < stride:
            return _cut(found, size)
        last = stretch[-1]
    return _Page([row.id for row in found], _cursor(last.last_at, last.id), looked)


def passing(connection: Connection, ids: list[str], wanted: list[Condition]) -> list[str]:
    """Those of the conversations that pass, in their order."""
    tests = (one.test for one in wanted)
    passing = set(connection.execute(select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.id.in_(ids), *tests)).scalars())
    return [one for one in ids if one in passing]


def heads(*wanted: ColumnElement[bool]) -> Select:
    return select(CONVERSATIONS.c.id, CONVERSATIONS.c.last_at).where(*wanted).order_by(*NEWEST_FIRST)


def _cut(rows: list, size: int) -> _Page:
    ids = [row.id for row in rows[:size]]
    return _Page(ids, _cursor(rows[size - 1].last_at, rows[size - 1].id) if len(rows) > size else "")


def _cursor(last_at: datetime, conversation_id: str) -> str:
    return f"{last_at.isoformat()}~{conversation_id}"


def after_cursor(cursor: str) -> list[ColumnElement[bool]]:
    moment, _, conversation_id = cursor.partition("~")
    try:
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            return []
        at = at.astimezone(timezone.utc)
    except (ValueError, OverflowError):  # no moment, or one at the edge of time
        return []
    earlier, same = CONVERSATIONS.c.last_at < at, CONVERSATIONS.c.last_at == at
    # The first part repeats what the second says, in a form that an index answers.
    return [CONVERSATIONS.c.last_at <= at, or_(earlier, and_(same, CONVERSATIONS.c.id < conversation_id))]


# --- the best match first ---------------------------------------------------------------------------------------------
def _best_first(connection: Connection, filters: Filters, cursor: str, size: int) -> Page:
    newest, offset = _place(cursor)
    hits, ids = _ranked(connection, filters, newest)
    shown = ids[offset : offset + size]
    lines = [replace(one, hits=tuple(hits.by_conversation[one.id])) for one in summaries_of(connection, shown)]
    end = offset + size
    return Page(lines, f"{hits.newest}~{end}" if end < len(ids) else "", hits=hits)


def _ranked(connection: Connection, filters: Filters, newest: int | None) -> tuple[Hits, list[str]]:
    hits = search_messages(connection, filters.words, newest, filters.end_moment)
    tests = [*(one.test for one in conditions(filters)), *bounds_of(filters)]
    ids = list(hits.by_conversation)
    if tests and ids:
        wanted = select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.id.in_(ids), *tests)
        passing = set(connection.execute(wanted).scalars())
        ids = [one for one in ids if one in passing]
    return hits, ids


def _following_hit(connection: Connection, filters: Filters, conversation_id: str) -> str | None:
    ids = _ranked(connection, filters, None)[1]
    place = ids.index(conversation_id) + 1 if conversation_id in ids else 0
    later = ids[place:]
    reviewed = select(schema.review.c.conversation_id).where(schema.review.c.conversation_id.in_(later))
    done = set(connection.execute(reviewed).scalars()) if later else set()
    return next((one for one in later if one not in done and one != conversation_id), None)


def _place(cursor: str) -> tuple[int | None, int]:
    newest, _, offset = cursor.partition("~")
    numbers = whole_number(newest), whole_number(offset, MOST_OFFSET)
    return (None, 0) if None in numbers else numbers
