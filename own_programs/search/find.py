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
from own_programs.store.names import as_key
from own_programs.store.reader import CatalogueReader

FACETS = {
    **{"places": "place", "countries": "country", "providers": "provider", "types": "type", "subjects": "subject"},
    **{"skills": "skill", "levels": "level", "modes": "mode", "schedules": "schedule", "languages": "language"},
    **{"currencies": "currency", "price_categories": "category"},
}
MOST_TRIED = 30  # ways in which wishes are dropped
HOLDING = {"level": "level", LONGER_SUBJECT: "subject"}  # kinds of which a term is meant by words in it
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

    def find(self, wishes: Wishes, today: date, limit: int = 5, offset: int = 0) -> Found:
        """Return the programs that meet all wishes, those from `offset` on as matches, and those that may meet them.

        In an order, what states nothing of it comes last; prices of one currency stand together.
        Programs that hold the words nowhere but in their descriptions are told by `count(wishes.anywhere(), today)`.
        """
        conditions = Conditions(wishes, today, self._terms_of)
        rows = self._page(conditions, self._currency(wishes), limit, offset)
        counts = {code: count for part, code, count in rows if part == 0}
        total = counts.pop(0, 0)
        unstated = {_name(conditions, code): count for code, count in sorted(counts.items())}
        shown = {key: code for part, key, code in rows if part}
        matches = self._matches(conditions, shown)
        surely = tuple(one for one in matches if not one.unstated)
        return Found(total, surely, unstated, tuple(one for one in matches if one.unstated))

    def count(self, wishes: Wishes | None = None, today: date = date.max) -> int:
        """Return how many programs meet all wishes; without any, how many there are."""
        if wishes is None:
            return super().count()
        conditions = Conditions(wishes, today, self._terms_of)
        sql = f"SELECT count(DISTINCT o.program) FROM {conditions.source} WHERE {conditions.surely()}"
        number: int = self.column(sql, *conditions.parameters.values)[0]
        return number

    def holds(self, phrase: str, scope: str = "subject") -> bool:
        """Return whether a program holds a phrase where `scope` says (one of wishes.SCOPES), be it to come or over."""
        wishes = Wishes(words=(WordWish((phrase,), scope),), future_only=False)
        conditions = Conditions(wishes, date.max, self._terms_of)
        sql = f"SELECT EXISTS (SELECT 1 FROM {conditions.source} WHERE {conditions.surely()})"
        return bool(self.column(sql, *conditions.parameters.values)[0])

    def near_misses(self, wishes: Wishes, today: date, most: int = 3) -> tuple[NearMiss, ...]:
        """Return what would have to give, at most that many ways: single wishes, or else two at once.

        The way by which most programs are found comes first. What they are about is given up only if nothing else helps.
        `future_only` may be among the dropped: then the programs are over.
        """
        units = _units(wishes)
        for dropped in (1, 2):
            ways = [sum(some, ()) for some in combinations(units, dropped)][:MOST_TRIED]
            counted = [(names, self.count(wishes.without(*names), today)) for names in ways]
            some = sorted((each for each in counted if each[1]), key=lambda each: -each[1])
            found = [each for each in some if not _about(each[0])] or some
            if found:
                return tuple(
                    NearMiss(names, count, self.find(wishes.without(*names), today).matches)
                    for names, count in found[:most]
                )
        return ()

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

    def _page(self, conditions: Conditions, currency: str, limit: int, offset: int) -> list[sqlite3.Row]:
        """Return rows (0, code, how many), (1, id, 0) of a page of matches and (2, id, code) of what may match.

        A code is 0 for all wishes met, or the number of the one wish left open.
        """
        value, source = conditions.parameters, conditions.source
        looked = conditions.perhaps(source, conditions.position(currency))
        sql = (
            f"WITH fit AS MATERIALIZED (SELECT id, min(code) AS code, min(also) AS position, "
            f"min(CASE code WHEN 0 THEN also END) AS sure FROM ({looked}) GROUP BY id) "
            "SELECT 0, code, count(*) FROM fit GROUP BY code "
            "UNION ALL SELECT * FROM (SELECT 1, id, code FROM fit WHERE code = 0 "
            f"ORDER BY sure, id LIMIT {value(limit)} OFFSET {value(offset)}) "
            "UNION ALL SELECT * FROM (SELECT 2, id, code FROM fit WHERE code > 0 ORDER BY position, id "
            f"LIMIT {value(limit)} OFFSET max(0, {value(offset)} - (SELECT count(*) FROM fit WHERE code = 0)))"
        )
        return self.rows(sql, *value.values)

    def _matches(self, conditions: Conditions, shown: dict[int, int]) -> list[Match]:
        """Return programs by their ids and codes, with their offerings that fit."""
        fitting: dict[int, list[int]] = {}
        if not shown:
            return []
        for program, number, code, _ in self.rows(conditions.perhaps(of_programs(shown)), *conditions.own_values):
            if code == shown[program]:
                fitting.setdefault(program, []).append(number)
        made = []
        for key, record in zip(shown, self.records(shown), strict=True):
            offerings = [record.offerings[number] for number in fitting.get(key, ()) if record.offerings]
            offerings.sort(key=lambda one: one.start or date.max)
            made.append(Match(key, record, tuple(offerings), _name(conditions, shown[key])))
        return made

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
