"""Decisions of staff about messages, newest first: what was corrected, found right or dismissed, and by whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TypeAlias

from sqlalchemy import ColumnElement, Connection, Table, select, union

from conversations.db import schema
from conversations.db.schema import AnyRow
from conversations.learning.corrections import Correction
from conversations.learning.pack_filters import of_conversations
from conversations.pii import mask

CORRECTIONS, JUDGEMENTS, MESSAGES = schema.correction, schema.judgement, schema.message
CORRECTED = "corrected"  # beside RIGHT and DISMISSED of corrections
_Row: TypeAlias = "tuple[str, Correction | AnyRow, str]"  # what, the stored row, the message as it was written


@dataclass(frozen=True)
class Decision:
    """What was decided at once about one message or several.

    Attributes:
        what: CORRECTED, or RIGHT, DISMISSED or WRONG of `corrections`.
        message_ids: The messages, newest first.
        text: The newest message, masked.
        correction: What was stored about the newest message, if it was corrected.
    """

    what: str
    by: str
    at: datetime
    conversation_id: str
    message_ids: tuple[int, ...]
    text: str
    correction: Correction | None = None

    @property
    def release(self) -> str:
        """Return the release that has learned the correction, or ""."""
        return self.correction.release if self.correction else ""


def list_newest(
    connection: Connection, before: datetime | None = None, limit: int = 100, pack: str | None = None
) -> list[Decision]:
    """Return the newest decisions (of a guide pack), or the newest before a time."""
    times = union(*(select(table.c.at).where(*_before(table, before, pack)) for table in (CORRECTIONS, JUDGEMENTS)))
    newest = connection.scalars(times.order_by(times.selected_columns.at.desc()).limit(limit)).all()
    if not newest:
        return []
    rows: list[_Row] = [
        (CORRECTED, Correction(**{name: row._mapping[name] for name in CORRECTIONS.c.keys()}), row.said)  # noqa: SIM118
        for row in _rows(connection, CORRECTIONS, newest[-1], before, pack)
    ]
    rows += [(row.what, row, row.said) for row in _rows(connection, JUDGEMENTS, newest[-1], before, pack)]
    rows.sort(key=lambda row: (row[1].at, row[1].message_id), reverse=True)
    return list(_decisions(rows))[:limit]


def _before(table: Table, before: datetime | None, pack: str | None) -> list[ColumnElement[bool]]:
    return [*([table.c.at < before] if before else []), *of_conversations(table.c.conversation_id, pack)]


def _rows(
    connection: Connection, table: Table, since: datetime, before: datetime | None, pack: str | None
) -> list[AnyRow]:
    query = (
        select(table, MESSAGES.c.text.label("said"))
        # Each row has its message. With an inner join, SQLite would read all messages and look for the row of each.
        .outerjoin(MESSAGES, MESSAGES.c.id == table.c.message_id)
        .where(table.c.at >= since, *_before(table, before, pack))
    )
    return list(connection.execute(query))


def _decisions(rows: list[_Row]) -> Iterator[Decision]:
    """Yield a decision for the rows that one person stored at one time."""
    for _, group in groupby(rows, key=lambda row: (row[1].at, row[1].by)):
        together = list(group)
        # Of questions that repeat another, only one is corrected; the others are dismissed with it.
        what, first, said = next((row for row in together if row[0] == CORRECTED), together[0])
        message_ids = tuple(row[1].message_id for row in together)
        correction = first if isinstance(first, Correction) else None
        yield Decision(what, first.by, first.at, first.conversation_id, message_ids, mask(said), correction)
