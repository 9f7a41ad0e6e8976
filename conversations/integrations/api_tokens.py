"""Tokens of the data API: each has a name, scopes that say what it opens, and an end."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from conversations.db import schema
from conversations.db.schema import AnyRow, now
from conversations.errors import AdminError
from core.translations import Names
from core.translations import gettext as _

TOKENS = schema.api_token
READ_CONVERSATIONS, ERASE = "conversations:read", "conversations:erase"
READ_INSIGHTS, READ_PEOPLE = "insights:read", "people:read"
READ_CORRECTIONS, WRITE_CORRECTIONS = "corrections:read", "corrections:write"
SCOPES: Mapping[str, str] = Names(
    {
        READ_CONVERSATIONS: "Find and read conversations, personal data covered",
        READ_INSIGHTS: "Read the figures of the insights",
        READ_CORRECTIONS: "Read corrections",
        WRITE_CORRECTIONS: "Correct, and take corrections back",
        READ_PEOPLE: "Read all that is stored about a person, uncovered",
        ERASE: "Delete conversations",
    }
)
PREFIX = "adv_"  # by which scanners for secrets that were let out know a token
TOKEN_BYTES, LONGEST_NAME, LONGEST_DAYS = 32, 60, 3650
USED_STEP = timedelta(minutes=1)  # how exactly the last use is known


@dataclass(frozen=True)
class ApiToken:
    """A token without its secret; `expires_at` is None if it holds until it is removed."""

    id: int
    name: str
    scopes: tuple[str, ...]
    expires_at: datetime | None
    used_at: datetime | None
    by: str
    at: datetime

    @property
    def actor(self) -> str:
        """Return the name under which the audit log and corrections hold what was done with it."""
        return f"API: {self.name}"[:LONGEST_NAME]


def list_tokens(connection: Connection) -> list[ApiToken]:
    """Return all tokens, the oldest first."""
    return [_token(row) for row in connection.execute(select(TOKENS).order_by(TOKENS.c.id))]


def add_token(connection: Connection, name: str, scopes: Iterable[str], days: int, by: str) -> str:
    """Store a token that holds for `days`, 0 for ever, and return it; only its digest is stored.

    Raises AdminError if it has no name or opens nothing.
    """
    name, wanted = " ".join(name.split()), [scope for scope in SCOPES if scope in set(scopes)]
    if not name or len(name) > LONGEST_NAME:
        raise AdminError(
            _("Give the token a name of 1 to %(longest_name)s characters: what uses it.")
            % {"longest_name": LONGEST_NAME}
        )
    if not wanted:
        raise AdminError(_("Choose at least one thing that the token opens."))
    if not 0 <= days <= LONGEST_DAYS:
        raise AdminError(
            _("A token holds for 1 to %(longest_days)s days, or until it is removed.") % {"longest_days": LONGEST_DAYS}
        )
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = now() + timedelta(days=days) if days else None
    values = {"name": name, "digest": _digest(token), "scopes": wanted, "expires_at": expires_at, "by": by}
    connection.execute(insert(TOKENS).values(**values))
    return token


def remove_token(connection: Connection, token_id: int) -> str | None:
    """Delete a token and return its name; None if there is no such token."""
    name = connection.execute(select(TOKENS.c.name).where(TOKENS.c.id == token_id)).scalar()
    connection.execute(delete(TOKENS).where(TOKENS.c.id == token_id))
    return name


def find_token(connection: Connection, token: str) -> ApiToken | None:
    """Return the token that a program sent, or None if it is unknown or has expired."""
    row = connection.execute(select(TOKENS).where(TOKENS.c.digest == _digest(token))).first()
    found = _token(row) if row else None
    return None if found and found.expires_at and found.expires_at <= now() else found


def is_use_due(token: ApiToken) -> bool:
    """Return True if the stored last use is older than USED_STEP."""
    return token.used_at is None or now() - token.used_at > USED_STEP


def record_use(connection: Connection, token_id: int) -> None:
    """Store that a token was used now."""
    connection.execute(update(TOKENS).where(TOKENS.c.id == token_id).values(used_at=now()))


def _digest(token: str) -> str:
    # Not slow, as for passwords: a token has 256 random bits, which nobody can guess.
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _token(row: AnyRow) -> ApiToken:
    return ApiToken(row.id, row.name, tuple(row.scopes), row.expires_at, row.used_at, row.by, row.at)
