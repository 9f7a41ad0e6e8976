"""Deleting a person's data everywhere at once, and what remains of that: an audit row without content."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from conversations import tables


def forget(connection: Connection, conversation_id: str, who: str) -> bool:
    """Delete a conversation with all that hangs on it; whether there was one.

    The engine's memory of it goes as soon as the engine can be asked: until then the id stands in `erasure`.
    """
    gone = connection.execute(delete(tables.conversation).where(tables.conversation.c.id == conversation_id)).rowcount
    if not gone:
        return False
    connection.execute(insert(tables.erasure).values(conversation_id=conversation_id))
    note(connection, who, "deleted a conversation", conversation_id)
    return True


def to_be_forgotten(connection: Connection) -> list[str]:
    """Conversations that the engine is still to forget."""
    return list(connection.execute(select(tables.erasure.c.conversation_id)).scalars())


def forgotten(connection: Connection, conversation_id: str) -> None:
    connection.execute(delete(tables.erasure).where(tables.erasure.c.conversation_id == conversation_id))


def note(connection: Connection, who: str, what: str, about: str = "") -> None:
    """A line in the audit log: who did what with whose data; never its content."""
    connection.execute(insert(tables.audit).values(who=who, what=what, about=about))
