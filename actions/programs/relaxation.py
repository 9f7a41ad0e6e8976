"""Suggests how to relax criteria that match too few programs: which value to add, which limit to move, what to drop."""

from __future__ import annotations

import calendar
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from actions.context import Names
from actions.programs.criteria import DROPPED, KINDS, day_of, price_of, query
from actions.replies.base import lower_first
from actions.replies.criteria import Relaxation, amount, month
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge
from knowledge.models import Field, NameLink, Program
from knowledge.queries.programs import weeks_in

NEIGHBOURS = ("mode", "destination", "type", "institution", "provider")
OTHER_FIELD = ("other field",)
SUGGESTED = 2  # values of one kind that are suggested
DROPPABLE = ("max_price", "start", "max_hours", "max_duration", "level", *NEIGHBOURS)


class Relaxations:
    """Finder of relaxations that bring more programs; it suggests only values that programs state."""

    def __init__(self, knowledge: Knowledge, names: Names) -> None:
        self._knowledge, self._names = knowledge, names
        self._criteria = query(knowledge, names)
        self._found = {program.key for program in knowledge.programs(self._criteria)}

    def best(self, most: int, same_field: bool = False) -> list[Relaxation]:
        """Return the relaxations of one criterion that bring most, at most `most` of them.

        `same_field` leaves out those in another field.
        """
        found = (one for one in self._all() if not same_field or one.kinds != OTHER_FIELD)
        return sorted(found, key=lambda one: -one.count)[:most]

    def fewest_dropped(self) -> list[Relaxation]:
        """Return the smallest set of criteria without which anything is found. A field is never dropped."""
        kinds = [kind for kind in DROPPABLE if self._has(kind)]
        for size in range(1, len(kinds) + 1):
            tried = [(len(self._gained(*some)), some) for some in combinations(kinds, size) if self._keeps(some)]
            count, some = max(tried, key=lambda one: one[0], default=(0, ()))
            if count:
                return [Relaxation(count, some, "", {"any": ",".join(some)})]
        return []

    def _all(self) -> Iterator[Relaxation]:
        if self._has("max_price"):
            yield from self._higher_price()
        if self._has("start"):
            yield from self._other_month()
        if self._has("max_hours"):
            yield from self._more_hours()
        if self._has("max_duration"):
            yield from self._longer()
        for kind in NEIGHBOURS:
            if self._has(kind) and (kind != "type" or self._has("field")):
                yield from self._neighbours(kind)
            if self._has(f"-{kind}") and not self._found:
                yield from self._exclusion_dropped(kind)
        if self._has("field"):
            yield from self._fields()

    def _has(self, kind: str) -> bool:
        return any(self._names.get(each) for each in DROPPED.get(kind, (kind,)))

    def _keeps(self, dropped: Sequence[str]) -> bool:
        """Return whether any criterion is left."""
        gone = {each for kind in dropped for each in DROPPED.get(kind, (kind,))} | {"order"}
        return any(keys and kind not in gone for kind, keys in self._names.items())

    def _gained(self, *dropped: str) -> list[Program]:
        """Return the programs that match only without these criteria."""
        gone = {each for kind in dropped for each in DROPPED.get(kind, (kind,))}
        names = {kind: keys for kind, keys in self._names.items() if kind not in gone}
        return [
            program
            for program in self._knowledge.programs(query(self._knowledge, names))
            if program.key not in self._found
        ]

    def _higher_price(self) -> Iterator[Relaxation]:
        currency = price_of(self._names)[1]
        prices = [
            (program.price, program.currency)
            for program in self._gained("max_price")
            if program.price is not None and currency in (None, program.currency)
        ]
        if prices:
            price, currency = min(prices, key=lambda pair: pair[0])
            count = sum(other <= price and its_currency == currency for other, its_currency in prices)
            change = {"max_price": f"{price:.10g} {currency}"}
            yield Relaxation(count, ("max_price",), amount(price, currency), change)

    def _more_hours(self) -> Iterator[Relaxation]:
        hours = [one.hours_per_week for one in self._gained("max_hours") if one.hours_per_week is not None]
        if hours:
            yield Relaxation(
                hours.count(min(hours)), ("max_hours",), f"{min(hours):g}", {"max_hours": f"{min(hours):g}"}
            )

    def _longer(self) -> Iterator[Relaxation]:
        weeks = [weeks for one in self._gained("max_duration") if (weeks := weeks_in(one.duration)) is not None]
        if weeks:
            length = f"{math.ceil(min(weeks))} weeks"
            yield Relaxation(weeks.count(min(weeks)), ("max_duration",), length, {"max_duration": length})

    def _other_month(self) -> Iterator[Relaxation]:
        first, last = day_of(self._names, "start_from"), day_of(self._names, "start_to")
        starts = [one.start for one in self._gained("start") if one.start is not None]
        if not starts:
            return
        nearest = min(starts, key=lambda day: _days_off(day, first, last))
        in_month = [day for day in starts if (day.year, day.month) == (nearest.year, nearest.month)]
        bounds = {}
        if first:
            bounds["start_from"] = min(first, nearest.replace(day=1)).isoformat()
        if last:
            last_day = calendar.monthrange(nearest.year, nearest.month)[1]
            bounds["start_to"] = max(last, nearest.replace(day=last_day)).isoformat()
        yield Relaxation(len(in_month), ("start",), month(nearest), bounds)

    def _neighbours(self, kind: str) -> Iterator[Relaxation]:
        """Yield other values of a kind, such as other countries or modes."""
        wished = [key for key in getattr(self._criteria, KINDS[kind]) if self._knowledge.has_name(kind, key)]
        for link, count in _counted(getattr(one, kind) for one in self._gained(kind)):
            yield Relaxation(count, (kind,), self._label(kind, link), {kind: ",".join([*wished, link.key])})

    def _exclusion_dropped(self, kind: str) -> Iterator[Relaxation]:
        for link, count in _counted(getattr(one, kind) for one in self._gained(f"-{kind}")):
            yield Relaxation(count, (f"-{kind}",), self._label(kind, link), {})

    def _fields(self) -> Iterator[Relaxation]:
        """Yield fields near the wanted ones; if none of them helps, another field in which all else matches."""
        gained = self._gained("field")
        wished = self._names.get("field", ())
        if self._names.get("-field"):
            return  # whoever refuses a field wants no other one in place of the wished one
        near = dict.fromkeys(field.key for key in wished for field in self._near(key))
        counts = Counter(field.key for program in gained for field in program.fields)
        found = [key for key in near if counts[key]][:SUGGESTED]
        for key in found:
            yield Relaxation(counts[key], ("near field",), self._field(key), {"field": ",".join([*wished, key])})
        if not found and not self._found and self._keeps(("field", "type")):
            for key, count in counts.most_common(1):
                yield Relaxation(count, OTHER_FIELD, self._field(key), {"field": key})

    def _near(self, key: str) -> list[Field]:
        try:
            return [field for field, _ in self._knowledge.field_answer(key).near]
        except UnknownKey:
            return []

    def _field(self, key: str) -> str:
        return lower_first(self._knowledge.field(key).name)

    def _label(self, kind: str, link: NameLink) -> str:
        if kind == "type":
            return lower_first(self._knowledge.type(link.key).plural)
        return lower_first(link.short) if kind == "mode" else link.short


def _counted(links: Iterator[NameLink | None]) -> list[tuple[NameLink, int]]:
    return Counter(link for link in links if link).most_common(SUGGESTED)


def _days_off(day: date, first: date | None, last: date | None) -> int:
    """Return how many days a day lies outside of the wanted period."""
    return max((first - day).days if first else 0, (day - last).days if last else 0)
