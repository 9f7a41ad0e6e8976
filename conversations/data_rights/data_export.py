"""All that is stored about a person, to be handed to them: as plain values, nothing covered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from conversations import erasure
from conversations.db import schema
from conversations.db.mappers import find_conversation
from conversations.models import VISITOR

HEAD = ("id", "channel", "site", "person_name", "language", "page", "state", "created_at", "last_at")
MESSAGE = ("id", "at", "author", "author_name", "text", "buttons", "cards", "sources", "outcome", "topic", "intent")
BESIDE: tuple[
    tuple[str, Table, tuple[str, ...]], ...
] = (  # what else hangs on a conversation, and what of it says something
    ("thumbs", schema.feedback, ("message_id", "value", "comment", "at")),
    ("agreed_to", schema.consent, ("version", "at")),
    ("contact_requests", schema.contact_request, ("name", "contact", "text", "state", "at")),
    ("changes_of_who_answers", schema.handoff, ("before", "after", "by", "at")),
    ("notes_of_staff", schema.note, ("by", "text", "at")),
    ("tags", schema.tag, ("name", "by", "at")),
    ("corrections", schema.correction, ("message_id", "text", "topic", "intent", "by", "at")),
    ("kept_as_test", schema.talk_test, ("name", "turns", "by", "at")),
)


def stored_data(connection: Connection, conversation_ids: Iterable[str]) -> list[dict[str, Any]]:
    """One entry for each of the conversations that there are. What the engine remembers is made of the same messages."""
    return [_of(connection, one) for one in conversation_ids if find_conversation(connection, one)]


def export_for_person(
    connection: Connection, conversation_ids: Iterable[str], who: str = VISITOR
) -> list[dict[str, Any]]:
    """Everything, with a line in the audit log for each conversation."""
    found = stored_data(connection, conversation_ids)
    for one in found:
        erasure.record_audit(connection, who, "exported a conversation", one["id"])
    return found


def _of(connection: Connection, conversation_id: str) -> dict[str, Any]:
    head = _rows(connection, schema.conversation, HEAD, schema.conversation.c.id == conversation_id)[0]
    found = {**head, "messages": _hanging(connection, schema.message, MESSAGE, conversation_id)}
    for name, table, columns in BESIDE:
        if rows := _hanging(connection, table, columns, conversation_id):
            found[name] = rows
    return found


def _hanging(
    connection: Connection, table: Table, columns: tuple[str, ...], conversation_id: str
) -> list[dict[str, Any]]:
    return _rows(connection, table, columns, table.c.conversation_id == conversation_id)


def _rows(connection: Connection, table: Table, columns: tuple[str, ...], wanted) -> list[dict[str, Any]]:
    """In the order in which they came; without what is empty."""
    order = table.c.id if "id" in table.c else table.c.at
    rows = connection.execute(select(*(table.c[name] for name in columns)).where(wanted).order_by(order)).mappings()
    return [{name: _plain(value) for name, value in row.items() if value not in ("", None, [], {})} for row in rows]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
