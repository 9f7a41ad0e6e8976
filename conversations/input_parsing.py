"""Numbers and days as people and addresses write them, read in one way; whatever else stands there is no number and no day."""

from __future__ import annotations

import re
from datetime import date

LARGEST = 10**18 - 1  # of what a database counts to
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)  # so that days before and after can be reckoned with
_NUMBER, _DAY = re.compile(r"[0-9]{1,18}"), re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def whole_number(text: str, most: int = LARGEST) -> int | None:
    """Return the whole number, written in the digits 0 to 9; None where it is none or greater than `most`."""
    text = text.strip()
    number = int(text) if _NUMBER.fullmatch(text) else None
    return number if number is not None and number <= most else None


def day(text: str) -> date | None:
    """Return the day, written as 2026-11-25; None where it is none, or out of reach."""
    try:
        found = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return found if found and FIRST_DAY <= found <= LAST_DAY else None
