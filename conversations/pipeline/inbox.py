"""What came in: written with the platform's own id before anything else happens; the same id twice is one message."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from conversations.db import schema
from conversations.db.compiled_statements import CompiledStatement
from conversations.db.mappers import CONVERSATION, MESSAGE, to_conversation, to_messages
from conversations.db.schema import now
from conversations.handoff.states import change_state
from conversations.models import BOT, CLOSED, RECEIVED, VISITOR, Accepted, Conversation, Inbound, Message

MESSAGES, CONVERSATIONS = schema.message, schema.conversation
LEFT = "left/"  # before the address of a conversation that its visitor began another one in place of
_OTHERS = MESSAGES.alias("others")
# Put together once: that takes longer than asking SQLite.
# With the message, the first of its conversation that is still to be answered: the conversation is locked by now, so that none
# comes in between. The message itself may be among them or not.
_FIRST_OPEN = (
    select(func.min(_OTHERS.c.id))
    .where(_OTHERS.c.conversation_id == bindparam("of_conversation"), _OTHERS.c.state == RECEIVED)
    .scalar_subquery()
)
_WRITE = CompiledStatement(insert(MESSAGES).returning(MESSAGES.c.id, _FIRST_OPEN.label("first_open")))
_OPEN = (
    MESSAGE.where(MESSAGES.c.conversation_id == bindparam("conversation"), MESSAGES.c.state == RECEIVED)
    .order_by(MESSAGES.c.id)
    .limit(bindparam("most"))
)
_AT = CONVERSATION.where(
    CONVERSATIONS.c.channel == bindparam("channel"), CONVERSATIONS.c.address == bindparam("address")
)
_LOCKED_AT = _AT.with_for_update()
_TOUCH = update(CONVERSATIONS).where(CONVERSATIONS.c.id == bindparam("this"))
# One statement for what nearly every message needs: the conversation noted as used, locked and looked at.
_USE = CompiledStatement(
    update(CONVERSATIONS)
    .where(
        CONVERSATIONS.c.channel == bindparam("at_channel"),
        CONVERSATIONS.c.address == bindparam("at_address"),
        CONVERSATIONS.c.state != CLOSED,
    )
    .returning(CONVERSATIONS.c.id, CONVERSATIONS.c.state)
)
LONGEST_NAME = schema.conversation.c.person_name.type.length
LONGEST_LANGUAGE = schema.conversation.c.language.type.length
MOST_LOOKED_AT = 500


def accept(connection: Connection, inbound: Inbound) -> Accepted:
    """Write a message; in a conversation that was closed, it opens it again with the advisor."""
    inbound = _storable(inbound)
    known = _known(connection, inbound)
    if known:
        return known
    at = now()
    conversation_id, state = _conversation(connection, inbound, at)
    values = {
        "at": at,
        "conversation_id": conversation_id,
        "channel": inbound.channel,
        "external_id": inbound.external_id,
        "author": VISITOR,
        "author_name": inbound.person_name,
        "text": inbound.text,
        "payload": inbound.payload,
        "state": RECEIVED,
        "context": dict(inbound.context),
    }
    [(message_id, first_open)] = _WRITE(connection, {**values, "of_conversation": conversation_id})
    message = _message(inbound, message_id, conversation_id, at)
    is_next = first_open is None or first_open >= message_id
    return Accepted(message_id, conversation_id, state=state, message=message, is_next=is_next)


def open_messages(connection: Connection, conversation_id: str, limit: int = 1000) -> list[Message]:
    """What is still to be answered in a conversation, in order."""
    return to_messages(connection.execute(_OPEN, {"conversation": conversation_id, "most": limit}))


def open_everywhere(connection: Connection) -> list[tuple[int, str, str]]:
    """All messages that are still to be answered, in order: id, conversation, channel."""
    found = select(MESSAGES.c.id, MESSAGES.c.conversation_id, MESSAGES.c.channel).where(MESSAGES.c.state == RECEIVED)
    return [tuple(row) for row in connection.execute(found.order_by(MESSAGES.c.id))]


def put_aside(connection: Connection, conversation: Conversation) -> None:
    """From now on it is at no address that anybody could have a key to; what was said in it stays."""
    connection.execute(
        update(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation.id).values(address=LEFT + conversation.address)
    )


def conversation_at(connection: Connection, channel: str, address: str, lock: bool = False) -> Conversation | None:
    """With `lock`, nobody else changes it before this transaction ends."""
    row = connection.execute(_LOCKED_AT if lock else _AT, {"channel": channel, "address": address}).first()
    return to_conversation(row) if row else None


def text_of(connection: Connection, channel: str, external_id: str) -> str | None:
    """What somebody wrote in the message that a platform numbers so; None where it is not known."""
    wanted = MESSAGES.c.channel == channel, MESSAGES.c.external_id == external_id
    return connection.execute(select(MESSAGES.c.text).where(*wanted)).scalar_one_or_none()


def conversations_from(connection: Connection, channel: str, beginning: str) -> list[Conversation]:
    """Those of a channel whose address begins so: all of a person's, where addresses begin with the person."""
    wanted = CONVERSATIONS.c.channel == channel, CONVERSATIONS.c.address.startswith(beginning, autoescape=True)
    return [to_conversation(row) for row in connection.execute(CONVERSATION.where(*wanted))]


def open_conversation(connection: Connection, inbound: Inbound) -> Conversation:
    """The conversation at an address, made where there is none yet; nothing is said in it."""
    return conversation_at(connection, inbound.channel, inbound.address) or _new(connection, inbound)


def last_about(connection: Connection, conversation_id: str, key: str, value: Any) -> Message | None:
    """The newest message of the visitor, among the last MOST_LOOKED_AT, whose context holds this under the key."""
    wanted = MESSAGES.c.conversation_id == conversation_id, MESSAGES.c.author == VISITOR
    newest = MESSAGE.where(*wanted).order_by(MESSAGES.c.id.desc()).limit(MOST_LOOKED_AT)
    return next((one for one in to_messages(connection.execute(newest)) if one.context.get(key) == value), None)


def addressed_with(connection: Connection, channel: str, part: str) -> list[Conversation]:
    """The conversations of a channel in whose address this stands."""
    wanted = CONVERSATIONS.c.channel == channel, CONVERSATIONS.c.address.contains(part, autoescape=True)
    return [to_conversation(row) for row in connection.execute(CONVERSATION.where(*wanted))]


def readdress(connection: Connection, conversation: Conversation, address: str, reach: Mapping[str, Any]) -> bool:
    """Give a conversation another address and reach; False, and nothing is changed, where another one is there."""
    there = conversation_at(connection, conversation.channel, address, lock=True)
    if there and there.id != conversation.id:
        return False
    connection.execute(_TOUCH, {"this": conversation.id, "address": address, "reach": dict(reach)})
    return True


def _storable(inbound: Inbound) -> Inbound:
    """Without what a database refuses, wherever a platform sent it: NUL, halves of characters, names that are too long."""
    return replace(
        inbound,
        text=whole_characters(inbound.text),
        person_name=whole_characters(inbound.person_name)[:LONGEST_NAME],
        language=whole_characters(inbound.language)[:LONGEST_LANGUAGE],
    )


def _message(inbound: Inbound, message_id: int, conversation_id: str, at: datetime) -> Message:
    """What stands in the row now, so that it need not be read for being answered."""
    return Message(
        id=message_id,
        conversation_id=conversation_id,
        channel=inbound.channel,
        author=VISITOR,
        text=inbound.text,
        at=at,
        state=RECEIVED,
        author_name=inbound.person_name,
        payload=inbound.payload,
        external_id=inbound.external_id,
        context=dict(inbound.context),
    )


def whole_characters(text: str) -> str:
    """Return the text without what no database takes: NUL is left out, halves of characters become "?"."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _known(connection: Connection, inbound: Inbound) -> Accepted | None:
    if inbound.external_id is None:
        return None
    wanted = MESSAGES.c.channel == inbound.channel, MESSAGES.c.external_id == inbound.external_id
    row = connection.execute(select(MESSAGES.c.id, MESSAGES.c.conversation_id).where(*wanted)).first()
    return Accepted(row.id, row.conversation_id, again=True) if row else None


def _conversation(connection: Connection, inbound: Inbound, at: datetime) -> tuple[str, str]:
    """The id and state of the conversation that a message belongs to."""
    # Locked, so that ids grow in the order in which a conversation's messages are seen.
    told = {name: getattr(inbound, name) for name in ("page", "person_name", "language") if getattr(inbound, name)}
    if inbound.reach:
        told["reach"] = dict(inbound.reach)
    place = {"at_channel": inbound.channel, "at_address": inbound.address}
    for conversation_id, state in _USE(connection, {**place, "last_at": at, **told}):
        return conversation_id, state
    conversation = _new_or_opened_again(connection, inbound, at, told)
    return conversation.id, conversation.state


def _new_or_opened_again(connection: Connection, inbound: Inbound, at: datetime, told: Mapping) -> Conversation:
    found = conversation_at(connection, inbound.channel, inbound.address, lock=True)
    if found is None:
        return _new(connection, inbound)
    opened = change_state(connection, found, BOT, by=VISITOR) if found.state == CLOSED else found
    connection.execute(_TOUCH, {"this": found.id, "last_at": at, **told})
    return replace(opened, last_at=at, **told)


def _new(connection: Connection, inbound: Inbound) -> Conversation:
    values = {
        name: getattr(inbound, name) for name in ("channel", "address", "site", "page", "person_name", "language")
    }
    row = connection.execute(
        insert(CONVERSATIONS)
        .values(id=uuid.uuid4().hex, reach=dict(inbound.reach), state=BOT, **values)
        .returning(*CONVERSATIONS.c)
    ).one()
    return to_conversation(row)
