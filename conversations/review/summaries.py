"""Summaries of conversations, as shown in lists: how each began, how it went, and its annotations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, Table, func, select

from conversations.db import schema
from conversations.db.schema import AnyRow, AnySelect
from conversations.models import VISITOR
from conversations.review.search import Hit

if TYPE_CHECKING:
    from sqlalchemy import Result
    from typing_extensions import Unpack

CONVERSATIONS, MESSAGES = schema.conversation, schema.message
OUTCOMES_BY_CONCERN = ("failed", "clarify", "declined", "handoff", "answered", "smalltalk")  # most important first


@dataclass(frozen=True)
class ConversationSummary:
    """Row of a list of conversations.

    Attributes:
        opening: The first message of the visitor, up to 400 characters.
        lowest: The lowest confidence of a message.
        outcomes: The number of messages by outcome, inbound and outbound.
        up: The number of thumbs up.
        down: The number of thumbs down.
        hits: The messages that match the search words, if there are any.
    """

    id: str
    channel: str
    site: str
    page: str
    state: str
    held_by: str
    created_at: datetime
    last_at: datetime
    opening: str
    messages: int
    lowest: float | None
    outcomes: dict[str, int]
    tags: tuple[str, ...] = ()
    flagged: bool = False
    reviewer: str = ""
    up: int = 0
    down: int = 0
    hits: tuple[Hit, ...] = ()

    @property
    def outcome(self) -> str:
        """Return the outcome that staff should know first, or ""."""
        return next((outcome for outcome in OUTCOMES_BY_CONCERN if self.outcomes.get(outcome)), "")


def summaries_of(connection: Connection, ids: Iterable[str]) -> list[ConversationSummary]:
    """Return the summaries of conversations, in the order of the ids; unknown ids are left out."""
    ids = list(ids)
    if not ids:
        return []
    counts, annotations = _outcome_counts(connection, ids), _annotations(connection, ids)
    rows = {row.id: row for row in connection.execute(_select_heads(ids))}
    return [_summary(rows[each], counts[each], annotations[each]) for each in ids if each in rows]


def _select_heads(ids: list[str]) -> AnySelect:
    first = (
        select(func.substr(MESSAGES.c.text, 1, 400))
        .where(MESSAGES.c.conversation_id == CONVERSATIONS.c.id, MESSAGES.c.author == VISITOR)
        .order_by(MESSAGES.c.id)
        .limit(1)
        .correlate(CONVERSATIONS)
        .scalar_subquery()
    )
    return select(CONVERSATIONS, first.label("opening")).where(CONVERSATIONS.c.id.in_(ids))


def _outcome_counts(connection: Connection, ids: list[str]) -> dict[str, list[AnyRow]]:
    """Count messages by outcome, from an index alone, so that a conversation of a thousand turns costs little."""
    columns = MESSAGES.c.conversation_id, MESSAGES.c.outcome
    query = select(*columns, func.count().label("number"), func.min(MESSAGES.c.confidence).label("lowest"))
    counts: dict[str, list[AnyRow]] = defaultdict(list)
    for row in connection.execute(query.where(MESSAGES.c.conversation_id.in_(ids)).group_by(*columns)):
        counts[row.conversation_id].append(row)
    return counts


def _annotations(connection: Connection, ids: list[str]) -> dict[str, dict[str, Any]]:
    """Return the tags, flag, reviewer and thumbs of each conversation, as fields of its summary."""
    annotations: dict[str, dict[str, Any]] = defaultdict(dict)

    def rows(table: Table, *order: Column[Any]) -> Result[Unpack[tuple[Any, ...]]]:
        return connection.execute(select(table).where(table.c.conversation_id.in_(ids)).order_by(*order))

    for row in rows(schema.tag, schema.tag.c.name):
        annotations[row.conversation_id].setdefault("tags", []).append(row.name)
    for row in rows(schema.flag):
        annotations[row.conversation_id]["flagged"] = True
    for row in rows(schema.review):
        annotations[row.conversation_id]["reviewer"] = row.reviewer
    for row in rows(schema.feedback):
        thumb = "up" if row.value > 0 else "down"
        annotations[row.conversation_id][thumb] = annotations[row.conversation_id].get(thumb, 0) + 1
    return annotations


def _summary(row: AnyRow, counts: list[AnyRow], annotations: dict[str, Any]) -> ConversationSummary:
    confidences = [count.lowest for count in counts if count.lowest is not None]
    return ConversationSummary(
        id=row.id,
        channel=row.channel,
        site=row.site,
        page=row.page,
        state=row.state,
        held_by=row.held_by,
        created_at=row.created_at,
        last_at=row.last_at,
        opening=row.opening or "",
        messages=sum(count.number for count in counts),
        lowest=min(confidences, default=None),
        outcomes={count.outcome: count.number for count in counts if count.outcome},
        **{**annotations, "tags": tuple(annotations.get("tags", ()))},
    )
