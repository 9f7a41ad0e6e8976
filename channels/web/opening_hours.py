"""Opening hours of a site, and what they say about a conversation: is somebody of the team there, and when next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from conversations.db.schema import now
from conversations.models import Conversation

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Span = tuple[int, int]  # minutes since the day began; of a span over midnight, the end lies behind the day's
DAY = 24 * 60
LOOK_AHEAD = 21  # days
TIME = re.compile(r"(\d{1,2})(?:[:.]([0-5]\d))?")
BETWEEN = re.compile("[-\u2013]")


@dataclass(frozen=True)
class OpeningHours:
    """Opening hours of an office: spans by day of the week (0 is Monday) in its own time zone, and dates when it is closed."""

    zone: ZoneInfo
    week: Mapping[int, tuple[Span, ...]]
    closed: frozenset[date] = field(default_factory=frozenset)

    def open_at(self, moment: datetime) -> bool:
        """Return True if the office is open at an (aware) moment."""
        local = moment.astimezone(self.zone)
        day, minute = local.date(), local.hour * 60 + local.minute
        if day in self.closed:
            return False
        today = any(start <= minute < end for start, end in self._spans(day))
        return today or any(minute + DAY < end for _, end in self._spans(day - timedelta(days=1)))

    def next_opening(self, moment: datetime) -> datetime | None:
        """Return when the office opens next, after a moment when it is closed; None if not within LOOK_AHEAD days."""
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


class HasHours(Protocol):
    """A site, as far as this module is concerned."""

    @property
    def hours(self) -> OpeningHours | None:
        """Return the site's opening hours, or None if it has none."""


class SiteOfficeHours:
    """The office hours of conversations: those of the conversation's site, else of the site named `others`, if any."""

    def __init__(self, sites: Mapping[str, HasHours], others: str = "") -> None:
        self._sites, self.others = sites, others

    def away_until(self, conversation: Conversation) -> str | None:
        """Return when the office opens next, as "tomorrow at 09:00 (Europe/Dublin)"; empty if unknown, None if it is open."""
        site = self._sites.get(conversation.site or self.others)
        at = now()
        if site is None or site.hours is None or site.hours.open_at(at):
            return None
        opening = site.hours.next_opening(at)
        return _when(opening, at, site.hours) if opening else ""


def spans_of(text: str) -> tuple[Span, ...]:
    """Parse a day's opening hours, such as "09:00-12:30, 13:30-17:00"; "closed" has no spans. Raises ValueError.

    "21:00-02:00" goes on into the next day, "00:00-24:00" is the whole day; "9:00" and "9" mean "09:00".
    """
    if text.strip().lower() == "closed":
        return ()
    spans: list[Span] = []
    for part in text.split(","):
        start, end = (_minutes(clock.strip()) for clock in BETWEEN.split(part, maxsplit=1))
        end += DAY if end < start else 0
        if start == end or start >= DAY or (spans and start < spans[-1][1]):
            raise ValueError(part)
        spans.append((start, end))
    if spans[-1][1] > DAY + spans[0][0]:  # it would run into where the day began
        raise ValueError(text)
    return tuple(spans)


def spans_text(spans: tuple[Span, ...]) -> str:
    """Return spans as text that `spans_of` parses."""
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans) or "closed"


def _minutes(text: str) -> int:
    match = TIME.fullmatch(text)
    if not match or (minutes := int(match[1]) * 60 + int(match[2] or 0)) > DAY:
        raise ValueError(text)
    return minutes


def _clock(minutes: int) -> str:
    hour, minute = divmod(minutes if minutes <= DAY else minutes - DAY, 60)
    return f"{hour:02d}:{minute:02d}"


def _when(opening: datetime, at: datetime, hours: OpeningHours) -> str:
    days = (opening.date() - at.astimezone(hours.zone).date()).days
    day = {0: "today", 1: "tomorrow"}.get(days) or (f"on {opening:%A}" if days < 7 else f"on {opening:%-d %B}")
    return f"{day} at {opening:%H:%M} ({hours.zone.key})"
