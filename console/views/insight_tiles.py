"""Tiles of the analytics page: a figure each, with its change and a link to what it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from console.translations.numbers import hours, minutes, number, percent
from conversations.analytics import daily_counts
from conversations.analytics.queries import Totals
from conversations.analytics.visits import RETURNED, VISIT
from conversations.handoff import endings
from core.translations import gettext as _
from core.translations import ngettext

LIST = "/staff/conversations"
# Fewer are not compared: with 20, a share that has not changed still moves by 22 points in one period of 20 (two standard
# deviations of a half), so a change among fewer says nothing.
FEWEST = 20


@dataclass(frozen=True)
class Compared:
    """The totals of a period (`sums`), of its whole days (`whole`) and of as many days before them (`before`).

    `place` are the filters by which the list of conversations shows what the period counts.
    """

    sums: Totals
    whole: Totals
    before: Totals
    place: Mapping[str, str]

    def comparable(self, measure: str) -> bool:
        """Return True if both periods hold enough of a measure for a change to mean something."""
        return min(self.whole.of(measure), self.before.of(measure)) >= FEWEST

    def link(self, **filters: str) -> str:
        """Return the address of the list of conversations with these filters beside the period's own."""
        return f"{LIST}?{urlencode({**self.place, **filters})}"


@dataclass(frozen=True)
class Tile:
    """A figure with its change; `better` says if the change is an improvement, or None if it is neither."""

    title: str
    value: str
    change: str = ""
    better: bool | None = None
    link: str = ""


def of_messages(compared: Compared) -> list[Tile]:
    """Return the tiles about messages and what came of them."""
    return [
        _count(_("Conversations"), compared, daily_counts.BEGUN, compared.link()),
        _count(_("Messages"), compared, daily_counts.ASKED, compared.link()),
        _share(_("Answered"), compared, "answered", more_is_better=True),
        _share(_("Declined"), compared, "declined"),
        _share(_("Not understood"), compared, daily_counts.NOT_UNDERSTOOD, "clarify", more_is_better=False),
        _share(_("Person asked for"), compared, "handoff"),
        _share(_("Failed"), compared, "failed", more_is_better=False),
        _satisfaction(compared),
    ]


def of_visits(compared: Compared) -> list[Tile]:
    """Return the tiles about visits: conversations on one day, and how they went."""
    return [
        _visits(_("Solved without a person"), compared, endings.SOLVED, more_is_better=True),
        _visits(_("Left after a decline"), compared, endings.LEFT, more_is_better=False),
        _came_back(compared),
    ]


def of_people(compared: Compared) -> list[Tile]:
    """Return the tiles about the conversations of staff with visitors."""
    handed = compared.link(handed="yes")
    return [
        _count(_("Waited for a person"), compared, daily_counts.WAITED, handed),
        _count(_("Taken by one"), compared, daily_counts.TAKEN, handed),
        _duration(_("First reply"), compared, daily_counts.FIRST_REPLY),
        _duration(_("Until done"), compared, daily_counts.RESOLVED),
    ]


def _count(title: str, compared: Compared, measure: str, link: str) -> Tile:
    change = ""
    if compared.comparable(measure):
        previous = compared.before.of(measure)
        change = f"{100 * (compared.whole.of(measure) - previous) / previous:+.0f} %"
        change = _("about as many") if change in ("+0 %", "-0 %") else change
    return Tile(title, number(compared.sums.of(measure)), change, link=link)


def _share(title: str, compared: Compared, *outcomes: str, more_is_better: bool | None = None) -> Tile:
    """Return the share of these outcomes among all messages that have an outcome."""

    def share(totals: Totals) -> float | None:
        whole = totals.of(daily_counts.OUTCOME)
        return sum(totals.of(daily_counts.OUTCOME, name) for name in outcomes) / whole if whole else None

    shares = share(compared.sums), share(compared.whole), share(compared.before)
    link = compared.link(outcome=outcomes[-1])  # the list has no filter for what was not understood within clarify
    return _points(title, *shares, compared.comparable(daily_counts.OUTCOME), more_is_better, link)


def _visits(title: str, compared: Compared, name: str, more_is_better: bool) -> Tile:
    """Return the share of visits that went so."""
    shares = (
        compared.sums.share(VISIT, name),
        compared.whole.share(VISIT, name),
        compared.before.share(VISIT, name),
    )
    return _points(title, *shares, compared.comparable(VISIT), more_is_better, compared.link(went=name))


def _came_back(compared: Compared) -> Tile:
    """Return the share of visits in which somebody went on with a conversation of an earlier day."""

    def share(totals: Totals) -> float | None:
        visits = totals.of(VISIT)
        return totals.of(RETURNED) / visits if visits else None

    shares = share(compared.sums), share(compared.whole), share(compared.before)
    return _points(_("Came back"), *shares, compared.comparable(VISIT), None, compared.link(went=endings.BACK))


def _satisfaction(compared: Compared) -> Tile:
    count = compared.sums.of(daily_counts.THUMB)
    title = _("Thumbs up, of %(num)s") % {"num": number(count)} if count else _("Thumbs up")
    shares = compared.sums.satisfaction, compared.whole.satisfaction, compared.before.satisfaction
    return _points(title, *shares, compared.comparable(daily_counts.THUMB), True, compared.link(feedback="any"))


def _points(
    title: str,
    shown: float | None,
    whole: float | None,
    before: float | None,
    comparable: bool,
    more_is_better: bool | None,
    link: str,
) -> Tile:
    """Return a share with its change in percentage points."""
    value = "–" if shown is None else percent(shown)
    if whole is None or before is None or not comparable:
        return Tile(title, value, link=link)
    points = round(100 * whole) - round(100 * before)
    change = ngettext("%(num)+d point", "%(num)+d points", abs(points)) % {"num": points} if points else _("as before")
    better = None if more_is_better is None or not points else (points > 0) == more_is_better
    return Tile(title, value, change, better, link)


def _duration(title: str, compared: Compared, measure: str) -> Tile:
    seconds, previous = compared.sums.median_seconds(measure), compared.before.median_seconds(measure)
    earlier = _in_words(previous) if previous and compared.comparable(measure) else ""
    change = _("%(duration)s before") % {"duration": earlier} if earlier else ""
    value = "–" if seconds is None else _in_words(seconds)
    return Tile(_("%(title)s, median") % {"title": title}, value, change, link=compared.link(handed="yes"))


def _in_words(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    return minutes(seconds / 60) if seconds < 7200 else hours(seconds / 3600, digits=1)
