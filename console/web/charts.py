"""Charts as shapes that a page draws in SVG: bars over time, the hours of a week. Words and numbers stand beside them in HTML.

A chart is 100 units high and as wide as it has bars; the page stretches it, so that it fits any screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from conversations.analytics.queries import Totals

MOST_BARS = 62  # more days than this are drawn as weeks
WEEK = 7
SHADES = 5
GAP = 0.18  # of a bar's width


@dataclass(frozen=True)
class Part:
    """A piece of a bar: `kind` says which, and gives its colour."""

    kind: str
    top: float
    height: float


@dataclass(frozen=True)
class Bar:
    left: float
    width: float
    parts: tuple[Part, ...]
    words: str
    first: date


@dataclass(frozen=True)
class Bars:
    """`highest` is the number that the top of the chart stands for; `marks` are places (0 to `wide`) of releases."""

    bars: tuple[Bar, ...]
    highest: int
    labels: tuple[str, str]
    marks: tuple[tuple[float, str], ...] = ()

    @property
    def wide(self) -> int:
        return max(len(self.bars), 1)


@dataclass(frozen=True)
class Bucket:
    """A day, or a week, with counts by kind in the order in which they are piled up."""

    first: date
    last: date
    counts: Mapping[str, int]

    @property
    def whole(self) -> int:
        return sum(self.counts.values())

    @property
    def when(self) -> str:
        """'3 Nov 2026', or '3 Nov to 9 Nov 2026'."""
        end = f"{self.last:%-d %b %Y}"
        return end if self.first == self.last else f"{self.first:%-d %b} to {end}"


def buckets(days: Mapping[date, Totals], measure: str, kinds: Sequence[str]) -> list[Bucket]:
    """The days, or weeks where they are many. Counts of kinds that are not named are left out."""
    each = sorted(days)
    width = WEEK if len(each) > MOST_BARS else 1
    groups = [each[place : place + width] for place in range(0, len(each), width)]
    return [
        Bucket(group[0], group[-1], {kind: sum(days[day].of(measure, kind) for day in group) for kind in kinds})
        for group in groups
    ]


def piled(found: Sequence[Bucket], words: Mapping[str, str], releases: Sequence[date] = ()) -> Bars:
    """Bars with their kinds piled up from the bottom."""
    highest = _round_up(max((one.whole for one in found), default=0))
    bars = tuple(_bar(place, one, highest, words) for place, one in enumerate(found))
    ends = (f"{found[0].first:%-d %b}", f"{found[-1].last:%-d %b}") if found else ("", "")
    return Bars(bars, highest, ends, tuple(_marks(found, releases)))


def shade(count: int, most: int) -> int:
    """How dark a place of the week is: 0 is none, SHADES the darkest."""
    return 0 if not count else max(1, round(SHADES * count / most))


def _bar(place: int, one: Bucket, highest: int, words: Mapping[str, str]) -> Bar:
    parts, base = [], 100.0
    for kind, count in one.counts.items():
        if count:
            height = 100 * count / highest
            base -= height
            parts.append(Part(kind, round(base, 2), round(height, 2)))
    told = ", ".join(f"{words[kind]} {count:,}" for kind, count in one.counts.items() if count)
    return Bar(round(place + GAP / 2, 3), 1 - GAP, tuple(parts), f"{one.when}: {told or 'none'}", one.first)


def _marks(found: Sequence[Bucket], releases: Sequence[date]):
    for day in releases:
        place = next((number for number, one in enumerate(found) if one.first <= day <= one.last), None)
        if place is not None:
            yield float(place), f"Release of {day:%-d %b %Y}"


def _round_up(count: int) -> int:
    """The next number that reads well: 1, 2, 3, 4, 6, 8, 10, 20 and so on."""
    step = 1
    while True:
        for one in (1, 2, 3, 4, 6, 8):
            if one * step >= count:
                return one * step
        step *= 10
