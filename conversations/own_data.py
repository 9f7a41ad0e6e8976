"""All that is stored about a person, to be handed to them: as plain values, nothing covered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from conversations import privacy, tables
from conversations.records import VISITOR
from conversations.rows import find_conversation

HEAD = ("id", "channel", "site", "person_name", "language", "page", "state", "created_at", "last_at")
MESSAGE = ("id", "at", "author", "author_name", "text", "buttons", "cards", "sources", "outcome", "topic", "intent")
BESIDE: tuple[tuple[str, Table, tuple[str, ...]], ...] = (  # what else hangs on a conversation, and what of it says something
    ("thumbs", tables.feedback, ("message_id", "value", "comment", "at")),
    ("agreed_to", tables.consent, ("version", "at")),
    ("contact_requests", tables.contact_request, ("name", "contact", "text", "state", "at")),
    ("changes_of_who_answers", tables.handoff, ("before", "after", "by", "at")),
    ("notes_of_staff", tables.note, ("by", "text", "at")),
    ("tags", tables.tag, ("name", "by", "at")),
    ("corrections", tables.correction, ("message_id", "text", "topic", "intent", "by", "at")),
    ("kept_as_test", tables.talk_test, ("name", "turns", "by", "at")),
)


def everything(connection: Connection, conversation_ids: Iterable[str]) -> list[dict[str, Any]]:
    """One entry for each of the conversations that there are. What the engine remembers is made of the same messages."""
    return [_of(connection, one) for one in conversation_ids if find_conversation(connection, one)]


def hand_out(connection: Connection, conversation_ids: Iterable[str], who: str = VISITOR) -> list[dict[str, Any]]:
    """Everything, with a line in the audit log for each conversation."""
    found = everything(connection, conversation_ids)
    for one in found:
        privacy.note(connection, who, "exported a conversation", one["id"])
    return found


def _of(connection: Connection, conversation_id: str) -> dict[str, Any]:
    head = _rows(connection, tables.conversation, HEAD, tables.conversation.c.id == conversation_id)[0]
    found = {**head, "messages": _hanging(connection, tables.message, MESSAGE, conversation_id)}
    for name, table, columns in BESIDE:
        if rows := _hanging(connection, table, columns, conversation_id):
            found[name] = rows
    return found


def _hanging(connection: Connection, table: Table, columns: tuple[str, ...], conversation_id: str) -> list[dict[str, Any]]:
    return _rows(connection, table, columns, table.c.conversation_id == conversation_id)


def _rows(connection: Connection, table: Table, columns: tuple[str, ...], wanted) -> list[dict[str, Any]]:
    """In the order in which they came; without what is empty."""
    order = table.c.id if "id" in table.c else table.c.at
    rows = connection.execute(select(*(table.c[name] for name in columns)).where(wanted).order_by(order)).mappings()
    return [{name: _plain(value) for name, value in row.items() if value not in ("", None, [], {})} for row in rows]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
