"""Days and times by the clock of the office: what staff read, count and filter by. Stored times are in UTC.

The zone is the installation's, set once when the front or a command starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

UTC = "UTC"
HOUR = timedelta(hours=1)
_zone = ZoneInfo(UTC)


def use_zone(name: str) -> None:
    """Set the zone of this process; `name` is one of the time-zone database, such as Europe/Dublin."""
    global _zone
    _zone = ZoneInfo(name)


def zone_name() -> str:
    """Return the name of the zone in use."""
    return _zone.key


def local(at: datetime) -> datetime:
    """Return the same moment by the office's clock."""
    return at.astimezone(_zone)


def today() -> date:
    """Return the day that it is at the office."""
    return local(datetime.now(timezone.utc)).date()


def midnight(day: date) -> datetime:
    """Return the moment at which a day of the office begins, in UTC."""
    return datetime.combine(day, time(), _zone).astimezone(timezone.utc)


def stretches(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, int]]:
    """Yield the parts of a span in which the clock is not changed: start, end and minutes ahead of UTC.

    Clocks are changed at full hours of UTC, or at half ones where the zone's distance has a half; a part's border is right to
    the hour that `start` counts in.
    """
    begun, ahead = start, _minutes_ahead(start)
    at = start
    while at < end:
        if (now_ahead := _minutes_ahead(at)) != ahead:
            yield begun, at, ahead
            begun, ahead = at, now_ahead
        at += HOUR
    if begun < end:
        yield begun, end, ahead


def _minutes_ahead(at: datetime) -> int:
    offset = local(at).utcoffset() or timedelta()
    return int(offset.total_seconds() // 60)
