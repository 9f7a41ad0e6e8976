"""Erasure of conversations, in the database and in the engine; only an audit entry without content remains."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from conversations.db import schema
from conversations.integrations import webhooks
from conversations.models import TRY


def erase_conversation(connection: Connection, conversation_id: str, who: str) -> bool:
    """Delete a conversation with everything that refers to it.

    The engine is asked to delete its copy as soon as it can be reached; until then the id is listed in table `erasure`.

    Returns:
        Whether the conversation existed.
    """
    table = schema.conversation
    channel = connection.execute(
        delete(table).where(table.c.id == conversation_id).returning(table.c.channel)
    ).scalar_one_or_none()
    if channel is None:
        return False
    connection.execute(insert(schema.erasure).values(conversation_id=conversation_id))
    webhooks.drop_events(connection, conversation_id)
    if channel != TRY:
        webhooks.record_event(connection, webhooks.ERASED, conversation=conversation_id)
    record_audit(connection, who, "deleted a conversation", conversation_id)
    return True


def pending_engine_erasures(connection: Connection) -> list[str]:
    """Return the ids of erased conversations that the engine has not yet deleted."""
    return list(connection.execute(select(schema.erasure.c.conversation_id)).scalars())


def mark_erased_in_engine(connection: Connection, conversation_id: str) -> None:
    """Record that the engine has deleted its copy of a conversation."""
    connection.execute(delete(schema.erasure).where(schema.erasure.c.conversation_id == conversation_id))


def record_audit(connection: Connection, who: str, what: str, about: str = "") -> None:
    """Write an audit entry: who did what with whose data, never the data itself."""
    connection.execute(insert(schema.audit).values(who=who, what=what, about=about))
