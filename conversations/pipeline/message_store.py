"""Messages in the database: storing turns and replies, and finding them again. Each function runs in a caller's transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Result, and_, bindparam, delete, insert, or_, select, update

from conversations.db import schema
from conversations.db.compiled_statements import CompiledStatement
from conversations.db.mappers import MESSAGE, find_conversation, find_message, to_message, to_messages
from conversations.db.schema import now
from conversations.models import (
    ANSWERED,
    FAILED,
    LEFT,
    RECEIVED,
    SAID,
    VISITOR,
    Button,
    Conversation,
    Message,
    Reply,
    Turn,
)
from conversations.pipeline.outbox import BY_FETCH, HELD, PENDING, enqueue

MESSAGES, BUTTONS, CONVERSATIONS = schema.message, schema.button, schema.conversation
_LOCK = CompiledStatement(
    select(CONVERSATIONS.c.state, CONVERSATIONS.c.held_as, CONVERSATIONS.c.pack)
    .where(CONVERSATIONS.c.id == bindparam("this"))
    .with_for_update()
)
# Only an open message: a second answer to it (from a front that was thought dead, say) must not be stored.
_SETTLE = CompiledStatement(
    update(MESSAGES)
    .where(MESSAGES.c.id == bindparam("this"), MESSAGES.c.state == bindparam("open", RECEIVED))
    .returning(MESSAGES.c.id)
)
_INSERT = CompiledStatement(insert(MESSAGES).returning(MESSAGES.c.id))
_INSERT_BUTTONS = CompiledStatement(insert(BUTTONS))
# Built once, since building a statement takes longer than running it on SQLite.
_TOUCH = update(CONVERSATIONS).where(CONVERSATIONS.c.id == bindparam("this"))
_REPLIES = MESSAGE.where(MESSAGES.c.answers == bindparam("message")).order_by(MESSAGES.c.id)
LATE = timedelta(minutes=1)  # an answer that took longer counts as new activity in its conversation
# How a stored message reaches the visitor: true or `outbox.BY_PUSH`: sent by the outbox; `outbox.BY_FETCH`: held for the
# client; false or "": shown by a page or returned with a request.
DeliveryMode = bool | str
ROWS_AT_ONCE = 8  # fetched from the database, when reading may stop early
CLIENT_GONE = "client_gone"  # key in a message's context: its client has got an apology and waits no more
TOKEN_BYTES = 12  # 16 characters; Telegram allows 64 bytes


@dataclass(frozen=True)
class LockedConversation:
    """Who answers a conversation that is locked to the end of the transaction."""

    state: str
    held_as: str  # the name of the member of staff for the visitor, if the state is `person`
    pack: str = ""  # the guide pack that answers


def lock_conversation(connection: Connection, message: Message) -> LockedConversation | None:
    """Lock the conversation of a message to the end of the transaction; returns None if it was deleted.

    Replies must be stored after this call: a reader who goes on from the last id it saw must not miss a lower one.
    """
    locked = next((LockedConversation(*row) for row in _LOCK(connection, {"this": message.conversation_id})), None)
    if locked and now() - message.at > LATE:  # otherwise `last_at` was set when the message came in
        connection.execute(_TOUCH, {"this": message.conversation_id, "last_at": now()})
    return locked


def record_turn(connection: Connection, message: Message, turn: Turn, delivery: DeliveryMode) -> list[Message]:
    """Store the turn that answers a message whose conversation is locked; return its replies as stored.

    Like the two functions below, it stores nothing if the message is not open any more, and returns the replies that it
    got before.
    """
    understanding = dict(turn.understanding)
    was_open = _settle(
        connection,
        message,
        ANSWERED,
        failure="",
        intent=understanding.pop("intent", None) or "",
        topic=understanding.pop("topic", None) or "",
        confidence=understanding.pop("confidence", None),
        understanding=understanding,
        actions=list(turn.actions),
        outcome=next((reply.outcome for reply in turn.replies if reply.outcome), ""),
        engine_ms=turn.engine_ms,
    )
    return add_replies(connection, message, turn.replies, delivery) if was_open else replies_to(connection, message.id)


def record_failure(
    connection: Connection, message: Message, reason: str, apology: Reply, delivery: DeliveryMode
) -> list[Message]:
    """Store that a message failed and was answered by an apology; staff see it and can have it tried again."""
    was_open = _settle(connection, message, FAILED, failure=reason, outcome=apology.outcome)
    return add_replies(connection, message, [apology], delivery) if was_open else replies_to(connection, message.id)


def record_for_person(
    connection: Connection, message: Message, replies: Iterable[Reply], delivery: DeliveryMode
) -> list[Message]:
    """Store that a message is left to the person who has the conversation, with replies that say so, if any."""
    was_open = _settle(connection, message, LEFT, failure="")
    return add_replies(connection, message, replies, delivery) if was_open else replies_to(connection, message.id)


def is_open(connection: Connection, message_id: int) -> bool:
    """Return True if a message is still to be answered."""
    wanted = MESSAGES.c.id == message_id, MESSAGES.c.state == RECEIVED
    return connection.execute(select(MESSAGES.c.id).where(*wanted)).first() is not None


def note_retrying(connection: Connection, message_id: int, reason: str) -> None:
    """Store, for staff, why the attempts at an open message have failed so far."""
    wanted = MESSAGES.c.id == message_id, MESSAGES.c.state == RECEIVED
    connection.execute(update(MESSAGES).where(*wanted).values(failure=reason))


def reopen_failed(connection: Connection, message_id: int) -> Message | None:
    """Open a failed message again and return it, or a message that is being tried again; None if it is neither."""
    wanted = MESSAGES.c.id == message_id, _failed_or_retried()
    row = connection.execute(select(MESSAGES).where(*wanted).with_for_update()).first()
    if row is None:
        return None
    values: dict[str, Any] = {"state": RECEIVED, "failure": "", "answered_at": None}
    if row.state == FAILED:
        values["context"] = {**row.context, CLIENT_GONE: True}
    opened = update(MESSAGES).where(MESSAGES.c.id == message_id).values(**values).returning(*MESSAGES.c)
    return to_message(connection.execute(opened).one())


def add_replies(
    connection: Connection, message: Message, replies: Iterable[Reply], delivery: DeliveryMode
) -> list[Message]:
    """Store the replies to a message whose conversation is locked."""
    conversation_id, channel = message.conversation_id, message.channel
    return [_insert(connection, conversation_id, channel, reply, delivery, answers=message.id) for reply in replies]


def add_message(
    connection: Connection, conversation_id: str, channel: str, reply: Reply, delivery: DeliveryMode
) -> Message:
    """Store a message to the visitor that answers none of theirs; its buttons work from now on."""
    connection.execute(_TOUCH, {"this": conversation_id, "last_at": now()})  # locks it, as `lock_conversation` does
    return _insert(connection, conversation_id, channel, reply, delivery)


def _insert(
    connection: Connection,
    conversation_id: str,
    channel: str,
    reply: Reply,
    delivery: DeliveryMode,
    answers: int | None = None,
) -> Message:
    buttons = tuple(
        Button(button.title, button.payload, secrets.token_urlsafe(TOKEN_BYTES)) for button in reply.buttons
    )
    message = Message(
        id=0,
        conversation_id=conversation_id,
        channel=channel,
        author=reply.author,
        author_name=reply.author_name,
        text=reply.text,
        at=now(),
        state=SAID,
        buttons=buttons,
        cards=reply.cards,
        sources=reply.sources,
        outcome=reply.outcome,
        topic=reply.topic,
        answers=answers,
    )
    [(message_id,)] = _INSERT(connection, _to_row(message))
    message = replace(message, id=message_id)
    if buttons:
        keys = {"conversation_id": conversation_id, "message_id": message_id}
        _INSERT_BUTTONS.many(connection, [{**keys, **vars(button)} for button in buttons])
    if delivery:
        enqueue(connection, message, HELD if delivery == BY_FETCH else PENDING)
    return message


def _to_row(message: Message) -> dict[str, Any]:
    """Return the columns of a message to the visitor."""
    names = (
        "conversation_id",
        "channel",
        "author",
        "author_name",
        "text",
        "at",
        "state",
        "outcome",
        "topic",
        "answers",
    )
    return {
        **{name: getattr(message, name) for name in names},
        "buttons": [vars(button) for button in message.buttons],
        "cards": [dict(card) for card in message.cards],
        "sources": [dict(source) for source in message.sources],
    }


def replies_to(connection: Connection, message_id: int) -> list[Message]:
    """Return the replies to a message, in order; those of all attempts, if it was tried again after an apology."""
    return to_messages(connection.execute(_REPLIES, {"message": message_id}))


def trace_of_reply(connection: Connection, message: Message) -> str:
    """Return the trace of the turn that a message to the visitor belongs to, or ""."""
    asked = find_message(connection, message.answers) if message.answers else None
    return asked.traceparent if asked else ""


def messages_after(
    connection: Connection, conversation_id: str, after: int = 0, limit: int = 200, most_chars: int | None = None
) -> list[Message]:
    """Return the messages of a conversation with ids above `after`, both ways, in order.

    With `most_chars`, the list ends with the message that brings its text to this number of characters.
    """
    wanted = MESSAGES.c.conversation_id == conversation_id, MESSAGES.c.id > after
    return _fitting(connection.execute(MESSAGE.where(*wanted).order_by(MESSAGES.c.id).limit(limit)), most_chars)


def all_messages(connection: Connection, conversation_id: str) -> list[Message]:
    """Return all messages of a conversation, both ways, in order."""
    messages: list[Message] = []
    while page := messages_after(connection, conversation_id, messages[-1].id if messages else 0):
        messages += page
    return messages


def was_said_within(connection: Connection, conversation_id: str, reply: Reply, within: timedelta) -> bool:
    """Return True if a message with this author and text was sent in the conversation `within` this time."""
    same = MESSAGES.c.author == reply.author, MESSAGES.c.text == reply.text, MESSAGES.c.at > now() - within
    wanted = select(MESSAGES.c.id).where(MESSAGES.c.conversation_id == conversation_id, *same)
    return connection.execute(wanted.limit(1)).first() is not None


def latest_messages(
    connection: Connection, conversation_id: str, limit: int, most_chars: int | None = None
) -> list[Message]:
    """Return the last `limit` messages of a conversation, in order; `most_chars` as in `messages_after`."""
    wanted = MESSAGE.where(MESSAGES.c.conversation_id == conversation_id)
    return _fitting(connection.execute(wanted.order_by(MESSAGES.c.id.desc()).limit(limit)), most_chars)[::-1]


def _fitting(rows: Result[Any], most_chars: int | None) -> list[Message]:
    """Convert rows to messages until their texts have `most_chars` characters; the other rows are not fetched."""
    if most_chars is None:
        return to_messages(rows)
    messages: list[Message] = []
    for row in rows.yield_per(ROWS_AT_ONCE):
        messages.append(to_message(row))
        most_chars -= len(row.text)
        if most_chars <= 0:
            break
    rows.close()
    return messages


def failed_messages(connection: Connection, limit: int = 200) -> list[Message]:
    """Return the inbound messages that failed or are being tried again (their state says which), the newest first."""
    return to_messages(
        connection.execute(MESSAGE.where(_failed_or_retried()).order_by(MESSAGES.c.id.desc()).limit(limit))
    )


def _failed_or_retried() -> ColumnElement[bool]:
    is_retried = and_(MESSAGES.c.state == RECEIVED, MESSAGES.c.failure != "")
    return or_(MESSAGES.c.state == FAILED, is_retried)


def button_by_token(connection: Connection, conversation_id: str, token: str) -> Button | None:
    """Return the button with this token if it was sent in this conversation."""
    return _button(connection, BUTTONS.c.conversation_id == conversation_id, BUTTONS.c.token == token)


def button_by_payload(connection: Connection, conversation_id: str, payload: str) -> Button | None:
    """Return a button with this payload that was sent in this conversation."""
    return _button(connection, BUTTONS.c.conversation_id == conversation_id, BUTTONS.c.payload == payload)


def find_pressed_button(connection: Connection, channel: str, token: str) -> tuple[Conversation, Button] | None:
    """Return the button with this token and the conversation of the channel in which it was sent, or None."""
    row = connection.execute(select(BUTTONS).where(BUTTONS.c.token == token)).first()
    if row is None:
        return None
    conversation = find_conversation(connection, row.conversation_id)
    if conversation is None or conversation.channel != channel:
        return None
    return conversation, Button(row.title, row.payload, row.token)


def delete_unsent(connection: Connection, message_id: int) -> None:
    """Delete a message to the visitor that has not been sent."""
    connection.execute(delete(MESSAGES).where(MESSAGES.c.id == message_id, MESSAGES.c.author != VISITOR))


def find_reply(connection: Connection, conversation_id: str, message_id: int) -> Message | None:
    """Return a message to the visitor by its id, or None if this conversation has no such message."""
    message = find_message(connection, message_id)
    if message is None or message.conversation_id != conversation_id or message.author == VISITOR:
        return None
    return message


def _button(connection: Connection, *wanted: ColumnElement[bool]) -> Button | None:
    row = connection.execute(select(BUTTONS).where(*wanted).limit(1)).first()
    return Button(row.title, row.payload, row.token) if row else None


def _settle(connection: Connection, message: Message, state: str, **values: Any) -> bool:
    """Set the state of a message that is open; returns False if it was settled before."""
    return bool(_SETTLE(connection, {"this": message.id, "state": state, "answered_at": now(), **values}))
