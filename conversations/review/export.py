"""Conversations as rows: one for each conversation or for each message, in CSV or JSON Lines, batch by batch."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from conversations.db import schema
from conversations.pii import mask
from conversations.review.filters import Filters, conditions
from conversations.review.filters import time_conditions as bounds_of
from conversations.review.listing import after_cursor, heads, passing
from conversations.review.search import conversations_with
from conversations.review.summaries import ConversationSummary, summaries_of

MESSAGES = schema.message
BATCH = 250  # conversations read at once
CSV, JSON_LINES = "csv", "jsonl"
BY_CONVERSATION, BY_MESSAGE = "conversations", "messages"
SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # what makes a spreadsheet run a cell
BEGINNINGS = ("\t", "\r", "\n")  # which some take away first
MARGIN = " \u00a0\u3000\"'"
# A spreadsheet that parts cells at something else than commas does not mind our quotes: there a cell may begin within one.
AFTER_SEPARATOR = re.compile(rf"(?<=[;|\t\r\n])([{MARGIN}]*)([{''.join(map(re.escape, SIGNS))}])")
CONVERSATION_COLUMNS = (
    "conversation", "channel", "site", "page", "status", "started", "last", "messages", "opening", "lowest_confidence",
    "answered", "declined", "asked_back", "person_asked_for", "failed", "thumbs_up", "thumbs_down", "tags",
    "flagged", "reviewer",
)  # fmt: skip
MESSAGE_COLUMNS = (
    "conversation", "message", "at", "channel", "author", "text", "intent", "topic", "confidence", "outcome", "actions",
    "sources", "engine_ms", "failure", "answers", "thumb",
)  # fmt: skip


@dataclass(frozen=True)
class ExportRequest:
    """What is to be exported, and how."""

    filters: Filters
    rows: str = BY_CONVERSATION
    form: str = CSV
    masked: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        return MESSAGE_COLUMNS if self.rows == BY_MESSAGE else CONVERSATION_COLUMNS


@dataclass(frozen=True)
class Batch:
    """Some rows as text, and where the next ones begin; `following` is empty at the end."""

    text: str
    following: str


def header(wish: ExportRequest) -> str:
    return _csv([dict(zip(wish.columns, wish.columns, strict=True))], wish.columns) if wish.form == CSV else ""


def read_batch(connection: Connection, wish: ExportRequest, cursor: str, having: frozenset[str] | None) -> Batch:
    """The next rows. `having` are the conversations that hold the words looked for; None where no words are."""
    bounds = [*bounds_of(wish.filters), *after_cursor(cursor)]
    stretch = connection.execute(heads(*bounds).limit(BATCH)).all()
    ids = [row.id for row in stretch if having is None or row.id in having]
    wanted = conditions(wish.filters)
    ids = passing(connection, ids, wanted) if wanted and ids else ids
    rows = _messages(connection, ids, wish.masked) if wish.rows == BY_MESSAGE else _lines(connection, ids, wish.masked)
    last = stretch[-1] if len(stretch) == BATCH else None
    text = _csv(rows, wish.columns) if wish.form == CSV else _json_lines(rows)
    return Batch(text, f"{last.last_at.isoformat()}~{last.id}" if last else "")


def matching_conversations(connection: Connection, filters: Filters) -> frozenset[str] | None:
    return frozenset(conversations_with(connection, filters.words)) if filters.words else None


def spreadsheet_safe(value: Any) -> Any:
    """A cell that a spreadsheet shows and never runs; numbers stay numbers."""
    if not isinstance(value, str):
        return value
    value = AFTER_SEPARATOR.sub(r"\1'\2", value)
    return f"'{value}" if value.startswith(BEGINNINGS) or value.lstrip(MARGIN).startswith(SIGNS) else value


def _lines(connection: Connection, ids: list[str], masked: bool) -> list[dict[str, Any]]:
    return [_line(one, mask if masked else str) for one in summaries_of(connection, ids)]


def _line(one: ConversationSummary, said) -> dict[str, Any]:
    outcomes = one.outcomes
    return {
        "conversation": one.id,
        "channel": one.channel,
        "site": one.site,
        "page": said(one.page),
        "status": one.state,
        "started": one.created_at.isoformat(),
        "last": one.last_at.isoformat(),
        "messages": one.messages,
        "opening": said(one.opening),
        "lowest_confidence": one.lowest,
        "answered": outcomes.get("answered", 0),
        "declined": outcomes.get("declined", 0),
        "asked_back": outcomes.get("clarify", 0),
        "person_asked_for": outcomes.get("handoff", 0),
        "failed": outcomes.get("failed", 0),
        "thumbs_up": one.up,
        "thumbs_down": one.down,
        "tags": list(one.tags),
        "flagged": one.flagged,
        "reviewer": one.reviewer,
    }


def _messages(connection: Connection, ids: list[str], masked: bool) -> list[dict[str, Any]]:
    if not ids:
        return []
    wanted = select(MESSAGES, schema.feedback.c.value.label("thumb")).outerjoin(
        schema.feedback, schema.feedback.c.message_id == MESSAGES.c.id
    )
    place = {one: number for number, one in enumerate(ids)}
    rows = connection.execute(wanted.where(MESSAGES.c.conversation_id.in_(ids)).order_by(MESSAGES.c.id)).all()
    return [_message(row, mask if masked else str) for row in sorted(rows, key=lambda row: place[row.conversation_id])]


def _message(row, said) -> dict[str, Any]:
    return {
        "conversation": row.conversation_id,
        "message": row.id,
        "at": row.at.isoformat(),
        "channel": row.channel,
        "author": row.author,
        "text": said(row.text),
        "intent": row.intent,
        "topic": row.topic,
        "confidence": row.confidence,
        "outcome": row.outcome,
        "actions": list(row.actions),
        "sources": [one.get("key", "") for one in row.sources if isinstance(one, Mapping)],
        "engine_ms": row.engine_ms,
        "failure": row.failure,
        "answers": row.answers,
        "thumb": {1: "up", -1: "down"}.get(row.thumb, ""),
    }


def _csv(rows: Iterable[Mapping[str, Any]], columns: tuple[str, ...]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([spreadsheet_safe(_flat(row[column])) for column in columns])
    return out.getvalue()


def _flat(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "; ".join(map(str, value)) if isinstance(value, list) else value


def _json_lines(rows: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
