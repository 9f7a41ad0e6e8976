"""Presence of staff: whether they have the console open, and whether they say that they are away.

Pages of the console keep a live stream open, and while one is, the account is noted as seen from time to time; an account
that was seen within SEEN_FOR is there. It stands in the database, so that every front tells the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, update

from conversations.accounts.accounts import STAFF, Member
from conversations.db.schema import now

AVAILABLE, AWAY, GONE = "available", "away", "gone"  # the first two are chosen; GONE is who has no console open
SEEN_FOR = timedelta(minutes=3)  # after which somebody who was not seen again is no longer there
SEEN_EVERY = timedelta(minutes=1)  # between two notes that a stream is open


def presence_of(member: Member, at: datetime | None = None) -> str:
    """Return AVAILABLE, AWAY or GONE: what somebody has chosen counts while they have the console open."""
    is_there = member.seen_at is not None and (at or now()) - member.seen_at < SEEN_FOR
    if not is_there:
        return GONE
    return AWAY if member.is_away else AVAILABLE


def is_stale(member: Member) -> bool:
    """Return True if it should be noted again that an account is seen."""
    return member.seen_at is None or now() - member.seen_at > SEEN_EVERY / 2


def touch(connection: Connection, member_id: int) -> bool:
    """Note that an account is seen now, unless it was a moment ago; returns False then."""
    stale = or_(STAFF.c.seen_at.is_(None), STAFF.c.seen_at < now() - SEEN_EVERY / 2)
    return connection.execute(update(STAFF).where(STAFF.c.id == member_id, stale).values(seen_at=now())).rowcount == 1


def set_away(connection: Connection, member: Member, away: bool) -> None:
    """Set whether an account's owner is away; who chooses has the console open."""
    connection.execute(update(STAFF).where(STAFF.c.id == member.id).values(is_away=away, seen_at=now()))


def by_presence(members: Iterable[Member]) -> list[Member]:
    """Return the members with those first who are available, then those without a console, those who are away last."""
    order, at = {AVAILABLE: 0, GONE: 1, AWAY: 2}, now()
    return sorted(members, key=lambda member: (order[presence_of(member, at)], member.shown_name.casefold()))
