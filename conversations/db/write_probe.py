"""Whether a message could be written now: one is, in a conversation of its own, and taken back before anybody can see it."""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, delete, insert

from conversations.db import schema
from conversations.db.schema import now
from conversations.models import SAID

CHANNEL = "probe"  # no channel of this name exists
TEXT = "Whether this can be written. " * 40  # about what an answer has


def write_probe_message(connection: Connection) -> None:
    """Goes the way of a message: the same tables, the same indexes, the disk at the commit. Nothing of it stays."""
    conversations, messages, own = schema.conversation, schema.message, uuid.uuid4().hex
    connection.execute(insert(conversations).values(id=own, channel=CHANNEL, address=own, state="bot"))
    said = {"channel": CHANNEL, "author": CHANNEL, "text": TEXT, "state": SAID, "at": now()}
    connection.execute(insert(messages).values(conversation_id=own, **said))
    connection.execute(delete(messages).where(messages.c.conversation_id == own))
    connection.execute(delete(conversations).where(conversations.c.id == own))
