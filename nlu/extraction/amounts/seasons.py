"""Finds times of the year that are no months: seasons, Easter, Christmas, a term, "in two weeks", as first and last day.

Seasons are those of the northern hemisphere, in whole months; a reply names the months, so that a reader elsewhere sees them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta

from nlu.extraction.amounts.numbers import NUMBER_WORDS

Days = tuple[date, date]
THIS = re.compile(r"\bthis(?: past)?\s$", re.I)
ENDING = timedelta(days=14)  # before its end, a season that is named without "this" is no longer meant
_NUMBER = rf"\d{{1,2}}|an?|{'|'.join(NUMBER_WORDS[1:])}"
# The year, or the word before a season; "next spring" is the next one that begins.
SEASON = (
    r"(?P<season>spring(?:time)?|summer(?:time)?|autumn|(?<!to )(?<!will )(?<!might )(?<!may )"
    r"fall(?= \d| term| semester| intake|\W*$)|winter|easter|"
    r"christmas|xmas|new year|halloween|pentecost|michaelmas)(?! schools?\b)(?:'s)?"
    r"(?: (?:term|semester|time|holidays?|break|intake|season|vacation))?"
    r"(?:,? (?:of )?(?P<season_year>20\d\d))?(?!-?\w)"
    r"|(?P<span>(?:in (?:the next )?|(?:within|over|during) (?:the )?(?:next|coming) )"
    rf"(?P<count>{_NUMBER}) (?P<unit>day|week|month)s?)\b(?! or (?:less|under)| time limit)"
    r"|(?P<turned>after (?:the )?new year)(?:'s)?\b|(?P<week>this|next) week(?!ends?)\b"
    r"|(?P<half>first|second) half(?: of)?(?: (?:the )?(?:year\b|(?P<half_year>20\d\d)))"
    r"|(?P<quarter>q[1-4])(?: (?P<quarter_year>20\d\d))?\b"
)
_OTHERS = {"springtime": "spring", "summertime": "summer", "fall": "autumn", "xmas": "christmas"}
_MONTHS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "winter": (12, 14)}
_UNITS = {"day": 1, "week": 7}
_DAYS: dict[str, Callable[[int], Days]] = {
    "easter": lambda year: (easter(year) - timedelta(days=2), easter(year) + timedelta(days=1)),
    "pentecost": lambda year: (easter(year) + timedelta(days=49), easter(year) + timedelta(days=50)),
    "halloween": lambda year: (date(year, 10, 31), date(year, 10, 31)),
    "michaelmas": lambda year: (date(year, 9, 29), date(year, 12, 20)),
    "christmas": lambda year: (date(year, 12, 24), date(year, 12, 26)),
    "new year": lambda year: (date(year, 1, 1), date(year, 1, 31)),
}


def season_days(match: re.Match[str], today: date) -> Days | None:
    """Return the first and last day of a match of SEASON, the next that is not over yet; None if it matched something else."""
    if match["season"]:
        name = match["season"].lower()
        name = _OTHERS.get(name, name)
        if match["season_year"]:
            return _in_year(name, int(match["season_year"]))
        years = [_in_year(name, year) for year in range(today.year - 1, today.year + 2)]
        now = next(days for days in years if days[1] >= today)
        is_said = THIS.search(match.string[: match.start()]) or now[0] >= today or name in _DAYS
        # Nobody plans for the last days of a season: on 30 November, "in autumn" is the next one.
        return now if is_said else next(days for days in years if days[1] >= today + ENDING)
    if match["turned"]:
        return date(today.year + 1, 1, 1), date(today.year + 1, 12, 31)
    if match["span"]:
        return today, _ahead(match["count"].lower(), match["unit"].lower(), today)
    if match["week"]:
        monday = today - timedelta(days=today.weekday())
        ahead = match["week"].lower() == "next"
        return (
            (monday + timedelta(days=7), monday + timedelta(days=13)) if ahead else (today, monday + timedelta(days=6))
        )
    if match["half"]:
        year = int(match["half_year"] or today.year)
        first = match["half"].lower() == "first"
        return (date(year, 1, 1), date(year, 6, 30)) if first else (date(year, 7, 1), date(year, 12, 31))
    if match["quarter"]:
        return _quarter(int(match["quarter"][1]), match["quarter_year"], today)
    return None


def _in_year(name: str, year: int) -> Days:
    """Return the days of a season in a year; a winter is that which begins in the year."""
    if name in _DAYS:
        return _DAYS[name](year)
    first, last = _MONTHS[name]
    return date(year, first, 1), date(year, 1, 1) + relativedelta(months=last) - timedelta(days=1)


def _ahead(count: str, unit: str, today: date) -> date:
    number = int(count) if count.isdigit() else max(1, NUMBER_WORDS.index(count) if count in NUMBER_WORDS else 1)
    return today + (relativedelta(months=number) if unit == "month" else timedelta(days=number * _UNITS[unit]))


def _quarter(number: int, year: str | None, today: date) -> Days:
    wanted = int(year) if year else today.year + (number < (today.month + 2) // 3)
    first = date(wanted, 3 * number - 2, 1)
    return first, first + relativedelta(months=3) - timedelta(days=1)
