"""Alerts: what staff must be told outside the console.

Somebody waits for a person, a message failed, contact details were left, or a platform reports a problem. An alert is stored
in the transaction that causes it and sent until it was sent. It holds no message text, only its kind and the conversation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Connection, func, insert, select, update

from conversations.db import schema
from conversations.db.schema import now

ALERTS = schema.alert
WAITING, FAILED, CONTACT, UNDELIVERED = "waiting", "failed", "contact", "undelivered"
# About a platform as a whole, without a conversation.
SLACK_LIMITED, SLACK_REVOKED, SLACK_UNINSTALLED = "slack_limited", "slack_revoked", "slack_uninstalled"
REPEAT_AFTER = timedelta(minutes=10)  # at most one alert of a kind for a conversation in this time
FIRST_PAUSE, LONGEST_PAUSE = (
    timedelta(seconds=2),
    timedelta(minutes=10),
)  # between two attempts; each pause is twice the one before
GIVE_UP_AFTER = timedelta(days=2)


@dataclass(frozen=True)
class Alert:
    """An alert that is not sent by all means yet.

    `told` holds the means by which it was sent; `conversation_id` is empty if the alert is not about a conversation.
    """

    id: int
    kind: str
    conversation_id: str
    at: datetime
    told: tuple[str, ...]
    attempts: int


def raise_alert(connection: Connection, kind: str, conversation_id: str | None = None) -> bool:
    """Store an alert; returns False if there was one of this kind for this conversation in the last ten minutes."""
    wanted = ALERTS.c.kind == kind, ALERTS.c.conversation_id == conversation_id, ALERTS.c.at > now() - REPEAT_AFTER
    if connection.execute(select(func.count()).select_from(ALERTS).where(*wanted)).scalar_one():
        return False
    connection.execute(insert(ALERTS).values(kind=kind, conversation_id=conversation_id))
    return True


def alerts_due(connection: Connection, limit: int = 1000) -> list[Alert]:
    """Return the oldest alerts that are to be sent, or tried again, now."""
    rows = connection.execute(select(ALERTS).where(ALERTS.c.done_at.is_(None)).order_by(ALERTS.c.id))
    alerts = (Alert(row.id, row.kind, row.conversation_id or "", row.at, tuple(row.told), row.attempts) for row in rows)
    return list(islice((alert for alert in alerts if _due_at(alert) <= now()), limit))


def _due_at(alert: Alert) -> datetime:
    pauses = (min(FIRST_PAUSE * 2 ** min(attempt, 20), LONGEST_PAUSE) for attempt in range(alert.attempts))
    return alert.at + sum(pauses, timedelta())


def record_attempt(connection: Connection, alert: Alert, told: tuple[str, ...], done: bool) -> None:
    """Store the means by which an alert was sent so far; `done` if these are all. An old alert is given up."""
    is_over = done or now() - alert.at > GIVE_UP_AFTER
    connection.execute(
        update(ALERTS)
        .where(ALERTS.c.id == alert.id)
        .values(told=list(told), attempts=alert.attempts + 1, done_at=now() if is_over else None)
    )
