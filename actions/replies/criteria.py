"""A wish for programs in words: what is wished, and what would bring more."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from actions.replies.base import Button, listed, payload

SPOKEN = {
    "destination": "the country",
    "type": "the kind of credential",
    "provider": "the provider",
    "institution": "the institution",
    "mode": "the way of studying",
    "max_price": "the price",
    "start": "the start",
    "max_hours": "the hours a week",
    "max_duration": "the length",
    "level": "the level",
}
MOVED = {
    "max_price": ("for up to {}", "Up to {}"),
    "max_hours": ("with up to {} hours a week", "Up to {} hours"),
    "max_duration": ("taking up to {}", "Up to {}"),
    "start": ("starting in {}", "{} too"),
    "near field": ("in {}, a field close by", "{} too"),
    "other field": ("in {}", "{}"),
    "type": ("if {} are fine too", "{} too"),
}


@dataclass(frozen=True)
class Wished:
    """A wish in words: what `one` and `several` such programs are called, all else (" for leadership in Canada"), which
    facts it asks for, and who lists the programs ("the guide"). `plain` says that the listings hold no facts at all."""

    one: str
    several: str
    about: str
    asked: tuple[str, ...] = ()
    by: str = "the listings"
    plain: bool = False

    def count(self, number: int) -> str:
        return f"{number} {self.one if number == 1 else self.several}"


@dataclass(frozen=True)
class Widening:
    """How many programs come in when the wishes of `kinds` give way, as far as `label` ("Canada", "650 EUR") where it is
    given; `change` is the button's payload that makes it so."""

    count: int
    kinds: tuple[str, ...]
    label: str
    change: Mapping[str, str]


def amount(number: float, currency: str | None) -> str:
    """ "1,200 EUR"; nothing is "free of charge"."""
    if not number:
        return "free of charge"
    return f"{number:,.2f}".removesuffix(".00") + (f" {currency}" if currency else "")


def day(found: date) -> str:
    return f"{found.day} {month(found)}"


def month(found: date) -> str:
    return f"{calendar.month_name[found.month]} {found.year}"


def price_wished(number: float, currency: str | None) -> str:
    return f"for up to {amount(number, currency)}" if number else "free of charge"


def start_wished(first: date | None, last: date | None) -> str:
    """ "starting in March 2027", "starting from 1 March 2027", "starting between ... and ..."."""
    if first and last:
        if _is_month_start(first) and _is_month_end(last):
            if (first.year, first.month) == (last.year, last.month):
                return f"starting in {month(first)}"
            if (first.month, last.month, first.year) == (1, 12, last.year):
                return f"starting in {first.year}"
            return f"starting between {month(first)} and {month(last)}"
        return f"starting on {day(first)}" if first == last else f"starting between {day(first)} and {day(last)}"
    if first:
        return f"starting in {month(first)} or later" if _is_month_start(first) else f"starting from {day(first)}"
    if last is None:
        return ""
    return f"starting by {'the end of ' + month(last) if _is_month_end(last) else day(last)}"


def _is_month_start(found: date) -> bool:
    return found.day == 1


def _is_month_end(found: date) -> bool:
    return found.day == calendar.monthrange(found.year, found.month)[1]


def does_not(one: bool) -> str:
    return "doesn't" if one else "don't"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def brings_more(more: Sequence[Widening], word: str = "more") -> str:
    """ "2 more if Canada is fine too; 1 more for up to 650 EUR." """
    parts = [" ".join(part for part in (str(one.count), word, _give(one)) if part) for one in more]
    return f"{'; '.join(parts)}." if more else ""


def _give(one: Widening) -> str:
    """What has to give way: "if Canada is fine too"."""
    kind = one.kinds[0]
    if not one.label:
        return _given_up(one.kinds)
    if kind.startswith("-"):
        return f"if {one.label} is fine after all"
    return MOVED.get(kind, ("if {} is fine too",))[0].format(one.label)


def _given_up(kinds: Sequence[str]) -> str:
    spoken = [SPOKEN[kind] for kind in kinds]
    if len(spoken) == 1:
        return f"if {spoken[0]} {does_not(kinds[0] != 'max_hours')} matter"
    return f"if neither {listed(spoken, 'nor')} matters" if len(spoken) == 2 else f"if {listed(spoken)} don't matter"


def widening_buttons(more: Iterable[Widening]) -> tuple[Button, ...]:
    return tuple(Button(_title(one), payload("refine", **one.change)) for one in more if one.change)


def _title(one: Widening) -> str:
    if not one.label:
        return f"Any {listed(SPOKEN[kind].removeprefix('the ') for kind in one.kinds)}"
    title = MOVED.get(one.kinds[0], ("", "{} too"))[1].format(one.label)
    return capital(title)
