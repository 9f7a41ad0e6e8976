"""The record of an amount, a date or a preference that a message states."""

from __future__ import annotations

from typing import NamedTuple


class Amount(NamedTuple):
    """A criterion for programs in text[start:end], with a machine-readable value.

    `kind` and `value` are one of: max_price "500 EUR" (or "500" without a currency, "0" for free), max_hours "5" (a week),
    max_duration "8 weeks", level "beginner", order "price", start_from and start_to "2027-03-01", any "destination" (the
    destination no longer matters).
    """

    kind: str
    value: str
    start: int
    end: int
