"""Signing in by the organisation's identity provider: what is remembered of a try, and which account an answer opens."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from conversations.accounts import accounts
from conversations.accounts.accounts import Member
from conversations.db import schema
from conversations.db.schema import now
from conversations.erasure import record_audit
from conversations.errors import StaffError

STAFF, TRIES = schema.staff, schema.outside_sign_in
WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class PendingLogin:
    """One that is under way. `state` comes back with the answer, `nonce` in it; `verifier` is PKCE's (RFC 7636)."""

    state: str
    nonce: str
    verifier: str
    following: str = ""


def start_login(connection: Connection, following: str) -> PendingLogin:
    connection.execute(delete(TRIES).where(TRIES.c.at < now() - WITHIN))
    one = PendingLogin(
        secrets.token_urlsafe(32), secrets.token_urlsafe(24), secrets.token_urlsafe(48), following[:2000]
    )
    values = {"nonce": one.nonce, "verifier": one.verifier, "following": one.following}
    connection.execute(insert(TRIES).values(state=_hash_of(one.state), **values))
    return one


def pop_login(connection: Connection, state: str) -> PendingLogin | None:
    """The try that an answer belongs to, once; None where there is none, or it was too long ago."""
    row = connection.execute(select(TRIES).where(TRIES.c.state == _hash_of(state))).first()
    connection.execute(delete(TRIES).where(TRIES.c.state == _hash_of(state)))
    return PendingLogin(state, row.nonce, row.verifier, row.following) if row and now() - row.at <= WITHIN else None


@dataclass(frozen=True)
class Person:
    """Whom the provider names: its own number for them, what its name claim says, and whether that is an e-mail address that
    it has verified. Any other name may be one that people choose for themselves."""

    subject: str
    name: str
    is_verified: bool = False


def account_for(connection: Connection, person: Person, invited: tuple[int, str] | None = None) -> Member:
    """The account that the provider's answer opens; StaffError where there is none.

    It is the one that is tied to the provider's own number for the person. One that is tied to nobody yet becomes theirs by
    an invitation of an admin (the account's number and name), or where it is named, in whatever capitals, by the address
    that the provider has verified. A name alone opens nothing: people may choose theirs, and an address may be given to
    somebody else one day.
    """
    row = connection.execute(select(STAFF).where(STAFF.c.subject == person.subject)).first()
    if row is None:
        row = _row_of(connection, person, invited)
        connection.execute(update(STAFF).where(STAFF.c.id == row.id).values(subject=person.subject))
        record_audit(connection, row.name, "was linked to the identity provider", row.name)
    return next(one for one in accounts.list_accounts(connection) if one.id == row.id)


def _row_of(connection: Connection, person: Person, invited: tuple[int, str] | None):
    """The row of an account that is to become this person's."""
    if invited:
        row = connection.execute(select(STAFF).where(STAFF.c.id == invited[0], STAFF.c.name == invited[1])).first()
    else:
        row = connection.execute(select(STAFF).where(func.lower(STAFF.c.name) == person.name.lower())).first()
    if row is None:
        raise StaffError(f"There is no account {invited[1] if invited else person.name} here. Ask an admin to add one.")
    if row.subject:
        raise StaffError(f"The account {row.name} belongs to somebody else. Ask an admin to remove it and add yours.")
    if not (invited or person.is_verified):
        raise StaffError(
            f"The identity provider does not vouch for the name {person.name}. Ask an admin for an invitation; "
            "from then on you sign in here as usual."
        )
    return row


def _hash_of(state: str) -> str:
    return hashlib.sha256(state.encode(errors="backslashreplace")).hexdigest()
