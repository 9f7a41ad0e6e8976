"""What became of an inbound message: its replies, or why there are none. One transaction each."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Result, bindparam, insert, select, update

from conversations import tables
from conversations.outbox import queue_delivery
from conversations.prepared import Prepared
from conversations.records import (
    ANSWERED,
    FAILED,
    LEFT,
    RECEIVED,
    SAID,
    VISITOR,
    Button,
    Message,
    Reply,
    Turn,
)
from conversations.rows import MESSAGE, find_message, message_of, messages_of
from conversations.tables import now

MESSAGES, BUTTONS, CONVERSATIONS = tables.message, tables.button, tables.conversation
_HOLD = Prepared(
    select(CONVERSATIONS.c.state, CONVERSATIONS.c.held_by).where(CONVERSATIONS.c.id == bindparam("this")).with_for_update()
)
_SETTLE = Prepared(update(MESSAGES).where(MESSAGES.c.id == bindparam("this")))
_SAY = Prepared(insert(MESSAGES).returning(MESSAGES.c.id))
_OFFER = Prepared(insert(BUTTONS))
# Put together once: that takes longer than asking SQLite.
_TOUCH = update(CONVERSATIONS).where(CONVERSATIONS.c.id == bindparam("this"))
_REPLIES = MESSAGE.where(MESSAGES.c.answers == bindparam("message")).order_by(MESSAGES.c.id)
LATE = timedelta(minutes=1)  # after so long an answer counts as something new in its conversation
ROWS_AT_ONCE = 8  # where few may be wanted of many
TOKEN_BYTES = 12  # 16 characters; Telegram allows 64 bytes


@dataclass(frozen=True)
class Held:
    """Who answers a conversation that is locked to the end of the transaction."""

    state: str
    by: str  # the member of staff, where the state is `person`


def hold(connection: Connection, message: Message) -> Held | None:
    """Lock the conversation of a message to the end of the transaction; None where it is gone.

    What is said must come after it: whoever reads on from the last id that they saw must miss no lower one.
    """
    held = next((Held(*row) for row in _HOLD(connection, {"this": message.conversation_id})), None)
    if held and now() - message.at > LATE:  # else it was noted as used when the message came in
        connection.execute(_TOUCH, {"this": message.conversation_id, "last_at": now()})
    return held


def record_turn(connection: Connection, message: Message, turn: Turn, push: bool) -> list[Message]:
    """The message, whose conversation is held, is answered by these replies; with `push`, each is queued for delivery."""
    understood = dict(turn.understanding)
    _settle(
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
    return say_all(connection, message, turn.replies, push)


def record_failure(connection: Connection, message: Message, reason: str, apology: Reply, push: bool) -> list[Message]:
    """The message got no answer but an apology; it stays visible to staff and can be tried again."""
    _settle(connection, message, FAILED, failure=reason, outcome=apology.outcome)
    return say_all(connection, message, [apology], push)


def leave_to_person(connection: Connection, message: Message, words: Iterable[Reply], push: bool) -> list[Message]:
    """A person has the conversation: the engine was not asked."""
    _settle(connection, message, LEFT)
    return say_all(connection, message, words, push)


def try_again(connection: Connection, message_id: int) -> Message | None:
    """Put a failed message back among those to be answered; None where it is not a failed one."""
    wanted = MESSAGES.c.id == message_id, MESSAGES.c.state == FAILED
    row = connection.execute(
        update(MESSAGES).where(*wanted).values(state=RECEIVED, failure="", answered_at=None).returning(*MESSAGES.c)
    ).first()
    return message_of(row) if row else None


def say_all(connection: Connection, message: Message, replies: Iterable[Reply], push: bool) -> list[Message]:
    """Store what is said in answer to a message, whose conversation is held."""
    return [
        _say(connection, message.conversation_id, message.channel, reply, push, answers=message.id) for reply in replies
    ]


def say_in(connection: Connection, conversation_id: str, channel: str, reply: Reply, push: bool) -> Message:
    """Store something said in a conversation, with buttons that can be pressed from now on."""
    connection.execute(_TOUCH, {"this": conversation_id, "last_at": now()})  # locks it, as `hold` does
    return _say(connection, conversation_id, channel, reply, push)


def _say(
    connection: Connection, conversation_id: str, channel: str, reply: Reply, push: bool, answers: int | None = None
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
        queue_delivery(connection, said)
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
    return messages_of(connection.execute(_REPLIES, {"message": message_id}))


def said_since(
    connection: Connection, conversation_id: str, after: int = 0, limit: int = 200, most_chars: int | None = None
) -> list[Message]:
    """The messages of a conversation with an id above `after`, both ways, in order.

    With `most_chars`, the last is the one with which they have so much text together.
    """
    wanted = MESSAGES.c.conversation_id == conversation_id, MESSAGES.c.id > after
    return _fitting(connection.execute(MESSAGE.where(*wanted).order_by(MESSAGES.c.id).limit(limit)), most_chars)


def said_lately(connection: Connection, conversation_id: str, reply: Reply, within: timedelta) -> bool:
    """Whether just this was said in the conversation within such a time."""
    same = MESSAGES.c.author == reply.author, MESSAGES.c.text == reply.text, MESSAGES.c.at > now() - within
    wanted = select(MESSAGES.c.id).where(MESSAGES.c.conversation_id == conversation_id, *same)
    return connection.execute(wanted.limit(1)).first() is not None


def last_said(
    connection: Connection, conversation_id: str, limit: int, most_chars: int | None = None
) -> list[Message]:
    """The last so many messages of a conversation, in order; `most_chars` as in `said_since`."""
    wanted = MESSAGE.where(MESSAGES.c.conversation_id == conversation_id)
    return _fitting(connection.execute(wanted.order_by(MESSAGES.c.id.desc()).limit(limit)), most_chars)[::-1]


def _fitting(rows: Result, most_chars: int | None) -> list[Message]:
    """The messages of the first rows, until there is so much text; the others are not read."""
    if most_chars is None:
        return messages_of(rows)
    found: list[Message] = []
    for row in rows.yield_per(ROWS_AT_ONCE):
        found.append(message_of(row))
        most_chars -= len(row.text)
        if most_chars <= 0:
            break
    rows.close()
    return found


def failed_messages(connection: Connection, limit: int = 200) -> list[Message]:
    """Inbound messages that got no answer, the newest first."""
    wanted = MESSAGE.where(MESSAGES.c.state == FAILED)
    return messages_of(connection.execute(wanted.order_by(MESSAGES.c.id.desc()).limit(limit)))


def button_by_token(connection: Connection, conversation_id: str, token: str) -> Button | None:
    """The button that a token stands for, if it was sent in this conversation."""
    return _button(connection, BUTTONS.c.conversation_id == conversation_id, BUTTONS.c.token == token)


def button_by_payload(connection: Connection, conversation_id: str, payload: str) -> Button | None:
    """A button with this payload that was sent in this conversation."""
    return _button(connection, BUTTONS.c.conversation_id == conversation_id, BUTTONS.c.payload == payload)


def find_reply(connection: Connection, conversation_id: str, message_id: int) -> Message | None:
    """A message said to the visitor of this conversation, and no other's."""
    message = find_message(connection, message_id)
    ours = message and message.conversation_id == conversation_id and message.author != VISITOR
    return message if ours else None


def _button(connection: Connection, *wanted: Any) -> Button | None:
    row = connection.execute(select(BUTTONS).where(*wanted).limit(1)).first()
    return Button(row.title, row.payload, row.token) if row else None


def _settle(connection: Connection, message: Message, state: str, **values: Mapping[str, Any] | Any) -> None:
    _SETTLE(connection, {"this": message.id, "state": state, "answered_at": now(), **values})
