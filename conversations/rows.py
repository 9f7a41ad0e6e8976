"""Rows of the database as records."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Row, bindparam, select

from conversations import tables
from conversations.records import Button, Conversation, Message

CONVERSATION = select(tables.conversation)
MESSAGE = select(tables.message)
# Put together once: that takes longer than asking SQLite.
_CONVERSATION_BY_ID = CONVERSATION.where(tables.conversation.c.id == bindparam("id"))
_LOCKED_CONVERSATION = _CONVERSATION_BY_ID.with_for_update()
_MESSAGE_BY_ID = MESSAGE.where(tables.message.c.id == bindparam("id"))


def conversation_of(row: Row) -> Conversation:
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


def message_of(row: Row) -> Message:
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
    return conversation_of(row) if row else None


def find_message(connection: Connection, message_id: int) -> Message | None:
    row = connection.execute(_MESSAGE_BY_ID, {"id": message_id}).first()
    return message_of(row) if row else None


def messages_of(rows: Iterable[Row]) -> list[Message]:
    return [message_of(row) for row in rows]
