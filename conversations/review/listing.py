"""Listing of conversations, page by page: filtered, newest first or, with search words, best match first.

Both orders are bounded, so a page takes as long with a million messages as with a thousand. If a filter has few candidates,
they are read completely through its index. Otherwise the newest conversations are scanned; if a page is still not full after a
fixed number of them, it says how many were scanned and offers to continue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from conversations.db import schema
from conversations.db.schema import AnyRow
from conversations.input_parsing import whole_number
from conversations.review.filters import Condition, Filters, conditions, count_up_to, time_conditions
from conversations.review.search import Hits, search_messages
from conversations.review.summaries import ConversationSummary, summaries_of

CONVERSATIONS = schema.conversation
PAGE = 40
MOST_OFFSET = 99_999  # positions in a list by best match
FEW = 2000  # candidates up to which all are read
STRIDES = (400, 1200, 1600)  # conversations scanned, step by step, until the page is full
NEWEST_FIRST = CONVERSATIONS.c.last_at.desc(), CONVERSATIONS.c.id.desc()


@dataclass(frozen=True)
class Page:
    """Page of the list.

    Attributes:
        next_cursor: The cursor of the next page; empty on the last one.
        scanned: The number of conversations scanned if the page is not full and older ones were not scanned, else 0.
        hits: The matches of the search words, if there are any.
    """

    lines: list[ConversationSummary]
    next_cursor: str = ""
    scanned: int = 0
    hits: Hits | None = None


@dataclass
class _IdPage:
    """Page of conversation ids; the other fields are those of `Page`."""

    ids: list[str] = field(default_factory=list)
    next_cursor: str = ""
    scanned: int = 0


def list_page(connection: Connection, filters: Filters, cursor: str = "", size: int = PAGE) -> Page:
    """Return a page of conversations; `cursor` is `Page.next_cursor` of the page before, or empty for the first page."""
    if filters.words:
        return _best_first(connection, filters, cursor, size)
    page = _newest_first(connection, filters, cursor, size)
    return Page(summaries_of(connection, page.ids), page.next_cursor, page.scanned)


def next_unreviewed(connection: Connection, filters: Filters, conversation_id: str) -> str | None:
    """Return the id of the next unreviewed conversation after this one in the list, or None."""
    if filters.words:
        return _next_unreviewed_hit(connection, filters, conversation_id)
    row = connection.execute(select(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation_id)).first()
    cursor = cursor_of(row) if row else ""
    filters = filters if filters.mark == "flagged" else replace(filters, mark="unreviewed")
    while True:
        page = _newest_first(connection, filters, cursor, 1)
        if page.ids or not page.next_cursor:
            return page.ids[0] if page.ids else None
        cursor = page.next_cursor


def all_ids(connection: Connection, filters: Filters, most: int, scans: int = 0) -> tuple[list[str], bool]:
    """Return the ids of what the filters leave, newest first, `most` at most, and whether there are or may be more.

    Words are not looked at. `scans` limits how often the list is read further before there are enough; 0 is until its end.
    """
    ids: list[str] = []
    cursor, done = "", 0
    while len(ids) < most:
        page = _newest_first(connection, filters, cursor, most - len(ids))
        ids += page.ids
        cursor, done = page.next_cursor, done + 1
        if not cursor or done == scans:
            break
    return ids, bool(cursor)


# --- newest first -----------------------------------------------------------------------------------------------------
def select_heads(*tests: ColumnElement[bool]) -> Select[str, datetime]:
    """Select the ids and last activity of the conversations that meet the tests, newest first."""
    return select(CONVERSATIONS.c.id, CONVERSATIONS.c.last_at).where(*tests).order_by(*NEWEST_FIRST)


def cursor_of(row: AnyRow) -> str:
    """Return the cursor after a conversation, from a row with its `last_at` and `id`."""
    return f"{row.last_at.isoformat()}~{row.id}"


def after_cursor(cursor: str) -> list[ColumnElement[bool]]:
    """Return the conditions for conversations after a cursor; none for an empty or malformed one."""
    moment, _, conversation_id = cursor.partition("~")
    try:
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            return []
        at = at.astimezone(timezone.utc)
    except (ValueError, OverflowError):  # malformed, or out of range in UTC
        return []
    earlier, same = CONVERSATIONS.c.last_at < at, CONVERSATIONS.c.last_at == at
    # The first condition follows from the second, but only the first can be answered from an index.
    return [CONVERSATIONS.c.last_at <= at, or_(earlier, and_(same, CONVERSATIONS.c.id < conversation_id))]


def matching_ids(connection: Connection, ids: list[str], tests: list[Condition]) -> list[str]:
    """Return those of the conversations that meet the conditions, in their order."""
    return _filter_ids(connection, ids, [condition.test for condition in tests])


def _newest_first(connection: Connection, filters: Filters, cursor: str, size: int) -> _IdPage:
    filter_conditions = conditions(filters)
    bounds = [*time_conditions(filters), *after_cursor(cursor)]
    if not filter_conditions:
        return _cut(connection.execute(select_heads(*bounds).limit(size + 1)).all(), size)
    candidates = _few_candidates(connection, filter_conditions)
    if candidates is None:
        return _scan(connection, filter_conditions, bounds, size)
    tests = (condition.test for condition in filter_conditions)
    heads = select_heads(CONVERSATIONS.c.id.in_(candidates), *tests, *bounds)
    return _cut(connection.execute(heads.limit(size + 1)).all(), size)


def _few_candidates(connection: Connection, filter_conditions: list[Condition]) -> list[str] | None:
    """Return the candidates of the most selective condition, or None if they are more than FEW."""
    queries = [query for condition in filter_conditions for query in condition.candidates]
    counts = [
        (connection.execute(count_up_to(query, FEW)).scalar_one(), number) for number, query in enumerate(queries)
    ]
    count, number = min(counts, default=(FEW + 1, 0))
    return list(set(connection.execute(queries[number]).scalars())) if count <= FEW else None


def _scan(
    connection: Connection, filter_conditions: list[Condition], bounds: list[ColumnElement[bool]], size: int
) -> _IdPage:
    """Test the newest conversations, in growing steps, until the page is full or all STRIDES are done."""
    passes = and_(*(condition.test for condition in filter_conditions)).label("passes")
    matches: list[AnyRow] = []
    scanned, cursor = 0, ""
    for stride in STRIDES:
        heads = select_heads(*bounds, *after_cursor(cursor)).add_columns(passes).limit(stride)
        rows = connection.execute(heads).all()
        matches += [row for row in rows if row.passes]
        scanned += len(rows)
        if len(matches) > size or len(rows) < stride:
            return _cut(matches, size)
        cursor = cursor_of(rows[-1])
    return _IdPage([row.id for row in matches], cursor, scanned)


def _cut(rows: Sequence[AnyRow], size: int) -> _IdPage:
    """Return the first `size` rows as a page, with a cursor if there are more."""
    return _IdPage([row.id for row in rows[:size]], cursor_of(rows[size - 1]) if len(rows) > size else "")


def _filter_ids(connection: Connection, ids: list[str], tests: Sequence[ColumnElement[bool]]) -> list[str]:
    query = select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.id.in_(ids), *tests)
    passing = set(connection.execute(query).scalars())
    return [conversation_id for conversation_id in ids if conversation_id in passing]


# --- best match first -------------------------------------------------------------------------------------------------
def _best_first(connection: Connection, filters: Filters, cursor: str, size: int) -> Page:
    newest, offset = _parse_hits_cursor(cursor)
    hits, ids = _ranked(connection, filters, newest)
    summaries = summaries_of(connection, ids[offset : offset + size])
    lines = [replace(summary, hits=tuple(hits.by_conversation[summary.id])) for summary in summaries]
    end = offset + size
    return Page(lines, f"{hits.newest}~{end}" if end < len(ids) else "", hits=hits)


def _ranked(connection: Connection, filters: Filters, newest: int | None) -> tuple[Hits, list[str]]:
    """Return the hits and the ids of their conversations that pass the filters, best match first."""
    hits = search_messages(connection, filters.words, newest, filters.end)
    tests = [*(condition.test for condition in conditions(filters)), *time_conditions(filters)]
    ids = list(hits.by_conversation)
    return hits, _filter_ids(connection, ids, tests) if tests and ids else ids


def _next_unreviewed_hit(connection: Connection, filters: Filters, conversation_id: str) -> str | None:
    ids = _ranked(connection, filters, None)[1]
    start = ids.index(conversation_id) + 1 if conversation_id in ids else 0
    later = ids[start:]
    reviewed = select(schema.review.c.conversation_id).where(schema.review.c.conversation_id.in_(later))
    done = set(connection.execute(reviewed).scalars()) if later else set()
    return next((each for each in later if each not in done and each != conversation_id), None)


def _parse_hits_cursor(cursor: str) -> tuple[int | None, int]:
    """Return the newest message of the search and the offset of the page; (None, 0) for an empty or malformed cursor."""
    newest, _, offset = cursor.partition("~")
    message_id, position = whole_number(newest), whole_number(offset, MOST_OFFSET)
    return (None, 0) if message_id is None or position is None else (message_id, position)
