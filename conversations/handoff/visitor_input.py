"""What people leave beside what they say: thumbs, consent, how to reach them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from conversations.db import schema
from conversations.db.schema import now
from conversations.handoff.alerts import CONTACT, raise_alert

FEEDBACK, CONSENT, CONTACTS = schema.feedback, schema.consent, schema.contact_request
UP, DOWN, NONE = 1, -1, 0
OPEN, TAKEN, DONE = "open", "taken", "done"  # what became of contact details that were left
MOST_DONE = 100  # of those that are shown


@dataclass(frozen=True)
class ContactRequest:
    """Somebody who wants to be reached: `contact` as they wrote it, `text` the whole message; `by` who has taken it on."""

    id: int
    conversation_id: str
    name: str
    contact: str
    text: str
    at: datetime
    state: str = OPEN
    by: str = ""
    changed_at: datetime | None = None


def record_feedback(
    connection: Connection, conversation_id: str, message_id: int, value: int, comment: str = ""
) -> None:
    """Thumbs for a reply; a later word replaces an earlier one, NONE takes it back."""
    connection.execute(delete(FEEDBACK).where(FEEDBACK.c.message_id == message_id))
    if value != NONE:
        row = {"message_id": message_id, "conversation_id": conversation_id, "value": value, "comment": comment}
        connection.execute(insert(FEEDBACK).values(**row))


def feedback_by_message(connection: Connection, conversation_id: str) -> dict[int, int]:
    """The thumbs of a conversation by message."""
    rows = connection.execute(select(FEEDBACK).where(FEEDBACK.c.conversation_id == conversation_id))
    return {row.message_id: row.value for row in rows}


def record_consent(connection: Connection, conversation_id: str, version: str) -> None:
    if not has_consented(connection, conversation_id, version):
        connection.execute(insert(CONSENT).values(conversation_id=conversation_id, version=version))


def has_consented(connection: Connection, conversation_id: str, version: str) -> bool:
    wanted = CONSENT.c.conversation_id == conversation_id, CONSENT.c.version == version
    return connection.execute(select(CONSENT.c.version).where(*wanted)).first() is not None


def add_contact_request(
    connection: Connection, conversation_id: str, contact: str, name: str = "", text: str = ""
) -> None:
    """Somebody says how to be reached; staff are told."""
    connection.execute(insert(CONTACTS).values(conversation_id=conversation_id, contact=contact, name=name, text=text))
    raise_alert(connection, CONTACT, conversation_id)


def open_contact_requests(connection: Connection) -> list[ContactRequest]:
    """Who is still to be reached, the longest waiting first."""
    rows = connection.execute(select(CONTACTS).where(CONTACTS.c.state.in_((OPEN, TAKEN))).order_by(CONTACTS.c.id))
    return [_contact(row) for row in rows]


def closed_contact_requests(connection: Connection) -> list[ContactRequest]:
    """Who was reached, the last first."""
    newest = CONTACTS.c.changed_at.desc(), CONTACTS.c.id.desc()
    rows = connection.execute(select(CONTACTS).where(CONTACTS.c.state == DONE).order_by(*newest).limit(MOST_DONE))
    return [_contact(row) for row in rows]


def find_contact_request(connection: Connection, contact_id: int) -> ContactRequest | None:
    row = connection.execute(select(CONTACTS).where(CONTACTS.c.id == contact_id)).first()
    return row and _contact(row)


def set_contact_request_state(connection: Connection, contact_id: int, state: str, by: str) -> bool:
    """Take one on, be done with it, or open it again; whether that changed anything, which nobody else did before."""
    wanted = [CONTACTS.c.id == contact_id, CONTACTS.c.state != state]
    if state == TAKEN:
        wanted.append(CONTACTS.c.state == OPEN)  # two can't take one
    values = {"state": state, "by": "" if state == OPEN else by, "changed_at": now()}
    return connection.execute(update(CONTACTS).where(*wanted).values(**values)).rowcount == 1


def _contact(row) -> ContactRequest:
    facts = ("id", "conversation_id", "name", "contact", "text", "at", "state", "by", "changed_at")
    return ContactRequest(**{name: getattr(row, name) for name in facts})
