"""How often passwords may be tried: a few times for a name from one address, so that nobody can lock out a colleague.

Names that have no account are counted and answered like those that have one. A browser that has signed in before has a
count of its own, which nobody else can use up; many addresses together get a limit, too, which holds for other browsers only
(OWASP: device cookies). Kept in memory: a restart begins anew.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timezone

from itsdangerous import BadData, URLSafeTimedSerializer
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from conversations.accounts import login_attempts
from conversations.accounts.login_attempts import LOCKED_FOR, MOST_FAILURES, AccountLocked, Attempt
from conversations.pipeline.service import ConversationService

MINUTES = int(LOCKED_FOR.total_seconds() // 60)
FEW = RateLimitItemPerMinute(MOST_FAILURES, MINUTES)  # for a name, from one place
MANY = RateLimitItemPerMinute(20 * MOST_FAILURES, MINUTES)  # for a name, from all unknown places together
KNOWN_DAYS = 180
SALT = "advisor known browser"


@dataclass(frozen=True)
class LoginOrigin:
    """Where a try comes from: a browser that this name has signed in with before, else a network address."""

    kind: str
    name: str

    @property
    def is_known(self) -> bool:
        return self.kind == "browser"


class LoginAttempts:
    """`key` signs the cookies that browsers are known by."""

    def __init__(self, key: str):
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._signer = URLSafeTimedSerializer(key, salt=SALT)

    def cookie_for(self, name: str) -> str:
        """For a browser that has signed in: by it, it is known again."""
        return self._signer.dumps([_short(name), secrets.token_urlsafe(9)])

    def place(self, cookie: str, name: str, address: str) -> LoginOrigin:
        try:
            known, number = self._signer.loads(cookie)
        except (BadData, ValueError, TypeError):
            known, number = "", ""
        return LoginOrigin("browser", number) if known == _short(name) else LoginOrigin("address", _network(address))

    async def count(self, attempt: Attempt, place: LoginOrigin) -> bool:
        """Count a try before the password is looked at, so that many at once gain nothing; whether it is the last.

        Locked, in the same words for every name, where there were too many.
        """
        who = _short(attempt.name), attempt.password_tag
        for limit, what in ((FEW, (place.kind, place.name)), (MANY, ("all",))):
            if place.is_known and limit is MANY:
                continue
            if not await self._limiter.hit(limit, *who, *what):
                raise AccountLocked(await self._when(limit, *who, *what))
        return (await self._limiter.get_window_stats(FEW, *who, place.kind, place.name)).remaining == 0

    async def forget(self, attempt: Attempt, place: LoginOrigin) -> None:
        """A right password, after which the wrong ones from there no longer count."""
        await self._limiter.clear(FEW, _short(attempt.name), attempt.password_tag, place.kind, place.name)

    async def _when(self, limit: RateLimitItem, *what: str) -> str:
        reset = (await self._limiter.get_window_stats(limit, *what)).reset_time
        at = datetime.fromtimestamp(reset + 60, timezone.utc)  # not before, in whole minutes
        return f"Too many wrong passwords. Try again after {at:%H:%M} UTC, or ask an admin."


async def right_password(
    service: ConversationService, tries: LoginAttempts, attempt: Attempt, place: LoginOrigin, password: str
) -> bool:
    """Whether it is; counted. Locked where there were too many wrong ones."""
    is_last = await tries.count(attempt, place)
    if await asyncio.to_thread(login_attempts.password_matches, attempt, password):
        await tries.forget(attempt, place)
        return True
    if is_last and attempt.member:
        await service.store.write(login_attempts.note_lock_out, attempt.member.name)
    return False


def _short(name: str) -> str:
    return hashlib.sha256(name.encode(errors="backslashreplace")).hexdigest()[:24]


def _network(address: str) -> str:
    """An address as far as one customer has it: of IPv6, the first half."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((known, 64), strict=False)) if known.version == 6 else address
