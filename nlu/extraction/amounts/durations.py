"""Finds how long a course may take and how many hours a week: "under 8 weeks", "5 hours per week"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.extraction.amounts.amount import Amount
from nlu.extraction.amounts.numbers import NUMBER, RANGE, format_number, is_lower_bound, parse_number
from nlu.text.bounds import after, before

_HOURS = re.compile(
    rf"(?<![\w.,]){RANGE}(?P<n>{NUMBER})\s?-?(?:hours?|hrs?|h)\b\s?(?:of (?:study|work|learning) )?"
    r"(?:max(?:imum)? |at most )?(?:(?:a|per|each|every|in a|/)\s?|(?=weekly|daily))(?P<per>week|wk|weekly|day|daily)",
    re.I,
)
_LENGTH = re.compile(
    rf"(?<![\w.,]){RANGE}(?P<half>half )?(?P<n>{NUMBER})\s?-?\s?(?P<unit>day|week|wk|month|mth|year|yr)s?\b", re.I
)
_LIMIT_BEFORE = re.compile(
    r"\b(?:under|below|less than|fewer than|shorter than|at most|max(?:imum)?|up to|within|no longer than|not longer than|"
    r"no more than|not more than|lasting|lasts|(?<!the )(?<!for )(?<!these )last|takes?|taking|"
    r"duration (?:of|is)|length (?:of|is)|"
    r"(?:finish|complete|done|finished|completed)(?: it)? in)\s(?:about |around |only |just )?$",
    re.I,
)
_LIMIT_AFTER = re.compile(
    r"^\s?-?(?:long|or (?:less|shorter|under)|max(?:imum)?\b|at most|tops|(?:\w+ )?(?:courses?|programs?|programmes?|"
    r"certificates?|bootcamps?|diplomas?|class(?:es)?|trainings?)\b)",
    re.I,
)
_NO_LIMIT_AFTER = re.compile(
    r"^\s?(?:ago|old|of (?:work|experience)|experience|work\w*|from now|later|before|after)", re.I
)
_RATE_BEFORE = re.compile(
    r"(?<![a-z])(?:hours?|hrs?|h|days?)\s?(?:in )?$", re.I
)  # "a week" in "5 hours a week" is no length
_UNTIL = re.compile(
    r"\b(?:in|next|last|past|every|each|per|within the next|times)\s(?:the )?(?:next |last |past )?$", re.I
)
_OR_LONGER = re.compile(r"^\s?(?:\+|(?:or|and) (?:more|longer|over|up)\b|minimum\b|at least\b)", re.I)
_LONGER = re.compile(r"\b(?:more than|longer than|over|above)\s(?:about |around )?$", re.I)
_HALF = {"y": ("6", "month"), "m": ("2", "week")}  # what half of a unit is
_UNITS = {"d": ("day", 1 / 7), "w": ("week", 1.0), "m": ("month", 52 / 12), "y": ("year", 52.0)}  # name, weeks


def find_hours(text: str) -> Iterator[Amount]:
    """Yield max_hours, in hours a week, for each number of hours a day or a week."""
    for match in _HOURS.finditer(text):
        number = parse_number(match["n"])
        if number is not None and not is_lower_bound(before(text, match.start())):
            days = 7 if match["per"].lower() in ("day", "daily") else 1
            yield Amount("max_hours", format_number(number * days), *match.span())


def find_lengths(text: str) -> Iterator[Amount]:
    """Yield max_duration, such as "8 weeks", for each length that the words around it make a limit."""
    for match in _LENGTH.finditer(text):
        number, words_before, words_after = (
            parse_number(match["n"]),
            before(text, match.start()),
            after(text, match.end()),
        )
        is_limit = _LIMIT_BEFORE.search(words_before) or _LIMIT_AFTER.match(words_after)
        longer = _OR_LONGER.match(words_after) or is_lower_bound(words_before)
        is_other = _NO_LIMIT_AFTER.match(words_after) or longer or _RATE_BEFORE.search(words_before)
        if number is not None and is_limit and not is_other:
            yield Amount("max_duration", _in_words(number, match), *match.span())


def find_any_length(text: str) -> Iterator[Amount]:
    """Yield max_duration for each length that is not the time until something begins, limit or not ("about two weeks")."""
    for match in _LENGTH.finditer(text):
        number, words_before = parse_number(match["n"]), before(text, match.start())
        behind = after(text, match.end())
        other = _NO_LIMIT_AFTER.match(behind) or _OR_LONGER.match(behind) or is_lower_bound(words_before)
        if (
            number is not None
            and not other
            and not _UNTIL.search(words_before)
            and not _RATE_BEFORE.search(words_before)
        ):
            yield Amount("max_duration", _in_words(number, match), *match.span())


def find_least_lengths(text: str) -> Iterator[Amount]:
    """Yield min_duration for each length that the words before it make a minimum: ">20 weeks" if it is to be longer."""
    for match in _LENGTH.finditer(text):
        number, words_before = parse_number(match["n"]), before(text, match.start())
        least = is_lower_bound(words_before) or _OR_LONGER.match(after(text, match.end()))
        if number is not None and least and not _RATE_BEFORE.search(words_before):
            more = ">" if _LONGER.search(words_before) else ""
            yield Amount("min_duration", more + _in_words(number, match), *match.span())


def _in_words(number: float, match: re.Match[str]) -> str:
    """Return a length such as "8 weeks"; half of a unit in the next smaller one."""
    key = match["unit"][0].lower()
    if match["half"] and key in _HALF:
        amount, unit = _HALF[key]
        return f"{amount} {unit}s"
    return f"{format_number(number)} {_UNITS[key][0]}{'' if number == 1 else 's'}"


def weeks_in(text: str) -> float | None:
    """Return the longest length in a text ("4 months", "6 to 8 weeks") in weeks, or None if it states no length."""
    lengths = [(parse_number(match["n"]), _UNITS[match["unit"][0].lower()][1]) for match in _LENGTH.finditer(text)]
    return max((number * weeks for number, weeks in lengths if number is not None), default=None)
