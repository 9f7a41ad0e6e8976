"""What became of an inbound message: its replies, or why there are none. One transaction each."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
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
_HOLD = CompiledStatement(
    select(CONVERSATIONS.c.state, CONVERSATIONS.c.held_by)
    .where(CONVERSATIONS.c.id == bindparam("this"))
    .with_for_update()
)
# Only what is still to be answered: whoever answers it a second time (a front that was thought dead, say) must say nothing.
_SETTLE = CompiledStatement(
    update(MESSAGES)
    .where(MESSAGES.c.id == bindparam("this"), MESSAGES.c.state == bindparam("open", RECEIVED))
    .returning(MESSAGES.c.id)
)
_SAY = CompiledStatement(insert(MESSAGES).returning(MESSAGES.c.id))
_OFFER = CompiledStatement(insert(BUTTONS))
# Put together once: that takes longer than asking SQLite.
_TOUCH = update(CONVERSATIONS).where(CONVERSATIONS.c.id == bindparam("this"))
_REPLIES = MESSAGE.where(MESSAGES.c.answers == bindparam("message")).order_by(MESSAGES.c.id)
LATE = timedelta(minutes=1)  # after so long an answer counts as something new in its conversation
Way = (
    bool | str
)  # how what is said gets there: true or `outbox.BY_PUSH` by the outbox, `outbox.BY_FETCH` held, false: neither
ROWS_AT_ONCE = 8  # where few may be wanted of many
TOKEN_BYTES = 12  # 16 characters; Telegram allows 64 bytes


@dataclass(frozen=True)
class LockedConversation:
    """Who answers a conversation that is locked to the end of the transaction."""

    state: str
    by: str  # the member of staff, where the state is `person`


def lock_conversation(connection: Connection, message: Message) -> LockedConversation | None:
    """Lock the conversation of a message to the end of the transaction; None where it is gone.

    What is said must come after it: whoever reads on from the last id that they saw must miss no lower one.
    """
    held = next((LockedConversation(*row) for row in _HOLD(connection, {"this": message.conversation_id})), None)
    if held and now() - message.at > LATE:  # else it was noted as used when the message came in
        connection.execute(_TOUCH, {"this": message.conversation_id, "last_at": now()})
    return held


def record_turn(connection: Connection, message: Message, turn: Turn, push: Way) -> list[Message]:
    """The message, whose conversation is held, is answered by these replies; `push` says how each gets there.

    As with the two below: where it is not open any more, nothing is written, and what was said to it then is returned.
    """
    understood = dict(turn.understanding)
    is_ours = _settle(
        connection,
        message,
        ANSWERED,
        failure="",
        intent=understood.pop("intent", None) or "",
        topic=understood.pop("topic", None) or "",
        confidence=understood.pop("confidence", None),
        understanding=understood,
        actions=list(turn.actions),
        outcome=next((reply.outcome for reply in turn.replies if reply.outcome), ""),
        engine_ms=turn.engine_ms,
    )
    return add_replies(connection, message, turn.replies, push) if is_ours else replies_to(connection, message.id)


def record_failure(connection: Connection, message: Message, reason: str, apology: Reply, push: Way) -> list[Message]:
    """The message got no answer but an apology; it stays visible to staff and can be tried again."""
    is_ours = _settle(connection, message, FAILED, failure=reason, outcome=apology.outcome)
    return add_replies(connection, message, [apology], push) if is_ours else replies_to(connection, message.id)


def record_for_person(connection: Connection, message: Message, words: Iterable[Reply], push: Way) -> list[Message]:
    """A person has the conversation: the engine was not asked."""
    is_ours = _settle(connection, message, LEFT, failure="")
    return add_replies(connection, message, words, push) if is_ours else replies_to(connection, message.id)


def is_open(connection: Connection, message_id: int) -> bool:
    """Whether a message is still to be answered."""
    wanted = MESSAGES.c.id == message_id, MESSAGES.c.state == RECEIVED
    return connection.execute(select(MESSAGES.c.id).where(*wanted)).first() is not None


def note_retrying(connection: Connection, message_id: int, why: str) -> None:
    """For staff: why a message that is still open was tried in vain so far."""
    wanted = MESSAGES.c.id == message_id, MESSAGES.c.state == RECEIVED
    connection.execute(update(MESSAGES).where(*wanted).values(failure=why))


def reopen_failed(connection: Connection, message_id: int) -> Message | None:
    """Put a failed message back among those to be answered, or find one that is being tried again; None where it is neither."""
    wanted = MESSAGES.c.id == message_id, _in_trouble()
    row = connection.execute(
        update(MESSAGES).where(*wanted).values(state=RECEIVED, failure="", answered_at=None).returning(*MESSAGES.c)
    ).first()
    return to_message(row) if row else None


def add_replies(connection: Connection, message: Message, replies: Iterable[Reply], push: Way) -> list[Message]:
    """Store what is said in answer to a message, whose conversation is held."""
    return [
        _say(connection, message.conversation_id, message.channel, reply, push, answers=message.id) for reply in replies
    ]


def add_message(connection: Connection, conversation_id: str, channel: str, reply: Reply, push: Way) -> Message:
    """Store something said in a conversation, with buttons that can be pressed from now on."""
    connection.execute(_TOUCH, {"this": conversation_id, "last_at": now()})  # locks it, as `hold` does
    return _say(connection, conversation_id, channel, reply, push)


def _say(
    connection: Connection, conversation_id: str, channel: str, reply: Reply, push: Way, answers: int | None = None
) -> Message:
    buttons = tuple(Button(one.title, one.payload, secrets.token_urlsafe(TOKEN_BYTES)) for one in reply.buttons)
    said = Message(
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
    [(message_id,)] = _SAY(connection, _row(said))
    said = replace(said, id=message_id)
    if buttons:
        keys = {"conversation_id": conversation_id, "message_id": said.id}
        _OFFER.many(connection, [{**keys, **vars(one)} for one in buttons])
    if push:
        enqueue(connection, said, HELD if push == BY_FETCH else PENDING)
    return said


def _row(said: Message) -> dict[str, Any]:
    """What of a reply stands in its row."""
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
        **{name: getattr(said, name) for name in names},
        "buttons": [vars(one) for one in said.buttons],
        "cards": [dict(card) for card in said.cards],
        "sources": [dict(source) for source in said.sources],
    }


def replies_to(connection: Connection, message_id: int) -> list[Message]:
    """What was said in answer to a message, in order; of one that was tried again, the last answer too."""
    return to_messages(connection.execute(_REPLIES, {"message": message_id}))


def messages_after(
    connection: Connection, conversation_id: str, after: int = 0, limit: int = 200, most_chars: int | None = None
) -> list[Message]:
    """The messages of a conversation with an id above `after`, both ways, in order.

    With `most_chars`, the last is the one with which they have so much text together.
    """
    wanted = MESSAGES.c.conversation_id == conversation_id, MESSAGES.c.id > after
    return _fitting(connection.execute(MESSAGE.where(*wanted).order_by(MESSAGES.c.id).limit(limit)), most_chars)


def was_said_within(connection: Connection, conversation_id: str, reply: Reply, within: timedelta) -> bool:
    """Whether just this was said in the conversation within such a time."""
    same = MESSAGES.c.author == reply.author, MESSAGES.c.text == reply.text, MESSAGES.c.at > now() - within
    wanted = select(MESSAGES.c.id).where(MESSAGES.c.conversation_id == conversation_id, *same)
    return connection.execute(wanted.limit(1)).first() is not None


def latest_messages(
    connection: Connection, conversation_id: str, limit: int, most_chars: int | None = None
) -> list[Message]:
    """The last so many messages of a conversation, in order; `most_chars` as in `said_since`."""
    wanted = MESSAGE.where(MESSAGES.c.conversation_id == conversation_id)
    return _fitting(connection.execute(wanted.order_by(MESSAGES.c.id.desc()).limit(limit)), most_chars)[::-1]


def _fitting(rows: Result, most_chars: int | None) -> list[Message]:
    """The messages of the first rows, until there is so much text; the others are not read."""
    if most_chars is None:
        return to_messages(rows)
    found: list[Message] = []
    for row in rows.yield_per(ROWS_AT_ONCE):
        found.append(to_message(row))
        most_chars -= len(row.text)
        if most_chars <= 0:
            break
    rows.close()
    return found


def failed_messages(connection: Connection, limit: int = 200) -> list[Message]:
    """Inbound messages that got no answer, and those that are being tried again (their state says so), the newest first."""
    return to_messages(connection.execute(MESSAGE.where(_in_trouble()).order_by(MESSAGES.c.id.desc()).limit(limit)))


def _in_trouble() -> ColumnElement[bool]:
    is_retried = and_(MESSAGES.c.state == RECEIVED, MESSAGES.c.failure != "")
    return or_(MESSAGES.c.state == FAILED, is_retried)


def button_by_token(connection: Connection, conversation_id: str, token: str) -> Button | None:
    """The button that a token stands for, if it was sent in this conversation."""
    return _button(connection, BUTTONS.c.conversation_id == conversation_id, BUTTONS.c.token == token)


def button_by_payload(connection: Connection, conversation_id: str, payload: str) -> Button | None:
    """A button with this payload that was sent in this conversation."""
    return _button(connection, BUTTONS.c.conversation_id == conversation_id, BUTTONS.c.payload == payload)


def where_pressed(connection: Connection, channel: str, token: str) -> tuple[Conversation, Button] | None:
    """The button that a token stands for, and the conversation of the channel in which it was sent."""
    row = connection.execute(select(BUTTONS).where(BUTTONS.c.token == token)).first()
    conversation = row and find_conversation(connection, row.conversation_id)
    if not conversation or conversation.channel != channel:
        return None
    return conversation, Button(row.title, row.payload, row.token)


def unsay(connection: Connection, message_id: int) -> None:
    """Take back what was stored to be said and has reached nobody."""
    connection.execute(delete(MESSAGES).where(MESSAGES.c.id == message_id, MESSAGES.c.author != VISITOR))


def find_reply(connection: Connection, conversation_id: str, message_id: int) -> Message | None:
    """A message said to the visitor of this conversation, and no other's."""
    message = find_message(connection, message_id)
    ours = message and message.conversation_id == conversation_id and message.author != VISITOR
    return message if ours else None


def _button(connection: Connection, *wanted: Any) -> Button | None:
    row = connection.execute(select(BUTTONS).where(*wanted).limit(1)).first()
    return Button(row.title, row.payload, row.token) if row else None


def _settle(connection: Connection, message: Message, state: str, **values: Mapping[str, Any] | Any) -> bool:
    """Whether the message was open, and so is settled now."""
    return bool(_SETTLE(connection, {"this": message.id, "state": state, "answered_at": now(), **values}))
