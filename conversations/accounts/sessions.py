"""Sessions of staff: browsers that are signed in to the console."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from conversations.accounts.accounts import STAFF, Member, to_member
from conversations.accounts.login_attempts import clear_failures
from conversations.db import schema
from conversations.db.schema import now

SESSIONS = schema.staff_session
IDLE, LONGEST_SESSION = timedelta(hours=12), timedelta(days=7)
CODE_WITHIN = timedelta(minutes=10)  # from the password to the second factor
NOTED_EVERY = timedelta(minutes=1)  # precision of a session's `last_at`; fewer writes than one a request
TOKEN_BYTES = 32  # of the token that the forms of a session's pages carry
_SESSION = select(
    STAFF,
    SESSIONS.c.id.label("session_id"),
    SESSIONS.c.csrf,
    SESSIONS.c.browser,
    SESSIONS.c.address,
    SESSIONS.c.created_at.label("opened_at"),
    SESSIONS.c.last_at,
    SESSIONS.c.is_outside,
).join(SESSIONS, SESSIONS.c.staff_id == STAFF.c.id)


@dataclass(frozen=True)
class Session:
    """A signed-in browser. `id` is a hash of the cookie's token: it names the session and does not open it."""

    id: str
    member: Member
    csrf: str
    browser: str
    address: str
    created_at: datetime
    last_at: datetime
    via_oidc: bool = False  # opened by the identity provider, which asks for a second factor itself


def open_session(
    connection: Connection,
    member: Member,
    browser: str,
    address: str,
    awaits_totp: bool = False,
    via_oidc: bool = False,
) -> str:
    """Open a session and return the token for its cookie, which is stored nowhere else.

    Earlier failures are cleared unless the second factor is still to come: a right password must not buy more attempts
    at codes.
    """
    if not awaits_totp:
        clear_failures(connection, member)
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(SESSIONS).values(
            id=_session_id(token),
            staff_id=member.id,
            csrf=secrets.token_urlsafe(TOKEN_BYTES),
            browser=browser[:200],
            address=address[:60],
            lacks_code=awaits_totp,
            is_outside=via_oidc,
        )
    )
    return token


def find_session(connection: Connection, token: str) -> Session | None:
    """Return the open session for a cookie's token, or None if it has expired, was ended or awaits its second factor."""
    row = connection.execute(_SESSION.where(SESSIONS.c.id == _session_id(token), ~SESSIONS.c.lacks_code)).first()
    if row is None or now() - row.last_at > IDLE or now() - row.opened_at > LONGEST_SESSION:
        return None
    return _to_session(row)


def session_awaiting_totp(connection: Connection, token: str) -> Session | None:
    """Return the session for a cookie's token whose password was right and whose second factor is still to come.

    Returns None if the token is unknown, or if the password was entered more than CODE_WITHIN ago.
    """
    row = connection.execute(_SESSION.where(SESSIONS.c.id == _session_id(token), SESSIONS.c.lacks_code)).first()
    return _to_session(row) if row and now() - row.opened_at <= CODE_WITHIN else None


def is_open(connection: Connection, session_id: str) -> bool:
    """Return True if a session found before has not been ended since."""
    return connection.execute(select(SESSIONS.c.id).where(SESSIONS.c.id == session_id)).first() is not None


def is_stale(session: Session) -> bool:
    """Return True if the use of a session should be recorded again."""
    return now() - session.last_at > NOTED_EVERY


def record_use(connection: Connection, session: Session) -> None:
    """Set the time of a session's last use to now."""
    connection.execute(update(SESSIONS).where(SESSIONS.c.id == session.id).values(last_at=now()))


def list_sessions(connection: Connection, member: Member) -> list[Session]:
    """Return the open sessions of an account, the last used first."""
    wanted = STAFF.c.id == member.id, ~SESSIONS.c.lacks_code
    rows = connection.execute(_SESSION.where(*wanted).order_by(SESSIONS.c.last_at.desc()))
    return [session for session in map(_to_session, rows) if now() - session.last_at <= IDLE]


def end_session(connection: Connection, member: Member, session_id: str) -> bool:
    """End a session of this account; returns False if the account has no such session."""
    wanted = SESSIONS.c.id == session_id, SESSIONS.c.staff_id == member.id
    return bool(connection.execute(delete(SESSIONS).where(*wanted)).rowcount)


def delete_expired_sessions(connection: Connection) -> None:
    """Delete the sessions that were idle or open for too long."""
    at = now()
    connection.execute(
        delete(SESSIONS).where((SESSIONS.c.last_at < at - IDLE) | (SESSIONS.c.created_at < at - LONGEST_SESSION))
    )


def constant_time_equal(given: str, expected: str) -> bool:
    """Compare a secret from a request in a time that does not depend on where the two differ."""
    return secrets.compare_digest(given.encode(errors="backslashreplace"), expected.encode())


def with_masked_token(session: Session) -> Session:
    """Return a session for one page, in which its token is written in other letters than on any other page.

    So nothing can be learnt of it from how well pages can be compressed.
    """
    token = base64.urlsafe_b64decode(session.csrf + "=" * (-len(session.csrf) % 4))
    mask = secrets.token_bytes(len(token))
    masked = mask + bytes(one ^ other for one, other in zip(mask, token, strict=True))
    return replace(session, csrf=base64.urlsafe_b64encode(masked).rstrip(b"=").decode())


def unmasked(token: str) -> str:
    """Return the token that a page's masked one stands for; what is no masked one as it is."""
    try:
        both = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return token
    if len(both) != 2 * TOKEN_BYTES:
        return token
    mask, rest = both[:TOKEN_BYTES], both[TOKEN_BYTES:]
    plain = bytes(one ^ other for one, other in zip(mask, rest, strict=True))
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def _to_session(row: Row[Any]) -> Session:
    return Session(
        row.session_id,
        to_member(row),
        row.csrf,
        row.browser,
        row.address,
        created_at=row.opened_at,
        last_at=row.last_at,
        via_oidc=row.is_outside,
    )


def _session_id(token: str) -> str:
    return hashlib.sha256(token.encode(errors="backslashreplace")).hexdigest()
