"""Contact requests: details that visitors leave so that staff can reach them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from conversations.db import schema
from conversations.db.schema import now
from conversations.handoff.alerts import CONTACT, raise_alert
from conversations.integrations import webhooks

CONTACTS = schema.contact_request
OPEN, TAKEN, DONE = "open", "taken", "done"  # states of a contact request
MOST_DONE = 100  # closed requests that the console lists


@dataclass(frozen=True)
class ContactRequest:
    """A visitor's request to be contacted.

    `contact` is the address or number as the visitor wrote it, `text` the whole message, `by` the member of staff who has
    taken the request on.
    """

    id: int
    conversation_id: str
    name: str
    contact: str
    text: str
    at: datetime
    state: str = OPEN
    by: str = ""
    changed_at: datetime | None = None


def add_contact_request(
    connection: Connection, conversation_id: str, contact: str, name: str = "", text: str = ""
) -> None:
    """Store a contact request, raise an alert for staff, and tell webhooks."""
    connection.execute(insert(CONTACTS).values(conversation_id=conversation_id, contact=contact, name=name, text=text))
    raise_alert(connection, CONTACT, conversation_id)
    webhooks.record_event(connection, webhooks.CONTACT, conversation=conversation_id)


def open_contact_requests(connection: Connection) -> list[ContactRequest]:
    """Return the requests that are not done, the oldest first."""
    rows = connection.execute(select(CONTACTS).where(CONTACTS.c.state.in_((OPEN, TAKEN))).order_by(CONTACTS.c.id))
    return [_to_contact_request(row) for row in rows]


def closed_contact_requests(connection: Connection) -> list[ContactRequest]:
    """Return the last MOST_DONE requests that are done, the newest first."""
    newest = CONTACTS.c.changed_at.desc(), CONTACTS.c.id.desc()
    rows = connection.execute(select(CONTACTS).where(CONTACTS.c.state == DONE).order_by(*newest).limit(MOST_DONE))
    return [_to_contact_request(row) for row in rows]


def find_contact_request(connection: Connection, contact_id: int) -> ContactRequest | None:
    """Return a contact request by its id, or None if it does not exist."""
    row = connection.execute(select(CONTACTS).where(CONTACTS.c.id == contact_id)).first()
    return _to_contact_request(row) if row else None


def set_contact_request_state(connection: Connection, contact_id: int, state: str, by: str) -> bool:
    """Take a request on, mark it as done, or open it again.

    Returns False if nothing changed, because the request is in that state already or a colleague was faster.
    """
    wanted = [CONTACTS.c.id == contact_id, CONTACTS.c.state != state]
    if state == TAKEN:
        # Two members of staff cannot take the same request; who has marked one as done may see to it again.
        wanted.append((CONTACTS.c.state == OPEN) | ((CONTACTS.c.state == DONE) & (CONTACTS.c.by == by)))
    values = {"state": state, "by": "" if state == OPEN else by, "changed_at": now()}
    return connection.execute(update(CONTACTS).where(*wanted).values(**values)).rowcount == 1


def _to_contact_request(row: Row[Any]) -> ContactRequest:
    columns = ("id", "conversation_id", "name", "contact", "text", "at", "state", "by", "changed_at")
    return ContactRequest(**{name: getattr(row, name) for name in columns})
