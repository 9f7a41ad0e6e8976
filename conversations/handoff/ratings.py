"""Satisfaction with a conversation with a person: one question at its end, if the installation asks it, and the answer.

An answer is a number from 1 to the question's scale: 2, where 2 is yes, or 5, where 5 is best.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from conversations.db import schema
from conversations.db.schema import now

RATINGS, SETTINGS = schema.rating, schema.kept_setting
SETTING = "ask_satisfaction"  # of those that are made in the console: a scale; absent if nothing is asked
SCALES = (2, 5)
PAYLOAD = "/front_rate_"  # and the value: the payloads of the question's buttons, which the front acts on itself
VALUES = {f"{PAYLOAD}{value}": value for value in range(1, max(SCALES) + 1)}
GOOD = {2: 2, 5: 4}  # the least value, by scale, of somebody who is satisfied


@dataclass(frozen=True)
class Rating:
    """A question that was asked about a member of staff (`person`), with the answer; `value` is None without one."""

    person: str
    scale: int
    value: int | None
    asked_at: datetime

    @property
    def is_good(self) -> bool:
        """Return True if the visitor is satisfied."""
        return self.value is not None and self.value >= GOOD[self.scale]


def scale_asked(connection: Connection) -> int:
    """Return the scale of the question that visitors are asked at the end, or 0 if they are asked nothing."""
    chosen = connection.execute(select(SETTINGS.c.value).where(SETTINGS.c.name == SETTING)).scalar()
    return chosen if chosen in SCALES else 0


def ask(connection: Connection, conversation_id: str, person: str, scale: int) -> None:
    """Store that a visitor is asked about a member of staff."""
    connection.execute(insert(RATINGS).values(conversation_id=conversation_id, person=person, scale=scale))


def value_in(payload: str) -> int | None:
    """Return the value that a pressed button of the question stands for; None for any other payload."""
    return VALUES.get(payload)


def answer(connection: Connection, conversation_id: str, value: int) -> bool:
    """Store the answer to the last question of a conversation, in place of an earlier one; False if none was asked."""
    own = RATINGS.c.conversation_id == conversation_id
    asked = connection.execute(select(RATINGS).where(own).order_by(RATINGS.c.id.desc()).limit(1)).first()
    if asked is None or value > asked.scale:
        return False
    connection.execute(update(RATINGS).where(RATINGS.c.id == asked.id).values(value=value, at=now()))
    return True


def ratings_of(connection: Connection, conversation_id: str) -> tuple[Rating, ...]:
    """Return the questions that were asked in a conversation, the oldest first."""
    rows = connection.execute(
        select(RATINGS).where(RATINGS.c.conversation_id == conversation_id).order_by(RATINGS.c.id)
    )
    return tuple(Rating(row.person, row.scale, row.value, row.asked_at) for row in rows)
