"""Accounts of staff for the console, each with a role. Only hashes of passwords are stored.

An account without a password signs in through the organisation's identity provider.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from conversations.accounts.passwords import HashedPassword, hash_password
from conversations.db import schema
from conversations.erasure import record_audit
from conversations.errors import StaffError
from conversations.local_days import is_zone
from core.settings_mail import ADDRESS
from core.translations import gettext as _

STAFF, SESSIONS = schema.staff, schema.staff_session
# Each role includes the ones before it.
VIEWER, ADVISER, EDITOR, TRAINER, ADMIN = ROLES = ("viewer", "adviser", "editor", "trainer", "admin")
LONGEST_NAME = 60
COMMAND_LINE = "command line"
NO_PASSWORD = ""


@dataclass(frozen=True)
class Member:
    """A member of staff: the account by which they use the console."""

    id: int
    name: str
    role: str
    created_at: datetime
    locked_until: datetime | None = None
    has_totp: bool = False
    has_password: bool = True
    is_linked: bool = False  # to a person of the identity provider
    display_name: str = ""  # what visitors read
    language: str = ""  # in which the console speaks with them; empty for the installation's
    time_zone: str = ""  # by whose clock the console tells them times; empty for the installation's
    is_away: bool = False  # as they say of themselves
    seen_at: datetime | None = None  # when they last had the console open
    notify_address: str = ""  # where they are told of notifications while they do not; empty for nowhere

    def may(self, role: str) -> bool:
        """Return True if the account has this role or a higher one."""
        return ROLES.index(self.role) >= ROLES.index(role)

    @property
    def shown_name(self) -> str:
        """Return what colleagues read where there is room for a name alone: the display name, else the account's."""
        return self.display_name or self.name


def any_account_exists(connection: Connection) -> bool:
    """Return True if there is at least one account."""
    return connection.execute(select(STAFF.c.id).limit(1)).first() is not None


def list_accounts(connection: Connection) -> list[Member]:
    """Return all accounts, ordered by name."""
    return [to_member(row) for row in connection.execute(select(STAFF).order_by(STAFF.c.name))]


def add(
    connection: Connection, name: str, role: str, password: str | HashedPassword | None, by: str = COMMAND_LINE
) -> None:
    """Add an account; without a password, it can sign in through the identity provider only.

    Raises StaffError if the name is empty, too long or taken, or if the role or the password is not allowed.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise StaffError(_("A name has 1 to %(longest_name)s characters.") % {"longest_name": LONGEST_NAME})
    if connection.execute(select(STAFF.c.id).where(STAFF.c.name == name)).first():
        raise StaffError(_("There is an account %(name)s already.") % {"name": name})
    hashed = NO_PASSWORD if password is None else _hashed(password, name)
    connection.execute(insert(STAFF).values(name=name, role=_known_role(role), password=hashed))
    record_audit(connection, by, f"added an account as {role}", name)


def set_role(connection: Connection, name: str, role: str, by: str = COMMAND_LINE) -> None:
    """Change the role of an account. Raises StaffError if the account or the role does not exist."""
    _change(connection, name, role=_known_role(role))
    record_audit(connection, by, f"changed a role to {role}", name)


def set_display_name(connection: Connection, name: str, shown: str, by: str = COMMAND_LINE) -> None:
    """Set the name that visitors read; empty for none. Raises StaffError if it is too long or looks like an address."""
    shown = " ".join(shown.split())
    if len(shown) > LONGEST_NAME:
        raise StaffError(
            _("A name for visitors has at most %(longest_name)s characters.") % {"longest_name": LONGEST_NAME}
        )
    if "@" in shown or not shown.isprintable():
        raise StaffError(_("A name for visitors is a person's name, not an address, and has no control characters."))
    _change(connection, name, display_name=shown)
    record_audit(connection, by, "changed a name for visitors", name)


def set_notify_address(connection: Connection, member: Member, address: str) -> None:
    """Set where an account's owner is told by e-mail of notifications; empty for nowhere.

    Raises StaffError if it is no e-mail address.
    """
    address = address.strip()
    if address and not ADDRESS.fullmatch(address):
        raise StaffError(_("Write an e-mail address such as mira@example.org, or nothing."))
    connection.execute(update(STAFF).where(STAFF.c.id == member.id).values(notify_address=address))


def set_time_zone(connection: Connection, member: Member, zone: str) -> None:
    """Set by whose clock the console tells an account's owner times and days; empty for the installation's.

    Raises StaffError if there is no such zone.
    """
    zone = zone.strip()
    if zone and not is_zone(zone):
        raise StaffError(_("Choose a time zone from the list, such as Europe/Dublin, or nothing."))
    connection.execute(update(STAFF).where(STAFF.c.id == member.id).values(time_zone=zone))


def list_time_zones(connection: Connection) -> list[str]:
    """Return the time zones that accounts have chosen, in order."""
    chosen = select(STAFF.c.time_zone).where(STAFF.c.time_zone != schema.EMPTY)
    return list(connection.execute(chosen.distinct().order_by(STAFF.c.time_zone)).scalars())


def set_language(connection: Connection, member: Member, language: str) -> None:
    """Set the language in which the console speaks with an account's owner; empty for the installation's."""
    connection.execute(update(STAFF).where(STAFF.c.id == member.id).values(language=language))


def reset_password(connection: Connection, name: str, password: str | HashedPassword, by: str = COMMAND_LINE) -> None:
    """Set a new password, end the account's sessions and remove its lock and second factor.

    Raises StaffError if the account does not exist or the password is not allowed.
    """
    values = {"password": _hashed(password, name), "failures": 0, "locked_until": None, "code_secret": ""}
    _change(connection, name, **values)
    connection.execute(delete(SESSIONS).where(SESSIONS.c.staff_id.in_(select(STAFF.c.id).where(STAFF.c.name == name))))
    record_audit(connection, by, "reset a password", name)


def change_password(connection: Connection, member: Member, hashed: str, session_id: str) -> None:
    """Store the new password hash of the account's owner and end all sessions but theirs."""
    connection.execute(update(STAFF).where(STAFF.c.id == member.id).values(password=hashed))
    connection.execute(delete(SESSIONS).where(SESSIONS.c.staff_id == member.id, SESSIONS.c.id != session_id))
    record_audit(connection, member.name, "changed a password", member.name)


def remove(connection: Connection, name: str, by: str = COMMAND_LINE) -> None:
    """Delete an account and its sessions; what its owner did is kept. Raises StaffError if it does not exist."""
    if not connection.execute(delete(STAFF).where(STAFF.c.name == name)).rowcount:
        raise StaffError(_unknown(name))
    record_audit(connection, by, "removed an account", name)


def invite(connection: Connection, name: str, by: str = COMMAND_LINE) -> Member:
    """Return the account that somebody is invited to take over through the identity provider.

    Raises StaffError if the account does not exist or is linked to a person already.
    """
    row = connection.execute(select(STAFF).where(STAFF.c.name == name)).first()
    if row is None:
        raise StaffError(_unknown(name))
    if row.subject:
        raise StaffError(_("The account %(name)s is linked to the identity provider already.") % {"name": name})
    record_audit(connection, by, "made an invitation", name)
    return to_member(row)


def to_member(row: Row[Any]) -> Member:
    """Build a Member from a row that has the columns of the staff table."""
    return Member(
        row.id,
        row.name,
        row.role,
        row.created_at,
        row.locked_until,
        has_totp=bool(row.code_secret),
        has_password=row.password != NO_PASSWORD,
        is_linked=bool(row.subject),
        display_name=row.display_name,
        language=row.language,
        time_zone=row.time_zone,
        is_away=bool(row.is_away),
        seen_at=row.seen_at,
        notify_address=row.notify_address,
    )


def _change(connection: Connection, name: str, **values: Any) -> None:
    if not connection.execute(update(STAFF).where(STAFF.c.name == name).values(**values)).rowcount:
        raise StaffError(_unknown(name))


def _known_role(role: str) -> str:
    if role not in ROLES:
        raise StaffError(_("The role is one of %(roles)s, not %(role)s.") % {"roles": ", ".join(ROLES), "role": role})
    return role


def _hashed(password: str | HashedPassword, name: str) -> str:
    return password.value if isinstance(password, HashedPassword) else hash_password(password, name)


def _unknown(name: str) -> str:
    return _("There is no account %(name)s. `./advisor staff list` shows them.") % {"name": name}
