"""Defines what a visitor wishes of a program. What a program leaves unstated never counts as meeting a wish."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

SCOPES = ("subject", "title", "type", "any")
ORDERS = ("price", "start", "deadline", "duration", "dearest", "longest", "credits", "hours")

_WORD, _KIND = "word:", "kind:"
EXCLUDED = "exclude:"
# What means nothing alone, and the wish that it goes with.
_DETAILS = {"currency": "max_price", "price_category": "max_price", "credit_unit": "min_credits"}
_NO_WISHES = ("order", "future_only")


@dataclass(frozen=True)
class WordWish:
    """Words that a program must hold; any one of `phrases` will do, each as its words in this order, by their stems.

    `scope` says where they must stand: "subject" in its name, subjects or skills, "title" in its name or subjects, "type" in
    its type or name, "any" anywhere, its description, provider and places included. `label` is how the visitor put it, and
    names the wish.
    """

    phrases: tuple[str, ...]
    scope: str = "subject"
    label: str = ""

    def __post_init__(self) -> None:
        if self.scope not in SCOPES:
            raise ValueError(f"{self.scope} is no scope of words")

    @property
    def name(self) -> str:
        """The wish's name: `word:` and its label, `kind:` for words of what kind a program is."""
        return (_KIND if self.scope == "type" else _WORD) + (self.label or next(iter(self.phrases), ""))


@dataclass(frozen=True)
class Excluded:
    """What a program or an offering must not be. What does not state it is not excluded."""

    words: tuple[WordWish, ...] = ()
    types: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    schedules: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wishes:
    """What a program is sought by. Several values of one wish mean any of them; several `words` mean all of them.

    Texts (types, providers, places, countries, levels, subjects, skills) are compared without regard to case and accents
    with what is stated as a whole; `places` are towns or campuses; `levels` are met by a stated level that holds the words.
    `modes` and `schedules` are those of own_programs.records, `languages` BCP 47 tags ("en" is met by "en-IE").
    `max_price` is in `currency` (an ISO 4217 code; in any if it is None), for visitors of `price_category` if it is set:
    a price for all holds for them, too. What is free is free in every currency. `free` is a wish of its own. `min_price`
    is the least that it may cost; `unpriced` is that no price is stated. `max_hours` is the whole workload. `deadline_from`
    and `deadline_to` bound the last day on which one can apply, `start_from` and `start_to` the start, `end_to` the end; all
    include their days. `recognised_by` are names of bodies or purposes, `leads_to` names of awards, of which "" is any;
    `open_entry` is that nothing is required to get in, `entry_without` words that what is required does not hold.
    `programs` are ids. `order` is one of ORDERS; without it programs that hold the words in their names come first.
    `future_only` leaves out offerings that can no longer be taken.

    All wishes on offerings (modes, schedules, places, countries, languages, price, start, deadline) must hold of one and
    the same offering.
    """

    words: tuple[WordWish, ...] = ()
    programs: tuple[int, ...] = ()
    types: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    schedules: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    eqf_from: int | None = None
    eqf_to: int | None = None
    max_price: float | None = None
    min_price: float | None = None
    currency: str | None = None
    price_category: str | None = None
    free: bool = False
    unpriced: bool = False
    start_from: date | None = None
    start_to: date | None = None
    end_to: date | None = None
    deadline_from: date | None = None
    deadline_to: date | None = None
    min_weeks: float | None = None
    max_weeks: float | None = None
    max_hours: float | None = None
    max_hours_per_week: float | None = None
    min_credits: float | None = None
    max_credits: float | None = None
    credit_unit: str | None = None
    recognised_by: tuple[str, ...] = ()
    leads_to: tuple[str, ...] = ()
    open_entry: bool = False
    entry_without: tuple[str, ...] = ()
    exclude: Excluded = field(default_factory=Excluded)
    order: str | None = None
    future_only: bool = True

    def __post_init__(self) -> None:
        if self.order is not None and self.order not in ORDERS:
            raise ValueError(f"{self.order} is no order of programs")

    def names(self) -> Iterator[str]:
        """Yield the names of the wishes that are set: a field's, `word:LABEL` for words, `exclude:FIELD` for what is excluded.

        A currency, a category or a unit is none, since it limits nothing alone; nor are `order` and `future_only`.
        """
        yield from (each.name for each in self.words)
        for each in fields(self):
            if each.name not in ("words", "exclude", *_DETAILS, *_NO_WISHES) and _is_set(getattr(self, each.name)):
                yield each.name
        for each in fields(self.exclude):
            if getattr(self.exclude, each.name):
                yield EXCLUDED + each.name

    def without(self, *names: str) -> Wishes:
        """Return the wishes without those of these names (`future_only` may be one); details go with their wish."""
        changed: dict[str, Any] = {"words": tuple(each for each in self.words if each.name not in names)}
        gone = {each.removeprefix(EXCLUDED): () for each in names if each.startswith(EXCLUDED)}
        if gone:
            changed["exclude"] = replace(self.exclude, **gone)
        plain = [each for each in names if not each.startswith((_WORD, _KIND, EXCLUDED))]
        changed |= {each: False if each == "future_only" else getattr(_NOTHING, each) for each in plain}
        left = replace(self, **changed)
        priced = left.max_price is not None or left.min_price is not None or left.free
        if not priced and {"max_price", "min_price", "free"} & set(names):
            left = replace(left, currency=None, price_category=None)
        if left.min_credits is None and left.max_credits is None and {"min_credits", "max_credits"} & set(names):
            left = replace(left, credit_unit=None)
        return left

    def anywhere(self) -> Wishes:
        """Return the wishes with words that may stand anywhere, in a description, too."""
        return replace(self, words=tuple(replace(each, scope="any") for each in self.words))


def _is_set(value: Any) -> bool:
    return value not in ((), None, False)


_NOTHING = Wishes()
