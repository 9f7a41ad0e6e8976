"""What staff note about many conversations at once: which ones the filters mean, the change, and how it is undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from conversations.db import schema
from conversations.db.schema import now
from conversations.review import annotation
from conversations.review.annotation import MOST_TAGS, AnnotationError
from conversations.review.filters import Filters, conditions, time_conditions
from conversations.review.listing import all_ids, matching_ids, select_heads
from conversations.review.search import conversations_with
from core.translations import gettext as _

REVIEWED, FLAG, TAG = "reviewed", "flag", "tag"
TABLES = {REVIEWED: schema.review, FLAG: schema.flag, TAG: schema.tag}
MOST = 1000  # conversations that are changed at once
BATCH = 500  # conversations looked at by one query


@dataclass(frozen=True)
class Matching:
    """The conversations that filters leave, newest first; `more` says that there are others beyond those."""

    ids: tuple[str, ...]
    more: bool = False


def matching(connection: Connection, filters: Filters, most: int = MOST, scans: int = 0) -> Matching:
    """Return the conversations that the filters leave, `most` at most.

    `scans` limits how often the list is read further for filters that let few pass among many; 0 is until its end.
    """
    if not filters.words:
        ids, more = all_ids(connection, filters, most, scans)
        return Matching(tuple(ids), more)
    found: list[str] = []
    tests, bounds = conditions(filters), time_conditions(filters)
    having = sorted(conversations_with(connection, filters.words), reverse=True)
    for start in range(0, len(having), BATCH):
        some = schema.conversation.c.id.in_(having[start : start + BATCH])
        ids = [row.id for row in connection.execute(select_heads(some, *bounds))]
        found += matching_ids(connection, ids, tests) if ids and tests else ids
        if len(found) > most:
            break
    return Matching(tuple(found[:most]), len(found) > most)


def change_all(connection: Connection, ids: Sequence[str], by: str, what: str, tag: str = "") -> list[str]:
    """Mark conversations as reviewed, flag them or give them a tag; return those that were not so before.

    Raises:
        AnnotationError: The tag's name is empty or too long, or one of them has as many tags as it may have.
    """
    name = annotation.tag_name(tag) if what == TAG else ""
    changed = _lacking(connection, _existing(connection, ids), what, name)
    if name and (full := _full(connection, changed)):
        told = _("%(number)d of them have %(most)d tags already, which is as many as there may be.")
        raise AnnotationError(told % {"number": full, "most": MOST_TAGS})
    values = {REVIEWED: {"reviewer": by}, FLAG: {"by": by}, TAG: {"by": by, "name": name}}[what]
    if changed:
        connection.execute(insert(TABLES[what]), [{"conversation_id": each, "at": now(), **values} for each in changed])
    return changed


def undo_all(connection: Connection, ids: Sequence[str], by: str, what: str, tag: str = "") -> None:
    """Take back what `change_all` noted by the same person about these conversations."""
    table = TABLES[what]
    own = [(table.c.reviewer if what == REVIEWED else table.c.by) == by]
    own += [table.c.name == tag] if what == TAG else []
    for some in _batches(ids):
        connection.execute(delete(table).where(table.c.conversation_id.in_(some), *own))


def _batches(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]


def _existing(connection: Connection, ids: Sequence[str]) -> list[str]:
    column, found = schema.conversation.c.id, set[str]()
    for some in _batches(ids):
        found.update(connection.execute(select(column).where(column.in_(some))).scalars())
    return [each for each in dict.fromkeys(ids) if each in found]


def _lacking(connection: Connection, ids: Sequence[str], what: str, tag: str) -> list[str]:
    """Return those that are not marked so yet."""
    table, have = TABLES[what], set[str]()
    same = [table.c.name == tag] if what == TAG else []
    for some in _batches(ids):
        column = table.c.conversation_id
        have.update(connection.execute(select(column).where(column.in_(some), *same)).scalars())
    return [each for each in ids if each not in have]


def _full(connection: Connection, ids: Sequence[str]) -> int:
    """Return how many of the conversations have MOST_TAGS tags."""
    counts: dict[str, int] = {}
    for some in _batches(ids):
        column = schema.tag.c.conversation_id
        for each in connection.execute(select(column).where(column.in_(some))).scalars():
            counts[each] = counts.get(each, 0) + 1
    return sum(count >= MOST_TAGS for count in counts.values())
