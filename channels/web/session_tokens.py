"""A visitor's session: a signed, expiring token that only the server can make. It names a conversation's address.

The address is random; who does not hold the token cannot ask for anything by naming it.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

ADDRESS_BYTES, KEY_BYTES = 18, 32
DAY = 24 * 60 * 60
SALT = "advisor web session"


@dataclass(frozen=True)
class Session:
    """`age` in seconds since the token was made; `address` is where the web channel finds the conversation."""

    site: str
    address: str
    age: float = 0.0


class SessionExpired(Exception):
    """The token is none of ours, of another site, or too old."""


class SessionTokens:
    def __init__(self, key: str, days: int):
        self._signer = URLSafeTimedSerializer(key, salt=SALT)
        self._seconds = days * DAY

    def new(self, site: str) -> Session:
        return Session(site, f"{site}/{secrets.token_urlsafe(ADDRESS_BYTES)}")

    def token(self, session: Session) -> str:
        """A fresh token for a session: its time begins anew."""
        return self._signer.dumps([session.site, session.address])

    def read(self, token: str, site: str) -> Session:
        try:
            content, age = read_signed(self._signer, token, self._seconds)
        except SignatureExpired:
            raise SessionExpired("this session has expired") from None
        except BadSignature:
            raise SessionExpired("this is no session of ours") from None
        if content[0] != site:
            raise SessionExpired("this session belongs to another site")
        return Session(site, content[1], age)


def read_signed(signer: URLSafeTimedSerializer, token: str, seconds: float) -> tuple[Any, float]:
    """What was signed, and its age in seconds; BadSignature where it is not ours, SignatureExpired where it is older than that.

    A token from the future is as good as new: a clock that was set back must end nobody's session.
    """
    content, made = signer.loads(token, return_timestamp=True)
    age = max(0.0, signer.make_signer().get_timestamp() - made.timestamp())
    if age > seconds:
        raise SignatureExpired("too old", date_signed=made)
    return content, age


def session_key(given: str, file: Path) -> str:
    """The key that sessions are signed with: the setting's, else one made once and kept in a file for its owner only."""
    if given:
        return given
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    key = secrets.token_urlsafe(KEY_BYTES)
    with os.fdopen(opened, "w", encoding="ascii") as out:
        out.write(key)
    return key
