"""Who may use the console: accounts with a role, and their sessions. Passwords are kept as argon2id hashes only.

An account without a password signs in through the organisation's identity provider.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Connection, Row, delete, insert, select, update

from conversations.accounts import password_strength
from conversations.db import schema
from conversations.db.schema import now
from conversations.erasure import record_audit
from conversations.errors import StaffError

STAFF, SESSIONS = schema.staff, schema.staff_session
VIEWER, ADVISER, TRAINER, ADMIN = ROLES = (
    "viewer",
    "adviser",
    "trainer",
    "admin",
)  # each may do what those before it may
SHORTEST_PASSWORD, LONGEST_PASSWORD, LONGEST_NAME = 12, 200, 60
MOST_FAILURES, LOCKED_FOR = 5, timedelta(minutes=15)
IDLE, LONGEST_SESSION = timedelta(hours=12), timedelta(days=7)
CODE_WITHIN = timedelta(minutes=10)  # after the password
NOTED_EVERY = timedelta(minutes=1)  # how exactly a session's last use is known
COMMAND_LINE = "command line"
NO_PASSWORD = ""


class AccountLocked(StaffError):
    """Too many wrong passwords or codes; the message says for how long."""


@dataclass(frozen=True)
class Member:
    """Somebody who may use the console."""

    id: int
    name: str
    role: str
    created_at: datetime
    locked_until: datetime | None = None
    has_code: bool = False  # a second factor
    has_password: bool = True
    is_linked: bool = False  # to a person of the identity provider

    def may(self, role: str) -> bool:
        """Whether they have this role or a higher one."""
        return ROLES.index(self.role) >= ROLES.index(role)


@dataclass(frozen=True)
class Session:
    """A signed-in browser. `id` is a hash: it names the session and opens nothing."""

    id: str
    member: Member
    csrf: str
    browser: str
    address: str
    created_at: datetime
    last_at: datetime
    is_outside: bool = False  # opened by the identity provider, which asks for factors itself


# --- accounts ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class HashedPassword:
    """A password that was hashed before, so that no transaction need wait for it."""

    value: str


def add(
    connection: Connection, name: str, role: str, password: str | HashedPassword | None, by: str = COMMAND_LINE
) -> None:
    """A new account; without a password, one that the identity provider alone can open."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise StaffError(f"A name has 1 to {LONGEST_NAME} characters.")
    if connection.execute(select(STAFF.c.id).where(STAFF.c.name == name)).first():
        raise StaffError(f"There is an account {name} already.")
    hashed = NO_PASSWORD if password is None else _hashed(password, name)
    connection.execute(insert(STAFF).values(name=name, role=_known_role(role), password=hashed))
    record_audit(connection, by, f"added an account as {role}", name)


def list_accounts(connection: Connection) -> list[Member]:
    return [_member(row) for row in connection.execute(select(STAFF).order_by(STAFF.c.name))]


def set_role(connection: Connection, name: str, role: str, by: str = COMMAND_LINE) -> None:
    _change(connection, name, role=_known_role(role))
    record_audit(connection, by, f"changed a role to {role}", name)


def reset_password(connection: Connection, name: str, password: str | HashedPassword, by: str = COMMAND_LINE) -> None:
    """A new password; open sessions end, a lock and the second factor go."""
    values = {"password": _hashed(password, name), "failures": 0, "locked_until": None, "code_secret": ""}
    _change(connection, name, **values)
    connection.execute(delete(SESSIONS).where(SESSIONS.c.staff_id.in_(select(STAFF.c.id).where(STAFF.c.name == name))))
    record_audit(connection, by, "reset a password", name)


def remove(connection: Connection, name: str, by: str = COMMAND_LINE) -> None:
    """The account goes, with its sessions; what its owner did stays."""
    if not connection.execute(delete(STAFF).where(STAFF.c.name == name)).rowcount:
        raise StaffError(_unknown(name))
    record_audit(connection, by, "removed an account", name)


def invite(connection: Connection, name: str, by: str = COMMAND_LINE) -> Member:
    """The account that somebody is invited to, by the identity provider; StaffError where it is somebody's already."""
    row = connection.execute(select(STAFF).where(STAFF.c.name == name)).first()
    if row is None:
        raise StaffError(_unknown(name))
    if row.subject:
        raise StaffError(f"The account {name} is linked to the identity provider already.")
    record_audit(connection, by, "made an invitation", name)
    return _member(row)


def generate_password() -> str:
    """One to hand to somebody, who then chooses their own."""
    return secrets.token_urlsafe(12)


def change_password(connection: Connection, member: Member, hashed: str, session_id: str) -> None:
    """One's own; every other session of the account ends."""
    connection.execute(update(STAFF).where(STAFF.c.id == member.id).values(password=hashed))
    connection.execute(delete(SESSIONS).where(SESSIONS.c.staff_id == member.id, SESSIONS.c.id != session_id))
    record_audit(connection, member.name, "changed a password", member.name)


# --- signing in -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Attempt:
    """A try to sign in. How often that may be done is counted elsewhere (console/identity/login_attempts.py)."""

    name: str
    password: str  # the hash
    member: Member | None = None  # None where there is no such account

    @property
    def mark(self) -> str:
        """Changes with the password, so that a new one begins with no wrong tries; empty where there is no account."""
        return self.password[-16:] if self.member else ""


def attempt(connection: Connection, name: str) -> Attempt:
    """What a password given for this name is to be held against."""
    row = connection.execute(select(STAFF).where(STAFF.c.name == name)).first()
    if row is None or row.password == NO_PASSWORD:
        return Attempt(name, _nobodys_hash())
    return Attempt(name, row.password, _member(row))


def password_matches(attempt: Attempt, password: str) -> bool:
    """Slow by design; a name that does not exist takes as long, so that the time tells nobody which names do."""
    _nobodys_hash()  # made at the first try, whoever it is for
    right = _hasher().verify(password[:LONGEST_PASSWORD], attempt.password)
    return right and attempt.member is not None


def note_lock_out(connection: Connection, name: str) -> None:
    record_audit(connection, name, "was locked out after wrong passwords", name)


def clear_failures(connection: Connection, member: Member) -> None:
    """A whole sign-in, after which wrong codes no longer count."""
    connection.execute(update(STAFF).where(STAFF.c.id == member.id).values(failures=0, locked_until=None))


def open_session(
    connection: Connection,
    member: Member,
    browser: str,
    address: str,
    lacks_code: bool = False,
    is_outside: bool = False,
) -> str:
    """A new session; what its cookie is to hold, which is kept nowhere else.

    Wrong tries before it are forgotten, but not where the second factor is still to come: a right password must not buy
    more tries at codes.
    """
    if not lacks_code:
        clear_failures(connection, member)
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(SESSIONS).values(
            id=_id_of(token),
            staff_id=member.id,
            csrf=secrets.token_urlsafe(32),
            browser=browser[:200],
            address=address[:60],
            lacks_code=lacks_code,
            is_outside=is_outside,
        )
    )
    return token


def find_session(connection: Connection, token: str) -> Session | None:
    """The open session of a cookie; None where it ended, was ended, lacks its second factor, or never was."""
    row = connection.execute(_SESSION.where(SESSIONS.c.id == _id_of(token), ~SESSIONS.c.lacks_code)).first()
    if row is None or now() - row.last_at > IDLE or now() - row.opened_at > LONGEST_SESSION:
        return None
    return _session(row)


def is_open(connection: Connection, session_id: str) -> bool:
    """Whether a session has not been ended since it was looked at."""
    return connection.execute(select(SESSIONS.c.id).where(SESSIONS.c.id == session_id)).first() is not None


def session_awaiting_totp(connection: Connection, token: str) -> Session | None:
    """The session of a cookie for which the password was right and the second factor is still to come."""
    row = connection.execute(_SESSION.where(SESSIONS.c.id == _id_of(token), SESSIONS.c.lacks_code)).first()
    return _session(row) if row and now() - row.opened_at <= CODE_WITHIN else None


def is_stale(session: Session) -> bool:
    """Whether its last use should be noted again."""
    return now() - session.last_at > NOTED_EVERY


def record_use(connection: Connection, session: Session) -> None:
    connection.execute(update(SESSIONS).where(SESSIONS.c.id == session.id).values(last_at=now()))


def list_sessions(connection: Connection, member: Member) -> list[Session]:
    """Where somebody is signed in, the last used first."""
    mine = STAFF.c.id == member.id, ~SESSIONS.c.lacks_code
    rows = connection.execute(_SESSION.where(*mine).order_by(SESSIONS.c.last_at.desc()))
    return [one for one in map(_session, rows) if now() - one.last_at <= IDLE]


def end_session(connection: Connection, member: Member, session_id: str) -> bool:
    """Sign out one of somebody's own sessions; whether it was one."""
    wanted = SESSIONS.c.id == session_id, SESSIONS.c.staff_id == member.id
    return bool(connection.execute(delete(SESSIONS).where(*wanted)).rowcount)


def delete_expired_sessions(connection: Connection) -> None:
    at = now()
    connection.execute(
        delete(SESSIONS).where((SESSIONS.c.last_at < at - IDLE) | (SESSIONS.c.created_at < at - LONGEST_SESSION))
    )


def any_account_exists(connection: Connection) -> bool:
    """Whether there is any account yet."""
    return connection.execute(select(STAFF.c.id).limit(1)).first() is not None


def constant_time_equal(given: str, expected: str) -> bool:
    """Compared in a time that tells nothing."""
    return secrets.compare_digest(given.encode(errors="backslashreplace"), expected.encode())


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


def _session(row: Row) -> Session:
    return Session(
        row.session_id,
        _member(row),
        row.csrf,
        row.browser,
        row.address,
        created_at=row.opened_at,
        last_at=row.last_at,
        is_outside=row.is_outside,
    )


def _member(row: Row) -> Member:
    factors = {
        "has_code": bool(row.code_secret),
        "has_password": row.password != NO_PASSWORD,
        "is_linked": bool(row.subject),
    }
    return Member(row.id, row.name, row.role, row.created_at, row.locked_until, **factors)


def _change(connection: Connection, name: str, **values) -> None:
    if not connection.execute(update(STAFF).where(STAFF.c.name == name).values(**values)).rowcount:
        raise StaffError(_unknown(name))


def _known_role(role: str) -> str:
    if role not in ROLES:
        raise StaffError(f"The role is one of {', '.join(ROLES)}, not {role}.")
    return role


def _hashed(password: str | HashedPassword, name: str) -> str:
    return password.value if isinstance(password, HashedPassword) else hash_of(password, name)


def hash_of(password: str, name: str = "") -> str:
    """Slow by design; StaffError where it is too short, too long, or could be guessed for an account of this name."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise StaffError(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
    if why := password_strength.weakness(password, name):
        raise StaffError(why)
    return _hasher().hash(password)


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


def _id_of(token: str) -> str:
    return hashlib.sha256(token.encode(errors="backslashreplace")).hexdigest()


def _unknown(name: str) -> str:
    return f"There is no account {name}. `./advisor staff list` shows them."
