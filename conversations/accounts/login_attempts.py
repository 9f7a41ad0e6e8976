"""Attempts to sign in with a password, and the lock after too many wrong ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, select, update

from conversations.accounts.accounts import NO_PASSWORD, STAFF, Member, to_member
from conversations.accounts.passwords import placeholder_hash, verify_password
from conversations.erasure import record_audit
from conversations.errors import StaffError

MOST_FAILURES, LOCKED_FOR = 5, timedelta(minutes=15)


class AccountLocked(StaffError):
    """Too many passwords or codes were wrong; the message says until when the account is locked."""


@dataclass(frozen=True)
class Attempt:
    """An attempt to sign in. The console counts attempts (console/identity/login_attempts.py)."""

    name: str
    password_hash: str
    member: Member | None = None  # None if there is no account of this name with a password

    @property
    def password_tag(self) -> str:
        """A key that changes with the password, so that a new password starts without failures; empty without an account."""
        return self.password_hash[-16:] if self.member else ""


def find_attempt(connection: Connection, name: str) -> Attempt:
    """Return what a password entered for this name is compared with."""
    row = connection.execute(select(STAFF).where(STAFF.c.name == name)).first()
    if row is None or row.password == NO_PASSWORD:
        return Attempt(name, placeholder_hash())
    return Attempt(name, row.password, to_member(row))


def password_matches(attempt: Attempt, password: str) -> bool:
    """Return True if the password is that of the account.

    Takes as long for a name without an account, so that the time does not reveal which names exist.
    """
    placeholder_hash()  # computed at the first attempt, for whichever name
    return verify_password(password, attempt.password_hash) and attempt.member is not None


def note_lock_out(connection: Connection, name: str) -> None:
    """Write a lock-out after wrong passwords to the audit log."""
    record_audit(connection, name, "was locked out after wrong passwords", name)


def clear_failures(connection: Connection, member: Member) -> None:
    """Reset the count of wrong codes and end a lock, after a complete sign-in."""
    connection.execute(update(STAFF).where(STAFF.c.id == member.id).values(failures=0, locked_until=None))
