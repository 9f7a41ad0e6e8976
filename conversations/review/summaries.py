"""What the list shows of a conversation: how it began, how it went, what staff noted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from conversations.db import schema
from conversations.models import VISITOR
from conversations.review.search import Hit

CONVERSATIONS, MESSAGES = schema.conversation, schema.message
OUTCOMES_BY_CONCERN = (
    "failed",
    "clarify",
    "declined",
    "handoff",
    "answered",
    "smalltalk",
)  # the one that matters most first


@dataclass(frozen=True)
class ConversationSummary:
    """`outcomes` counts the visitor's and the advisor's messages by outcome; `lowest` is the lowest confidence."""

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
        """What staff should know first of how it went."""
        return next((one for one in OUTCOMES_BY_CONCERN if self.outcomes.get(one)), "")


def summaries_of(connection: Connection, ids: Iterable[str]) -> list[ConversationSummary]:
    """Lines of these conversations, in this order."""
    ids = list(ids)
    if not ids:
        return []
    told, marks = _told(connection, ids), _marks(connection, ids)
    rows = {row.id: row for row in connection.execute(_heads(ids))}
    return [_line(rows[one], told[one], marks[one]) for one in ids if one in rows]


def _heads(ids: list[str]):
    first = (
        select(func.substr(MESSAGES.c.text, 1, 400))
        .where(MESSAGES.c.conversation_id == CONVERSATIONS.c.id, MESSAGES.c.author == VISITOR)
        .order_by(MESSAGES.c.id)
        .limit(1)
        .correlate(CONVERSATIONS)
        .scalar_subquery()
    )
    return select(CONVERSATIONS, first.label("opening")).where(CONVERSATIONS.c.id.in_(ids))


def _told(connection: Connection, ids: list[str]) -> dict[str, list]:
    """Counts by outcome, from an index alone, so that a conversation of a thousand turns costs little."""
    columns = MESSAGES.c.conversation_id, MESSAGES.c.outcome
    counted = select(*columns, func.count().label("number"), func.min(MESSAGES.c.confidence).label("lowest"))
    found: dict[str, list] = defaultdict(list)
    for row in connection.execute(counted.where(MESSAGES.c.conversation_id.in_(ids)).group_by(*columns)):
        found[row.conversation_id].append(row)
    return found


def _marks(connection: Connection, ids: list[str]) -> dict[str, dict[str, Any]]:
    marks: dict[str, dict[str, Any]] = defaultdict(dict)

    def rows(table, *order):
        return connection.execute(select(table).where(table.c.conversation_id.in_(ids)).order_by(*order))

    for row in rows(schema.tag, schema.tag.c.name):
        marks[row.conversation_id].setdefault("tags", []).append(row.name)
    for row in rows(schema.flag):
        marks[row.conversation_id]["flagged"] = True
    for row in rows(schema.review):
        marks[row.conversation_id]["reviewer"] = row.reviewer
    for row in rows(schema.feedback):
        thumb = "up" if row.value > 0 else "down"
        marks[row.conversation_id][thumb] = marks[row.conversation_id].get(thumb, 0) + 1
    return marks


def _line(row, told: list, marks: dict[str, Any]) -> ConversationSummary:
    confidences = [one.lowest for one in told if one.lowest is not None]
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
        messages=sum(one.number for one in told),
        lowest=min(confidences, default=None),
        outcomes={one.outcome: one.number for one in told if one.outcome},
        **{**marks, "tags": tuple(marks.get("tags", ()))},
    )
