"""Office hours of a site: whether somebody is there now, and when next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Span = tuple[time, time]
LOOK_AHEAD = 21  # days


@dataclass(frozen=True)
class Hours:
    """Spans by day of the week (0 is Monday) in the office's own time zone; on `closed` dates nobody is there."""

    zone: ZoneInfo
    week: Mapping[int, tuple[Span, ...]]
    closed: frozenset[date] = field(default_factory=frozenset)

    def open_at(self, moment: datetime) -> bool:
        """Whether somebody is there at an (aware) moment."""
        local = moment.astimezone(self.zone)
        return any(start <= local.time() < end for start, end in self._spans(local.date()))

    def next_opening(self, moment: datetime) -> datetime | None:
        """When somebody is there next, after a moment when nobody is; None where not within three weeks."""
        local = moment.astimezone(self.zone)
        for ahead in range(LOOK_AHEAD):
            day = local.date() + timedelta(days=ahead)
            for start, _ in self._spans(day):
                opening = datetime.combine(day, start, self.zone)
                if opening > local:
                    return opening
        return None

    def _spans(self, day: date) -> tuple[Span, ...]:
        return () if day in self.closed else self.week.get(day.weekday(), ())


def spans_of(text: str) -> tuple[Span, ...]:
    """'09:00-12:30, 13:30-17:00' as spans; 'closed' is none. ValueError where it is neither."""
    if text == "closed":
        return ()
    spans = []
    for part in text.split(","):
        start, end = (time.fromisoformat(one.strip()) for one in part.split("-"))
        if start >= end or (spans and start < spans[-1][1]):
            raise ValueError(part)
        spans.append((start, end))
    return tuple(spans)
