"""Mapping of database rows to the domain model."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select

from conversations.db import schema
from conversations.db.schema import AnyRow
from conversations.models import Button, Conversation, Message

CONVERSATION = select(schema.conversation)
MESSAGE = select(schema.message)
# Built once, since building a statement takes longer than running it on SQLite.
_CONVERSATION_BY_ID = CONVERSATION.where(schema.conversation.c.id == bindparam("id"))
_LOCKED_CONVERSATION = _CONVERSATION_BY_ID.with_for_update()
_MESSAGE_BY_ID = MESSAGE.where(schema.message.c.id == bindparam("id"))


def to_conversation(row: AnyRow) -> Conversation:
    """Map a row of table `conversation`."""
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
        pack=row.pack,
        page=row.page,
        person_name=row.person_name,
        language=row.language,
        held_by=row.held_by,
        held_as=row.held_as,
    )


def to_message(row: AnyRow) -> Message:
    """Map a row of table `message`."""
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
        buttons=tuple(Button(**button) for button in row.buttons),
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
    """Return a conversation, or None; `lock` keeps other transactions from changing it until this one ends."""
    row = connection.execute(_LOCKED_CONVERSATION if lock else _CONVERSATION_BY_ID, {"id": conversation_id}).first()
    return to_conversation(row) if row else None


def find_message(connection: Connection, message_id: int) -> Message | None:
    """Return a message, or None."""
    row = connection.execute(_MESSAGE_BY_ID, {"id": message_id}).first()
    return to_message(row) if row else None


def to_messages(rows: Iterable[AnyRow]) -> list[Message]:
    """Map rows of table `message`, in their order."""
    return [to_message(row) for row in rows]
