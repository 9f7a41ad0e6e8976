"""Counters of what needs attention now, for the console's first page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, case, func, select

from conversations.db import schema
from conversations.db.mappers import to_messages
from conversations.db.schema import now
from conversations.handoff.contact_requests import OPEN, TAKEN
from conversations.models import FAILED, TRY, Message

MESSAGES, FEEDBACK, CONTACTS = schema.message, schema.feedback, schema.contact_request
REVIEWS = schema.review
WEEK, BEFORE = timedelta(days=7), timedelta(days=28)
RECENT = timedelta(days=14)  # how long a failure is shown, if nobody looks at it
FEWEST_THUMBS = 20  # in each of the two periods; with fewer, a difference means nothing
DROP = 0.1  # of the share of thumbs up; a smaller one may be chance


@dataclass(frozen=True)
class Satisfaction:
    """Share of thumbs up (0 to 1) and number of thumbs, in the last 7 days and in the 28 days before."""

    lately: float
    lately_of: int
    before: float
    before_of: int

    @property
    def dropped(self) -> bool:
        """Return whether the share fell by DROP or more, with enough thumbs in both periods."""
        enough = min(self.lately_of, self.before_of) >= FEWEST_THUMBS
        return enough and self.before - self.lately >= DROP


def count_failed_messages(connection: Connection) -> int:
    """Return how many messages of the last two weeks got no answer, in conversations that nobody has reviewed since."""
    return connection.execute(select(func.count()).select_from(MESSAGES).where(*_failed())).scalar_one()


def newest_failed_messages(connection: Connection, limit: int) -> list[Message]:
    """Return the newest of those messages, at most `limit`."""
    newest = select(MESSAGES).where(*_failed()).order_by(MESSAGES.c.id.desc()).limit(limit)
    return to_messages(connection.execute(newest))


def _failed() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on messages of the last two weeks that got no answer and that nobody has reviewed since."""
    reviewed = select(REVIEWS.c.conversation_id).where(
        REVIEWS.c.conversation_id == MESSAGES.c.conversation_id, REVIEWS.c.at >= MESSAGES.c.at
    )
    lately = MESSAGES.c.at >= now() - RECENT
    return MESSAGES.c.state == FAILED, MESSAGES.c.channel != TRY, lately, ~reviewed.exists()


def count_open_contact_requests(connection: Connection) -> int:
    """Return the number of contact requests that nobody has finished."""
    unfinished = CONTACTS.c.state.in_((OPEN, TAKEN))
    return connection.execute(select(func.count()).select_from(CONTACTS).where(unfinished)).scalar_one()


def satisfaction(connection: Connection) -> Satisfaction:
    """Return the satisfaction of visitors, now and before."""
    at = now()
    lately, before = _thumbs(connection, at - WEEK, at), _thumbs(connection, at - WEEK - BEFORE, at - WEEK)
    return Satisfaction(*lately, *before)


def _thumbs(connection: Connection, start: datetime, end: datetime) -> tuple[float, int]:
    """Return the share of thumbs up and the number of thumbs of a period."""
    up = func.sum(case((FEEDBACK.c.value > 0, 1), else_=0))
    query = select(up, func.count()).where(FEEDBACK.c.at >= start, FEEDBACK.c.at < end)
    ups, count = connection.execute(query).one()
    return (int(ups) / count if count else 0.0), count
