"""Session tokens: signed, expiring proof that a browser owns a web conversation.

A token holds the conversation's address, which is random, so that nobody can guess another visitor's.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from channels.signed_tokens import read_signed

ADDRESS_BYTES = 18
DAY = 24 * 60 * 60
SALT = "advisor web session"


@dataclass(frozen=True)
class Session:
    """A visitor's session: the site, the address of the conversation, and the token's age in seconds."""

    site: str
    address: str
    age: float = 0.0


class SessionExpired(Exception):
    """The token was not made here, belongs to another site, or is too old; the message says which."""


class SessionTokens:
    """Signer of session tokens that are valid for `days`."""

    def __init__(self, key: str, days: int) -> None:
        self._signer = URLSafeTimedSerializer(key, salt=SALT)
        self._seconds = days * DAY

    def new(self, site: str) -> Session:
        """Return a session with a new random address."""
        return Session(site, f"{site}/{secrets.token_urlsafe(ADDRESS_BYTES)}")

    def token(self, session: Session) -> str:
        """Return a new token for a session; its time starts now."""
        return str(self._signer.dumps([session.site, session.address]))

    def read(self, token: str, site: str) -> Session:
        """Return the session of a token. Raises SessionExpired if the token is not valid on this site."""
        try:
            content, age = read_signed(self._signer, token, self._seconds)
        except SignatureExpired:
            raise SessionExpired("this session has expired") from None
        except BadSignature:
            raise SessionExpired("this is no session of ours") from None
        if content[0] != site:
            raise SessionExpired("this session belongs to another site")
        return Session(site, content[1], age)
