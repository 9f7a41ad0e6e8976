"""What is on its way to a platform: stored with the turn that said it, sent in order, tried again, never lost.

What nobody can know is whether a platform took a message when we died between its acceptance and our record. Only such a
message may go out twice, and `maybe_twice` says so.

Where a client comes for its messages (REST, Socket.IO), they are held for it instead, and noted as delivered when it has come.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select, update

from conversations.db import schema
from conversations.db.mappers import MESSAGE, to_conversation, to_message, to_messages
from conversations.db.schema import now
from conversations.models import Message, Outgoing

DELIVERIES, MESSAGES, CONVERSATIONS = schema.delivery, schema.message, schema.conversation
PENDING, SENDING, DELIVERED, FAILED = "pending", "sending", "delivered", "failed"
HELD = "held"  # until the client comes for it
BY_PUSH, BY_FETCH = "push", "fetch"  # how a message gets to the person: sent to a platform, or held for a client


def enqueue(connection: Connection, message: Message, state: str = PENDING) -> None:
    connection.execute(
        insert(DELIVERIES).values(
            message_id=message.id, conversation_id=message.conversation_id, channel=message.channel, state=state
        )
    )


def held(connection: Connection, conversation_id: str) -> list[Message]:
    """What is held for the client of a conversation, in order."""
    return to_messages(connection.execute(_of(conversation_id).where(DELIVERIES.c.state == HELD)))


def hand_over(connection: Connection, conversation_id: str, with_message: int) -> list[Message]:
    """What is held for the client, noted as handed to it with the reply to a message.

    Asked again for the same message, whose reply the client may never have seen, it is the same.
    """
    told = [str(with_message)]
    rows = connection.execute(
        _of(conversation_id).add_columns(DELIVERIES.c.state.label("way"), DELIVERIES.c.platform_ids)
    )
    found = [row for row in rows if row.way == HELD or row.platform_ids == told]
    fetched(connection, [row.id for row in found if row.way == HELD], tuple(told))
    return to_messages(found)


def fetched(connection: Connection, message_ids: Iterable[int], with_message: tuple[str, ...] = ()) -> None:
    """The client has come for these messages; those that were not held for it stay as they are."""
    wanted = DELIVERIES.c.message_id.in_(list(message_ids)), DELIVERIES.c.state == HELD
    values = {"state": DELIVERED, "platform_ids": list(with_message), "done_at": now()}
    connection.execute(update(DELIVERIES).where(*wanted).values(**values))


def _of(conversation_id: str):
    """The messages of a conversation that have a delivery, in order."""
    joined = MESSAGE.join(DELIVERIES, DELIVERIES.c.message_id == MESSAGES.c.id)
    return joined.where(MESSAGES.c.conversation_id == conversation_id).order_by(MESSAGES.c.id)


def conversations_with_open_deliveries(connection: Connection) -> list[str]:
    found = select(DELIVERIES.c.conversation_id).where(DELIVERIES.c.state.in_((PENDING, SENDING))).distinct()
    return list(connection.execute(found).scalars())


def claim_next(connection: Connection, conversation_id: str) -> Outgoing | None:
    """The oldest open delivery of a conversation, noted as being sent; None where all is done.

    One that was noted so already had been under way when we died. None, too, where another front took it at this moment.
    """
    wanted = DELIVERIES.c.conversation_id == conversation_id, DELIVERIES.c.state.in_((PENDING, SENDING))
    row = connection.execute(select(DELIVERIES).where(*wanted).order_by(DELIVERIES.c.id).limit(1)).first()
    if row is None:
        return None
    maybe_twice = row.maybe_twice or row.state == SENDING
    seen = DELIVERIES.c.id == row.id, DELIVERIES.c.state == row.state, DELIVERIES.c.attempts == row.attempts
    begun = update(DELIVERIES).where(*seen).values(state=SENDING, attempts=row.attempts + 1, maybe_twice=maybe_twice)
    if not connection.execute(begun).rowcount:
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


def record_part_delivered(connection: Connection, delivery_id: int, part: int, platform_ids: tuple[str, ...]) -> None:
    """The platform has taken so many parts; after a restart, the next one goes on from there."""
    _set(connection, delivery_id, part=part, platform_ids=list(platform_ids))


def schedule_retry(connection: Connection, delivery_id: int, why: str, unsure: bool) -> None:
    """The platform did not take it; or, if `unsure`, perhaps it did, and then it goes out twice."""
    _set(connection, delivery_id, state=PENDING, failure=why, **({"maybe_twice": True} if unsure else {}))


def mark_delivered(connection: Connection, delivery_id: int, platform_ids: tuple[str, ...]) -> None:
    _set(connection, delivery_id, state=DELIVERED, platform_ids=list(platform_ids), failure="", done_at=now())


def mark_failed(connection: Connection, delivery_id: int, why: str) -> None:
    _set(connection, delivery_id, state=FAILED, failure=why, done_at=now())


def platform_ids_of(connection: Connection, message_id: int) -> tuple[str, ...]:
    """The platform's ids of a message that was delivered there."""
    found = connection.execute(select(DELIVERIES.c.platform_ids).where(DELIVERIES.c.message_id == message_id)).scalar()
    return tuple(found or ())


def delivery_of(connection: Connection, message_id: int) -> dict | None:
    """How far a message's delivery is: state, attempts, failure, maybe_twice; None where nothing is sent (web, REST)."""
    row = connection.execute(select(DELIVERIES).where(DELIVERIES.c.message_id == message_id)).first()
    return row and {
        "state": row.state,
        "attempts": row.attempts,
        "failure": row.failure,
        "maybe_twice": row.maybe_twice,
        "platform_ids": row.platform_ids,
    }


def _set(connection: Connection, delivery_id: int, **values) -> None:
    connection.execute(update(DELIVERIES).where(DELIVERIES.c.id == delivery_id).values(**values))
