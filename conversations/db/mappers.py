"""Rows of the database as records."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Row, bindparam, select

from conversations.db import schema
from conversations.models import Button, Conversation, Message

CONVERSATION = select(schema.conversation)
MESSAGE = select(schema.message)
# Put together once: that takes longer than asking SQLite.
_CONVERSATION_BY_ID = CONVERSATION.where(schema.conversation.c.id == bindparam("id"))
_LOCKED_CONVERSATION = _CONVERSATION_BY_ID.with_for_update()
_MESSAGE_BY_ID = MESSAGE.where(schema.message.c.id == bindparam("id"))


def to_conversation(row: Row) -> Conversation:
    return Conversation(
        id=row.id,
        channel=row.channel,
        address=row.address,
        state=row.state,
        state_since=row.state_since,
        created_at=row.created_at,
        last_at=row.last_at,
        reach=row.reach,
        site=row.site,
        page=row.page,
        person_name=row.person_name,
        language=row.language,
        held_by=row.held_by,
    )


def to_message(row: Row) -> Message:
    return Message(
        id=row.id,
        conversation_id=row.conversation_id,
        channel=row.channel,
        author=row.author,
        text=row.text,
        at=row.at,
        state=row.state,
        author_name=row.author_name,
        payload=row.payload,
        buttons=tuple(Button(**one) for one in row.buttons),
        cards=tuple(row.cards),
        sources=tuple(row.sources),
        outcome=row.outcome,
        topic=row.topic,
        answers=row.answers,
        external_id=row.external_id,
        context=row.context,
        failure=row.failure,
    )


def find_conversation(connection: Connection, conversation_id: str, lock: bool = False) -> Conversation | None:
    """With `lock`, nobody else changes it before this transaction ends."""
    row = connection.execute(_LOCKED_CONVERSATION if lock else _CONVERSATION_BY_ID, {"id": conversation_id}).first()
    return to_conversation(row) if row else None


def find_message(connection: Connection, message_id: int) -> Message | None:
    row = connection.execute(_MESSAGE_BY_ID, {"id": message_id}).first()
    return to_message(row) if row else None


def to_messages(rows: Iterable[Row]) -> list[Message]:
    return [to_message(row) for row in rows]
