"""Tokens of the widget's visitors: proof that a browser owns a conversation, and of who is signed in to the page.

A session token holds the conversation's address, which is random, so that nobody can guess another visitor's. An identity
token is made by the server of a site: a JSON Web Token (RFC 7519), signed with HMAC and SHA-256 with that site's key.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from channels.signed_tokens import read_signed
from channels.storable import storable
from conversations.data_rights.visitor_identities import VisitorIdentity

ADDRESS_BYTES = 18
LONGEST_CLAIM = {"sub": 255, "name": 120, "email": 320}  # characters
CLOCKS = 60  # seconds that the clocks of two servers may differ by
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
        self._key = key
        self._signer = URLSafeTimedSerializer(key, salt=SALT)
        self._seconds = days * DAY

    def identity(self, token: str, site: str) -> VisitorIdentity:
        """Return whom a site's identity token names. Raises IdentityRefused."""
        return read_identity(self._key, token, site)

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


class IdentityRefused(Exception):
    """The token does not prove who is signed in; the message says why."""


def identity_key(key: str, site: str) -> str:
    """Return the key that a site's server signs identities with, from the one that session tokens are signed with."""
    return hmac.new(key.encode(), f"advisor identity {site}".encode(), hashlib.sha256).hexdigest()


def read_identity(key: str, token: str, site: str) -> VisitorIdentity:
    """Return whom a site's identity token names; `key` is that of the session tokens. Raises IdentityRefused."""
    from joserfc import jwt  # 20 MB, for the sites that say who is signed in
    from joserfc.errors import JoseError
    from joserfc.jwk import OctKey

    try:
        decoded = jwt.decode(token, OctKey.import_key(identity_key(key, site)), algorithms=["HS256"]).claims
        claims = storable(decoded)
    except (JoseError, ValueError, TypeError, RecursionError):  # odd headers, deep nesting
        raise IdentityRefused(f"identity is no token that was signed with the key of the site '{site}'") from None
    _require_present(claims)
    subject, name, email = (_claim(claims, claim) for claim in LONGEST_CLAIM)
    if not subject:
        raise IdentityRefused("identity needs `sub`, your own id of who is signed in")
    return VisitorIdentity(subject, name, email)


def _require_present(claims: dict[str, Any]) -> None:
    ends = claims.get("exp")
    if isinstance(ends, bool) or not isinstance(ends, (int, float)):
        raise IdentityRefused("identity needs `exp`, the second in which it ends, at most a day ahead")
    left = ends - time.time()
    if left < -CLOCKS:
        raise IdentityRefused("identity has expired; have your server sign another for each page")
    if left > DAY + CLOCKS:
        raise IdentityRefused("identity ends more than a day ahead; have your server sign another for each page")


def _claim(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name) or ""
    if not isinstance(value, str) or len(value) > LONGEST_CLAIM[name]:
        raise IdentityRefused(f"identity's `{name}` must be a text of at most {LONGEST_CLAIM[name]} characters")
    return " ".join(value.split())
