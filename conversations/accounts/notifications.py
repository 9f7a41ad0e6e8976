"""Notifications: what a member of staff is told by name, such as that a colleague handed them a conversation.

One is stored in the transaction that causes it and stays unread until its conversation was opened. It holds no text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from conversations.accounts.accounts import STAFF, Member, to_member
from conversations.accounts.presence import AVAILABLE, presence_of
from conversations.db import schema
from conversations.db.schema import now

NOTIFICATIONS = schema.notification
MENTION, TRANSFER = "mention", "transfer"  # kinds
MAIL_WITHIN = timedelta(days=1)  # after which no e-mail is sent about a notification any more
FIRST_PAUSE = timedelta(seconds=30)  # before an e-mail that was not taken is tried again; then twice as long each time
KEPT = timedelta(days=90)  # for which what was read is listed
_COLLEAGUES = STAFF.alias("colleagues")


@dataclass(frozen=True)
class Notification:
    """Something that a member of staff is told; `by` is the colleague's account, `by_name` what they are called."""

    id: int
    kind: str
    conversation_id: str
    by: str
    by_name: str
    at: datetime
    is_read: bool


@dataclass(frozen=True)
class DueMail:
    """A notification of which its reader is to be told by e-mail now."""

    notification: Notification
    address: str


def notify(
    connection: Connection, account: str, kind: str, conversation_id: str, by: str, note_id: int | None = None
) -> bool:
    """Store a notification for an account; returns False for one's own doing, and for a name without an account."""
    if account == by:
        return False
    staff_id = connection.execute(select(STAFF.c.id).where(STAFF.c.name == account)).scalar()
    if staff_id is None:
        return False
    about = {"conversation_id": conversation_id, "note_id": note_id, "kind": kind, "by": by[:60]}
    connection.execute(insert(NOTIFICATIONS).values(staff_id=staff_id, **about))
    return True


def count_unread(connection: Connection, member: Member) -> int:
    """Return how many notifications somebody has not opened yet."""
    unread = NOTIFICATIONS.c.staff_id == member.id, NOTIFICATIONS.c.read_at.is_(None)
    return connection.execute(select(func.count()).select_from(NOTIFICATIONS).where(*unread)).scalar_one()


def latest(connection: Connection, member: Member, limit: int) -> list[Notification]:
    """Return the newest notifications of somebody, the newest first."""
    wanted = _notifications().where(NOTIFICATIONS.c.staff_id == member.id)
    return [_notification(row) for row in connection.execute(wanted.order_by(NOTIFICATIONS.c.id.desc()).limit(limit))]


def find(connection: Connection, member: Member, notification_id: int) -> Notification | None:
    """Return one of somebody's own notifications, or None."""
    own = NOTIFICATIONS.c.staff_id == member.id, NOTIFICATIONS.c.id == notification_id
    row = connection.execute(_notifications().where(*own)).first()
    return _notification(row) if row else None


def unread_about(connection: Connection, member: Member, conversation_id: str) -> bool:
    """Return True if somebody has unread notifications about a conversation."""
    wanted = _unread(member, conversation_id)
    return connection.execute(select(NOTIFICATIONS.c.id).where(*wanted).limit(1)).first() is not None


def mark_read(connection: Connection, member: Member, conversation_id: str = "") -> None:
    """Mark somebody's notifications about a conversation, or all of them, as read."""
    connection.execute(update(NOTIFICATIONS).where(*_unread(member, conversation_id)).values(read_at=now()))


def due_mails(connection: Connection) -> list[DueMail]:
    """Return the unread notifications of people who want e-mails and are not there, the oldest first."""
    at = now()
    wanted = (
        _notifications()
        .add_columns(NOTIFICATIONS.c.mail_attempts, STAFF)
        .join(STAFF, STAFF.c.id == NOTIFICATIONS.c.staff_id)
        .where(NOTIFICATIONS.c.read_at.is_(None), NOTIFICATIONS.c.mailed_at.is_(None))
        .where(NOTIFICATIONS.c.at > at - MAIL_WITHIN, STAFF.c.notify_address != schema.EMPTY)
        .order_by(NOTIFICATIONS.c.id)
    )
    return [
        DueMail(_notification(row), row.notify_address)
        for row in connection.execute(wanted)
        if presence_of(to_member(row), at) != AVAILABLE and row.told_at + _pause(row.mail_attempts) <= at
    ]


def record_mail(connection: Connection, notification_id: int, was_sent: bool) -> None:
    """Record that the e-mail about a notification was taken by the server, or was not."""
    values: dict[str, Any] = {"mail_attempts": NOTIFICATIONS.c.mail_attempts + 1}
    if was_sent:
        values["mailed_at"] = now()
    connection.execute(update(NOTIFICATIONS).where(NOTIFICATIONS.c.id == notification_id).values(values))


def delete_old(connection: Connection) -> None:
    """Delete the notifications that were read and are older than KEPT."""
    old = NOTIFICATIONS.c.read_at.is_not(None), NOTIFICATIONS.c.at < now() - KEPT
    connection.execute(delete(NOTIFICATIONS).where(*old))


def _pause(attempts: int) -> timedelta:
    """Return how long after the notification the next attempt at its e-mail is due."""
    return FIRST_PAUSE * float(2**attempts - 1)


def _unread(member: Member, conversation_id: str) -> Iterable[Any]:
    own = NOTIFICATIONS.c.staff_id == member.id, NOTIFICATIONS.c.read_at.is_(None)
    return (*own, NOTIFICATIONS.c.conversation_id == conversation_id) if conversation_id else own


def _notifications() -> Select[Any]:
    return select(
        NOTIFICATIONS.c.id.label("notification_id"),
        NOTIFICATIONS.c.kind,
        NOTIFICATIONS.c.conversation_id,
        NOTIFICATIONS.c.by,
        NOTIFICATIONS.c.at.label("told_at"),
        NOTIFICATIONS.c.read_at,
        _COLLEAGUES.c.display_name.label("by_name"),
    ).join(_COLLEAGUES, _COLLEAGUES.c.name == NOTIFICATIONS.c.by, isouter=True)


def _notification(row: Row[Any]) -> Notification:
    is_read = row.read_at is not None
    return Notification(
        row.notification_id, row.kind, row.conversation_id, row.by, row.by_name or row.by, row.told_at, is_read
    )
