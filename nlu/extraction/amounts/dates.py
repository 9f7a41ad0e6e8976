"""Finds when a program should start: months, dates and years with their bounds, as first and last day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from nlu.extraction.amounts.amount import Amount
from nlu.extraction.amounts.seasons import SEASON, season_days
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
_NTH = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "last": -1}
_MANY = {"two": 2, "three": 3, "four": 4, "six": 6}
_PART = (
    rf"(?P<nth>{'|'.join(_NTH)}) (?:(?P<part>half|quarter|third)|(?P<months>{'|'.join(_MANY)}|\d) months) (?:of|in) "
    rf"(?P<whole>{YEAR}|(?:this|next|the) year)"
)
DATE = (
    rf"(?:{_PART}|(?P<iso>{YEAR}-\d\d-\d\d)"
    rf"|(?:(?P<day>\d\d?)(?:st|nd|rd|th)?(?: of)? )?\b(?P<month>{MONTH})(?: (?P<after>\d\d?)(?:st|nd|rd|th)?(?!\d))?"
    rf"(?:,? (?P<year>{YEAR}))?(?![a-z])"
    rf"|(?P<only>{YEAR})(?!\d)|(?P<near>(?:this|next|last) (?:month|year))|{SEASON})"
)
_FIND = re.compile(rf"(?<![\w-]){DATE}", re.I)
_AMBIGUOUS = re.compile(rf"(?:may|march|(?:{SHORT})\.?)$", re.I)
_LEADS_IN = re.compile(
    r"\b(?:in|from|after|before|by|until|till|since|for|of|within|between|and|or|to|start(?:s|ing|ed)?|beginn?(?:s|ing)?|this|next|"
    r"early|mid|late|during|than|latest)[ -](?:early |mid |late |the )?$|[-/]\s?$",
    re.I,
)
_LEADS_OUT = re.compile(r"^ ?(?:intakes?|session|batch|start|onwards?|or later|or earlier|\d)", re.I)
_NEXT = r"(?:(?:the|this|next|this coming|the coming|the next) )?$"
_FROM = re.compile(rf"\b(?:from|since|as of|not before|no(?:t)? earlier than|earliest)\s{_NEXT}", re.I)
_PAST = re.compile(rf"\b(?:after|later than)\s{_NEXT}", re.I)
_NOT = re.compile(r"\b(?:no|not|n't)\s(?:in |start(?:ing|s)? )?(?:after|later than|past)\s(?:the )?$", re.I)
_UP_TO = re.compile(r"\b(?:by|until|till|up to|latest|not after|no(?:t)? later than)\s(?:the )?(?:end of )?$", re.I)
_BEFORE = re.compile(rf"(?<!not )\b(?:before|earlier than)\s{_NEXT}", re.I)
_ONWARDS = re.compile(r"^ ?(?:onwards?|or later|and later|or after)\b", re.I)
_LATEST = re.compile(r"^ ?(?:or (?:earlier|before|sooner)|at the latest|latest)\b", re.I)
_BETWEEN = re.compile(r"^\s?(?:and|to|till|until|or|-|–|/|,)\s?$", re.I)
_NOT_IN = re.compile(r"\b(?:not|no)\s(?:in|for)\s$", re.I)
# "Done in 3 months" tells how long it may take, and not when it begins.
_AS_LENGTH = re.compile(
    r"\b(?:done|complete[ds]?|finish(?:ed)?|learn(?:ed)?|over|it|takes?|lasts?|months?|weeks?|qualified|certificate)\s$",
    re.I,
)
_LAST = re.compile(r"\b(?:last|past)\s$", re.I)
_THIS, _COMING = re.compile(r"\bthis\s$", re.I), re.compile(r"\bnext\s$", re.I)
_WAS = re.compile(r"\b(?:ran|was|were|did|had|took|happened|missed?|held)\b", re.I)
_WHAT_WAS = re.compile(
    r"\b(?:did (?:you|they|it|any\w*)|(?:was|were) there|what (?:was|were|did|ran)|that ran|held|took place)\b", re.I
)
_MISSED = re.compile(r"\b(?:miss(?:ed)?|too late for|couldn'?t (?:make|do|take))\s(?:the |my |last )?$", re.I)
_OTHER_DATES = re.compile(
    r"\b(?:deadlines?|apply|applying|applications?|last date|closing date|register by|graduat\w+)\b", re.I
)

Span = tuple[date, date, int, int]  # first and last day, start, end


def find_dates(text: str, today: date) -> Iterator[Amount]:
    """Yield start_from and start_to, as 2027-03-01; nothing if the dates belong to something else, such as a deadline."""
    if _OTHER_DATES.search(text):
        return
    spans = list(_spans(text, today))
    if not spans:
        return
    first, last = spans[0], spans[-1]
    earliest: date | None
    latest: date | None
    if len(spans) > 1 and _BETWEEN.match(text[first[3] : spans[1][2]]):
        earliest, latest = first[0], last[1] if last[1] >= first[0] else _a_year_on(last[1])
    else:
        last = first
        earliest, latest = _bounds(before(text, first[2]), after(text, first[3]), first)
    for kind, day in (("start_from", earliest), ("start_to", latest)):
        if day:
            yield Amount(kind, day.isoformat(), first[2], last[3])


def _bounds(words_before: str, words_after: str, span: Span) -> tuple[date | None, date | None]:
    """Return the earliest and latest day that the words before and after a span allow; None for no bound."""
    first, last = span[:2]
    if _NOT_IN.search(words_before):
        return None, None
    if _NOT.search(words_before) or _UP_TO.search(words_before) or _LATEST.match(words_after):
        return None, last
    if _BEFORE.search(words_before):
        return None, first - timedelta(days=1)
    if _PAST.search(words_before):
        return last + timedelta(days=1), None
    if _FROM.search(words_before) or _ONWARDS.match(words_after):
        return first, None
    return first, last


def _spans(text: str, today: date) -> Iterator[Span]:
    """Yield each date of the text; "may" and "march" count only if the words around them make them months."""
    for match in _FIND.finditer(text):
        word = (match["month"] or "").rstrip(".")
        bare = word and not (match["day"] or match["after"] or match["year"])
        words_before, words_after = before(text, match.start()), after(text, match.end())
        if bare and _AMBIGUOUS.match(word) and not _LEADS_IN.search(words_before) and not _LEADS_OUT.match(words_after):
            continue
        if match["only"] and not _LEADS_IN.search(words_before):
            continue
        if _MISSED.search(words_before):
            continue
        if match["span"] and _AS_LENGTH.search(words_before):
            continue
        days = _days(match, today)
        if days and bare and _LAST.search(words_before) and days[0] > today:
            days = (days[0].replace(year=days[0].year - 1), _end_of_month(days[0].year - 1, days[0].month))
        asks_past = match["near"] and _WHAT_WAS.search(text)
        if match["near"] and match["near"].lower().startswith("last") and not asks_past:
            continue  # "I graduated last year" wishes for nothing
        if days and asks_past and days[0] == today:  # "what was on this year?"
            days = today.replace(month=today.month if "month" in match["near"].lower() else 1, day=1), today
        if days and match["season"] and not match["season_year"]:
            days = _of_year(days, _years_off(text, words_before, days[0], today))
            if days[0] < today <= days[1] and _WAS.search(text):  # "what was on this autumn?"
                days = days[0], today - timedelta(days=1)
        if days:
            yield *days, *match.span()


def _years_off(text: str, words_before: str, first: date, today: date) -> int:
    """Return -1 for a season that is over ("last summer", "that ran this summer"), 1 for the next of one that has begun."""
    if first > today:
        return -1 if _LAST.search(words_before) or _THIS.search(words_before) and _WAS.search(text) else 0
    return 1 if _COMING.search(words_before) else 0


def _of_year(days: tuple[date, date], years: int) -> tuple[date, date]:
    return days[0] + relativedelta(years=years), days[1] + relativedelta(years=years)


def _days(match: re.Match[str], today: date) -> tuple[date, date] | None:
    """Return the first and last day of a match, or None for a day that no calendar has (31 February)."""
    try:
        if match["nth"]:
            return _part_of_year(match, today)
        if match["iso"]:
            return date.fromisoformat(match["iso"]), date.fromisoformat(match["iso"])
        if match["only"]:
            return date(int(match["only"]), 1, 1), date(int(match["only"]), 12, 31)
        if match["near"]:
            return _near(match["near"].lower(), today)
        if not match["month"]:
            return season_days(match, today)
        month = next(at for at, name in enumerate(MONTHS, 1) if name.startswith(match["month"][:3].lower()))
        year = int(match["year"]) if match["year"] else today.year + (month < today.month)
        day = match["day"] or match["after"]
        return (date(year, month, int(day)),) * 2 if day else (date(year, month, 1), _end_of_month(year, month))
    except ValueError:
        return None


def _part_of_year(match: re.Match[str], today: date) -> tuple[date, date] | None:
    """Return the first and last day of a part of a year ("the first half of 2027", "the last three months of this year")."""
    whole, months = match["whole"].lower(), (match["months"] or "").lower()
    year = int(whole) if whole.isdigit() else today.year + whole.startswith("next")
    size = (
        {"half": 6, "quarter": 3, "third": 4}.get((match["part"] or "").lower(), 0) or _MANY.get(months) or int(months)
    )
    nth = _NTH[match["nth"].lower()]
    first = 12 - size if nth < 0 else nth * size
    if not 0 < size <= 12 or first + size > 12:
        return None
    return date(year, first + 1, 1), _end_of_month(year, first + size)


def _near(words: str, today: date) -> tuple[date, date]:
    """Return the rest of this month or year, or the whole of the next or the last one."""
    ahead = int(words.startswith("next")) - int(words.startswith("last"))
    if words.endswith("year"):
        year = today.year + ahead
        return (date(year, 1, 1) if ahead else today), date(year, 12, 31)
    month = today.year * 12 + today.month - 1 + ahead
    year, month = divmod(month, 12)
    return (date(year, month + 1, 1) if ahead else today), _end_of_month(year, month + 1)


def _end_of_month(year: int, month: int) -> date:
    """Return the last day of a month."""
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _a_year_on(day: date) -> date:
    return _end_of_month(day.year + 1, day.month)
