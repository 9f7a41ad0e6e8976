"""Strict parsing of numbers and dates from forms, queries and files."""

from __future__ import annotations

import re
from datetime import date

LARGEST = 10**18 - 1  # fits a 64-bit integer column
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)  # leaves room to add and subtract days
_NUMBER, _DAY = re.compile(r"[0-9]{1,18}"), re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def whole_number(text: str, maximum: int = LARGEST) -> int | None:
    """Parse a whole number written in the digits 0 to 9.

    Returns:
        The number, or None if the text is anything else or the number is greater than `maximum`.
    """
    text = text.strip()
    number = int(text) if _NUMBER.fullmatch(text) else None
    return number if number is not None and number <= maximum else None


def day(text: str) -> date | None:
    """Parse a date written as 2026-11-25.

    Returns:
        The date, or None if the text is no date or lies outside FIRST_DAY to LAST_DAY.
    """
    try:
        parsed = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return parsed if parsed and FIRST_DAY <= parsed <= LAST_DAY else None
