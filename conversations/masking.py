"""Personal data in what people write, covered: e-mail, telephone, card, IBAN, passport-like numbers, dates of birth.

Where in doubt it covers: a number wrongly covered costs a click, one wrongly shown cannot be taken back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from stdnum import iban, luhn

EMAIL, PHONE, CARD, IBAN, PASSPORT, BIRTH = "e-mail", "phone", "card", "IBAN", "passport", "date of birth"
_EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+", re.UNICODE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{1,4}){3,8}\b", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\w,.])\+?\(?\d(?:[ \t().\-/\u00a0]{0,3}\d){6,18}(?![\w])")
_PASSPORT = re.compile(r"\b[A-Z]{1,3}\d{5,9}[A-Z]?\b|\b[A-Z]\d{2}[A-Z0-9]{6}\b")
_NAMED = re.compile(
    r"\b(?:passport|identity card|id card|id number|visa number|permit)\b[^\n\d]{0,25}?\b(?P<it>(?=\w*\d)[A-Z0-9]{5,15})\b",
    re.IGNORECASE,
)
_YEAR = r"(?:19|20)\d\d"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    rf"\b(?:(?P<y1>{_YEAR})[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?P<y2>{_YEAR}|\d\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH},? (?P<y3>{_YEAR})|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?P<y4>{_YEAR}))\b",
    re.IGNORECASE,
)
_BORN = re.compile(
    r"\b(?:born|birth\w*|dob|d\.o\.b|geboren|geburtsdatum|naissance|nacimiento)\b[^\n]{0,30}$", re.IGNORECASE
)
_YEARS = re.compile(rf"^{_YEAR}\s*[-/ ]\s*{_YEAR}$")
LATEST_BIRTH = 2015  # full dates up to then are taken for one, whatever stands before them
FEWEST_DIGITS = 8  # of a telephone number written without a +


@dataclass(frozen=True)
class Piece:
    """A stretch of text. Of a covered one, `kind` says what it was and `text` what it says."""

    text: str
    kind: str = ""

    @property
    def shown(self) -> str:
        return f"[{self.kind}]" if self.kind else self.text


def mask(text: str) -> str:
    """The text with each piece of personal data replaced by its kind in brackets."""
    return "".join(piece.shown for piece in pieces_of(text))


def holds_personal_data(text: str) -> bool:
    return any(piece.kind for piece in pieces_of(text))


def pieces_of(text: str) -> Iterator[Piece]:
    """The text in order, personal data apart from the rest."""
    done = 0
    for start, end, kind in _without_overlap(_found(text)):
        if start > done:
            yield Piece(text[done:start])
        yield Piece(text[start:end], kind)
        done = end
    if done < len(text):
        yield Piece(text[done:])


def _found(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind), the surest kinds first."""
    if "@" in text:
        yield from ((*one.span(), EMAIL) for one in _EMAIL.finditer(text))
    if not any(character.isdigit() for character in text):
        return
    yield from ((*one.span(), IBAN) for one in _IBAN.finditer(text) if _is_iban(text, one))
    yield from ((*one.span("it"), PASSPORT) for one in _NAMED.finditer(text))
    yield from ((*one.span(), BIRTH) for one in _DATE.finditer(text) if _is_birth(text, one))
    if "+" in text:  # without a country, only numbers that begin with one are found
        for one in phonenumbers.PhoneNumberMatcher(text, None, phonenumbers.Leniency.POSSIBLE):
            yield one.start, one.end, PHONE
    yield from ((*one.span(), kind) for one in _DIGITS.finditer(text) if (kind := _number_kind(one.group())))
    yield from ((*one.span(), PASSPORT) for one in _PASSPORT.finditer(text))


def _number_kind(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    if len(digits) >= 13 and luhn.is_valid(digits):
        return CARD
    if len(digits) < FEWEST_DIGITS or _YEARS.match(number) or _DATE.fullmatch(number):
        return ""
    return PHONE


def _is_iban(text: str, found: re.Match) -> bool:
    return iban.is_valid(found.group()) or "iban" in text[max(0, found.start() - 20) : found.start()].lower()


def _is_birth(text: str, found: re.Match) -> bool:
    if _BORN.search(text[: found.start()]):
        return True
    year = next(group for group in found.groups() if group)
    return len(year) == 4 and int(year) <= LATEST_BIRTH


def _without_overlap(found: Iterator[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    taken: list[tuple[int, int, str]] = []
    for start, end, kind in found:
        if all(end <= other_start or start >= other_end for other_start, other_end, _ in taken):
            taken.append((start, end, kind))
    return sorted(taken)
