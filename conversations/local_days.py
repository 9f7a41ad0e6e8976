"""Days and times by a clock: the office's, or that of who asks. Stored times are in UTC.

The office's zone is the installation's, set once when the front or a command starts. Whoever answers a request of somebody
with a zone of their own says so by `use_own_zone`; it holds in this task and in the threads that it starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

UTC = "UTC"
HOUR = timedelta(hours=1)
LONGEST_ZONE = 40  # characters of a zone's name
_office = ZoneInfo(UTC)
_own: ContextVar[ZoneInfo | None] = ContextVar("own zone", default=None)


def use_zone(name: str) -> None:
    """Set the office's zone, of this process; `name` is one of the time-zone database, such as Europe/Dublin."""
    global _office
    _office = ZoneInfo(name)


def use_own_zone(name: str) -> None:
    """Take the clock of this zone from now on, in this task; the office's for "" and for a zone that is not known here."""
    try:
        _own.set(ZoneInfo(name) if name and name != _office.key else None)
    except (ZoneInfoNotFoundError, ValueError):
        _own.set(None)


@contextmanager
def by_clock_of(name: str) -> Iterator[None]:
    """Take the clock of this zone inside the block; the office's for ""."""
    before = _own.get()
    use_own_zone(name)
    try:
        yield
    finally:
        _own.set(before)


@cache
def zones() -> tuple[str, ...]:
    """Return the names of all zones that may be chosen, in order."""
    return tuple(sorted(name for name in available_timezones() if "/" in name or name == UTC))


def is_zone(name: str) -> bool:
    """Return True if this is the name of a zone that may be chosen."""
    return len(name) <= LONGEST_ZONE and name in zones()


def office_zone() -> str:
    """Return the name of the office's zone."""
    return _office.key


def own_zone() -> str:
    """Return the name of the zone in use if it is not the office's, else ""."""
    own = _own.get()
    return own.key if own else ""


def zone_name() -> str:
    """Return the name of the zone in use."""
    return _zone().key


def local(at: datetime) -> datetime:
    """Return the same moment by the clock in use."""
    return at.astimezone(_zone())


def today() -> date:
    """Return the day that it is by the clock in use."""
    return local(datetime.now(timezone.utc)).date()


def midnight(day: date) -> datetime:
    """Return the moment at which a day begins by the clock in use, in UTC."""
    return datetime.combine(day, time(), _zone()).astimezone(timezone.utc)


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


def _zone() -> ZoneInfo:
    return _own.get() or _office


def _minutes_ahead(at: datetime) -> int:
    offset = local(at).utcoffset() or timedelta()
    return int(offset.total_seconds() // 60)
