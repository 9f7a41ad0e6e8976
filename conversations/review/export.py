"""Export of conversations as CSV or JSON Lines, in batches, with a row per conversation or per message."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from conversations.db import schema
from conversations.db.schema import AnyRow
from conversations.pii import mask, mask_quote
from conversations.review.filters import Filters, conditions, time_conditions
from conversations.review.listing import after_cursor, cursor_of, matching_ids, select_heads
from conversations.review.search import conversations_with
from conversations.review.summaries import ConversationSummary, summaries_of
from conversations.review.understanding import read_understanding

MESSAGES = schema.message
Masking = Callable[[str], str]  # `mask`, or `str` to show everything
Row = dict[str, Any]
BATCH = 250  # conversations per batch
CSV, JSON_LINES = "csv", "jsonl"
BY_CONVERSATION, BY_MESSAGE = "conversations", "messages"
# First characters that make a spreadsheet evaluate a cell, and white space that some spreadsheets strip before them.
SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
BEGINNINGS = ("\t", "\r", "\n")
MARGIN = " \u00a0\u3000\"'"
# A spreadsheet that splits at other separators than commas ignores our quotes, so a cell may begin within one of ours.
AFTER_SEPARATOR = re.compile(rf"(?<=[;|\t\r\n])([{MARGIN}]*)([{''.join(map(re.escape, SIGNS))}])")
CONVERSATION_COLUMNS = (
    "conversation", "channel", "site", "page", "status", "started", "last", "messages", "opening", "lowest_confidence",
    "answered", "declined", "asked_back", "person_asked_for", "failed", "thumbs_up", "thumbs_down", "tags",
    "flagged", "reviewer",
)  # fmt: skip
MESSAGE_COLUMNS = (
    "conversation", "message", "at", "channel", "author", "text", "intent", "topic", "confidence", "outcome", "actions",
    "sources", "engine_ms", "failure", "answers", "thumb", "form", "unknown_names", "decided_by", "claims", "profile",
)  # fmt: skip


@dataclass(frozen=True)
class ExportRequest:
    """What to export: filters, BY_CONVERSATION or BY_MESSAGE, CSV or JSON_LINES, with or without masking."""

    filters: Filters
    rows: str = BY_CONVERSATION
    form: str = CSV
    masked: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns, in order."""
        return MESSAGE_COLUMNS if self.rows == BY_MESSAGE else CONVERSATION_COLUMNS


@dataclass(frozen=True)
class Batch:
    """Rows as text, and the cursor of the next batch (`next_cursor`), which is empty at the end."""

    text: str
    next_cursor: str


def header(request: ExportRequest) -> str:
    """Return the header line of a CSV file, or "" for JSON Lines."""
    if request.form != CSV:
        return ""
    return _csv([{name: name for name in request.columns}], request.columns)


def read_batch(connection: Connection, request: ExportRequest, cursor: str, having: frozenset[str] | None) -> Batch:
    """Read the batch at a cursor.

    Args:
        cursor: `Batch.next_cursor` of the batch before; empty for the first one.
        having: Ids of the conversations that match the search words (`matching_conversations`); None without a search.
    """
    bounds = [*time_conditions(request.filters), *after_cursor(cursor)]
    heads = connection.execute(select_heads(*bounds).limit(BATCH)).all()
    ids = [row.id for row in heads if having is None or row.id in having]
    tests = conditions(request.filters)
    ids = matching_ids(connection, ids, tests) if tests and ids else ids
    read_rows = message_rows if request.rows == BY_MESSAGE else conversation_rows
    rows = read_rows(connection, ids, mask if request.masked else str)
    last = heads[-1] if len(heads) == BATCH else None
    text = _csv(rows, request.columns) if request.form == CSV else _json_lines(rows)
    return Batch(text, cursor_of(last) if last else "")


def matching_conversations(connection: Connection, filters: Filters) -> frozenset[str] | None:
    """Return the ids of the conversations that match the search words of the filters, or None without a search."""
    return frozenset(conversations_with(connection, filters.words)) if filters.words else None


def spreadsheet_safe(value: Any) -> Any:
    """Return a cell that spreadsheets show as text and never evaluate; values other than text are returned unchanged."""
    if not isinstance(value, str):
        return value
    value = AFTER_SEPARATOR.sub(r"\1'\2", value)
    return f"'{value}" if value.startswith(BEGINNINGS) or value.lstrip(MARGIN).startswith(SIGNS) else value


def conversation_rows(connection: Connection, ids: list[str], masking: Masking) -> list[Row]:
    """Return a row with the columns CONVERSATION_COLUMNS for each conversation, in the order of the ids."""
    return [conversation_row(summary, masking) for summary in summaries_of(connection, ids)]


def conversation_row(summary: ConversationSummary, masking: Masking) -> Row:
    """Return the row of a conversation."""
    outcomes = summary.outcomes
    return {
        "conversation": summary.id,
        "channel": summary.channel,
        "site": summary.site,
        "page": masking(summary.page),
        "status": summary.state,
        "started": summary.created_at.isoformat(),
        "last": summary.last_at.isoformat(),
        "messages": summary.messages,
        "opening": masking(summary.opening),
        "lowest_confidence": summary.lowest,
        "answered": outcomes.get("answered", 0),
        "declined": outcomes.get("declined", 0),
        "asked_back": outcomes.get("clarify", 0),
        "person_asked_for": outcomes.get("handoff", 0),
        "failed": outcomes.get("failed", 0),
        "thumbs_up": summary.up,
        "thumbs_down": summary.down,
        "tags": list(summary.tags),
        "flagged": summary.flagged,
        "reviewer": summary.reviewer,
    }


def message_rows(connection: Connection, ids: list[str], masking: Masking) -> list[Row]:
    """Return a row with the columns MESSAGE_COLUMNS for each message, by conversation in the order of the ids."""
    if not ids:
        return []
    query = select(MESSAGES, schema.feedback.c.value.label("thumb")).outerjoin(
        schema.feedback, schema.feedback.c.message_id == MESSAGES.c.id
    )
    position = {conversation_id: number for number, conversation_id in enumerate(ids)}
    rows = connection.execute(query.where(MESSAGES.c.conversation_id.in_(ids)).order_by(MESSAGES.c.id)).all()
    return [_message_row(row, masking) for row in sorted(rows, key=lambda row: position[row.conversation_id])]


def _message_row(row: AnyRow, masking: Masking) -> Row:
    understood = read_understanding(row.understanding)
    quoting = mask_quote if masking is mask else lambda words, text: words
    return {
        "conversation": row.conversation_id,
        "message": row.id,
        "at": row.at.isoformat(),
        "channel": row.channel,
        "author": row.author,
        "text": masking(row.text),
        "intent": row.intent,
        "topic": row.topic,
        "confidence": row.confidence,
        "outcome": row.outcome,
        "actions": list(row.actions),
        "sources": [source.get("key", "") for source in row.sources if isinstance(source, Mapping)],
        "engine_ms": row.engine_ms,
        "failure": row.failure,
        "answers": row.answers,
        "thumb": {1: "up", -1: "down"}.get(row.thumb, ""),
        "form": understood.form,
        "unknown_names": [quoting(name, row.text) for name in understood.unknown_names],
        "decided_by": list(understood.rows),
        "claims": [claim.say for claim in understood.claims],
        "profile": [f"{each.label}: {masking(each.value)}" for each in understood.profile or ()],
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
