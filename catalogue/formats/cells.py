"""Turns what a program states into the text of a table's cell and back, nothing lost.

Parts of a list stand between semicolons; a backslash stands before a semicolon, bar or backslash that is meant itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from catalogue.records import Credit, Price, Recognition

NO_CURRENCY = "-"
# A sign that a formula begins with, and the spaces and quotes before it: each stretch of those is looked at once.
_FORMULA = re.compile(r"(?<![\s\"'])([\s\"']*)([=+\-@＝＋－＠])")
_ENDS_CELL, _ENDS_LINE = (";", "|", ","), re.compile(r"[\t\r\n]")  # for a spreadsheet that divides cells by other signs
_SPECIAL = re.compile(r"[\\;|]")
_PART = re.compile(r"(?:\\.|[^\\;])+", re.DOTALL)
_HALF = re.compile(r"(?:\\.|[^\\|])*", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def number_text(value: float | int | None) -> str:
    """Return a number with a point and without a needless fraction; nothing if it is not stated."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else repr(value)


def day_text(value: date | None) -> str:
    """Return a day in ISO 8601; nothing if it is not stated."""
    return value.isoformat() if value else ""


def list_text(parts: Iterable[str]) -> str:
    """Return the parts of a list in one text."""
    return "; ".join(_escaped(part) for part in parts)


def credits_text(credits: Iterable[Credit]) -> str:
    """Return credits as "6 ECTS; 12"."""
    return list_text(f"{number_text(each.amount)} {each.unit}".strip() for each in credits)


def prices_text(prices: Iterable[Price]) -> str:
    """Return prices as "450 EUR home; 900 EUR international"."""
    return list_text(_price_text(each) for each in prices)


def recognitions_text(recognitions: Iterable[Recognition]) -> str:
    """Return recognitions as "WHO | FOR WHAT", either of which may be missing."""
    return "; ".join(f"{_escaped(each.by)} | {_escaped(each.purpose)}".strip() for each in recognitions)


def read_list(text: str) -> tuple[str, ...]:
    """Return the parts of a list."""
    return tuple(_unescaped(part.strip()) for part in _PART.findall(text) if part.strip())


def read_credits(text: str) -> tuple[Credit, ...]:
    """Return credits; raises ValueError for an amount that is no number."""
    halves = [part.partition(" ") for part in read_list(text)]
    return tuple(Credit(_number(amount), unit.strip()) for amount, _, unit in halves)


def read_prices(text: str) -> tuple[Price, ...]:
    """Return prices; raises ValueError for an amount that is no number."""
    return tuple(_read_price(part) for part in read_list(text))


def read_recognitions(text: str) -> tuple[Recognition, ...]:
    """Return recognitions."""
    return tuple(_read_recognition(part.strip()) for part in _PART.findall(text) if part.strip())


def _price_text(price: Price) -> str:
    currency = price.currency or (NO_CURRENCY if price.category else "")
    return f"{number_text(price.amount)} {currency} {price.category}".strip()


def _read_price(text: str) -> Price:
    amount, _, rest = text.partition(" ")
    currency, _, category = rest.partition(" ")
    return Price(_number(amount), "" if currency == NO_CURRENCY else currency, category)


def _read_recognition(text: str) -> Recognition:
    by = _HALF.match(text)
    assert by is not None, "the pattern fits an empty text, too"
    return Recognition(_unescaped(by[0].strip()), _unescaped(text[by.end() + 1 :].strip()))


def _number(text: str) -> float:
    value = float(text)
    if value != value or abs(value) == float("inf"):
        raise ValueError(f"{text!r} is no amount")
    return value


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, however it divides cells: an apostrophe stands before each."""
    return _FORMULA.sub(lambda found: f"{found[1]}'{found[2]}" if _may_begin(text, found) else found[0], text)


def unguarded(text: str) -> str:
    """Return what `guarded` was given."""

    def without(found: re.Match[str]) -> str:
        is_guarded = found[1].endswith("'") and _may_begin(text, found)
        return found[1][:-1] + found[2] if is_guarded else found[0]

    return _FORMULA.sub(without, text)


def _may_begin(text: str, found: re.Match[str]) -> bool:
    before = text[found.start() - 1 : found.start()] if found.start() else ""
    return not before or before in _ENDS_CELL or _ENDS_LINE.search(found[1]) is not None
