"""Dates in any order of day, month and year; which it is, the whole column decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timezone
from functools import cache
from typing import Any

from catalogue.importing.conversions.base import Also, Finding, Reading, Unreadable, shown
from catalogue.importing.vocabulary import plain, words

ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:$|[T ])")
YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:$|[T ])")
NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:$|[T ,])")
TOKEN = re.compile(r"\d+|[^\W\d_]+")
FIRST_YEAR, LAST_YEAR = 1990, 2100
EMPTY_HINT = "correct it, or name it under `empty:` in the mapping if it stands for no date"


def find_order(values: Iterable[str]) -> Finding:
    """Return "day" or "month", which comes first in a column, or the question if its dates leave it open."""
    seen: dict[str, str] = {}
    for value in values:
        found = NUMERIC.match(value.strip())
        if found:
            first, sign, second = int(found[1]), found[2], int(found[3])
            sure = "day" if first > 12 or sign == "." else "month" if second > 12 else "" if first == second else "?"
            seen.setdefault(sure, found[0].strip())
    if "day" in seen and "month" in seen:
        return Finding(question=f"it holds {seen['day']} and {seen['month']}, whose order differs")
    for order in ("day", "month"):
        if order in seen:
            return Finding(order, seen[order])
    if "?" in seen:
        found = NUMERIC.match(seen["?"])
        assert found
        names = [_month(int(found[1])), _month(int(found[3]))]
        readings = f"{int(found[1])} {names[1]} or {int(found[3])} {names[0]}"
        return Finding(example=seen["?"], question=f"{seen['?']} may be {readings}")
    return Finding()


def _month(number: int) -> str:
    return str(words("dates")["months"][number][0]).capitalize()


@cache
def _months() -> dict[str, int]:
    return {plain(word): number for number, names in words("dates")["months"].items() for word in names}


@cache
def _around() -> frozenset[str]:
    return frozenset(plain(str(word)) for word in words("dates")["around"])


def read_date(value: Any, reading: Reading, unix: bool = False) -> date | None:
    """Return a cell as a date, or None if it is no date at all; raises Unreadable for one that cannot be."""
    if isinstance(value, datetime):
        return _checked(value.date(), value)
    if isinstance(value, date):
        return _checked(value, value)
    if unix and _is_count(value):
        return _from_unix(value)
    if isinstance(value, (int, float)):
        raise Unreadable(f"{value} is no date", "if it counts seconds since 1970, write `unix: true` beside the column")
    text = str(value).strip()
    return _from_digits(text, reading) or _from_words(text)


def _is_count(value: Any) -> bool:
    return isinstance(value, (int, float)) or isinstance(value, str) and value.strip().isdecimal()


def _from_unix(value: Any) -> date:
    """Return the day of a count of seconds, or of milliseconds, since 1970."""
    try:
        seconds = float(value)
        seconds = seconds / 1000 if seconds > 1e11 else seconds
        return _checked(datetime.fromtimestamp(seconds, timezone.utc).date(), value)
    except (OverflowError, ValueError, OSError):
        raise Unreadable(f"{shown(value)} is no time", EMPTY_HINT) from None


def _from_digits(text: str, reading: Reading) -> date | None:
    found = ISO.match(text) or YEAR_FIRST.match(text)
    if found:
        return _made(int(found[1]), int(found[2]), int(found[3]), text)
    numeric = NUMERIC.match(text)
    if not numeric:
        return None
    first, second, year = int(numeric[1]), int(numeric[3]), int(numeric[4])
    year = year + 2000 if len(numeric[4]) == 2 else year
    day, month = (second, first) if reading.day_first is False else (first, second)
    return _made(year, month, day, text)


def _from_words(text: str) -> date | None:
    """Return "1. März 2027" or "March 1st, 2027"; None if a day, a month and a year are not all there, or more is."""
    tokens = [plain(token) for token in TOKEN.findall(text[:80])]
    numbers = [int(token) for token in tokens if token.isdecimal()]
    named = [_months()[token] for token in tokens if token in _months()]
    rest = [token for token in tokens if not token.isdecimal() and token not in _months() and token not in _around()]
    years = [number for number in numbers if number > 999]
    days = [number for number in numbers if number <= 31]
    if len(named) != 1 or len(years) != 1 or len(days) != 1 or len(numbers) != 2 or rest:
        return None
    return _made(years[0], named[0], days[0], text)


def _made(year: int, month: int, day: int, text: str) -> date:
    try:
        return _checked(date(year, month, day), text)
    except (ValueError, OverflowError):
        raise Unreadable(f"{shown(text)} is no day of the calendar", EMPTY_HINT) from None


def _checked(day: date, value: Any) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Unreadable(f"{shown(value)} is the day {day.isoformat()}, which can hardly be meant", EMPTY_HINT)
    return day


def as_date(value: Any, reading: Reading, unix: bool = False) -> date:
    """Return a cell as a date; raises Unreadable if it is none."""
    found = read_date(value, reading, unix)
    if found is None:
        raise Unreadable(f"{shown(value)} is no date", EMPTY_HINT)
    return found


def as_start(value: Any, reading: Reading, unix: bool = False) -> date | Also:
    """Return a start as a date, or "Starts January" as {"start_text": "January"}."""
    found = read_date(value, reading, unix)
    if found is not None:
        return found
    text = " ".join(str(value).split())
    begins = sorted((str(word) for word in words("dates")["begins"]), key=len, reverse=True)
    first = next((word for word in begins if text.casefold().startswith(f"{word} ")), "")
    return Also(None, {"start_text": text[len(first) :].strip()})
