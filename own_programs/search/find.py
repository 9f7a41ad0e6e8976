"""Finds programs by wishes, what would have to give if none fits, and puts programs side by side."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from own_programs.records import Offering, ProgramRecord
from own_programs.search.conditions import LONGER_SUBJECT, Conditions, of_programs
from own_programs.search.wishes import Wishes, WordWish
from own_programs.store.digest import BITS
from own_programs.store.names import as_key
from own_programs.store.reader import CatalogueReader

FACETS = {
    **{"places": "place", "campuses": "campus", "countries": "country", "providers": "provider", "types": "type"},
    "subjects": "subject",
    **{"skills": "skill", "levels": "level", "modes": "mode", "schedules": "schedule", "languages": "language"},
    **{"currencies": "currency", "price_categories": "category", "bodies": "body", "purposes": "purpose"},
}
MOST_TRIED = 30  # ways in which wishes are dropped
HOLDING = {"level": "level", LONGER_SUBJECT: "subject"}  # kinds of which a term is meant by words in it
MORE_SECONDS = 1.5  # for what is told beside what fits, or in its place; a reply without it is better than none
FIRST = 5  # programs of a near miss
FEW = 200  # programs that are all put in order; of more, only the first are sought
RANGES = (
    ("start_from", "start_to"),
    ("deadline_from", "deadline_to"),
    ("eqf_from", "eqf_to"),
    ("min_credits", "max_credits"),
    ("min_weeks", "max_weeks"),
    ("max_price", "min_price", "free"),
)


@dataclass(frozen=True)
class Match:
    """A program that was found. `offerings` are those that fit, by their start; empty if the program states none.

    `unstated` is the name of the one wish that it leaves open, empty for a program that meets all.
    """

    id: int
    record: ProgramRecord
    offerings: tuple[Offering, ...]
    unstated: str = ""


@dataclass(frozen=True)
class Found:
    """What a search found.

    `total` programs meet all wishes; `matches` is a page of them. `unstated` programs meet all but one, of which they
    state nothing: how many for each wish, by its name; `may_match` is a page of them that begins where `matches` end.
    """

    total: int
    matches: tuple[Match, ...]
    unstated: dict[str, int]
    may_match: tuple[Match, ...] = ()


@dataclass(frozen=True)
class NearMiss:
    """What would have to give: without the wishes `dropped`, `count` programs fit, and `matches` are the first of them."""

    dropped: tuple[str, ...]
    count: int
    matches: tuple[Match, ...]


@dataclass(frozen=True)
class Facet:
    """A value that programs state, and how many do; `label` as it is stated most often."""

    label: str
    count: int


class CatalogueSearch(CatalogueReader):
    """Search in the catalogue. All methods count only programs that their sources still hold."""

    def find(self, wishes: Wishes, today: date, limit: int = FIRST, offset: int = 0) -> Found:
        """Return the programs that meet all wishes, those from `offset` on as matches, and those that may meet them.

        In an order, what states nothing of it comes last; prices of one currency stand together. What may meet them is
        looked for only if the page is not full of what does.
        Programs that hold the words nowhere but in their descriptions are told by `count(wishes.anywhere(), today)`.
        """
        total, matches = self._surely(wishes, today, limit, offset)
        if total >= offset + limit:
            return Found(total, matches, {})
        untold: tuple[dict[str, int], tuple[Match, ...]] = ({}, ())
        beyond = max(0, offset - total)
        unstated, may_match = self.run_within(
            MORE_SECONDS, lambda: self._may_match(wishes, today, limit, beyond), untold
        )
        return Found(total, matches, unstated, may_match)

    def count(self, wishes: Wishes | None = None, today: date = date.max) -> int:
        """Return how many programs meet all wishes; without any, how many there are."""
        if wishes is None:
            return super().count()
        conditions = Conditions(wishes, today, self._terms_of)
        sql = f"SELECT count(DISTINCT o.program) FROM {conditions.source()} WHERE {conditions.surely()}"
        number: int = self.column(sql, *conditions.parameters.values)[0]
        return number

    def holds(self, phrase: str, scope: str = "subject") -> bool:
        """Return whether a program holds a phrase where `scope` says (one of wishes.SCOPES), be it to come or over."""
        wishes = Wishes(words=(WordWish((phrase,), scope),), future_only=False)
        conditions = Conditions(wishes, date.max, self._terms_of)
        sql = f"SELECT EXISTS (SELECT 1 FROM {conditions.source()} WHERE {conditions.surely()})"
        return bool(self.column(sql, *conditions.parameters.values)[0])

    def near_misses(self, wishes: Wishes, today: date, most: int = 3) -> tuple[NearMiss, ...]:
        """Return what would have to give, at most that many ways: single wishes, or else two at once.

        The way by which most programs are found comes first. What they are about is given up only if nothing else helps.
        `future_only` may be among the dropped: then the programs are over. What takes too long to find out is left out.
        """
        return self.run_within(MORE_SECONDS, lambda: self._near_misses(wishes, today, most), ())

    def _near_misses(self, wishes: Wishes, today: date, most: int) -> tuple[NearMiss, ...]:
        units = _units(wishes)
        for dropped in (1, 2):
            ways = [sum(some, ()) for some in combinations(units, dropped)][:MOST_TRIED]
            kept = [way for way in ways if not _about(way)]
            found = self._counted(wishes, kept, [unit for unit in units if not _about(unit)], dropped, today)
            if not found:  # each has other words, and so is another search
                others = ((way, self.count(wishes.without(*way), today)) for way in ways if _about(way))
                found = sorted((each for each in others if each[1]), key=lambda each: -each[1])
            if found:
                return tuple(
                    NearMiss(names, count, self._surely(wishes.without(*names), today, FIRST, total=count)[1])
                    for names, count in found[:most]
                )
        return ()

    def _counted(
        self,
        wishes: Wishes,
        ways: Sequence[tuple[str, ...]],
        units: Sequence[tuple[str, ...]],
        dropped: int,
        today: date,
    ) -> list[tuple[tuple[str, ...], int]]:
        """Return the ways by which programs are found, with how many, most first; all are counted in one search.

        Each way drops some of the units, `dropped` at most.
        """
        if not ways:
            return []
        conditions = Conditions(wishes, today, self._terms_of)
        bits = {name: 1 << at for at, unit in enumerate(units) for name in unit}
        every = (1 << len(units)) - 1
        met = [every & ~sum({bits[name] for name in way}) for way in ways]
        columns = ", ".join(f"count(DISTINCT CASE WHEN fails & {each} = 0 THEN id END)" for each in met)
        (counts,) = self.rows(
            f"SELECT {columns} FROM ({conditions.failing(units, dropped)})", *conditions.parameters.values
        )
        found = [(way, count) for way, count in zip(ways, counts, strict=True) if count]
        return sorted(found, key=lambda each: -each[1])

    def compare(self, ids: Sequence[int]) -> tuple[ProgramRecord, ...]:
        """Return programs in the order of their ids; one that is gone is left out."""
        return tuple(self.records(ids))

    def facets(self, name: str, most: int = 20) -> tuple[Facet, ...]:
        """Return the values, one of FACETS, that most programs state, with how many do; spellings count together."""
        rows = self.rows(
            "SELECT label, folded, count FROM term WHERE kind = ? AND count > 0 ORDER BY count DESC, label LIMIT ?",
            *(FACETS[name], most * 3),
        )
        labels: dict[str, str] = {}
        counts: Counter[str] = Counter()
        for label, folded, count in rows:
            labels.setdefault(folded, label)
            counts[folded] += count
        return tuple(Facet(labels[folded], count) for folded, count in counts.most_common(most))

    def tally(self, wishes: Wishes, today: date, name: str, most: int = 20) -> tuple[Facet, ...]:
        """Return the same of the programs that meet all wishes; `name` is a facet that one offering has one value of."""
        conditions = Conditions(wishes, today, self._terms_of)
        rows = self.rows(
            "SELECT label, count(DISTINCT o.program) AS programs, max(term.count) "  # the label is of that row
            f"FROM {conditions.source()} JOIN term ON term.id = o.{FACETS[name]} WHERE {conditions.surely()} "
            f"GROUP BY folded ORDER BY programs DESC, label LIMIT {most}",
            *conditions.parameters.values,
        )
        return tuple(Facet(label, count) for label, count, _ in rows)

    def _surely(
        self, wishes: Wishes, today: date, limit: int, offset: int = 0, total: int | None = None
    ) -> tuple[int, tuple[Match, ...]]:
        """Return how many programs meet all wishes, unless that is known as `total`, and a page of them."""
        conditions = Conditions(wishes, today, self._terms_of)
        if wishes.order or not conditions.in_order:
            total, page = self._ordered(wishes, today, limit, offset)
        else:
            numbers: list[int] = []
            if total is None or total <= FEW:
                total, numbers = self._numbers(wishes, today)
            needed = offset + limit
            if total <= FEW:
                named = self._named(conditions, numbers)
                ids = [number >> BITS for number in sorted(numbers, key=lambda each: (each not in named, each))]
            elif conditions.in_name:
                ids = self._first(wishes, today, needed, "name")
                ids += self._first(wishes, today, needed - len(ids), "elsewhere") if len(ids) < needed else []
            else:
                ids = self._first(wishes, today, needed)
            page = ids[offset:needed]
        return total, self._matches(conditions, dict.fromkeys(page, 0))

    def _ordered(self, wishes: Wishes, today: date, limit: int, offset: int) -> tuple[int, list[int]]:
        """Return how many programs meet all wishes, and a page of their ids in the order that is wished."""
        conditions = Conditions(wishes, today, self._terms_of)
        value, position = conditions.parameters, conditions.position(self._currency(wishes))
        sql = (
            f"WITH fit AS MATERIALIZED (SELECT o.program AS id, min({position}) AS position "
            f"FROM {conditions.source()} WHERE {conditions.surely()} GROUP BY o.program) "
            "SELECT 0, count(*) FROM fit "
            f"UNION ALL SELECT * FROM (SELECT 1, id FROM fit ORDER BY position, id LIMIT {value(limit)} OFFSET {value(offset)})"
        )
        (_, total), *page = self.rows(sql, *value.values)
        return total, [key for _, key in page]

    def _numbers(self, wishes: Wishes, today: date) -> tuple[int, list[int]]:
        """Return how many programs meet all wishes, and the digests of the first FEW."""
        conditions = Conditions(wishes, today, self._terms_of)
        sql = (
            f"WITH fit AS MATERIALIZED (SELECT DISTINCT w.rowid AS number FROM {conditions.source()} "
            f"WHERE {conditions.surely()}) SELECT count(*) FROM fit "
            f"UNION ALL SELECT * FROM (SELECT number FROM fit LIMIT {FEW})"
        )
        total, *numbers = self.column(sql, *conditions.parameters.values)
        return total, numbers

    def _named(self, conditions: Conditions, numbers: Sequence[int]) -> set[int]:
        """Return which programs hold the words in their names, all by their digests."""
        if not conditions.in_name or len(numbers) < 2:
            return set()
        sql = (
            "SELECT rowid FROM subject_words WHERE subject_words MATCH ? AND rowid IN (SELECT value FROM json_each(?))"
        )
        return set(self.column(sql, conditions.in_name, json.dumps(numbers)))

    def _first(self, wishes: Wishes, today: date, needed: int, where: str = "") -> list[int]:
        """Return the first programs that meet all wishes, by id; what comes after them is not looked at."""
        conditions = Conditions(wishes, today, self._terms_of)
        sql = f"SELECT DISTINCT o.program FROM {conditions.source(where=where)} WHERE {conditions.surely()} LIMIT {needed}"
        return self.column(sql, *conditions.parameters.values)

    def _may_match(
        self, wishes: Wishes, today: date, limit: int, offset: int
    ) -> tuple[dict[str, int], tuple[Match, ...]]:
        """Return how many programs leave one wish open, by its name, and a page of them."""
        conditions = Conditions(wishes, today, self._terms_of)
        rows = self._perhaps(conditions, self._currency(wishes), limit, offset)
        unstated = {_name(conditions, code): count for part, code, count in rows if part == 0}
        return unstated, self._matches(conditions, {key: code for part, key, code in rows if part})

    def _perhaps(self, conditions: Conditions, currency: str, limit: int, offset: int) -> list[sqlite3.Row]:
        """Return rows (0, code, how many), and (1, id, code) of a page, of programs that leave one wish open.

        A code is the number of that wish.
        """
        value = conditions.parameters
        looked = conditions.perhaps(conditions.source(silent=True), conditions.position(currency))
        sql = (
            f"WITH fit AS MATERIALIZED (SELECT id, min(code) AS code, min(also) AS position FROM ({looked}) GROUP BY id) "
            "SELECT 0, code, count(*) FROM fit WHERE code > 0 GROUP BY code "
            "UNION ALL SELECT * FROM (SELECT 1, id, code FROM fit WHERE code > 0 ORDER BY position, id "
            f"LIMIT {value(limit)} OFFSET {value(offset)})"
        )
        return self.rows(sql, *value.values)

    def _matches(self, conditions: Conditions, shown: dict[int, int]) -> tuple[Match, ...]:
        """Return programs by their ids and codes, with their offerings that fit."""
        fitting: dict[int, list[int]] = {}
        if not shown:
            return ()
        for program, number, code, _ in self.rows(conditions.perhaps(of_programs(shown)), *conditions.own_values):
            if code == shown[program]:
                fitting.setdefault(program, []).append(number)
        made = []
        for key, record in zip(shown, self.records(shown), strict=True):
            offerings = [record.offerings[number] for number in fitting.get(key, ()) if record.offerings]
            offerings.sort(key=lambda one: one.start or date.max)
            made.append(Match(key, record, tuple(offerings), _name(conditions, shown[key])))
        return tuple(made)

    def _currency(self, wishes: Wishes) -> str:
        """Return the currency of the prices that come first: the one that is wished, or the most frequent one."""
        if wishes.order not in ("price", "dearest") or wishes.currency:
            return (wishes.currency or "").upper()
        return next((each.label for each in self.facets("currencies", 1)), "")

    def _terms_of(self, kind: str, labels: Iterable[str]) -> list[int]:
        """Return the numbers of terms by their labels, in any spelling; of levels, those that hold the words."""
        wanted = {key for key in map(as_key, labels) if key}
        if kind in HOLDING:
            rows = self.rows("SELECT id, folded FROM term WHERE kind = ? AND count > 0", HOLDING[kind])
            longer = [(number, stated) for number, stated in rows if kind == "level" or stated not in wanted]
            return [number for number, stated in longer if any(f" {key} " in f" {stated} " for key in wanted)]
        sql = "SELECT id FROM term WHERE kind = ? AND folded IN (SELECT value FROM json_each(?))"
        return self.column(sql, kind, json.dumps(sorted(wanted)))


def _name(conditions: Conditions, code: int) -> str:
    return conditions.wished[code - 1].names[0] if code else ""


def _units(wishes: Wishes) -> list[tuple[str, ...]]:
    """Return the names of wishes that can be dropped; the two ends of a range go together."""
    names = list(wishes.names())
    units = [tuple(name for name in names if name in pair) for pair in RANGES]
    units += [(name,) for name in names if not any(name in pair for pair in RANGES)]
    future = [("future_only",)] if wishes.future_only else []
    return [unit for unit in units if unit] + future


def _about(names: tuple[str, ...]) -> bool:
    """Return whether the wishes that are dropped tell what the programs are about."""
    return any(name.startswith("word:") or name in ("programs", "subjects", "skills") for name in names)
