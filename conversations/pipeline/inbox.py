"""The inbox: stores inbound messages before anything else happens. The same platform id twice is one message."""

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
from conversations.handoff import ratings
from conversations.handoff.states import change_state
from conversations.models import BOT, CLOSED, RECEIVED, VISITOR, Accepted, Conversation, Inbound, Message

MESSAGES, CONVERSATIONS = schema.message, schema.conversation
LEFT = "left/"  # prefix of the address of a conversation whose visitor has begun another in its place
_OTHERS = MESSAGES.alias("others")
# Statements are built once, since building one takes longer than running it on SQLite.
# Inserting a message also returns the first open message of its conversation. The conversation is locked by then, so that no
# other message comes in between. Whether the new message itself is considered depends on the database.
_FIRST_OPEN = (
    select(func.min(_OTHERS.c.id))
    .where(_OTHERS.c.conversation_id == bindparam("of_conversation"), _OTHERS.c.state == RECEIVED)
    .scalar_subquery()
)
_INSERT = CompiledStatement(insert(MESSAGES).returning(MESSAGES.c.id, _FIRST_OPEN.label("first_open")))
_OPEN = (
    MESSAGE.where(MESSAGES.c.conversation_id == bindparam("conversation"), MESSAGES.c.state == RECEIVED)
    .order_by(MESSAGES.c.id)
    .limit(bindparam("most"))
)
_AT = CONVERSATION.where(
    CONVERSATIONS.c.channel == bindparam("channel"), CONVERSATIONS.c.address == bindparam("address")
)
_LOCKED_AT = _AT.with_for_update()
_IS_AT = CompiledStatement(
    select(CONVERSATIONS.c.id).where(
        CONVERSATIONS.c.channel == bindparam("channel"), CONVERSATIONS.c.address == bindparam("address")
    )
)
_INSERT_CONVERSATION = CompiledStatement(insert(CONVERSATIONS))
_TOUCH = update(CONVERSATIONS).where(CONVERSATIONS.c.id == bindparam("this"))
# Updates, locks and reads the conversation in one statement, which is enough for nearly every message.
_USE = CompiledStatement(
    update(CONVERSATIONS)
    .where(
        CONVERSATIONS.c.channel == bindparam("at_channel"),
        CONVERSATIONS.c.address == bindparam("at_address"),
        CONVERSATIONS.c.state != CLOSED,
    )
    .returning(CONVERSATIONS.c.id, CONVERSATIONS.c.state)
)
LONGEST_NAME = schema.conversation.c.person_name.type.length  # type: ignore[attr-defined]  # a String
LONGEST_LANGUAGE = schema.conversation.c.language.type.length  # type: ignore[attr-defined]  # a String
MOST_SEARCHED = 500  # messages of a conversation


def accept(connection: Connection, inbound: Inbound) -> Accepted:
    """Store a message, unless its platform id is stored already.

    A closed conversation is opened again, unless the message answers what the visitor was asked when it was closed.
    """
    inbound = _storable(inbound)
    if stored := _stored_before(connection, inbound):
        return stored
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
    [(message_id, first_open)] = _INSERT(connection, {**values, "of_conversation": conversation_id})
    message = _message(inbound, message_id, conversation_id, at)
    is_next = first_open is None or first_open >= message_id
    return Accepted(message_id, conversation_id, state=state, message=message, is_next=is_next)


def open_messages(connection: Connection, conversation_id: str, limit: int = 1000) -> list[Message]:
    """Return the messages of a conversation that are still to be answered, in order."""
    return to_messages(connection.execute(_OPEN, {"conversation": conversation_id, "most": limit}))


def open_everywhere(connection: Connection) -> list[tuple[int, str, str]]:
    """Return the id, conversation id and channel of each message that is still to be answered, in order."""
    columns = select(MESSAGES.c.id, MESSAGES.c.conversation_id, MESSAGES.c.channel)
    rows = connection.execute(columns.where(MESSAGES.c.state == RECEIVED).order_by(MESSAGES.c.id))
    return [(row.id, row.conversation_id, row.channel) for row in rows]


def retire_address(connection: Connection, conversation: Conversation) -> None:
    """Move a conversation to an address that no client can have a token for; its messages stay."""
    connection.execute(
        update(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation.id).values(address=LEFT + conversation.address)
    )


def conversation_at(connection: Connection, channel: str, address: str, lock: bool = False) -> Conversation | None:
    """Return the conversation at an address of a channel, or None; `lock` locks its row to the end of the transaction."""
    row = connection.execute(_LOCKED_AT if lock else _AT, {"channel": channel, "address": address}).first()
    return to_conversation(row) if row else None


def text_of(connection: Connection, channel: str, external_id: str) -> str | None:
    """Return the text of the message with this platform id, or None if it is not stored."""
    wanted = MESSAGES.c.channel == channel, MESSAGES.c.external_id == external_id
    return connection.execute(select(MESSAGES.c.text).where(*wanted)).scalar_one_or_none()


def conversations_from(connection: Connection, channel: str, prefix: str) -> list[Conversation]:
    """Return the conversations of a channel whose address has this prefix: often a person, who may have several."""
    wanted = CONVERSATIONS.c.channel == channel, CONVERSATIONS.c.address.startswith(prefix, autoescape=True)
    return [to_conversation(row) for row in connection.execute(CONVERSATION.where(*wanted))]


def open_conversation(connection: Connection, inbound: Inbound) -> Conversation:
    """Return the conversation at the address of `inbound`; adds it, without a message, if it is new."""
    return conversation_at(connection, inbound.channel, inbound.address) or _new(connection, inbound)


def find_by_context(connection: Connection, conversation_id: str, key: str, value: Any) -> Message | None:
    """Return the visitor's newest message, of the last MOST_SEARCHED, whose context has this value for the key."""
    wanted = MESSAGES.c.conversation_id == conversation_id, MESSAGES.c.author == VISITOR
    newest = MESSAGE.where(*wanted).order_by(MESSAGES.c.id.desc()).limit(MOST_SEARCHED)
    messages = to_messages(connection.execute(newest))
    return next((message for message in messages if message.context.get(key) == value), None)


def conversations_with_address_part(connection: Connection, channel: str, part: str) -> list[Conversation]:
    """Return the conversations of a channel whose address contains `part`."""
    wanted = CONVERSATIONS.c.channel == channel, CONVERSATIONS.c.address.contains(part, autoescape=True)
    return [to_conversation(row) for row in connection.execute(CONVERSATION.where(*wanted))]


def readdress(connection: Connection, conversation: Conversation, address: str, reach: Mapping[str, Any]) -> bool:
    """Change the address and reach of a conversation; returns False, without a change, if the address is taken."""
    holder = conversation_at(connection, conversation.channel, address, lock=True)
    if holder and holder.id != conversation.id:
        return False
    connection.execute(_TOUCH, {"this": conversation.id, "address": address, "reach": dict(reach)})
    return True


def _storable(inbound: Inbound) -> Inbound:
    """Remove from a message what a database refuses: NUL, halves of characters, names that are too long."""
    changed: dict[str, Any] = {
        "text": whole_characters(inbound.text),
        "person_name": whole_characters(inbound.person_name)[:LONGEST_NAME],
        "language": whole_characters(inbound.language)[:LONGEST_LANGUAGE],
    }
    changed = {name: text for name, text in changed.items() if text != getattr(inbound, name)}
    return replace(inbound, **changed) if changed else inbound


def _message(inbound: Inbound, message_id: int, conversation_id: str, at: datetime) -> Message:
    """Build the stored message, which saves reading its row."""
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
    """Return the text in a form that every database takes: without NUL, and with "?" for halves of characters."""
    if text.isascii():
        return text.replace("\0", "")
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _stored_before(connection: Connection, inbound: Inbound) -> Accepted | None:
    if inbound.external_id is None:
        return None
    wanted = MESSAGES.c.channel == inbound.channel, MESSAGES.c.external_id == inbound.external_id
    row = connection.execute(select(MESSAGES.c.id, MESSAGES.c.conversation_id).where(*wanted)).first()
    return Accepted(row.id, row.conversation_id, again=True) if row else None


def _conversation(connection: Connection, inbound: Inbound, at: datetime) -> tuple[str, str]:
    """Find, reopen or add the conversation of a message and lock it; return its id and state."""
    # Locked, so that the ids of a conversation's messages grow in the order in which the messages become visible.
    changes = {name: getattr(inbound, name) for name in ("page", "person_name", "language") if getattr(inbound, name)}
    if inbound.reach:
        changes["reach"] = dict(inbound.reach)
    at_address = {"at_channel": inbound.channel, "at_address": inbound.address}
    for conversation_id, state in _USE(connection, {**at_address, "last_at": at, **changes}):
        return conversation_id, state
    conversation = _new_or_reopened(connection, inbound, at, changes)
    return conversation.id, conversation.state


def _new_or_reopened(
    connection: Connection, inbound: Inbound, at: datetime, changes: Mapping[str, Any]
) -> Conversation:
    here = {"channel": inbound.channel, "address": inbound.address}
    conversation = conversation_at(connection, **here, lock=True) if _IS_AT(connection, here) else None
    if conversation is None:
        return _new(connection, inbound)
    if conversation.state == CLOSED and ratings.value_in(inbound.payload) is None:
        conversation = change_state(connection, conversation, BOT, by=VISITOR)
    connection.execute(_TOUCH, {"this": conversation.id, "last_at": at, **changes})
    return replace(conversation, last_at=at, **changes)


def _new(connection: Connection, inbound: Inbound) -> Conversation:
    at = now()
    conversation = Conversation(
        id=uuid.uuid4().hex,
        channel=inbound.channel,
        address=inbound.address,
        state=BOT,
        state_since=at,
        created_at=at,
        last_at=at,
        reach=dict(inbound.reach),
        site=inbound.site,
        page=inbound.page,
        person_name=inbound.person_name,
        language=inbound.language,
        pack=inbound.pack,
    )
    _INSERT_CONVERSATION(connection, vars(conversation))
    return conversation
