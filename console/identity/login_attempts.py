"""Limits on password attempts, by account name and origin.

An account is locked for the origin that failed, not as a whole, so that nobody can lock out a colleague. A browser that
has signed in before has a counter of its own that nobody else can exhaust; all other origins together have a second,
higher limit (OWASP: device cookies). Names without an account are counted and answered in the same way. The counters are
those of the front's rate limits: kept in memory, and starting anew with the process.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timezone

from itsdangerous import BadData, URLSafeTimedSerializer
from limits import RateLimitItemPerMinute

from channels.http import RateLimits
from conversations.accounts import login_attempts
from conversations.accounts.login_attempts import LOCKED_FOR, MOST_FAILURES, AccountLocked, Attempt
from conversations.local_days import local
from conversations.pipeline.service import ConversationService
from core.translations import gettext as _

MINUTES = int(LOCKED_FOR.total_seconds() // 60)
ORIGIN_LIMIT = RateLimitItemPerMinute(MOST_FAILURES, MINUTES)  # for a name from one origin
TOTAL_LIMIT = RateLimitItemPerMinute(20 * MOST_FAILURES, MINUTES)  # for a name from all unknown origins together
KNOWN_BROWSER_DAYS = 180
SALT = "advisor known browser"


@dataclass(frozen=True)
class LoginOrigin:
    """The origin of an attempt: a browser that this account has signed in with, a network address, or a session.

    `kind` is browser, address or session; `id` tells origins of a kind apart.
    """

    kind: str
    id: str

    @property
    def is_known(self) -> bool:
        """Return True for a browser that the account has signed in with before."""
        return self.kind == "browser"


class LoginAttempts:
    """Counts password attempts; `key` signs the cookies of known browsers."""

    def __init__(self, key: str, rates: RateLimits) -> None:
        self._rates = rates
        self._signer = URLSafeTimedSerializer(key, salt=SALT)

    def known_browser_cookie(self, name: str) -> str:
        """Return the cookie value by which a browser is recognised at the next sign-in of this account."""
        return self._signer.dumps([_digest(name), secrets.token_urlsafe(9)])

    def origin(self, cookie: str, name: str, address: str) -> LoginOrigin:
        """Return the origin of an attempt on an account: the known browser of the cookie, else the address."""
        try:
            digest, browser = self._signer.loads(cookie)
        except (BadData, ValueError, TypeError):
            digest, browser = "", ""
        return LoginOrigin("browser", browser) if digest == _digest(name) else LoginOrigin("address", _network(address))

    async def count(self, attempt: Attempt, origin: LoginOrigin) -> bool:
        """Count an attempt and return True if the limit allows no more after it.

        Attempts are counted before the password is checked, so that parallel requests gain nothing. Raises AccountLocked,
        in the same words for every name, if there were too many.
        """
        account = _digest(attempt.name), attempt.password_tag
        for limit, scope in ((ORIGIN_LIMIT, (origin.kind, origin.id)), (TOTAL_LIMIT, ("all",))):
            if origin.is_known and limit is TOTAL_LIMIT:
                continue
            if not await self._rates.hit(limit, *account, *scope):
                raise AccountLocked(await self._lock_message(limit, *account, *scope))
        return (await self._rates.stats(ORIGIN_LIMIT, *account, origin.kind, origin.id)).remaining == 0

    async def reset(self, attempt: Attempt, origin: LoginOrigin) -> None:
        """Clear the origin's counter after a right password."""
        await self._rates.clear(ORIGIN_LIMIT, _digest(attempt.name), attempt.password_tag, origin.kind, origin.id)

    async def _lock_message(self, limit: RateLimitItemPerMinute, *key: str) -> str:
        reset = (await self._rates.stats(limit, *key)).reset_time
        at = datetime.fromtimestamp(reset + 60, timezone.utc)  # rounded up to whole minutes
        return _("Too many wrong passwords. Try again after %(time)s, or ask an admin.") % {
            "time": f"{local(at):%H:%M %Z}"
        }


async def password_is_right(
    service: ConversationService, attempts: LoginAttempts, attempt: Attempt, origin: LoginOrigin, password: str
) -> bool:
    """Check a password and count the attempt; raises AccountLocked if there were too many wrong ones."""
    is_last = await attempts.count(attempt, origin)
    if await asyncio.to_thread(login_attempts.password_matches, attempt, password):
        await attempts.reset(attempt, origin)
        return True
    if is_last and attempt.member:
        await service.store.write(login_attempts.note_lock_out, attempt.member.name)
    return False


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode(errors="backslashreplace")).hexdigest()[:24]


def _network(address: str) -> str:
    """Return the network that a single customer has: the address itself, or the /64 network of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address
