"""Words for the criteria of a search and for their relaxation."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from actions.replies.base import Button, capital, listed, payload

CRITERION_NAMES = {
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
RELAXED_TEXTS = {
    "max_price": ("for up to {}", "Up to {}"),
    "max_hours": ("with up to {} hours a week", "Up to {} hours"),
    "max_duration": ("taking up to {}", "Up to {}"),
    "start": ("starting in {}", "{} too"),
    "near field": ("in {}, a field close by", "{} too"),
    "other field": ("in {}, another field", "{}"),
    "type": ("if {} are fine too", "{} too"),
}


@dataclass(frozen=True)
class CriteriaText:
    """Criteria in words.

    `singular` and `plural` are the names of one and of several matching programs, `about` all other criteria (" for
    leadership in Canada"), `asked` the kinds and facts described by `_asked`, `by` who lists the programs ("the
    guide"). `plain` tells that the listings hold no facts at all.
    """

    singular: str
    plural: str
    about: str
    asked: tuple[str, ...] = ()
    by: str = "the listings"
    plain: bool = False

    def count(self, number: int) -> str:
        """Return a number of programs in words."""
        return f"one {self.singular}" if number == 1 else f"{number} {self.plural}"


@dataclass(frozen=True)
class Relaxation:
    """How many programs are gained when the criteria of `kinds` are relaxed.

    `label` is the value up to which they are relaxed ("Canada", "650 EUR"), empty if they are dropped. `change` is the
    payload of the button that does it.
    """

    count: int
    kinds: tuple[str, ...]
    label: str
    change: Mapping[str, str]


def amount(number: float, currency: str | None) -> str:
    """Return an amount of money: "1,200 EUR"; zero is "free of charge"."""
    if not number:
        return "free of charge"
    return f"{number:,.2f}".removesuffix(".00") + (f" {currency}" if currency else "")


def day(date_: date) -> str:
    """Return a date as "1 March 2027"."""
    return f"{date_.day} {month(date_)}"


def checked_when(days: Iterable[date | None]) -> str:
    """Return when listings were checked, as "As checked on 1 March 2027", or "" if none of them says."""
    known = sorted({each for each in days if each})
    if not known:
        return ""
    return (
        f"As checked on {day(known[0])}"
        if len(known) == 1
        else f"As checked between {day(known[0])} and {day(known[-1])}"
    )


def month(date_: date) -> str:
    """Return a date's month as "March 2027"."""
    return f"{calendar.month_name[date_.month]} {date_.year}"


def price_text(number: float, currency: str | None) -> str:
    """Return a price limit in words."""
    return f"for up to {amount(number, currency)}" if number else "free of charge"


def start_text(first: date | None, last: date | None) -> str:
    """Return the bounds of the start in words: "starting in March 2027", "starting between ... and ...", "" for none."""
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


def _is_month_start(date_: date) -> bool:
    return date_.day == 1


def _is_month_end(date_: date) -> bool:
    return date_.day == calendar.monthrange(date_.year, date_.month)[1]


def does_not(single: bool) -> str:
    """Return "doesn't" or "don't"."""
    return "doesn't" if single else "don't"


def brings_more(more: Sequence[Relaxation], word: str = "more") -> str:
    """Return "2 more if Canada is fine too; one more for up to 650 EUR." of what relaxations bring."""
    counts = ["one" if relaxation.count == 1 else str(relaxation.count) for relaxation in more]
    parts = [" ".join(filter(None, (count, word, _give(each)))) for count, each in zip(counts, more, strict=True)]
    return capital(f"{'; '.join(parts)}.") if more and word else f"{'; '.join(parts)}." if more else ""


def _give(relaxation: Relaxation) -> str:
    """Return the condition of a relaxation: "if Canada is fine too"."""
    kind = relaxation.kinds[0]
    if not relaxation.label:
        return _given_up(relaxation.kinds)
    if kind.startswith("-"):
        return f"if {relaxation.label} is fine after all"
    return RELAXED_TEXTS.get(kind, ("if {} is fine too",))[0].format(relaxation.label)


def _given_up(kinds: Sequence[str]) -> str:
    spoken = [CRITERION_NAMES[kind] for kind in kinds]
    if len(spoken) == 1:
        return f"if {spoken[0]} {does_not(kinds[0] != 'max_hours')} matter"
    return f"if neither {listed(spoken, 'nor')} matters" if len(spoken) == 2 else f"if {listed(spoken)} don't matter"


def relaxation_buttons(more: Iterable[Relaxation]) -> tuple[Button, ...]:
    """Return the buttons that relax criteria."""
    return tuple(
        Button(_title(relaxation), payload("refine", **relaxation.change)) for relaxation in more if relaxation.change
    )


def _title(relaxation: Relaxation) -> str:
    if not relaxation.label:
        return f"Any {listed(CRITERION_NAMES[kind].removeprefix('the ') for kind in relaxation.kinds)}"
    title = RELAXED_TEXTS.get(relaxation.kinds[0], ("", "{} too"))[1].format(relaxation.label)
    return capital(title)
