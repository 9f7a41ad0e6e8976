"""Webhooks: addresses of other programs that are told of events, and what is still to be sent to them.

An event is stored for each webhook that wants it in the transaction that causes it, and sent until it was taken or given up.
It says what happened and to which conversation; what somebody wrote is never in it. Once it is over, nothing is kept of it but
its kind and what came of it; what an erased conversation still had to say is not sent any more.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, delete, func, insert, select, update

from conversations.db import schema
from conversations.db.schema import AnyRow, now
from conversations.errors import AdminError
from conversations.integrations.guarded_client import INTERNAL, NOT_SECURE
from conversations.integrations.signature import PREFIX
from conversations.models import TRY
from core.translations import Names, StoredTexts, marked
from core.translations import gettext as _

WEBHOOKS, DELIVERIES = schema.webhook, schema.webhook_delivery
WAITING, TAKEN, RETURNED, CLOSED = (f"conversation.{what}" for what in ("waiting", "taken", "returned", "closed"))
ERASED, FAILED, RATED = "conversation.erased", "message.failed", "message.rated"
CONTACT, CORRECTED, PUBLISHED, TEST = "contact.requested", "correction.made", "publication.live", "webhook.test"
EVENTS: Mapping[str, str] = Names(
    {
        WAITING: "Somebody asked for a person",
        TAKEN: "A member of staff took a conversation",
        RETURNED: "A conversation went back to the advisor",
        CLOSED: "A conversation was closed",
        ERASED: "A conversation was deleted with all that is stored about it",
        FAILED: "A message could not be answered",
        RATED: "A visitor gave a thumb",
        CONTACT: "Somebody left contact details",
        CORRECTED: "Staff noted what a message really meant",
        PUBLISHED: "What staff wrote went live",
    }
)
# What came of an attempt, as it is stored; `RESULTS` has it in the language in use.
ANSWERED, TOO_SLOW = marked("answered %(status)s"), marked("no answer within %(seconds)s seconds")
NOT_FOUND, NOT_REACHED = marked("its host was not found"), marked("could not be reached (%(error)s)")
GONE = marked("The address answered that it is gone (410).")
RESULTS = StoredTexts(ANSWERED, TOO_SLOW, NOT_FOUND, NOT_REACHED, NOT_SECURE, INTERNAL, GONE)
MOST_WEBHOOKS, LONGEST_URL = 20, 2000
SECRET_BYTES = 24  # the least that Standard Webhooks recommends
# The pauses that Standard Webhooks gives as an example (standardwebhooks.com, "Retries"); after the last an event is given up.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400))
KEPT = timedelta(days=30)  # for which events are listed
AT_ONCE = 20  # events of a webhook that are sent in one round
SHOWN = 20  # events of a webhook that the console lists


@dataclass(frozen=True)
class Webhook:
    """An address that is told of events; `stopped` says why it is no more, and is empty while it is."""

    id: int
    url: str
    events: tuple[str, ...]
    stopped: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Delivery:
    """An event for a webhook.

    `due_at` is None once it was sent (`sent_at`) or given up, and `payload` is empty then; `result` tells of the last attempt
    in words.
    """

    id: int
    event: str
    payload: Mapping[str, Any]
    at: datetime
    attempts: int
    due_at: datetime | None
    sent_at: datetime | None
    result: str


@dataclass(frozen=True)
class DueDelivery:
    """An event that is to be sent now, with the address and the secret of its webhook."""

    delivery: Delivery
    webhook_id: int
    url: str
    secret: str


def list_webhooks(connection: Connection) -> list[Webhook]:
    """Return all webhooks, the oldest first."""
    return [_webhook(row) for row in connection.execute(select(WEBHOOKS).order_by(WEBHOOKS.c.id))]


def add_webhook(connection: Connection, url: str, events: Iterable[str], by: str) -> str:
    """Store a webhook and return its secret, which is not shown again; raises AdminError if the address is not allowed."""
    url, wanted = url.strip(), [event for event in EVENTS if event in set(events)]
    _require_address(url)
    if not wanted:
        raise AdminError(_("Choose at least one event."))
    if len(list_webhooks(connection)) >= MOST_WEBHOOKS:
        raise AdminError(
            _("There are %(most_webhooks)s webhooks already, which is the most. Remove one first.")
            % {"most_webhooks": MOST_WEBHOOKS}
        )
    secret = PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    connection.execute(insert(WEBHOOKS).values(url=url, secret=secret, events=wanted, by=by))
    return secret


def remove_webhook(connection: Connection, webhook_id: int) -> str | None:
    """Delete a webhook with what was to be sent to it, and return its address; None if there is no such webhook."""
    url = connection.execute(select(WEBHOOKS.c.url).where(WEBHOOKS.c.id == webhook_id)).scalar()
    connection.execute(delete(WEBHOOKS).where(WEBHOOKS.c.id == webhook_id))
    return url


def resume_webhook(connection: Connection, webhook_id: int) -> bool:
    """Send events to a stopped webhook again; returns False if it does not exist or is not stopped."""
    wanted = WEBHOOKS.c.id == webhook_id, WEBHOOKS.c.stopped != schema.EMPTY
    return connection.execute(update(WEBHOOKS).where(*wanted).values(stopped="")).rowcount == 1


def send_test(connection: Connection, webhook_id: int) -> bool:
    """Store an event that says nothing, to try a webhook; returns False if it does not exist."""
    found = connection.execute(select(WEBHOOKS).where(WEBHOOKS.c.id == webhook_id)).first()
    if found:
        _store(connection, [webhook_id], TEST, {})
    return found is not None


def record_event(connection: Connection, event: str, **facts: Any) -> None:
    """Store an event for each webhook that wants it, unless it is one of a conversation in which staff try the advisor.

    `facts` are ids, names of staff and states, never anybody's words.
    """
    rows = connection.execute(select(WEBHOOKS.c.id, WEBHOOKS.c.events).where(WEBHOOKS.c.stopped == schema.EMPTY))
    wanting = [row.id for row in rows if event in row.events]
    if wanting and not _is_tried(connection, facts.get("conversation", "")):
        _store(connection, wanting, event, facts)


def drop_events(connection: Connection, conversation_id: str) -> None:
    """Delete what is still to be sent of a conversation, so that nobody hears of it after it was erased."""
    of_conversation = DELIVERIES.c.payload["data", "conversation"].as_string() == conversation_id
    connection.execute(delete(DELIVERIES).where(DELIVERIES.c.due_at.is_not(None), of_conversation))


def recent_deliveries(connection: Connection, webhook_id: int, limit: int = SHOWN) -> list[Delivery]:
    """Return the newest events of a webhook, the newest first."""
    wanted = select(DELIVERIES).where(DELIVERIES.c.webhook_id == webhook_id)
    return [_delivery(row) for row in connection.execute(wanted.order_by(DELIVERIES.c.id.desc()).limit(limit))]


def due_deliveries(connection: Connection) -> list[DueDelivery]:
    """Return the events that are to be sent, or tried again, now, AT_ONCE of a webhook at most, the longest due first."""
    order = DELIVERIES.c.due_at, DELIVERIES.c.id
    place = func.row_number().over(partition_by=DELIVERIES.c.webhook_id, order_by=order)
    due = select(DELIVERIES.c.id, place.label("place")).where(DELIVERIES.c.due_at <= now()).subquery()
    wanted = (
        select(DELIVERIES, WEBHOOKS.c.url, WEBHOOKS.c.secret)
        .join(due, due.c.id == DELIVERIES.c.id)
        .join(WEBHOOKS, WEBHOOKS.c.id == DELIVERIES.c.webhook_id)
        .where(due.c.place <= AT_ONCE, WEBHOOKS.c.stopped == schema.EMPTY)
        .order_by(*order)
    )
    return [DueDelivery(_delivery(row), row.webhook_id, row.url, row.secret) for row in connection.execute(wanted)]


def record_sent(connection: Connection, delivery: Delivery, result: str) -> None:
    """Record that an event was taken."""
    over: dict[str, Any] = {"due_at": None, "payload": {}, "sent_at": now()}
    values = {"attempts": delivery.attempts + 1, "result": result, **over}
    connection.execute(update(DELIVERIES).where(DELIVERIES.c.id == delivery.id).values(**values))


def record_failed(connection: Connection, delivery: Delivery, result: str) -> None:
    """Record that an event was not taken; it is tried again after a pause, and given up after the last."""
    values: dict[str, Any] = {"attempts": delivery.attempts + 1, "result": result}
    if delivery.attempts < len(PAUSES):
        values["due_at"] = now() + PAUSES[delivery.attempts]
    else:
        values |= {"due_at": None, "payload": {}}
    connection.execute(update(DELIVERIES).where(DELIVERIES.c.id == delivery.id).values(**values))


def stop_webhook(connection: Connection, webhook_id: int, why: str) -> None:
    """Send no more to a webhook until somebody resumes it."""
    connection.execute(update(WEBHOOKS).where(WEBHOOKS.c.id == webhook_id).values(stopped=why))


def delete_old_deliveries(connection: Connection) -> None:
    """Delete the events that are older than KEPT; those that are still to be sent then are those of stopped webhooks."""
    connection.execute(delete(DELIVERIES).where(DELIVERIES.c.at < now() - KEPT))


def _store(connection: Connection, webhook_ids: list[int], event: str, facts: Mapping[str, Any]) -> None:
    at = now()
    payload = {"type": event, "timestamp": at.isoformat(), "data": dict(facts)}
    rows = [{"webhook_id": each, "event": event, "payload": payload, "at": at, "due_at": at} for each in webhook_ids]
    connection.execute(insert(DELIVERIES), rows)


def _is_tried(connection: Connection, conversation_id: str) -> bool:
    table = schema.conversation
    return connection.execute(select(table.c.channel).where(table.c.id == conversation_id)).scalar() == TRY


def _require_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or len(url) > LONGEST_URL or any(character.isspace() for character in url):
        raise AdminError(_("Give the whole address of the webhook: https://crm.example.org/advisor-events"))
    if parts.username or parts.password:
        raise AdminError(_("Leave name and password out of the address: what is sent is signed instead."))


def _webhook(row: AnyRow) -> Webhook:
    return Webhook(row.id, row.url, tuple(row.events), row.stopped, row.by, row.at)


def _delivery(row: AnyRow) -> Delivery:
    return Delivery(row.id, row.event, row.payload, row.at, row.attempts, row.due_at, row.sent_at, row.result)
