"""Durations and workloads: ISO 8601 and words of several languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import isodate

from catalogue.importing.conversions.base import Also, Unknown, Unreadable, shown
from catalogue.importing.conversions.numbers import NUMBER, as_number, parsed
from catalogue.importing.vocabulary import by_word, plain, words

TOKEN = re.compile(rf"{NUMBER.pattern}|[^\W\d_]+|[-–—/+½]")
ISO = re.compile(r"P[\dYMWDTHS.,]+")
WEEKS_OF_YEAR = 52
LONGEST = 120  # characters that are read


@dataclass
class Amounts:
    """What a text states: `weeks`, whole workload in `hours`, `hours_per_week`. `whole` is False if it says more than that."""

    weeks: float | None = None
    hours: float | None = None
    hours_per_week: float | None = None
    whole: bool = True

    def any(self) -> bool:
        """Return whether anything is stated."""
        return (self.weeks, self.hours, self.hours_per_week) != (None, None, None)


def read_amounts(text: str, decimal: str, units: Mapping[str, float]) -> Amounts:
    """Return what a text says of length and workload; of a range, the upper end. `units` are weeks of the mapping's own."""
    text = text.strip()[:LONGEST]
    if ISO.fullmatch(text):
        return _from_iso(text)
    return _from_words([plain(token) for token in TOKEN.findall(text)], decimal, units)


def _from_iso(text: str) -> Amounts:
    try:
        length = isodate.parse_duration(text.replace(",", "."))
    except (isodate.ISO8601Error, ValueError, OverflowError):
        raise Unreadable(f"{text} is no duration of ISO 8601", "write it as P8W or PT40H, say") from None
    years, months = float(getattr(length, "years", 0) or 0), float(getattr(length, "months", 0) or 0)
    days = length.tdelta if hasattr(length, "tdelta") else length
    hours = round(days.seconds / 3600, 2)
    weeks = years * WEEKS_OF_YEAR + months * WEEKS_OF_YEAR / 12 + days.days / 7
    if "T" in text and not (years or months or "D" in text):
        return Amounts(hours=round(days.total_seconds() / 3600, 2) or None)
    return Amounts(weeks=round(weeks, 2) or None, hours=hours or None)


@cache
def _units() -> dict[str, str]:
    return by_word("durations", "names")


@cache
def _numbers() -> dict[str, float]:
    return {word: float(number) for word, number in by_word("durations", "numbers").items()}


@cache
def _set(name: str) -> frozenset[str]:
    return frozenset(plain(str(word)) for word in words("durations")[name])


def _from_words(tokens: list[str], decimal: str, own: Mapping[str, float]) -> Amounts:
    found, number, joined = Amounts(), None, False
    position = 0
    while position < len(tokens):
        token = tokens[position]
        unit = _units().get(token) if number is not None else None
        if unit:
            position += _take(found, number or 0, unit, tokens[position + 1 : position + 3], own)
            number = None
        elif token[0].isdecimal():
            number = parsed(token, decimal)  # of a range, the last one stays
        elif token in _numbers() and not (number is not None and token in _set("per")):
            number = _combined(number, _numbers()[token], joined)
        elif token not in _set("ranges") | _set("joins") | _set("around"):
            found.whole = False
        joined = token in _set("joins")
        position += 1
    found.whole = found.whole and number is None
    return found


def _combined(number: float | None, more: float, joined: bool) -> float:
    """Return "half a" as 0.5, "two and a half" as 2.5."""
    if number is None:
        return more
    if joined or more == 0.5 and number >= 1 and number != 1:
        return number + more
    return number * more


def _take(found: Amounts, number: float, unit: str, after: list[str], own: Mapping[str, float]) -> int:
    """Add an amount to what was found, and return how many of the following tokens belong to it ("per week")."""
    per = next((used for used in (1, 2) if len(after) >= used and _units().get(after[used - 1])), 0)
    told = " ".join(after[:per])
    rate = bool(per) and (per == 2 and after[0] in _set("per"))
    hours, weeks = words("durations")["hours"], words("durations")["weeks"]
    if unit in hours and rate:
        period = {**weeks, **own}.get(_units()[told.split()[-1]])
        if period:
            found.hours_per_week = round(number * hours[unit] / period, 1)
            return per
    if unit in hours:
        found.hours = round((found.hours or 0) + number * hours[unit], 2)
    else:
        found.weeks = round((found.weeks or 0) + number * own.get(unit, weeks[unit]), 2)
        if rate:
            found.whole = False
    return 0


def _spoken(text: str) -> str:
    """Return P8W as "8 weeks"; other texts as they are."""
    match = re.fullmatch(r"P(\d{1,4})([DWMY])|PT(\d{1,5})H", text)
    if not match:
        return text
    number, unit = (match[1], match[2]) if match[1] else (match[3], "H")
    name = {"D": "day", "W": "week", "M": "month", "Y": "year", "H": "hour"}[unit]
    return f"{number} {name}" if number == "1" else f"{number} {name}s"


def as_duration(value: Any, decimal: str, units: Mapping[str, float], unit: str = "") -> Also:
    """Return a duration in words, with `weeks`, `hours` and `hours_per_week` as it states them.

    A bare number is taken in the mapping's `unit`. What is not understood stays in words, with a note.
    """
    text = " ".join(str(value).split())
    if NUMBER.fullmatch(text):
        if not unit:
            raise Unreadable(f"{text} is a duration without a unit", "say which: `unit: weeks` beside the column")
        text = f"{text} {unit}"
    found = read_amounts(text, decimal, units)
    if not found.any() or not found.whole:
        return Also(_spoken(text), {}, Unknown("stays in words, so nobody can search by it", text))
    stated = {"weeks": found.weeks, "hours": found.hours, "hours_per_week": found.hours_per_week}
    return Also(_spoken(text), {name: amount for name, amount in stated.items() if amount})


def as_hours(value: Any, decimal: str, units: Mapping[str, float]) -> float:
    """Return a whole workload in hours; raises Unreadable if the text states none."""
    return _amount(value, decimal, units, "hours")


def as_hours_per_week(value: Any, decimal: str, units: Mapping[str, float]) -> float:
    """Return a workload in hours per week; raises Unreadable if the text states none."""
    return _amount(value, decimal, units, "hours_per_week")


def _amount(value: Any, decimal: str, units: Mapping[str, float], name: str) -> float:
    if isinstance(value, (int, float)) or NUMBER.fullmatch(str(value).strip()):
        return as_number(value, decimal)
    found = read_amounts(str(value), decimal, units)
    amount: float | None = getattr(found, name)
    if name == "hours_per_week" and amount is None:
        amount = found.hours  # "5 hours" in a column of hours per week
    if amount is None:
        raise Unreadable(f"{shown(value)} states no hours", "correct it, or name it under `empty:` in the mapping")
    return amount
