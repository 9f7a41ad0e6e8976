"""Health check of the database: writes a message in a conversation of its own and deletes it in the same transaction."""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, delete, insert

from conversations.db import schema
from conversations.db.schema import now
from conversations.models import SAID

CHANNEL = "probe"  # no channel of this name exists
TEXT = "Whether this can be written. " * 40  # about as long as an answer


def write_probe_message(connection: Connection) -> None:
    """Write and delete a message, touching the same tables, indexes and disk as a real one.

    Raises:
        SQLAlchemyError: Messages cannot be written.
    """
    conversations, messages, probe_id = schema.conversation, schema.message, uuid.uuid4().hex
    connection.execute(insert(conversations).values(id=probe_id, channel=CHANNEL, address=probe_id, state="bot"))
    values = {"channel": CHANNEL, "author": CHANNEL, "text": TEXT, "state": SAID, "at": now()}
    connection.execute(insert(messages).values(conversation_id=probe_id, **values))
    connection.execute(delete(messages).where(messages.c.conversation_id == probe_id))
    connection.execute(delete(conversations).where(conversations.c.id == probe_id))
