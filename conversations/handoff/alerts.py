"""What staff must be told outside the console: somebody waits for a person, messages fail, contact details were left, a
platform has trouble with us.

An alert is written in the transaction that causes it and told until it has been told. It holds no message text: only what
happened, and where to look.
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
# About a platform as a whole, and no conversation.
SLACK_LIMITED, SLACK_REVOKED, SLACK_UNINSTALLED = "slack_limited", "slack_revoked", "slack_uninstalled"
REPEAT_AFTER = timedelta(minutes=10)  # one alert of a kind for a conversation in such a time
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=2), timedelta(minutes=10)  # between two tries; doubled each time
OLDEST_FIRST = timedelta(days=2)  # what could not be told by then is not told any more


@dataclass(frozen=True)
class Alert:
    """`told` are the means by which staff have been told already; `conversation_id` is empty where it is about none."""

    id: int
    kind: str
    conversation_id: str
    at: datetime
    told: tuple[str, ...]
    attempts: int


def raise_alert(connection: Connection, kind: str, conversation_id: str | None = None) -> bool:
    """Whether there is a new one: the same about the same conversation, or about none, is not told twice in ten minutes."""
    wanted = ALERTS.c.kind == kind, ALERTS.c.conversation_id == conversation_id, ALERTS.c.at > now() - REPEAT_AFTER
    if connection.execute(select(func.count()).select_from(ALERTS).where(*wanted)).scalar_one():
        return False
    connection.execute(insert(ALERTS).values(kind=kind, conversation_id=conversation_id))
    return True


def alerts_due(connection: Connection, limit: int = 1000) -> list[Alert]:
    """Those that are to be told, or tried again, now."""
    rows = connection.execute(select(ALERTS).where(ALERTS.c.done_at.is_(None)).order_by(ALERTS.c.id))
    found = (Alert(row.id, row.kind, row.conversation_id or "", row.at, tuple(row.told), row.attempts) for row in rows)
    return list(islice((alert for alert in found if _due_at(alert) <= now()), limit))


def _due_at(alert: Alert) -> datetime:
    waits = (min(FIRST_WAIT * 2 ** min(tried, 20), LONGEST_WAIT) for tried in range(alert.attempts))
    return alert.at + sum(waits, timedelta())


def record_attempt(connection: Connection, alert: Alert, told: tuple[str, ...], done: bool) -> None:
    """By which means it has been told so far; `done` where all have."""
    over = done or now() - alert.at > OLDEST_FIRST
    connection.execute(
        update(ALERTS)
        .where(ALERTS.c.id == alert.id)
        .values(told=list(told), attempts=alert.attempts + 1, done_at=now() if over else None)
    )
