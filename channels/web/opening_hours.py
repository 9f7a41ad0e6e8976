"""Office hours of a site: whether somebody is there now, and when next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Span = tuple[int, int]  # minutes since the day began; of a span over midnight, the end lies behind the day's
DAY = 24 * 60
LOOK_AHEAD = 21  # days
TIME = re.compile(r"(\d{1,2})(?:[:.]([0-5]\d))?")
BETWEEN = re.compile(r"\s*[-\u2013]\s*")


@dataclass(frozen=True)
class OpeningHours:
    """Spans by day of the week (0 is Monday) in the office's own time zone; on `closed` dates nobody is there."""

    zone: ZoneInfo
    week: Mapping[int, tuple[Span, ...]]
    closed: frozenset[date] = field(default_factory=frozenset)

    def open_at(self, moment: datetime) -> bool:
        """Whether somebody is there at an (aware) moment."""
        local = moment.astimezone(self.zone)
        day, minute = local.date(), local.hour * 60 + local.minute
        if day in self.closed:
            return False
        today = any(start <= minute < end for start, end in self._spans(day))
        return today or any(minute + DAY < end for _, end in self._spans(day - timedelta(days=1)))

    def next_opening(self, moment: datetime) -> datetime | None:
        """When somebody is there next, after a moment when nobody is; None where not within three weeks."""
        local = moment.astimezone(self.zone)
        for ahead in range(LOOK_AHEAD):
            day = local.date() + timedelta(days=ahead)
            for start, _ in self._spans(day):
                opening = datetime.combine(day, time(*divmod(start, 60)), self.zone)
                if opening > local:
                    return opening
        return None

    def _spans(self, day: date) -> tuple[Span, ...]:
        return () if day in self.closed else self.week.get(day.weekday(), ())


def spans_of(text: str) -> tuple[Span, ...]:
    """'09:00-12:30, 13:30-17:00' as spans; 'closed' is none. ValueError where it is neither.

    '21:00-02:00' goes on into the next day, '00:00-24:00' is the whole day; '9:00' and '9' are as good as '09:00'.
    """
    if text.strip().lower() == "closed":
        return ()
    spans: list[Span] = []
    for part in text.split(","):
        start, end = (_minutes(one) for one in BETWEEN.split(part.strip(), maxsplit=1))
        end += DAY if end < start else 0
        if start == end or start >= DAY or (spans and start < spans[-1][1]):
            raise ValueError(part)
        spans.append((start, end))
    if spans[-1][1] > DAY + spans[0][0]:  # it would run into where the day began
        raise ValueError(text)
    return tuple(spans)


def spans_text(spans: tuple[Span, ...]) -> str:
    """As `spans_of` reads them."""
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans) or "closed"


def _minutes(text: str) -> int:
    found = TIME.fullmatch(text)
    if not found or not (minutes := int(found[1]) * 60 + int(found[2] or 0)) <= DAY:
        raise ValueError(text)
    return minutes


def _clock(minutes: int) -> str:
    hour, minute = divmod(minutes if minutes <= DAY else minutes - DAY, 60)
    return f"{hour:02d}:{minute:02d}"
