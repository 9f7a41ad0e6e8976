"""Feedback: visitors' thumbs for replies."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from conversations.db import schema
from conversations.integrations import webhooks

FEEDBACK = schema.feedback
UP, DOWN, NONE = 1, -1, 0


def record_feedback(
    connection: Connection, conversation_id: str, message_id: int, value: int, comment: str = ""
) -> None:
    """Store the thumb for a reply in place of an earlier one; NONE deletes it."""
    connection.execute(delete(FEEDBACK).where(FEEDBACK.c.message_id == message_id))
    if value != NONE:
        row = {"message_id": message_id, "conversation_id": conversation_id, "value": value, "comment": comment}
        connection.execute(insert(FEEDBACK).values(**row))
        facts = {"conversation": conversation_id, "message": message_id, "thumb": "up" if value > 0 else "down"}
        webhooks.record_event(connection, webhooks.RATED, **facts)


def feedback_by_message(connection: Connection, conversation_id: str) -> dict[int, int]:
    """Return the thumbs of a conversation (UP or DOWN) by message id."""
    rows = connection.execute(select(FEEDBACK).where(FEEDBACK.c.conversation_id == conversation_id))
    return {row.message_id: row.value for row in rows}
