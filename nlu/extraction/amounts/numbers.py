"""Patterns and parsers of numbers in digits and words, shared by prices and durations."""

from __future__ import annotations

import re

NUMBER_WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
MULTIPLES = {"k": 1_000, "thousand": 1_000, "grand": 1_000, "lakh": 100_000, "lac": 100_000, "hundred": 100}
# At most a thousand million: nobody searches for more, and a longer row of digits is no amount that a search could use.
NUMBER = (
    r"\d{1,3}(?:[,.']\d{3}){1,3}(?![\d]|[,.']\d{3})(?:[.,]\d\d?(?!\d))?|\d{1,9}(?!\d|[,.']\d{3})(?:[.,]\d\d?(?!\d))?"
    rf"|\b(?:{'|'.join(NUMBER_WORDS)}|an?)\b"
)
MULTIPLE = r"(?:\s?(k|thousand|grand|lakh|lac|hundred)s?\b)?"
RANGE = rf"(?:(?:{NUMBER})\s?(?:-|–|to|and)\s?)?"  # the lower end of "5-10 hours"; the upper end is the limit
_THOUSANDS = re.compile(r"[,.'](?=\d{3})")
_AT_LEAST = re.compile(
    r"(?<!not )(?<!nothing )(?<!no )(?<!isn't )(?<!never )\b(?:more than|over|above|at least|min(?:imum)?|longer than|"
    r"starting at|salary (?:of|is)|earn(?:ing)?|pay(?:s|ing) me|income (?:of|is)|worth)\s(?:about |around |up to )?$",
    re.I,
)


def is_lower_bound(words_before: str) -> bool:
    """Return whether the words before a number make it a minimum ("over 500 euros"), which no search can use."""
    return bool(_AT_LEAST.search(words_before))


def parse_number(text: str, multiple: str | None = None) -> float | None:
    """Return the number in "1,500", "1.500", "1,5", "two" or "an", or None if the text is no number ("1.2.3", "5,,").

    `multiple` is a key of MULTIPLES that follows the number: "2" and "k" give 2000.
    """
    written = text.lower()
    if written in NUMBER_WORDS:
        number = float(NUMBER_WORDS.index(written))
    elif written in ("a", "an"):
        number = 1.0
    else:
        try:
            number = float(_THOUSANDS.sub("", written).replace(",", ".").rstrip("."))
        except ValueError:
            return None
    return number * MULTIPLES[multiple.lower()] if multiple else number


def format_number(number: float) -> str:
    """Return the number with at most two decimals, and without any if it is whole."""
    return str(int(number)) if number == int(number) else str(round(number, 2))
