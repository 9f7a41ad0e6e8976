"""The outbox: replies on their way to a platform, stored in the transaction that says them, sent in order, retried until taken.

If the front dies between a platform's acceptance and our record of it, nobody can know whether the message arrived. Only
such a message may be sent twice, and its `maybe_twice` says so.

For channels whose client fetches its messages (REST, Socket.IO), a delivery is held until the client has come.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from conversations.db import schema
from conversations.db.compiled_statements import CompiledStatement
from conversations.db.mappers import MESSAGE, to_conversation, to_message, to_messages
from conversations.db.schema import now
from conversations.models import Message, Outgoing

DELIVERIES, MESSAGES, CONVERSATIONS = schema.delivery, schema.message, schema.conversation
PENDING, SENDING, DELIVERED, FAILED = "pending", "sending", "delivered", "failed"  # states of a delivery
HELD = "held"  # a fifth state: until the client fetches the message
_ANY_HELD = CompiledStatement(
    select(DELIVERIES.c.id)
    .join_from(MESSAGES, DELIVERIES, DELIVERIES.c.message_id == MESSAGES.c.id)
    .where(MESSAGES.c.conversation_id == bindparam("conversation"), DELIVERIES.c.state == HELD)
    .limit(1)
)
BY_PUSH, BY_FETCH = "push", "fetch"  # how a message reaches the visitor: sent to a platform, or fetched by a client


def enqueue(connection: Connection, message: Message, state: str = PENDING) -> None:
    """Add a delivery of a stored message."""
    connection.execute(
        insert(DELIVERIES).values(
            message_id=message.id, conversation_id=message.conversation_id, channel=message.channel, state=state
        )
    )


def held_messages(connection: Connection, conversation_id: str) -> list[Message]:
    """Return the messages that are held for the client of a conversation, in order."""
    return to_messages(connection.execute(_deliveries_in(conversation_id).where(DELIVERIES.c.state == HELD)))


def any_held(connection: Connection, conversation_id: str) -> bool:
    """Return whether messages are held for the client of a conversation; every turn of such a client asks this."""
    return bool(_ANY_HELD(connection, {"conversation": conversation_id}))


def collect_held(connection: Connection, conversation_id: str, with_message: int) -> list[Message]:
    """Return the held messages and mark them as delivered with the reply to the message `with_message`.

    A second call for the same message returns the same messages, since the client may never have seen the first reply.
    """
    platform_ids = [str(with_message)]
    rows = connection.execute(
        _deliveries_in(conversation_id).add_columns(
            DELIVERIES.c.state.label("delivery_state"), DELIVERIES.c.platform_ids
        )
    )
    collected = [row for row in rows if row.delivery_state == HELD or row.platform_ids == platform_ids]
    mark_fetched(connection, [row.id for row in collected if row.delivery_state == HELD], tuple(platform_ids))
    return to_messages(collected)


def mark_fetched(connection: Connection, message_ids: Iterable[int], with_message: tuple[str, ...] = ()) -> None:
    """Mark held messages as delivered; messages that are not held are left unchanged."""
    wanted = DELIVERIES.c.message_id.in_(list(message_ids)), DELIVERIES.c.state == HELD
    values = {"state": DELIVERED, "platform_ids": list(with_message), "done_at": now()}
    connection.execute(update(DELIVERIES).where(*wanted).values(**values))


def _deliveries_in(conversation_id: str) -> Select[Any]:
    """Select the messages of a conversation that have a delivery, in order."""
    joined = MESSAGE.join(DELIVERIES, DELIVERIES.c.message_id == MESSAGES.c.id)
    return joined.where(MESSAGES.c.conversation_id == conversation_id).order_by(MESSAGES.c.id)


def conversations_with_open_deliveries(connection: Connection) -> list[str]:
    """Return the ids of the conversations that have a delivery to be sent."""
    wanted = select(DELIVERIES.c.conversation_id).where(DELIVERIES.c.state.in_((PENDING, SENDING))).distinct()
    return list(connection.execute(wanted).scalars())


def claim_next(connection: Connection, conversation_id: str) -> Outgoing | None:
    """Mark the oldest open delivery of a conversation as being sent and return it.

    A delivery that is marked so already was under way when the front died: it may go out twice. Returns None if none is
    open, or if another front claimed it at the same moment.
    """
    wanted = DELIVERIES.c.conversation_id == conversation_id, DELIVERIES.c.state.in_((PENDING, SENDING))
    row = connection.execute(select(DELIVERIES).where(*wanted).order_by(DELIVERIES.c.id).limit(1)).first()
    if row is None:
        return None
    maybe_twice = row.maybe_twice or row.state == SENDING
    is_unchanged = DELIVERIES.c.id == row.id, DELIVERIES.c.state == row.state, DELIVERIES.c.attempts == row.attempts
    values = {"state": SENDING, "attempts": row.attempts + 1, "maybe_twice": maybe_twice}
    if not connection.execute(update(DELIVERIES).where(*is_unchanged).values(**values)).rowcount:
        return None
    message = connection.execute(select(MESSAGES).where(MESSAGES.c.id == row.message_id)).one()
    conversation = connection.execute(select(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation_id)).one()
    return Outgoing(
        delivery_id=row.id,
        message=to_message(message),
        conversation=to_conversation(conversation),
        part=row.part,
        platform_ids=tuple(row.platform_ids),
        attempts=row.attempts + 1,
        maybe_twice=maybe_twice,
    )


def record_part_delivered(connection: Connection, outgoing: Outgoing, part: int, platform_ids: tuple[str, ...]) -> None:
    """Store how many parts of a message the platform has taken, so that a retry goes on with the next one."""
    _set_claimed(connection, outgoing, part=part, platform_ids=list(platform_ids))


def schedule_retry(connection: Connection, outgoing: Outgoing, reason: str, ambiguous: bool) -> None:
    """Put a delivery back to be sent again; if `ambiguous`, the platform may have taken it and it may go out twice.

    Changes nothing if another front has claimed the delivery meanwhile, since this one was thought dead.
    """
    _set_claimed(connection, outgoing, state=PENDING, failure=reason, **({"maybe_twice": True} if ambiguous else {}))


def mark_delivered(connection: Connection, delivery_id: int, platform_ids: tuple[str, ...]) -> None:
    """Mark a delivery as taken by the platform, under these ids of its own."""
    values = {"state": DELIVERED, "platform_ids": list(platform_ids), "failure": "", "done_at": now()}
    connection.execute(update(DELIVERIES).where(DELIVERIES.c.id == delivery_id).values(**values))


def mark_failed(connection: Connection, outgoing: Outgoing, reason: str) -> bool:
    """Mark a delivery as given up, so that it is not tried again; returns False if another front has claimed it meanwhile."""
    return _set_claimed(connection, outgoing, state=FAILED, failure=reason, done_at=now())


def delivery_of(connection: Connection, message_id: int) -> dict[str, Any] | None:
    """Return the state, attempts, failure, maybe_twice and platform_ids of a message's delivery.

    Returns None if the message has no delivery, as on channels to which nothing is sent.
    """
    row = connection.execute(select(DELIVERIES).where(DELIVERIES.c.message_id == message_id)).first()
    if row is None:
        return None
    return {
        "state": row.state,
        "attempts": row.attempts,
        "failure": row.failure,
        "maybe_twice": row.maybe_twice,
        "platform_ids": row.platform_ids,
    }


def _set_claimed(connection: Connection, outgoing: Outgoing, **values: Any) -> bool:
    """Change a delivery if it is still as this attempt claimed it."""
    is_ours = DELIVERIES.c.state == SENDING, DELIVERIES.c.attempts == outgoing.attempts
    wanted = DELIVERIES.c.id == outgoing.delivery_id, *is_ours
    return bool(connection.execute(update(DELIVERIES).where(*wanted).values(**values)).rowcount)
