"""Detection and masking of personal data: e-mail, telephone, card, IBAN, passport-like numbers, dates of birth.

In doubt a number is masked: one masked wrongly costs staff a click, one shown wrongly cannot be taken back. The time is linear
in the length of a text, whatever it contains: the detectors run one after another, each on what the earlier ones have left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stdnum import iban

from conversations.pii_numbers import CARD, DIGITS, PHONE, kind_of
from core.translations import marked

EMAIL, IBAN = marked("e-mail"), marked("IBAN")
PASSPORT, BIRTH = marked("passport"), marked("date of birth")
KINDS = (EMAIL, PHONE, CARD, IBAN, PASSPORT, BIRTH)
BLANK = "\0"  # replaces what an earlier detector has taken; no text contains it, and no pattern matches it
_AROUND_AT = re.compile(r"[\w.+%'@-]+")
_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}")
_URL = re.compile(r"\bhttps?://[^\s<>\"\0]+|\b10\.\d{4,9}/[^\s<>\"\0]+", re.IGNORECASE)  # URLs and DOIs
_DIALS = re.compile(r"wa\.me|whatsapp|tel[=:]|phone|mobile", re.IGNORECASE)  # a URL that contains a telephone number
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b", re.IGNORECASE)
_PASSPORT = re.compile(r"\b[A-Z]{1,3}\d{5,9}[A-Z]?\b|\b[A-Z]\d{2}[A-Z0-9]{6}\b")
_NAMED_DOCUMENT = re.compile(
    r"\b(?:passport|identity card|id card|id number|visa number|permit)\b[^\n\d\0]{0,25}?"
    r"\b(?P<number>(?=[A-Z]{0,14}\d)[A-Z0-9]{5,15})\b",
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
BEFORE_BIRTH = 50  # characters before a date that are searched for words such as "born"
LATEST_BIRTH = 2015  # a full date up to this year counts as a date of birth whatever stands before it
SHORTEST_IBAN = 15

Span = tuple[int, int, str]  # start, end, kind; an empty kind marks text that is known not to be personal data


@dataclass(frozen=True)
class TextPart:
    """Part of a text; `kind` names the kind of personal data that it is, or is empty."""

    text: str
    kind: str = ""

    @property
    def masked(self) -> str:
        """Return the kind in brackets for personal data, else the text."""
        return f"[{self.kind}]" if self.kind else self.text


def mask(text: str) -> str:
    """Return the text with all personal data replaced by its kind in brackets, such as "[e-mail]"."""
    return "".join(part.masked for part in split(text))


def mask_quote(quote: str, text: str) -> str:
    """Return words quoted from a text, masked if `mask` covers them there, where more is known about them than alone."""
    kind = next((part.kind for part in split(text) if part.kind and quote.strip() and quote in part.text), "")
    return f"[{kind}]" if kind else mask(quote)


def has_personal_data(text: str) -> bool:
    """Return whether the text contains anything that `mask` would replace."""
    return any(kind for _, _, kind in _detect(text))


def split(text: str) -> Iterator[TextPart]:
    """Split a text into parts, in order, with personal data in parts of its own."""
    done = 0
    for start, end, kind in sorted(_detect(text)):
        if not kind:
            continue
        if start > done:
            yield TextPart(text[done:start])
        yield TextPart(text[start:end], kind)
        done = end
    if done < len(text):
        yield TextPart(text[done:])


def _detect(text: str) -> list[Span]:
    """Run all detectors, the most reliable first, each on what the earlier ones have left."""
    has_digit = any(character.isdigit() for character in text)
    if not has_digit and "@" not in text:
        return []
    rest, spans = text.replace(BLANK, " "), []
    detectors = (_urls, _ibans, _named_documents, _international_numbers, _dates, _numbers, _passports)
    for detect in (_emails, *(detectors if has_digit else ())):
        detected = list(detect(rest))
        spans += detected
        rest = _blank(rest, detected)
    return spans


def _blank(text: str, spans: list[Span]) -> str:
    """Replace the spans by BLANK, so that the text keeps its length."""
    parts, done = [], 0
    for start, end, _ in spans:
        parts += [text[done:start], BLANK * (end - start)]
        done = end
    return "".join((*parts, text[done:])) if spans else text


def _emails(text: str) -> Iterator[Span]:
    """Find e-mail addresses around each @; words are cut at every @, so that no character is examined twice."""
    if "@" not in text:
        return
    for word in _AROUND_AT.finditer(text):
        parts, position, end = word.group().split("@"), word.start(), word.start()
        for local, after in zip(parts, parts[1:], strict=False):
            start = max(position + len(local) - len(local.lstrip("'")), end)
            position += len(local) + 1
            if position - 1 > start and (domain := _DOMAIN.match(after)):
                end = position + domain.end()
                yield start, end, EMAIL


def _urls(text: str) -> Iterator[Span]:
    """Exempt URLs with all their numbers, except those that dial a telephone number."""
    return ((*url.span(), "") for url in _URL.finditer(text) if not _DIALS.search(url.group()))


def _ibans(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        length = _iban_length(match.group())
        if length:
            yield match.start(), match.start() + length, IBAN
        elif "iban" in text[max(0, match.start() - 20) : match.start()].lower():
            yield *match.span(), IBAN


def _iban_length(candidate: str) -> int:
    """Return the length of the valid IBAN at the start of the candidate, which may end in a word that looks like a group."""
    end = len(candidate)
    while end >= SHORTEST_IBAN:
        if _has_iban_checksum(candidate[:end]) and iban.is_valid(candidate[:end]):
            return end
        end = max(candidate.rfind(" ", 0, end), candidate.rfind("-", 0, end))
    return 0


def _has_iban_checksum(candidate: str) -> bool:
    """Check the ISO 7064 remainder, which is cheaper than the full validation."""
    letters = candidate.replace(" ", "").replace("-", "").upper()
    return letters.isascii() and int("".join(str(int(each, 36)) for each in letters[4:] + letters[:4])) % 97 == 1


def _named_documents(text: str) -> Iterator[Span]:
    """Find numbers after the name of a document, such as "passport" or "permit"."""
    return ((*match.span("number"), PASSPORT) for match in _NAMED_DOCUMENT.finditer(text))


def _international_numbers(text: str) -> Iterator[Span]:
    """Find telephone numbers with a plus; run before dates, since their groups may look like dates."""
    return _digits(text, lambda number: number[0] in "+\uff0b")


def _dates(text: str) -> Iterator[Span]:
    return ((*date.span(), BIRTH if _is_birth(text, date) else "") for date in _DATE.finditer(text))


def _numbers(text: str) -> Iterator[Span]:
    return _digits(text, lambda number: True)


def _digits(text: str, is_wanted: Callable[[str], bool]) -> Iterator[Span]:
    for number in DIGITS.finditer(text):
        if is_wanted(number.group()) and (kind := kind_of(text, *number.span())):
            yield *number.span(), kind


def _passports(text: str) -> Iterator[Span]:
    for match in _PASSPORT.finditer(text):
        if not _REFERENCE.search(text[max(0, match.start() - 24) : match.start()]):
            yield *match.span(), PASSPORT


def _is_birth(text: str, date: re.Match[str]) -> bool:
    if _BORN.search(text[max(0, date.start() - BEFORE_BIRTH) : date.start()]):
        return True
    year = next(group for group in date.groups() if group)
    return len(year) == 4 and int(year) <= LATEST_BIRTH
