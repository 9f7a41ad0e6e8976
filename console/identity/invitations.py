"""Invitations: links by which an admin gives an account to a person of the identity provider, whatever they are called there.

An account is tied to the provider's number of whoever opens its link first. A link is good for a week, and for an account
that is tied to nobody yet.
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
    """`key` signs them; `url` is where people reach the console."""

    key: str
    url: str

    def link(self, member: Member) -> str:
        return f"{self.url.rstrip('/')}{PATH}/{self._signer.dumps([member.id, member.name])}"

    def read(self, token: str) -> tuple[int, str] | None:
        """The account that an invitation is for, by number and name; None where it is none, or not good any more."""
        try:
            (number, name), _ = read_signed(self._signer, token, DAYS * 24 * 60 * 60)
        except (BadData, ValueError, TypeError):
            return None
        return number, name

    @property
    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.key, salt=SALT)
