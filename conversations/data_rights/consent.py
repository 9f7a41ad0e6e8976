"""Consent: which versions of the privacy notice a visitor has agreed to, by conversation."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from conversations.db import schema

CONSENT = schema.consent


def record_consent(connection: Connection, conversation_id: str, version: str) -> None:
    """Store the visitor's agreement to a version of the privacy notice; does nothing if it is stored already."""
    if not has_consented(connection, conversation_id, version):
        connection.execute(insert(CONSENT).values(conversation_id=conversation_id, version=version))


def has_consented(connection: Connection, conversation_id: str, version: str) -> bool:
    """Return True if the visitor of this conversation has agreed to this version of the privacy notice."""
    wanted = CONSENT.c.conversation_id == conversation_id, CONSENT.c.version == version
    return connection.execute(select(CONSENT.c.version).where(*wanted)).first() is not None
