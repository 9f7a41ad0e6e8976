"""Invitations: signed links by which an admin ties an account to a person of the identity provider.

The account is tied to the provider's subject of whoever opens the link first and signs in. A link expires after a week,
and when the account has been tied to somebody.
"""

from __future__ import annotations

from dataclasses import dataclass

from itsdangerous import BadData, URLSafeTimedSerializer

from channels.signed_tokens import read_signed
from conversations.accounts.accounts import Member

PATH = "/staff/sign-in/invited"
SALT, DAYS = "advisor staff invitation", 7


@dataclass(frozen=True)
class Invitations:
    """Signs invitations with `key`; `url` is the public address of the front."""

    key: str
    url: str

    def link(self, member: Member) -> str:
        """Return the link that invites somebody to this account."""
        return f"{self.url.rstrip('/')}{PATH}/{self._signer.dumps([member.id, member.name])}"

    def read(self, token: str) -> tuple[int, str] | None:
        """Return number and name of the account that an invitation is for, or None if it is invalid or has expired."""
        try:
            (number, name), _ = read_signed(self._signer, token, DAYS * 24 * 60 * 60)
        except (BadData, ValueError, TypeError):
            return None
        return number, name

    @property
    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.key, salt=SALT)
