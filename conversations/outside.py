"""Signing in by the organisation's identity provider: what is remembered of a try, and which account an answer opens."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from conversations import staff, tables
from conversations.errors import StaffError
from conversations.privacy import note
from conversations.staff import Member
from conversations.tables import now

STAFF, TRIES = tables.staff, tables.outside_sign_in
WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Try:
    """One that is under way. `state` comes back with the answer, `nonce` in it; `verifier` is PKCE's (RFC 7636)."""

    state: str
    nonce: str
    verifier: str
    following: str = ""


def begin(connection: Connection, following: str) -> Try:
    connection.execute(delete(TRIES).where(TRIES.c.at < now() - WITHIN))
    one = Try(secrets.token_urlsafe(32), secrets.token_urlsafe(24), secrets.token_urlsafe(48), following[:2000])
    values = {"nonce": one.nonce, "verifier": one.verifier, "following": one.following}
    connection.execute(insert(TRIES).values(state=_hash_of(one.state), **values))
    return one


def finish(connection: Connection, state: str) -> Try | None:
    """The try that an answer belongs to, once; None where there is none, or it was too long ago."""
    row = connection.execute(select(TRIES).where(TRIES.c.state == _hash_of(state))).first()
    connection.execute(delete(TRIES).where(TRIES.c.state == _hash_of(state)))
    return Try(state, row.nonce, row.verifier, row.following) if row and now() - row.at <= WITHIN else None


def member_of(connection: Connection, name: str, subject: str) -> Member:
    """The account that the provider's answer opens: that of this name, in whatever capitals; StaffError where there is none.

    The first time, the provider's own number for the person is noted. From then on the name alone opens nothing: a mail
    address may be given to somebody else one day.
    """
    row = connection.execute(select(STAFF).where(func.lower(STAFF.c.name) == name.lower())).first()
    if row is None:
        raise StaffError(f"There is no account {name} here. Ask an admin to add one.")
    if row.subject and row.subject != subject:
        raise StaffError(f"The account {name} belongs to somebody else. Ask an admin to remove it and add yours.")
    if not row.subject:
        connection.execute(update(STAFF).where(STAFF.c.id == row.id).values(subject=subject))
        note(connection, row.name, "was linked to the identity provider", row.name)
    return next(one for one in staff.everybody(connection) if one.id == row.id)


def _hash_of(state: str) -> str:
    return hashlib.sha256(state.encode(errors="backslashreplace")).hexdigest()
