"""Finds when something should start: months, dates and years with their bounds, as first and last day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from nlu.text.bounds import after, before

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
SHORT = "jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
MONTH = rf"(?:{'|'.join(MONTHS)}|(?:{SHORT})\b\.?)"
YEAR = r"20\d\d"
DATE = (
    rf"(?:(?P<iso>{YEAR}-\d\d-\d\d)"
    rf"|(?:(?P<day>\d\d?)(?:st|nd|rd|th)?(?: of)? )?\b(?P<month>{MONTH})(?: (?P<after>\d\d?)(?:st|nd|rd|th)?(?!\d))?"
    rf"(?:,? (?P<year>{YEAR}))?(?![a-z])"
    rf"|(?P<only>{YEAR})(?!\d)|(?P<near>(?:this|next) (?:month|year)))"
)
_FIND = re.compile(rf"(?<![\w-]){DATE}", re.I)
_AMBIGUOUS = re.compile(rf"(?:may|march|(?:{SHORT})\.?)$", re.I)
_LEADS_IN = re.compile(
    r"\b(?:in|from|after|before|by|until|till|since|for|of|between|and|or|to|start(?:s|ing|ed)?|beginn?(?:s|ing)?|this|next|"
    r"early|mid|late|during|than|latest)[ -](?:early |mid |late |the )?$|[-/]\s?$",
    re.I,
)
_LEADS_OUT = re.compile(r"^ ?(?:intakes?|session|batch|start|onwards?|or later|or earlier|\d)", re.I)
_FROM = re.compile(r"\b(?:from|since|as of|not before|no(?:t)? earlier than|earliest)\s(?:the )?$", re.I)
_PAST = re.compile(r"\b(?:after|later than)\s(?:the )?$", re.I)
_NOT = re.compile(r"\b(?:no|not|n't)\s(?:in |start(?:ing|s)? )?(?:after|later than|past)\s(?:the )?$", re.I)
_UP_TO = re.compile(r"\b(?:by|until|till|up to|latest|not after|no(?:t)? later than)\s(?:the )?(?:end of )?$", re.I)
_BEFORE = re.compile(r"(?<!not )\b(?:before|earlier than)\s(?:the )?$", re.I)
_ONWARDS = re.compile(r"^ ?(?:onwards?|or later|and later|or after)\b", re.I)
_LATEST = re.compile(r"^ ?(?:or (?:earlier|before|sooner)|at the latest|latest)\b", re.I)
_BETWEEN = re.compile(r"^\s?(?:and|to|till|until|or|-|–|/|,)\s?$", re.I)
_NOT_IN = re.compile(r"\b(?:not|no)\s(?:in|for)\s$", re.I)
_OTHER_DATES = re.compile(
    r"\b(?:deadlines?|apply|applying|applications?|last date|closing date|register by|graduat\w+)\b", re.I
)

Found = tuple[str, str, int, int]  # kind, value, start, end
Span = tuple[date, date, int, int]  # first and last day, start, end


def find_dates(text: str, today: date) -> Iterator[Found]:
    """start_from and start_to, as 2027-03-01; nothing where the dates are of something else, such as a deadline."""
    if _OTHER_DATES.search(text):
        return
    spans = list(_spans(text, today))
    if not spans:
        return
    first, last = spans[0], spans[-1]
    if len(spans) > 1 and _BETWEEN.match(text[first[3] : spans[1][2]]):
        earliest, latest = first[0], last[1] if last[1] >= first[0] else _a_year_on(last[1])
    else:
        last = first
        earliest, latest = _bounds(before(text, first[2]), after(text, first[3]), first)
    for kind, day in (("start_from", earliest), ("start_to", latest)):
        if day:
            yield kind, day.isoformat(), first[2], last[3]


def _bounds(ahead: str, behind: str, span: Span) -> tuple[date | None, date | None]:
    """What the words around it make of a span: its first day or later, its last day or earlier, or within it."""
    first, last = span[:2]
    if _NOT_IN.search(ahead):
        return None, None
    if _NOT.search(ahead) or _UP_TO.search(ahead) or _LATEST.match(behind):
        return None, last
    if _BEFORE.search(ahead):
        return None, first - timedelta(days=1)
    if _PAST.search(ahead):
        return last + timedelta(days=1), None
    if _FROM.search(ahead) or _ONWARDS.match(behind):
        return first, None
    return first, last


def _spans(text: str, today: date) -> Iterator[Span]:
    for found in _FIND.finditer(text):
        word = (found["month"] or "").rstrip(".")
        bare = word and not (found["day"] or found["after"] or found["year"])
        ahead, behind = before(text, found.start()), after(text, found.end())
        if bare and _AMBIGUOUS.match(word) and not _LEADS_IN.search(ahead) and not _LEADS_OUT.match(behind):
            continue
        if found["only"] and not _LEADS_IN.search(ahead):
            continue
        days = _days(found, today)
        if days:
            yield *days, *found.span()


def _days(found: re.Match, today: date) -> tuple[date, date] | None:
    """First and last day of what was found; None for a day that no calendar has."""
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"]), date.fromisoformat(found["iso"])
        if found["only"]:
            return date(int(found["only"]), 1, 1), date(int(found["only"]), 12, 31)
        if found["near"]:
            return _near(found["near"].lower(), today)
        month = next(at for at, name in enumerate(MONTHS, 1) if name.startswith(found["month"][:3].lower()))
        year = int(found["year"]) if found["year"] else today.year + (month < today.month)
        day = found["day"] or found["after"]
        return (date(year, month, int(day)),) * 2 if day else (date(year, month, 1), end_of_month(year, month))
    except ValueError:
        return None


def _near(words: str, today: date) -> tuple[date, date]:
    ahead = words.startswith("next")
    if words.endswith("year"):
        year = today.year + ahead
        return (date(year, 1, 1) if ahead else today), date(year, 12, 31)
    month = today.year * 12 + today.month - 1 + ahead
    year, month = divmod(month, 12)
    return (date(year, month + 1, 1) if ahead else today), end_of_month(year, month + 1)


def end_of_month(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _a_year_on(day: date) -> date:
    return end_of_month(day.year + 1, day.month)
