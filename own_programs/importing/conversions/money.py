"""Prices as people write them: "EU €4,800", "CHF 1'200.–", "kostenlos"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from own_programs.importing.conversions.base import Unknown, Unreadable, shown
from own_programs.importing.conversions.numbers import HINT, NUMBER, as_number, parsed
from own_programs.importing.vocabulary import by_word, plain, words
from own_programs.records import Price

CODE = re.compile(r"(?<![^\W\d_])[A-Z]{3}(?![^\W\d_])")
PARTS = re.compile(r"[;|\n]| / ")
WORD = re.compile(r"[^\W\d_]+[$]|[^\W\d_]+(?:[-/][^\W\d_]+)*|[^\w\s.,'’()\[\]:\-–—+]|/")
DASHES = re.compile(r"[.,]?[-–—]+(?=\W|$)")
NEGATIVE = re.compile(r"[-−]\s?(?:[^\w\s]\s?)?\d")
LONGEST, LONGEST_CATEGORY = 200, 60  # characters
CURRENCY_HINT = "say which: --currency %s, or `currency:` beside the column in the mapping"


class CurrencyOpen(Unreadable):
    """A price whose currency neither it nor its mapping states."""


@dataclass(frozen=True)
class Terms:
    """What a mapping or another column says of prices: their currency and for whom they are; either may be empty."""

    currency: str = ""
    category: str = ""


@cache
def _codes() -> frozenset[str]:
    return frozenset([*words("money")["currencies"], *words("money")["codes"]])


@cache
def _set(name: str) -> frozenset[str]:
    return frozenset(plain(str(word)) for word in words("money")[name])


@cache
def _pattern(part: str) -> re.Pattern[str]:
    """Return what finds the words and signs of currencies, or those that several share, the longest first."""
    names = by_word("money", "currencies") if part == "currencies" else words("money")["shared"]
    one = "|".join(_alone(word) for word in sorted(names, key=len, reverse=True))
    return re.compile(one, re.IGNORECASE)


def _alone(word: str) -> str:
    """Return the pattern of a word that stands by itself; a sign may stand beside letters."""
    before = r"(?<![^\W\d_])" if word[0].isalpha() else ""
    after = r"(?![^\W\d_])" if word[-1].isalpha() else ""
    return f"{before}{re.escape(word)}{after}"


def as_currency(text: str) -> str:
    """Return a currency's code by its code, sign, name or an address that ends in its code.

    Raises Unreadable if it is none, or may be several.
    """
    text = text.rstrip("/").rsplit("/", 1)[-1] if "://" in text else text
    word = plain(text)
    if word.upper() in _codes():
        return word.upper()
    if word in by_word("money", "currencies"):
        return by_word("money", "currencies")[word]
    shared = words("money")["shared"].get(word)
    hint = "write its code of three letters: `currency: EUR`"
    if shared:
        raise Unreadable(f"{shown(text)} may be {', '.join(shared[:-1])} or {shared[-1]}", hint)
    if len(word) == 3 and word.isascii() and word.isalpha() and text.isupper():
        return text
    raise Unreadable(f"{shown(text)} is no currency", hint)


def split_prices(value: Any) -> list[Any]:
    """Return the prices that one cell holds: "EU €4,800; non-EU €9,600" are two."""
    if not isinstance(value, str):
        return [value]
    parts = [part.strip() for part in PARTS.split(value) if part.strip()]
    return parts if len(parts) > 1 and all(NUMBER.search(part) for part in parts) else [value.strip()]


def as_price(value: Any, decimal: str, terms: Terms) -> Price:
    """Return a price. Raises Unknown for what states none ("on request"), Unreadable for what cannot be read."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _made(as_number(value, decimal), "", "", terms, value)
    text = " ".join(str(value).split())
    if len(text) > LONGEST:
        raise Unreadable(f"{shown(text)} is no price", HINT)
    if plain(text) in _set("unstated"):
        raise Unknown("states no price", text)
    rest, currency = _without_currency(DASHES.sub(" ", text), terms)
    if NEGATIVE.match(text) or NEGATIVE.match(rest.strip()):
        raise Unreadable(f"{shown(text)} is less than nothing", HINT)
    numbers = NUMBER.findall(rest)
    free = any(plain(word) in _set("free") for word in (text, *WORD.findall(rest)))
    if free and not numbers:
        return _made(0.0, currency, _leftover(rest), terms, text)
    if free or len(numbers) != 1:
        raise Unreadable(f"{shown(text)} is not one price", HINT)
    left = NUMBER.sub(" ", rest)
    if any(plain(word) in _set("per") for word in WORD.findall(left)):
        raise Unknown("is a price for a part, not for the whole program", text)
    return _made(parsed(numbers[0], decimal), currency, _leftover(left), terms, text)


def _made(amount: float, currency: str, category: str, terms: Terms, value: Any) -> Price:
    code = currency or terms.currency
    if not code:
        raise CurrencyOpen(
            f"{shown(value)} is a price in no stated currency",
            CURRENCY_HINT % "EUR",
        )
    return Price(amount, code, terms.category or category)


def _without_currency(text: str, terms: Terms) -> tuple[str, str]:
    """Return a text without its currency, and that; a sign of several currencies is the one of the terms."""
    for token in CODE.findall(text):
        if token in _codes():
            rest = text.replace(token, " ", 1)
            return _without_signs(rest), token
    found = _pattern("currencies").search(text)
    if found:
        return _cut(text, found), by_word("money", "currencies")[plain(found.group())]
    shared = _pattern("shared").search(text)
    if shared:
        codes = words("money")["shared"][plain(shared.group())]
        if not terms.currency:
            raise CurrencyOpen(f"{shown(text)} may be {', '.join(codes[:-1])} or {codes[-1]}", CURRENCY_HINT % codes[0])
        return _cut(text, shared), terms.currency
    return text, ""


def _cut(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"


def _without_signs(text: str) -> str:
    """Return a text without the sign that stands beside a code: "USD $500"."""
    signs = [word for word in (*words("money")["shared"], *by_word("money", "currencies")) if not word[-1].isalpha()]
    for sign in signs:
        text = text.replace(sign, " ")
    return text


def _leftover(text: str) -> str:
    """Return what a price says of whom it is for: "EU", "international students"."""
    kept = [word for word in WORD.findall(text) if plain(word) not in _set("around") | _set("free")]
    return " ".join(kept)[:LONGEST_CATEGORY]


def currencies_of(values: Iterable[Any]) -> set[str]:
    """Return the currencies that values name without doubt."""
    found = set()
    for value in values:
        try:
            found.add(_without_currency(str(value), Terms())[1])
        except Unreadable:
            continue
    return found - {""}
