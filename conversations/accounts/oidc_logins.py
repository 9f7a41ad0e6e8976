"""Log-ins through the organisation's identity provider (OpenID Connect): pending log-ins, and the account that one opens."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from conversations.accounts.accounts import Member, list_accounts
from conversations.db import schema
from conversations.db.schema import now
from conversations.erasure import record_audit
from conversations.errors import StaffError
from core.translations import gettext as _

STAFF, LOGINS = schema.staff, schema.outside_sign_in
WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class PendingLogin:
    """A log-in that was begun at the identity provider.

    `state` comes back with the provider's answer and `nonce` inside it; `verifier` is that of PKCE (RFC 7636); `following`
    is the page to open afterwards.
    """

    state: str
    nonce: str
    verifier: str
    following: str = ""


def start_login(connection: Connection, following: str) -> PendingLogin:
    """Store a new pending log-in and return it; expired ones are deleted."""
    connection.execute(delete(LOGINS).where(LOGINS.c.at < now() - WITHIN))
    login = PendingLogin(
        secrets.token_urlsafe(32), secrets.token_urlsafe(24), secrets.token_urlsafe(48), following[:2000]
    )
    values = {"nonce": login.nonce, "verifier": login.verifier, "following": login.following}
    connection.execute(insert(LOGINS).values(state=_hash_of(login.state), **values))
    return login


def pop_login(connection: Connection, state: str) -> PendingLogin | None:
    """Return and delete the pending log-in with this state, or None if it is unknown or has expired."""
    row = connection.execute(select(LOGINS).where(LOGINS.c.state == _hash_of(state))).first()
    connection.execute(delete(LOGINS).where(LOGINS.c.state == _hash_of(state)))
    return PendingLogin(state, row.nonce, row.verifier, row.following) if row and now() - row.at <= WITHIN else None


@dataclass(frozen=True)
class Person:
    """A person as the identity provider names them.

    `subject` is the provider's id of the person, `name` its name claim. `is_verified` if the name is an e-mail address that
    the provider has verified; any other name may be one that people choose for themselves.
    """

    subject: str
    name: str
    is_verified: bool = False


def account_for(connection: Connection, person: Person, invited: tuple[int, str] | None = None) -> Member:
    """Return the account that a person of the identity provider opens; raises StaffError if they have none.

    This is the account that is linked to the person's subject. An account that is linked to nobody is linked now if the
    person was invited to it by an admin (`invited`: its id and name), or if its name is the e-mail address that the provider
    has verified, in any case. A name alone opens nothing: people may choose theirs, and an address may be given to somebody
    else one day.
    """
    row = connection.execute(select(STAFF).where(STAFF.c.subject == person.subject)).first()
    if row is None:
        row = _row_to_link(connection, person, invited)
        connection.execute(update(STAFF).where(STAFF.c.id == row.id).values(subject=person.subject))
        record_audit(connection, row.name, "was linked to the identity provider", row.name)
    return next(account for account in list_accounts(connection) if account.id == row.id)


def _row_to_link(connection: Connection, person: Person, invited: tuple[int, str] | None) -> Row[Any]:
    """Return the row of the account that is to be linked to a person."""
    if invited:
        row = connection.execute(select(STAFF).where(STAFF.c.id == invited[0], STAFF.c.name == invited[1])).first()
    else:
        row = connection.execute(select(STAFF).where(func.lower(STAFF.c.name) == person.name.lower())).first()
    if row is None:
        raise StaffError(
            _("There is no account %(name)s here. Ask an admin to add one.")
            % {"name": invited[1] if invited else person.name}
        )
    if row.subject:
        raise StaffError(
            _("The account %(name)s belongs to somebody else. Ask an admin to remove it and add yours.")
            % {"name": row.name}
        )
    if not (invited or person.is_verified):
        raise StaffError(
            _(
                "The identity provider does not vouch for the name %(name)s. Ask an admin for an invitation; "
                "from then on you sign in here as usual."
            )
            % {"name": person.name}
        )
    return row


def _hash_of(state: str) -> str:
    return hashlib.sha256(state.encode(errors="backslashreplace")).hexdigest()
