"""Counts of visits: a visit is a conversation on one day, if something was asked in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, and_, exists, func, select

from conversations.db import schema
from conversations.handoff.endings import asks, ending
from conversations.local_days import midnight
from conversations.models import PERSON, TRY, WAITING

CONVERSATIONS, MESSAGES, HANDOFFS = schema.conversation, schema.message, schema.handoff
# Measures: visits by how they went, and those of conversations that began on an earlier day.
VISIT, RETURNED = "visit", "returned"


def count_visits(connection: Connection, first: date, last: date) -> Iterator[dict[str, Any]]:
    """Count the visits of the days from `first` to `last`, both included, by channel, site, guide pack and how they went."""
    for number in range((last - first).days + 1):
        yield from _of_day(connection, first + timedelta(days=number))


def _of_day(connection: Connection, day: date) -> Iterator[dict[str, Any]]:
    start, end = midnight(day), midnight(day + timedelta(days=1))
    at, same = MESSAGES.c.at, MESSAGES.c.conversation_id
    asked = (
        select(same, func.max(MESSAGES.c.id).label("last")).where(at >= start, at < end, *asks(MESSAGES)).group_by(same)
    )
    visit = asked.subquery("visit")
    when = HANDOFFS.c.at >= start, HANDOFFS.c.at < end, HANDOFFS.c.after.in_((WAITING, PERSON))
    handed = exists().where(HANDOFFS.c.conversation_id == CONVERSATIONS.c.id, *when)
    keys = (
        CONVERSATIONS.c.channel,
        CONVERSATIONS.c.site,
        CONVERSATIONS.c.pack,
        ending(MESSAGES, handed).label("name"),
        (CONVERSATIONS.c.created_at < start).label("returned"),
    )
    each = select(*keys).select_from(
        visit.join(MESSAGES, MESSAGES.c.id == visit.c.last).join(
            CONVERSATIONS, and_(CONVERSATIONS.c.id == visit.c.conversation_id, CONVERSATIONS.c.channel != TRY)
        )
    )
    of = each.subquery("each")
    columns = [of.c[name] for name in ("channel", "site", "pack", "name", "returned")]
    visits: Counter[tuple[str, ...]] = Counter()
    returned: Counter[tuple[str, ...]] = Counter()
    for row in connection.execute(select(*columns, func.count().label("number")).group_by(*columns)):
        visits[row.channel, row.site, row.pack, row.name] += row.number
        returned[row.channel, row.site, row.pack, ""] += row.number if row.returned else 0
    for measure, counted in ((VISIT, visits), (RETURNED, returned)):
        for (channel, site, pack, name), count in (+counted).items():
            place = {"day": day.isoformat(), "channel": channel, "site": site, "pack": pack}
            yield {**place, "measure": measure, "name": name, "count": count}
