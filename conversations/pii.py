"""Personal data in what people write, covered: e-mail, telephone, card, IBAN, passport-like numbers, dates of birth.

Where in doubt it covers: a number wrongly covered costs a click, one wrongly shown cannot be taken back. The time grows with
the length of a text and no faster, whatever is in it: what one kind has taken, the next does not look at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stdnum import iban

from conversations.pii_numbers import CARD, DIGITS, PHONE, kind_of

EMAIL, IBAN, PASSPORT, BIRTH = "e-mail", "IBAN", "passport", "date of birth"
KINDS = (EMAIL, PHONE, CARD, IBAN, PASSPORT, BIRTH)
BLANK = "\0"  # stands where something was taken; no text holds it, and no pattern matches it
_AROUND_AT = re.compile(r"[\w.+%'@-]+")
_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}")
_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"\0]+|\b10\.\d{4,9}/[^\s<>\"\0]+", re.IGNORECASE)  # of pages, and DOIs
_CALLS = re.compile(r"wa\.me|whatsapp|tel[=:]|phone|mobile", re.IGNORECASE)  # an address that holds a telephone number
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b", re.IGNORECASE)
_PASSPORT = re.compile(r"\b[A-Z]{1,3}\d{5,9}[A-Z]?\b|\b[A-Z]\d{2}[A-Z0-9]{6}\b")
_NAMED = re.compile(
    r"\b(?:passport|identity card|id card|id number|visa number|permit)\b[^\n\d\0]{0,25}?"
    r"\b(?P<it>(?=[A-Z]{0,14}\d)[A-Z0-9]{5,15})\b",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\b(?:ref(?:erence)?|order|invoice|ticket|case|booking|course|module)\b[ :#.]{0,3}(?:no|number)?[ :#.]{0,3}$",
    re.IGNORECASE,
)
_YEAR = r"(?:19|20)\d\d"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,7}\.?"
_DATE = re.compile(
    rf"(?<!\d[/.])\b(?:(?P<y1>{_YEAR})[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?P<y2>{_YEAR})"
    rf"|(?<!\d-)\d{{1,2}}[-/.]\d{{1,2}}[-/.](?P<y3>\d\d)(?![-/.]\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH},? (?P<y4>{_YEAR})|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?P<y5>{_YEAR}))\b",
    re.IGNORECASE,
)
_BORN = re.compile(
    r"\b(?:born|birth\w*|dob|d\.o\.b|geboren|geburtsdatum|naissance|nacimiento)\b[^\n]{0,30}$", re.IGNORECASE
)
BEFORE_BIRTH = 50  # characters before a date that may say that it is one of birth
LATEST_BIRTH = 2015  # full dates up to then are taken for one, whatever stands before them
SHORTEST_IBAN = 15

Stretch = tuple[int, int, str]  # start, end, kind; without a kind, something that is known to be nobody's


@dataclass(frozen=True)
class TextPart:
    """A stretch of text. Of a covered one, `kind` says what it was and `text` what it says."""

    text: str
    kind: str = ""

    @property
    def shown(self) -> str:
        return f"[{self.kind}]" if self.kind else self.text


def mask(text: str) -> str:
    """Return the text with each piece of personal data replaced by its kind in brackets."""
    return "".join(piece.shown for piece in split(text))


def has_personal_data(text: str) -> bool:
    """Return whether anything of a text would be covered."""
    return any(kind for _, _, kind in _found(text))


def split(text: str) -> Iterator[TextPart]:
    """Cut a text into pieces, in order, personal data apart from the rest."""
    done = 0
    for start, end, kind in sorted(_found(text)):
        if not kind:
            continue
        if start > done:
            yield TextPart(text[done:start])
        yield TextPart(text[start:end], kind)
        done = end
    if done < len(text):
        yield TextPart(text[done:])


def _found(text: str) -> list[Stretch]:
    """What each kind finds in what the ones before it have left, the surest first."""
    has_digit = any(character.isdigit() for character in text)
    if not has_digit and "@" not in text:
        return []
    left, taken = text.replace("\0", " "), []
    for find in (_mails, *((_pages, _ibans, _named, _abroad, _dates, _numbers, _passports) if has_digit else ())):
        found = list(find(left))
        taken += found
        left = _without(left, found)
    return taken


def _without(text: str, taken: list[Stretch]) -> str:
    """The text, blank where something was taken; of the same length."""
    pieces, done = [], 0
    for start, end, _ in taken:
        pieces += [text[done:start], BLANK * (end - start)]
        done = end
    return "".join((*pieces, text[done:])) if taken else text


def _mails(text: str) -> Iterator[Stretch]:
    """Around each @: cut at them, so that no character is looked at twice."""
    if "@" not in text:
        return
    for word in _AROUND_AT.finditer(text):
        parts, place, taken = word.group().split("@"), word.start(), word.start()
        for local, after in zip(parts, parts[1:], strict=False):
            start = max(place + len(local) - len(local.lstrip("'")), taken)
            place += len(local) + 1
            if place - 1 > start and (domain := _DOMAIN.match(after)):
                taken = place + domain.end()
                yield start, taken, EMAIL


def _pages(text: str) -> Iterator[Stretch]:
    """Addresses of pages are nobody's, with all their numbers; but not where they call somebody."""
    return ((*one.span(), "") for one in _ADDRESS.finditer(text) if not _CALLS.search(one.group()))


def _ibans(text: str) -> Iterator[Stretch]:
    for one in _IBAN.finditer(text):
        length = _iban_length(one.group())
        if length:
            yield one.start(), one.start() + length, IBAN
        elif "iban" in text[max(0, one.start() - 20) : one.start()].lower():
            yield *one.span(), IBAN


def _iban_length(written: str) -> int:
    """How much of it is a valid IBAN: a word may follow that looks like a group."""
    end = len(written)
    while end >= SHORTEST_IBAN:
        if _checks(written[:end]) and iban.is_valid(written[:end]):
            return end
        end = max(written.rfind(" ", 0, end), written.rfind("-", 0, end))
    return 0


def _checks(written: str) -> bool:
    """The sum of ISO 7064, before the whole form is looked at."""
    letters = written.replace(" ", "").replace("-", "").upper()
    return letters.isascii() and int("".join(str(int(one, 36)) for one in letters[4:] + letters[:4])) % 97 == 1


def _named(text: str) -> Iterator[Stretch]:
    return ((*one.span("it"), PASSPORT) for one in _NAMED.finditer(text))


def _abroad(text: str) -> Iterator[Stretch]:
    """Numbers with a plus, before dates: their groups may look like some."""
    return _digits(text, lambda number: number[0] in "+\uff0b")


def _dates(text: str) -> Iterator[Stretch]:
    return ((*one.span(), BIRTH if _is_birth(text, one) else "") for one in _DATE.finditer(text))


def _numbers(text: str) -> Iterator[Stretch]:
    return _digits(text, lambda number: True)


def _digits(text: str, wanted: Callable[[str], bool]) -> Iterator[Stretch]:
    for one in DIGITS.finditer(text):
        if wanted(one.group()) and (kind := kind_of(text, *one.span())):
            yield *one.span(), kind


def _passports(text: str) -> Iterator[Stretch]:
    for one in _PASSPORT.finditer(text):
        if not _REFERENCE.search(text[max(0, one.start() - 24) : one.start()]):
            yield *one.span(), PASSPORT


def _is_birth(text: str, found: re.Match) -> bool:
    if _BORN.search(text[max(0, found.start() - BEFORE_BIRTH) : found.start()]):
        return True
    year = next(group for group in found.groups() if group)
    return len(year) == 4 and int(year) <= LATEST_BIRTH
