"""E-mails that staff write to people who left an address: stored first, then sent, and kept with the contact request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import make_msgid
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from conversations.db import schema
from conversations.db.schema import now
from conversations.errors import EditError
from conversations.handoff import contact_requests
from conversations.handoff.alerts import UNDELIVERED, raise_alert
from conversations.handoff.contact_requests import OPEN, TAKEN, ContactRequest
from conversations.pii import EMAIL, split
from core.translations import gettext as _

EMAILS = schema.contact_email
LONGEST_SUBJECT, LONGEST_TEXT = 150, 10_000
# Pauses before an e-mail that the server did not take is tried again; after the last it is given up, and staff are told.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 600, 3600, 14_400))


@dataclass(frozen=True)
class ContactEmail:
    """An e-mail to somebody who left an address.

    `due_at` is None once it was sent (`sent_at`) or given up; `result` says in words why the last attempt failed. `reference`
    is the id in its header, by which mail programs show a thread.
    """

    id: int
    contact_id: int
    conversation_id: str
    address: str
    subject: str
    text: str
    reference: str
    by: str
    at: datetime
    attempts: int
    due_at: datetime | None
    sent_at: datetime | None
    result: str

    @property
    def is_given_up(self) -> bool:
        """Return True if it was not sent and will not be tried again."""
        return self.due_at is None and self.sent_at is None

    @property
    def reason(self) -> str:
        """Return `result` in the language in use: what it says, translated, and its detail in brackets as it is."""
        said, bracket, detail = self.result.partition(" (")
        return (_(said) if said else "") + bracket + detail


def address_in(contact: str) -> str:
    """Return the e-mail address in what somebody left, or "" if it holds none; of several, the first."""
    return next((part.text for part in split(contact) if part.kind == EMAIL), "")


def write(connection: Connection, contact: ContactRequest, subject: str, text: str, by: str, sender: str) -> None:
    """Store an e-mail to be sent soon; who writes it sees to the request from then on.

    `sender` is the address that it will come from. Raises EditError if it cannot be sent as it is.
    """
    address, subject, text = address_in(contact.contact), " ".join(subject.split()), text.strip()
    if not address:
        raise EditError(_("No e-mail address was left here, so this cannot be answered by e-mail."))
    if not subject or len(subject) > LONGEST_SUBJECT:
        raise EditError(_("Give the e-mail a subject of 1 to %(most)s characters.") % {"most": LONGEST_SUBJECT})
    if not text or len(text) > LONGEST_TEXT:
        raise EditError(_("Write a text of 1 to %(most)s characters.") % {"most": LONGEST_TEXT})
    if contact.state == OPEN:
        contact_requests.set_contact_request_state(connection, contact.id, TAKEN, by)
    connection.execute(
        insert(EMAILS).values(
            contact_id=contact.id,
            conversation_id=contact.conversation_id,
            address=address,
            subject=subject,
            text=text,
            reference=make_msgid(domain=sender.rpartition("@")[2]),
            by=by,
            due_at=now(),
        )
    )


def emails_of(connection: Connection, contact_ids: Iterable[int]) -> dict[int, list[ContactEmail]]:
    """Return the e-mails to each of these contacts, by the contact's id, the oldest first."""
    found = defaultdict(list)
    for row in connection.execute(select(EMAILS).where(EMAILS.c.contact_id.in_(contact_ids)).order_by(EMAILS.c.id)):
        found[row.contact_id].append(_email(row))
    return found


def due_emails(connection: Connection) -> list[ContactEmail]:
    """Return the e-mails that are to be sent, or tried again, now, the oldest first."""
    return [
        _email(row) for row in connection.execute(select(EMAILS).where(EMAILS.c.due_at <= now()).order_by(EMAILS.c.id))
    ]


def earlier_references(connection: Connection, email: ContactEmail) -> list[str]:
    """Return the references of the e-mails before this one to the same contact, the oldest first."""
    before = EMAILS.c.contact_id == email.contact_id, EMAILS.c.id < email.id
    return list(connection.execute(select(EMAILS.c.reference).where(*before).order_by(EMAILS.c.id)).scalars())


def record_sent(connection: Connection, email: ContactEmail) -> None:
    """Record that the mail server took an e-mail."""
    _record(connection, email, due_at=None, sent_at=now(), result="")


def record_failed(connection: Connection, email: ContactEmail, reason: str, is_final: bool) -> None:
    """Record why an e-mail was not taken. It is tried again after a pause; if not, staff are told."""
    is_over = is_final or email.attempts >= len(PAUSES)
    _record(connection, email, due_at=None if is_over else now() + PAUSES[email.attempts], result=reason)
    if is_over:
        raise_alert(connection, UNDELIVERED, email.conversation_id)


def try_again(connection: Connection, email_id: int) -> bool:
    """Make an e-mail that was given up due again; returns False if it is none."""
    given_up = EMAILS.c.id == email_id, EMAILS.c.due_at.is_(None), EMAILS.c.sent_at.is_(None)
    values = {"due_at": now(), "attempts": 0, "result": ""}
    return connection.execute(update(EMAILS).where(*given_up).values(values)).rowcount == 1


def _record(connection: Connection, email: ContactEmail, **values: Any) -> None:
    connection.execute(update(EMAILS).where(EMAILS.c.id == email.id).values(attempts=email.attempts + 1, **values))


def _email(row: Row[Any]) -> ContactEmail:
    return ContactEmail(**{name: row._mapping[name] for name in EMAILS.c.keys()})  # noqa: SIM118
