"""Finds the highest price that a message accepts: "under 500 euros", "budget 2k", "free courses"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.data_files import read_words
from nlu.extraction.amounts.amount import Amount
from nlu.extraction.amounts.numbers import MULTIPLE, NUMBER, RANGE, format_number, is_lower_bound, parse_number
from nlu.text.bounds import before

ANY_CURRENCY = "any"  # the group of words such as "pesos", which many countries use
_YEARS = range(2000, 2100)  # a bare number among these is a year
_SYMBOL = "|".join(f"(?P<{{at}}{code or ANY_CURRENCY}>{words})" for code, words in read_words("currencies").items())
_BEFORE, _AFTER = _SYMBOL.replace("{at}", "b"), _SYMBOL.replace("{at}", "a")
_MONEY = re.compile(
    rf"(?:(?<!\w)(?:{_BEFORE})\s?(?:{RANGE})(?P<n1>{NUMBER}){MULTIPLE}"
    rf"|(?<![\w.,]){RANGE}(?P<n2>{NUMBER}){MULTIPLE}\s?(?:{_AFTER})(?!\w))",
    re.I,
)
_UNITLESS = (
    r"(?![\w.,]{0,20}\d|\s?%|\s?-?\s?(?:hours?|hrs?|h\b|days?|weeks?|wks?|months?|mths?|years?|yrs?|minutes?|min\b|credits?|ects|"
    r"students?|people|programs?|courses?|options?|words?|times?|am\b|pm\b|/))"
)
_BARE = re.compile(
    r"\b(?:budget(?: is| of|:)?|cheaper than|cost(?:s|ing)?|priced?|fees?|pay|spend)\s(?:is |of |at |only |about |around )?"
    r"(?:(?:max|maximum|at most|up to|under|below|less than|not more than|no more than|within) )?"
    rf"(?P<n1>\d[\d,.']{{0,12}}\d|\d){MULTIPLE}{_UNITLESS}"
    r"|\b(?:under|below|less than|at most|up to|no more than|not more than|max|maximum)\s"
    rf"(?P<n2>[1-9]\d[\d,.']{{0,11}}\d){MULTIPLE}{_UNITLESS}",
    re.I,
)
_FREE = re.compile(
    r"\bfor free\b|\b(?:is|are|be)\s(?:all )?free\b(?! (?:to|on|at|now|time))(?!\W*\?)"
    r"|\bfree of (?:charge|cost)\b|\b(?:only|completely|totally|fully) free\b|^\W*free\W*$|\bgratis\b|\bmuft\b"
    r"|(?<!feel )(?<!duty )\bfree (?:online |short )?(?:courses?|programs?|programmes?|class(?:es)?|certificat\w+|bootcamps?|"
    r"ones?|options?|badges?|trainings?|nanodegrees?|micromasters)\b",
    re.I,
)


def find_prices(text: str) -> Iterator[Amount]:
    """Yield max_price for each price with a currency, each bare number that is clearly one, and each wish for free courses."""
    for match in _MONEY.finditer(text):
        number = _number_in(match)
        if number is not None and not is_lower_bound(before(text, match.start())):
            code = next(name[1:] for name, word in match.groupdict().items() if name[0] in "ab" and word)
            currency = "" if code == ANY_CURRENCY else code
            yield Amount("max_price", f"{format_number(number)} {currency}".strip(), *match.span())
    for match in _BARE.finditer(text):
        number = _number_in(match)
        if number is not None and number not in _YEARS:
            yield Amount("max_price", format_number(number), *match.span())
    for match in _FREE.finditer(text):
        yield Amount("max_price", "0", *match.span())


def find_least_prices(text: str) -> Iterator[Amount]:
    """Yield min_price for each price with a currency that the words before it make a minimum ("over 500 euros")."""
    for match in _MONEY.finditer(text):
        number = _number_in(match)
        if number is not None and is_lower_bound(before(text, match.start())):
            yield Amount("min_price", format_number(number), *match.span())


def _number_in(match: re.Match[str]) -> float | None:
    """Return the number of a match; its multiple ("k", "lakh") is the unnamed group right after it."""
    group = "n1" if match["n1"] else "n2"
    return parse_number(match[group], match[match.re.groupindex[group] + 1])
