"""What staff note about many conversations at once: which ones the filters mean, the change, and how it is undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from conversations.db import schema
from conversations.db.schema import now
from conversations.review import annotation
from conversations.review.annotation import MOST_TAGS, AnnotationError
from conversations.review.filters import Filters, conditions, time_conditions
from conversations.review.listing import all_ids, select_heads
from conversations.review.search import EVERY, conversations_listed
from core.translations import gettext as _

REVIEWED, FLAG, TAG = "reviewed", "flag", "tag"
TABLES = {REVIEWED: schema.review, FLAG: schema.flag, TAG: schema.tag}
MOST = 1000  # conversations that are changed at once
BATCH = 500  # conversations looked at by one query
MESSAGES_A_SCAN = 5_000  # messages with the words that are sought


@dataclass(frozen=True)
class Matching:
    """The conversations that filters leave, newest first; `more` says that there are others beyond those."""

    ids: tuple[str, ...]
    more: bool = False


def matching(connection: Connection, filters: Filters, most: int = MOST, scans: int = 0) -> Matching:
    """Return the conversations that the filters leave, `most` at most.

    `scans` limits how often the list is read further for filters that let few pass among many, and how many messages with
    the words are looked at; 0 is until its end.
    """
    if not filters.words:
        ids, more = all_ids(connection, filters, most, scans)
        return Matching(tuple(ids), more)
    having, is_cut = conversations_listed(connection, filters.words, filters.end, scans * MESSAGES_A_SCAN or EVERY)
    tests = [*(condition.test for condition in conditions(filters)), *time_conditions(filters)]
    heads = [
        row
        for some in _batches(sorted(having))
        for row in connection.execute(select_heads(schema.conversation.c.id.in_(some), *tests))
    ]
    newest = sorted(heads, key=lambda row: (row.last_at, row.id), reverse=True)
    return Matching(tuple(row.id for row in newest[:most]), is_cut or len(newest) > most)


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
        insert = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
        # A colleague may note the same at this moment; in one order, so that two changes never wait for each other.
        rows = [{"conversation_id": each, "at": now(), **values} for each in sorted(changed)]
        connection.execute(insert(TABLES[what]).on_conflict_do_nothing(), rows)
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
    """Return those that there are, each once; none of them can be deleted until the transaction ends."""
    column, found = schema.conversation.c.id, set[str]()
    for some in _batches(ids):
        locked = select(column).where(column.in_(some)).with_for_update(read=True, key_share=True)
        found.update(connection.execute(locked).scalars())
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
