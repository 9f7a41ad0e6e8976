"""Puts what a program's offerings have into one number with its id, by which a search passes over it without reading a row.

The number is the rowid of the full-text tables and of `digest`. It claims no more than what all offerings have together, so
it only ever rules out: whether one and the same offering meets all wishes is told by the table `offering`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from math import log2
from zlib import crc32

from own_programs.records import Offering, ProgramRecord
from own_programs.store.names import as_key
from own_programs.store.schema import MODE, SCHEDULE

BITS = 32  # below the id
FIRST_YEAR = 2020
# Where each part begins, and its bits. Of a set, bit 0 says that an offering leaves it unstated.
_MODES, _SCHEDULES, _PLACES, _LAST_MONTH, _PRICE, _WEEKS = (0, 4), (4, 5), (9, 6), (15, 8), (23, 5), (28, 4)


def digest_of(key: int, program: ProgramRecord, offerings: Sequence[tuple[Offering, date]]) -> int:
    """Return the number of a program, from its id and its offerings with the days until which they can be taken."""
    modes = schedules = places = 0
    last_day, prices = date.min, []
    for one, day in offerings:
        modes |= 1 << MODE.get(one.mode, 0)
        schedules |= 1 << SCHEDULE.get(one.schedule, 0)
        places |= _place_bits(one.place) | (_place_bits(one.campus) if one.campus else 0)
        last_day = max(last_day, day)
        prices += [price.amount for price in one.prices or program.prices]
    parts = {
        _MODES: modes,
        _SCHEDULES: schedules,
        _PLACES: places,
        _LAST_MONTH: _month(last_day),
        _PRICE: _price(min(prices)) if prices else _most(_PRICE),
        _WEEKS: _weeks(program.weeks) if program.weeks is not None else _most(_WEEKS),
    }
    return key << BITS | sum(value << begin for (begin, _), value in parts.items())


def program_of_digest(number: str) -> str:
    """Return a program's id as SQL, from the SQL of its number."""
    return f"({number} >> {BITS})"


class DigestConditions:
    """SQL conditions on the number of a program that one of its offerings may meet a wish; `number` is its SQL."""

    def __init__(self, number: str) -> None:
        self._number = number

    def modes(self, modes: Iterable[str], silent: bool) -> str:
        """Return the condition for forms of teaching; `silent` takes in what leaves it unstated, here and below."""
        return self._any_of(_MODES, (1 << MODE[each] for each in modes if each in MODE), silent)

    def schedules(self, schedules: Iterable[str], silent: bool) -> str:
        """Return the condition for times of the day or week."""
        return self._any_of(_SCHEDULES, (1 << SCHEDULE[each] for each in schedules if each in SCHEDULE), silent)

    def places(self, places: Iterable[str], silent: bool) -> str:
        """Return the condition for towns or campuses."""
        return self._any_of(_PLACES, map(_place_bits, places), silent)

    def open_on(self, day: date) -> str:
        """Return the condition that an offering can still be taken."""
        return f"{self._part(_LAST_MONTH)} >= {_month(day)}"

    def costs_at_most(self, amount: float) -> str:
        """Return the condition on the least price, whatever its currency and category."""
        return f"{self._part(_PRICE)} <= {_price(amount)}"

    def takes_at_most(self, weeks: float, silent: bool) -> str:
        """Return the condition on the weeks that it takes."""
        stated = f"{self._part(_WEEKS)} <= {_weeks(weeks)}"
        return f"({stated} OR {self._part(_WEEKS)} = {_most(_WEEKS)})" if silent else stated

    def _any_of(self, part: tuple[int, int], values: Iterable[int], silent: bool) -> str:
        wanted = sum(set(_bits(values))) | silent
        return f"{self._number} & {wanted << part[0]} != 0"

    def _part(self, part: tuple[int, int]) -> str:
        begin, _ = part
        return f"({self._number} >> {begin} & {_most(part)})"


def _bits(values: Iterable[int]) -> Iterator[int]:
    """Yield each bit of some numbers."""
    for value in values:
        while value:
            yield value & -value
            value &= value - 1


def _most(part: tuple[int, int]) -> int:
    return int((1 << part[1]) - 1)


@lru_cache(maxsize=10_000)
def _place_bits(place: str) -> int:
    """Return the bit of a place, which it shares with others."""
    return 1 << 1 + crc32(as_key(place).encode()) % (_PLACES[1] - 1) if place else 1


def _month(day: date) -> int:
    return min(max((day.year - FIRST_YEAR) * 12 + day.month, 0), _most(_LAST_MONTH))


def _price(amount: float) -> int:
    """Return the step of an amount: 0 for what is free, two for each doubling; the last but one has no end."""
    return min(int(2 * log2(max(amount, 0) + 1)), _most(_PRICE) - 1)


def _weeks(weeks: float) -> int:
    """Return the step of a number of weeks, three for each doubling; the last but one has no end."""
    return min(int(3 * log2(max(weeks, 0) + 1)), _most(_WEEKS) - 1)
