"""Names under which visitors meet staff. An account's own name may be an address or a handle and is for colleagues."""

from __future__ import annotations

from sqlalchemy import Connection, select

from conversations.db import schema

STAFF = schema.staff
ADDRESS_SIGN = "@"


def public_name(connection: Connection, person: str) -> str:
    """Return what visitors may call a member of staff; "" if they have no name for visitors.

    This is the account's display name, else the name by which the person acts, unless that is an e-mail address. Programs
    that act through the operators' API name people who have no account.
    """
    shown = connection.execute(select(STAFF.c.display_name).where(STAFF.c.name == person)).scalar()
    return shown or ("" if ADDRESS_SIGN in person else person)
