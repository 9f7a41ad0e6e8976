"""Reauthentication: the password is asked for again before actions that a stolen cookie must not allow."""

from __future__ import annotations

import time
from datetime import timedelta

from console.identity.login_attempts import LoginAttempts, LoginOrigin, password_is_right
from conversations.accounts import login_attempts
from conversations.accounts.sessions import Session
from conversations.db.schema import now
from conversations.errors import StaffError
from conversations.pipeline.service import ConversationService
from core.translations import gettext as _

FRESH_FOR = timedelta(minutes=10)
MAX_REMEMBERED = 10_000  # sessions


class Reauthentication:
    """Checks passwords of signed-in members and remembers, in memory, when each session last gave it."""

    def __init__(self, service: ConversationService, attempts: LoginAttempts) -> None:
        self._service, self._attempts = service, attempts
        self._confirmed_at: dict[str, float] = {}  # monotonic seconds, by session

    def is_fresh(self, session: Session) -> bool:
        """Return True if the session was opened, or its password was given, less than FRESH_FOR ago."""
        age = time.monotonic() - self._confirmed_at.get(session.id, float("-inf"))
        return now() - session.created_at < FRESH_FOR or age < FRESH_FOR.total_seconds()

    async def check(self, session: Session, password: str) -> None:
        """Raise StaffError unless the password is the member's own.

        Wrong passwords are counted for the session alone, so that they lock nobody out of signing in.
        """
        attempt = await self._service.store.read(login_attempts.find_attempt, session.member.name)
        origin = LoginOrigin("session", session.id)
        if not await password_is_right(self._service, self._attempts, attempt, origin, password):
            raise StaffError(_("The present password is wrong."))
        if len(self._confirmed_at) > MAX_REMEMBERED:
            self._confirmed_at.clear()
        self._confirmed_at[session.id] = time.monotonic()
