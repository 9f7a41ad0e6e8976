"""Asks who is signed in for their password once more, before what a stolen cookie or an unlocked desk must not do.

Who has just signed in, or has just been asked, is not asked again.
"""

from __future__ import annotations

import time
from datetime import timedelta

from console.identity.login_attempts import LoginAttempts, LoginOrigin, right_password
from conversations.accounts import login_attempts
from conversations.accounts.sessions import Session
from conversations.db.schema import now
from conversations.errors import StaffError
from conversations.pipeline.service import ConversationService

FRESH = timedelta(minutes=10)
FIELD = "password_again"  # of the page that asks; no other form has it
MOST_KEPT = 10_000


class Reauthentication:
    """Kept in memory: after a restart, people are asked once more."""

    def __init__(self, service: ConversationService, tries: LoginAttempts):
        self._service, self._tries = service, tries
        self._asked: dict[str, float] = {}  # by session, when its password was given last

    def is_fresh(self, session: Session) -> bool:
        """Whether it is known well enough that it is still the same person."""
        age = time.monotonic() - self._asked.get(session.id, float("-inf"))
        return now() - session.created_at < FRESH or age < FRESH.total_seconds()

    async def check(self, session: Session, password: str) -> None:
        """StaffError unless it is the account's own password; wrong ones are counted, and keep nobody from signing in."""
        attempt = await self._service.store.read(login_attempts.find_attempt, session.member.name)
        if not await right_password(self._service, self._tries, attempt, LoginOrigin("session", session.id), password):
            raise StaffError("The present password is wrong.")
        if len(self._asked) > MOST_KEPT:
            self._asked.clear()
        self._asked[session.id] = time.monotonic()
