"""Passwords of staff: generating, hashing (argon2id) and checking them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from conversations.accounts import password_strength
from conversations.errors import StaffError
from core.translations import gettext as _

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200  # characters


@dataclass(frozen=True)
class HashedPassword:
    """A password that was hashed beforehand, so that no transaction waits for the hashing."""

    value: str


def generate_password() -> str:
    """Return a random password for a new account, to be replaced by its owner."""
    return secrets.token_urlsafe(12)


def hash_password(password: str, name: str = "") -> str:
    """Return the argon2id hash of a password for the account `name`; slow by design.

    Raises StaffError if the password is too short, too long or easy to guess.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise StaffError(
            _("A password has %(shortest_password)s to %(longest_password)s characters.")
            % {"shortest_password": SHORTEST_PASSWORD, "longest_password": LONGEST_PASSWORD}
        )
    if why := password_strength.weakness(password, name):
        raise StaffError(_(why))
    return _hasher().hash(password)


def verify_password(password: str, hashed: str) -> bool:
    """Return True if the password has this hash; slow by design."""
    return _hasher().verify(password[:LONGEST_PASSWORD], hashed)


@cache
def placeholder_hash() -> str:
    """Return the hash of a random password that nobody knows, for names without an account."""
    return _hasher().hash(secrets.token_urlsafe(16))


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))
