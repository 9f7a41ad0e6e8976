"""Prices as people write them: "EU €4,800", "CHF 1'200.–", "kostenlos"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from catalogue.importing.conversions.base import Unknown, Unreadable, shown
from catalogue.importing.conversions.numbers import NUMBER, as_number, parsed
from catalogue.importing.vocabulary import by_word, plain, words
from catalogue.records import Price

PARTS = re.compile(r"[;|\n]| / ")
WORD = re.compile(r"[^\W\d_]+[$]|[^\W\d_]+(?:[-/][^\W\d_]+)*|[^\w\s.,'’()\[\]:\-–—+]|/")
DASHES = re.compile(r"\s*[.,]?[-–—]+(?=\W|$)")
NEGATIVE = re.compile(r"[-−]\s?(?:[^\w\s]\s?)?\d")
LONGEST_CATEGORY = 60
CURRENCY_HINT = "say which: --currency %s, or `currency:` beside the column in the mapping"


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
def _longest_first() -> list[tuple[str, str]]:
    """Return all words of several words or signs with the currency for which they stand, long ones first."""
    return sorted(by_word("money", "currencies").items(), key=lambda pair: -len(pair[0]))


def as_currency(text: str) -> str:
    """Return a currency's code by its code, sign or name; raises Unreadable if it is none, or may be several."""
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
    if plain(text) in _set("unstated"):
        raise Unknown("states no price", text)
    if NEGATIVE.match(text):
        raise Unreadable(f"{shown(text)} is less than nothing", "correct it, or name it under `empty:` in the mapping")
    rest, currency = _without_currency(DASHES.sub(" ", text), terms)
    numbers = NUMBER.findall(rest)
    if not numbers and any(plain(word) in _set("free") for word in (text, *_free_parts(rest))):
        return _made(0.0, currency, _leftover(rest), terms, text)
    if len(numbers) != 1:
        raise Unreadable(f"{shown(text)} is not one price", "correct it, or name it under `empty:` in the mapping")
    left = NUMBER.sub(" ", rest)
    if any(plain(word) in _set("per") for word in WORD.findall(left)):
        raise Unknown("is a price for a part, not for the whole program", text)
    return _made(parsed(numbers[0], decimal), currency, _leftover(left), terms, text)


def _free_parts(text: str) -> list[str]:
    return WORD.findall(text)


def _made(amount: float, currency: str, category: str, terms: Terms, value: Any) -> Price:
    code = currency or terms.currency
    if not code:
        raise Unreadable(
            f"{shown(value)} is a price in no stated currency",
            CURRENCY_HINT % "EUR",
        )
    return Price(amount, code, terms.category or category)


def _without_currency(text: str, terms: Terms) -> tuple[str, str]:
    """Return a text without its currency, and that; a sign of several currencies is the one of the terms."""
    for token in re.findall(r"(?<![^\W\d_])[A-Z]{3}(?![^\W\d_])", text):
        if token in _codes():
            rest = text.replace(token, " ", 1)
            return _without_signs(rest), token
    folded = text.casefold()
    for word, code in _longest_first():
        at = _position(folded, word)
        if at >= 0:
            return f"{text[:at]} {text[at + len(word) :]}", code
    for word, codes in words("money")["shared"].items():
        at = _position(folded, word)
        if at >= 0:
            if not terms.currency:
                raise Unreadable(
                    f"{shown(text)} may be {', '.join(codes[:-1])} or {codes[-1]}",
                    CURRENCY_HINT % codes[0],
                )
            return f"{text[:at]} {text[at + len(word) :]}", terms.currency
    return text, ""


def _without_signs(text: str) -> str:
    """Return a text without the sign that stands beside a code: "USD $500"."""
    signs = [word for word in (*words("money")["shared"], *by_word("money", "currencies")) if not word[-1].isalpha()]
    for sign in signs:
        text = text.replace(sign, " ")
    return text


def _position(text: str, word: str) -> int:
    """Return where a word stands by itself, -1 if it does not."""
    at = text.find(word)
    before, after = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
    if at < 0 or word[0].isalpha() and before.isalpha() or word[-1].isalpha() and after.isalpha():
        return -1
    return at


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
