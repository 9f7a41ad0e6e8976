"""Shapes of bar charts over time and of a heat map of the week, for templates that draw them as SVG.

A chart is 100 units high and as wide as it has bars; the page stretches it to fit the screen. Texts and numbers stand
beside it in HTML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from console.translations.dates import day_of_year, short_day
from console.translations.numbers import number
from conversations.analytics.queries import Totals
from core.translations import gettext as _

MAX_BARS = 62  # more days are drawn as weeks
WEEK = 7  # days
SHADES = 5
GAP = 0.18  # between bars, as a share of their width


@dataclass(frozen=True)
class Part:
    """A segment of a bar; `kind` gives its colour."""

    kind: str
    top: float
    height: float


@dataclass(frozen=True)
class Bar:
    """A bar and its text alternative."""

    left: float
    width: float
    parts: tuple[Part, ...]
    words: str
    first: date


@dataclass(frozen=True)
class Bars:
    """A bar chart.

    `highest` is the number at the top of the vertical axis, `labels` are the first and the last day, and `marks` are
    positions (0 to `wide`) of releases with their texts.
    """

    bars: tuple[Bar, ...]
    highest: int
    labels: tuple[str, str]
    marks: tuple[tuple[float, str], ...] = ()

    @property
    def wide(self) -> int:
        """Return the width of the chart in units."""
        return max(len(self.bars), 1)


@dataclass(frozen=True)
class Bucket:
    """Counts by kind for a day or a week, in the order in which they are stacked."""

    first: date
    last: date
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return the sum over all kinds."""
        return sum(self.counts.values())

    @property
    def when(self) -> str:
        """Return the period as text: '3 Nov 2026', or '3 Nov to 9 Nov 2026'."""
        end = short_day(self.last)
        if self.first == self.last:
            return end
        return _("%(first)s to %(last)s") % {"first": day_of_year(self.first), "last": end}


def buckets(days: Mapping[date, Totals], measure: str, kinds: Sequence[str]) -> list[Bucket]:
    """Return the counts of a measure for each day, or for each week if there are more than MAX_BARS days."""
    ordered = sorted(days)
    width = WEEK if len(ordered) > MAX_BARS else 1
    groups = [ordered[start : start + width] for start in range(0, len(ordered), width)]
    return [
        Bucket(group[0], group[-1], {kind: sum(days[day].of(measure, kind) for day in group) for kind in kinds})
        for group in groups
    ]


def stacked_bars(buckets: Sequence[Bucket], titles: Mapping[str, str], releases: Sequence[date] = ()) -> Bars:
    """Return a chart of bars whose kinds are stacked from the bottom; `titles` name the kinds."""
    highest = _round_up(max((bucket.total for bucket in buckets), default=0))
    bars = tuple(_bar(index, bucket, highest, titles) for index, bucket in enumerate(buckets))
    labels = (day_of_year(buckets[0].first), day_of_year(buckets[-1].last)) if buckets else ("", "")
    return Bars(bars, highest, labels, tuple(_marks(buckets, releases)))


def shade(count: int, highest: int) -> int:
    """Return how dark an hour of the week is drawn: 0 for no messages, SHADES for `highest`."""
    return 0 if not count else max(1, round(SHADES * count / highest))


def _bar(index: int, bucket: Bucket, highest: int, titles: Mapping[str, str]) -> Bar:
    parts, top = [], 100.0
    for kind, count in bucket.counts.items():
        if count:
            height = 100 * count / highest
            top -= height
            parts.append(Part(kind, round(top, 2), round(height, 2)))
    text = ", ".join(f"{titles[kind]} {number(count)}" for kind, count in bucket.counts.items() if count)
    return Bar(round(index + GAP / 2, 3), 1 - GAP, tuple(parts), f"{bucket.when}: {text or _('none')}", bucket.first)


def _marks(buckets: Sequence[Bucket], releases: Sequence[date]) -> Iterator[tuple[float, str]]:
    for day in releases:
        position = next((index for index, bucket in enumerate(buckets) if bucket.first <= day <= bucket.last), None)
        if position is not None:
            yield float(position), _("Release of %(day)s") % {"day": short_day(day)}


def _round_up(count: int) -> int:
    """Return the next number that reads well as the end of an axis: 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25 and so on."""
    step = 1
    while True:
        for tenths in (10, 12, 15, 20, 25, 30, 40, 50, 60, 80):
            top, rest = divmod(tenths * step, 10)
            if top >= count and not rest:
                return top
        step *= 10
