"""Push subscriptions: browsers in which staff want to be told that somebody waits, each by its push service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from conversations.db import schema
from conversations.db.schema import now

SUBSCRIPTIONS, STAFF = schema.push_subscription, schema.staff
LONGEST_ENDPOINT, LONGEST_KEY, LONGEST_AUTH, LONGEST_BROWSER = 1000, 100, 40, 200
MOST = 20  # browsers of one account
REFUSED_FOR = timedelta(days=7)  # by its push service, after which a browser is forgotten


@dataclass(frozen=True)
class PushSubscription:
    """A browser at a push service: its address there, its public key, and what it shares with the front."""

    id: int
    endpoint: str
    p256dh: str
    auth: str
    browser: str
    at: datetime
    failing_since: datetime | None = None


def subscribe(connection: Connection, staff_id: int, endpoint: str, p256dh: str, auth: str, browser: str) -> None:
    """Store a browser's subscription, in place of what was stored of it; of the account's others the newest MOST stay."""
    connection.execute(delete(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.endpoint == endpoint))
    keys = {"endpoint": endpoint, "p256dh": p256dh, "auth": auth, "browser": browser[:LONGEST_BROWSER]}
    connection.execute(insert(SUBSCRIPTIONS).values(staff_id=staff_id, **keys))
    newest = [each.id for each in of_account(connection, staff_id)][:MOST]
    connection.execute(
        delete(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.staff_id == staff_id, SUBSCRIPTIONS.c.id.not_in(newest))
    )


def of_account(connection: Connection, staff_id: int) -> list[PushSubscription]:
    """Return the browsers of an account, the newest first."""
    wanted = select(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.staff_id == staff_id)
    return [_subscription(row) for row in connection.execute(wanted.order_by(SUBSCRIPTIONS.c.id.desc()))]


def remove(connection: Connection, staff_id: int, subscription_id: int) -> None:
    """Tell a browser of an account no more."""
    own = SUBSCRIPTIONS.c.staff_id == staff_id, SUBSCRIPTIONS.c.id == subscription_id
    connection.execute(delete(SUBSCRIPTIONS).where(*own))


def to_be_told(connection: Connection, roles: tuple[str, ...]) -> list[PushSubscription]:
    """Return the browsers of people who have one of these roles and are not away."""
    wanted = select(SUBSCRIPTIONS).join(STAFF, STAFF.c.id == SUBSCRIPTIONS.c.staff_id)
    of_those = wanted.where(STAFF.c.role.in_(roles), ~STAFF.c.is_away)
    return [_subscription(row) for row in connection.execute(of_those.order_by(SUBSCRIPTIONS.c.id))]


def forget(connection: Connection, subscription_id: int) -> None:
    """Delete a subscription that its push service does not know any more."""
    connection.execute(delete(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.id == subscription_id))


def record_taken(connection: Connection, subscription_id: int) -> None:
    """Note that the push service has taken something for a browser again."""
    connection.execute(update(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.id == subscription_id).values(failing_since=None))


def record_refused(connection: Connection, subscription_id: int) -> None:
    """Note that the push service refuses what is sent to a browser; one that is refused for REFUSED_FOR is forgotten.

    A service that does so for one day may be mistaken, or the front's clock is; a key that has changed is refused for good.
    """
    one, moment = SUBSCRIPTIONS.c.id == subscription_id, now()
    connection.execute(delete(SUBSCRIPTIONS).where(one, SUBSCRIPTIONS.c.failing_since < moment - REFUSED_FOR))
    first = one, SUBSCRIPTIONS.c.failing_since.is_(None)
    connection.execute(update(SUBSCRIPTIONS).where(*first).values(failing_since=moment))


def _subscription(row: Row[Any]) -> PushSubscription:
    return PushSubscription(row.id, row.endpoint, row.p256dh, row.auth, row.browser, row.at, row.failing_since)
