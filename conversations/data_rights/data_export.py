"""Data export: all that is stored about a data subject, as plain values and not masked (GDPR, articles 15 and 20)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select

from conversations import erasure
from conversations.accounts import mentions
from conversations.db import schema
from conversations.db.mappers import find_conversation
from conversations.handoff.public_names import public_name
from conversations.models import ADVISOR, FRONT, VISITOR
from conversations.review.understanding import profile_of

CONVERSATION = ("id", "channel", "site", "person_name", "language", "page", "state", "created_at", "last_at")
MESSAGE = (
    "id", "at", "author", "author_name", "text", "buttons", "cards", "sources", "outcome", "topic", "intent",
    "understanding",
)  # fmt: skip
NOTES = "notes_of_staff"
NAMING = ("by", "person")  # columns with the account of a member of staff
NO_STAFF = (VISITOR, ADVISOR, FRONT)  # who may have changed something beside staff
STAFF = "a member of staff"  # one without a name for visitors
# Other tables that refer to a conversation: the key in the export, the table, the columns that hold information.
RELATED: tuple[tuple[str, Table, tuple[str, ...]], ...] = (
    ("thumbs", schema.feedback, ("message_id", "value", "comment", "at")),
    ("agreed_to", schema.consent, ("version", "at")),
    ("signed_in_as", schema.visitor_identity, ("subject", "name", "email", "at")),
    ("contact_requests", schema.contact_request, ("name", "contact", "text", "state", "at")),
    ("emails_of_staff", schema.contact_email, ("address", "subject", "text", "by", "at")),
    ("changes_of_who_answers", schema.handoff, ("before", "after", "by", "at")),
    ("ratings", schema.rating, ("person", "scale", "value", "asked_at", "at")),
    (NOTES, schema.note, ("by", "text", "at")),
    ("tags", schema.tag, ("name", "by", "at")),
    (
        "corrections",
        schema.correction,
        ("message_id", "text", "topic", "intent", "thing", "words", "form", "by", "at"),
    ),
    ("kept_as_test", schema.talk_test, ("name", "turns", "by", "at")),
)


def stored_data(connection: Connection, conversation_ids: Iterable[str]) -> list[dict[str, Any]]:
    """Return the stored data of each conversation that exists. The engine's own data is made of the same messages."""
    return [_stored(connection, each) for each in conversation_ids if find_conversation(connection, each)]


def export_for_person(
    connection: Connection, conversation_ids: Iterable[str], who: str = VISITOR
) -> list[dict[str, Any]]:
    """Return the stored data of conversations, with an entry in the audit log for each."""
    exported = stored_data(connection, conversation_ids)
    for conversation in exported:
        erasure.record_audit(connection, who, "exported a conversation", conversation["id"])
    return exported


def _stored(connection: Connection, conversation_id: str) -> dict[str, Any]:
    of_conversation = schema.conversation.c.id == conversation_id
    [exported] = _rows(connection, schema.conversation, CONVERSATION, of_conversation)
    of_message = schema.message.c.conversation_id == conversation_id
    exported["messages"] = _rows(connection, schema.message, MESSAGE, of_message)
    if said := profile_of(connection, conversation_id):
        exported["said_of_themselves"] = [{"label": entry.label, "value": entry.value} for entry in said]
    for name, table, columns in RELATED:
        if rows := _rows(connection, table, columns, table.c.conversation_id == conversation_id):
            exported[name] = [_without_accounts(connection, row) for row in rows]
    accounts = mentions.accounts_by_words(connection, conversation_id)
    names = {words: public_name(connection, account) or STAFF for words, account in accounts.items()}
    for note in exported.get(NOTES, ()):
        pieces = mentions.pieces(note["text"], tuple(names))
        note["text"] = "".join(f"@{names[piece[1:]]}" if is_mention else piece for piece, is_mention in pieces)
    return exported


def _without_accounts(connection: Connection, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row in which staff have the names that the person may read; an account may be an e-mail address."""
    named = {column: row[column] for column in NAMING if row.get(column) and row[column] not in NO_STAFF}
    return {**row, **{column: public_name(connection, account) or STAFF for column, account in named.items()}}


def _rows(
    connection: Connection, table: Table, columns: tuple[str, ...], wanted: ColumnElement[bool]
) -> list[dict[str, Any]]:
    """Return rows in the order in which they were added, without empty values."""
    order = table.c.id if "id" in table.c else table.c.at
    rows = connection.execute(select(*(table.c[name] for name in columns)).where(wanted).order_by(order)).mappings()
    return [{name: _plain(value) for name, value in row.items() if value not in ("", None, [], {})} for row in rows]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
