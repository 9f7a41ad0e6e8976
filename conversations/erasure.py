"""Deleting a person's data everywhere at once, and what remains of that: an audit row without content."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from conversations.db import schema


def erase_conversation(connection: Connection, conversation_id: str, who: str) -> bool:
    """Delete a conversation with all that hangs on it; whether there was one.

    The engine's memory of it goes as soon as the engine can be asked: until then the id stands in `erasure`.
    """
    gone = connection.execute(delete(schema.conversation).where(schema.conversation.c.id == conversation_id)).rowcount
    if not gone:
        return False
    connection.execute(insert(schema.erasure).values(conversation_id=conversation_id))
    record_audit(connection, who, "deleted a conversation", conversation_id)
    return True


def pending_engine_erasures(connection: Connection) -> list[str]:
    """Conversations that the engine is still to forget."""
    return list(connection.execute(select(schema.erasure.c.conversation_id)).scalars())


def mark_erased_in_engine(connection: Connection, conversation_id: str) -> None:
    connection.execute(delete(schema.erasure).where(schema.erasure.c.conversation_id == conversation_id))


def record_audit(connection: Connection, who: str, what: str, about: str = "") -> None:
    """A line in the audit log: who did what with whose data; never its content."""
    connection.execute(insert(schema.audit).values(who=who, what=what, about=about))
