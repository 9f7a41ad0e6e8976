"""Conditions that limit a query of messages to one guide pack, where an installation serves several.

`pack` is a name, "" for the first pack, or None for all that there are: then a query stays as it is.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select

from conversations.db import schema


def of_conversations(conversation_id: ColumnElement[Any], pack: str | None) -> list[ColumnElement[bool]]:
    """Return the condition that a row belongs to a conversation of a pack, by the row's column of the conversation's id."""
    if pack is None:
        return []
    return [conversation_id.in_(select(schema.conversation.c.id).where(schema.conversation.c.pack == pack))]
