"""Finds the criteria that a message states in numbers and plain words; months and dates are in nlu/extraction/amounts/dates.py.

Nothing is guessed: a number without a currency, a unit or a word such as "budget" beside it is no criterion, and neither is a
minimum ("over 500 euros"), which a search could not use.
"""

from __future__ import annotations

from datetime import date

from nlu.extraction.amounts.amount import Amount
from nlu.extraction.amounts.dates import find_dates
from nlu.extraction.amounts.durations import find_hours, find_lengths
from nlu.extraction.amounts.prices import find_prices
from nlu.extraction.preferences import find_dropped, find_levels, find_orders


def find_amounts(text: str, today: date) -> list[Amount]:
    """Return all criteria in order of appearance: the first of each kind, and all of the kind `any`.

    `today` is the date that "next month" and months without a year refer to.
    """
    text = text.replace("\u2019", "'")
    matches = [
        *find_prices(text),
        *find_hours(text),
        *find_lengths(text),
        *find_dates(text, today),
        *find_levels(text),
        *find_orders(text),
    ]
    first_of_kind = {match.kind: match for match in reversed(matches)}
    return sorted([*first_of_kind.values(), *find_dropped(text)], key=lambda match: match.start)
