"""Puts wishes into SQL: each is a condition over one offering that is true, false, or NULL if the offering is silent on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from own_programs.search.record_conditions import ends_by, in_month, of_record, states_subject
from own_programs.search.wishes import EXCLUDED, Wishes
from own_programs.store.digest import DigestConditions, program_of_digest
from own_programs.store.names import as_key, words_of
from own_programs.store.schema import MODE, SCHEDULE, is_of, number_of, program_of

SCOPE_COLUMNS = {
    "subject": "{name subjects skills} : ",
    "title": "{name subjects} : ",
    "type": "{type name} : ",
    "any": "",
}
CODED = (("modes", "mode", MODE), ("schedules", "schedule", SCHEDULE))  # wishes, their columns and codes
LONGER_SUBJECT = "longer subject"  # kind of the subjects that hold one of others ("Veterinary nursing")
FAR, UNSTATED = 1e12, 1e18  # where prices of other currencies, and what has no price, stand in order

TermsOf = Callable[[str, Iterable[str]], list[int]]


@dataclass(frozen=True)
class Condition:
    """A wish, or two that set a range. `narrow` leaves in what fits or is silent, in a way that an index helps."""

    names: tuple[str, ...]
    sql: str
    narrow: str = ""

    @property
    def looks_up(self) -> bool:
        """True if other tables are read for it."""
        return "(SELECT" in self.sql


@dataclass
class Parameters:
    """Values of a statement, each under a number, so that an expression may stand in it more than once."""

    values: list[Any] = field(default_factory=list)

    def __call__(self, value: Any) -> str:
        """Add a value and return how SQL names it."""
        self.values.append(value.toordinal() if isinstance(value, date) else value)
        return f"?{len(self.values)}"


class Conditions:
    """The conditions of wishes; `terms_of` returns the numbers of the terms of a kind by their labels."""

    def __init__(self, wishes: Wishes, today: date, terms_of: TermsOf) -> None:
        self._wishes, self._today = wishes, today
        self._terms_of = terms_of
        self.parameters = Parameters()
        self.words = self._text_query()
        self.wished: list[Condition] = [*self._of_program(), *self._of_offering(), *self._unheard()]
        self.kept: list[Condition] = list(self._excluded())
        if wishes.future_only:
            self.kept.append(Condition(("future_only",), f"o.open_until >= {self.parameters(today)}"))
        self.own_values = tuple(self.parameters.values)  # those of `surely` and `perhaps`

    def source(self, silent: bool = False, failing: int = 0, where: str = "") -> str:
        """Return the FROM clause: offerings, `o`, of the programs that hold the words, if there are any.

        Programs whose digest, `w.rowid`, rules them out are left out. `silent` takes in those that leave wishes open,
        `failing` those that don't meet that many of them. `where` is "name" for those that hold all words in their names,
        "elsewhere" for the others.
        """
        wishes = self._wishes
        if not self.in_order:
            return of_programs(wishes.programs) if wishes.programs else "offering AS o"  # which has indexes
        table = self.table
        met = list(self._of_digest(silent=False))
        ruled = met
        if silent:
            ruled = [*self._of_digest(silent=True), _at_most(1, met)]
        elif failing:
            ruled = [_at_most(failing, met)]
        if self.words:
            ruled.insert(0, f"w.{table} MATCH {self.parameters(self._matched(where))}")
        # Without NOT INDEXED, SQLite would read all offerings of a place for each program.
        of_it = is_of("o.id", program_of_digest("w.rowid"))
        return f"{table} AS w CROSS JOIN offering AS o NOT INDEXED ON {_all([of_it, *ruled])}"

    @property
    def in_order(self) -> bool:
        """True if `source` gives programs by their ids, each by its digest; else few are sought, or an index helps more."""
        return bool(self.words) or not (self._wishes.programs or self._wishes.places or self._wishes.providers)

    @property
    def table(self) -> str:
        """The table whose rows are digests: of full text if words are sought, the smaller one if not just anywhere."""
        if not self.words:
            return "digest"
        anywhere = any(each.scope == "any" for each in self._wishes.words)
        return "program_words" if anywhere else "subject_words"

    def _matched(self, where: str) -> str:
        if not where:
            return self.words
        return f"({self.words}) {'AND' if where == 'name' else 'NOT'} ({self.in_name})"

    def _of_digest(self, silent: bool) -> Iterable[str]:
        """Yield what the digest of a program that has a fitting offering meets, each for another wish.

        They are asked in this order of a hundred thousand programs: what most of them fail comes first.
        """
        wishes, fits = self._wishes, DigestConditions("w.rowid")
        if wishes.schedules:
            yield fits.schedules(wishes.schedules, silent)
        if wishes.modes:
            yield fits.modes(wishes.modes, silent)
        if wishes.places:
            yield fits.places(wishes.places, silent)
        if wishes.max_weeks is not None:
            yield fits.takes_at_most(wishes.max_weeks, silent)
        if wishes.free or wishes.max_price is not None:
            # A program may have offerings with a price and others without.
            yield "1" if silent else fits.costs_at_most(0 if wishes.free else wishes.max_price or 0)
        if wishes.future_only:
            yield fits.open_on(self._today)

    def surely(self) -> str:
        """Return the condition of offerings that meet all wishes."""
        return _all(each.sql for each in (*self.kept, *self.wished))

    def failing(self, units: Sequence[tuple[str, ...]], most: int) -> str:
        """Return the query of offerings that fail at most `most` of the units, each of them one or more wishes by name.

        Its columns are the program's `id`, and `fails`, a bit for each unit. All other wishes are met.
        """
        number = {name: at for at, unit in enumerate(units) for name in unit}
        every = [*self.kept, *self.wished]
        conditions = [(1 << number[each.names[0]], each) for each in every if each.names[0] in number]
        met = [each.sql for each in every if each.names[0] not in number]
        cheap = [f"{bit} * (({each.sql}) IS NOT TRUE)" for bit, each in conditions if not each.looks_up]
        costly = [f"{bit} * (({each.sql}) IS NOT TRUE)" for bit, each in conditions if each.looks_up]
        few = " + ".join(f"(({each.sql}) IS NOT TRUE)" for _, each in conditions if not each.looks_up) or "0"
        looked_up = "".join(f", {sql} AS v{at}" for at, sql in enumerate(costly))
        fails = " | ".join(["cheap", *(f"v{at}" for at in range(len(costly)))])
        count = " + ".join(["few", *(f"(v{at} > 0)" for at in range(len(costly)))])
        return (
            f"WITH looked AS MATERIALIZED (SELECT o.program AS id, {' | '.join(cheap) or '0'} AS cheap, {few} AS few"
            f"{looked_up} FROM {self.source(failing=most)} WHERE {_all([*met, f'{few} <= {most}'])}) "
            f"SELECT id, {fails} AS fails FROM looked WHERE {count} <= {most}"
        )

    def perhaps(self, source: str, also: str = "0") -> str:
        """Return the query of offerings that meet all wishes but one at most, which they leave open.

        Its columns are `id` and `number` of the program and the offering, `code`, the number of the wish that is left open,
        from 1, or 0, and `also`. What has to be looked up is looked up once, and only for offerings that the rest lets in;
        SQLite would look it up for each mention, so the rest is a table of its own.
        """
        cheap = [(at, each) for at, each in enumerate(self.wished, start=1) if not each.looks_up]
        costly = [(at, each) for at, each in enumerate(self.wished, start=1) if each.looks_up]
        silent = " + ".join(f"(({each.sql}) IS NULL)" for _, each in cheap) or "0"
        looked_up = "".join(f", {each.sql} AS v{at}" for at, each in costly)
        let_in = _all([*(each.sql for each in self.kept), *(_not_against(each) for _, each in cheap), f"{silent} <= 1"])
        open_still = " + ".join(["silent", *(f"(v{at} IS NULL)" for at, _ in costly)])
        return (
            f"WITH looked AS MATERIALIZED (SELECT o.id AS offering, {silent} AS silent, "
            f"{_first_silent((at, each.sql) for at, each in cheap)} AS code, {also} AS also{looked_up} "
            f"FROM {source} WHERE {let_in}) "
            f"SELECT {program_of('offering')} AS id, {number_of('offering')} AS number, "
            f"{_first_silent(((at, f'v{at}') for at, _ in costly), 'code')} AS code, also FROM looked "
            f"WHERE {_all([f'{open_still} <= 1', *(f'v{at} IS NOT 0' for at, _ in costly)])}"
        )

    def position(self, currency: str) -> str:
        """Return what programs are ordered by; `currency` is that of the prices which come first."""
        order = self._wishes.order
        if order == "dearest":
            worth = f"CASE WHEN currency = {self.parameters(currency)} THEN -amount ELSE {FAR} END"
            return f"coalesce({self._of_price(f'min({worth})', any_currency=True)}, {UNSTATED})"
        if order == "longest":
            return f"coalesce(-o.weeks, {UNSTATED})"
        if order == "price":
            main = self.parameters(currency)
            worth = f"CASE WHEN amount = 0 THEN 0 WHEN currency = {main} THEN amount ELSE {FAR} + amount END"
            return f"coalesce({self._of_price(f'min({worth})', any_currency=True)}, {UNSTATED})"
        if order == "start":
            return f"coalesce(o.start, {UNSTATED})"
        if order == "deadline":
            return f"CASE WHEN o.deadline >= {self.parameters(self._today)} THEN o.deadline ELSE {UNSTATED} END"
        if order == "credits":
            worth = (
                f"CASE WHEN unit LIKE '%hour%' THEN {FAR} - amount ELSE -amount END"  # hours are no more than credits
            )
            return f"coalesce((SELECT min({worth}) FROM credit WHERE program = o.program{self._of_unit()}), {UNSTATED})"
        if order == "hours":
            return f"coalesce(o.hours_per_week, {UNSTATED})"
        if order == "duration":
            return f"coalesce(o.weeks, {UNSTATED})"
        if self.in_name:
            match = f"subject_words MATCH {self.parameters(self.in_name)}"
            return f"w.rowid NOT IN (SELECT rowid FROM subject_words WHERE {match})"
        return "0"

    @property
    def in_name(self) -> str:
        """The full-text query of programs that hold the words in their names."""
        return " AND ".join(filter(None, (_holding("{name} : ", each.phrases) for each in self._wishes.words)))

    def _text_query(self) -> str:
        """Return the full-text query of all words, subjects and skills; "" if nothing is sought by words."""
        wishes = self._wishes
        parts = [_holding(SCOPE_COLUMNS[each.scope], each.phrases) for each in wishes.words]
        parts += [_holding(f"{{{name}}} : ", getattr(wishes, name)) for name in ("subjects", "skills")]
        return " AND ".join(part for part in parts if part)

    def _unheard(self) -> Iterable[Condition]:
        """Yield a condition that nothing meets for words of which no letter can be looked for."""
        for each in self._wishes.words:
            if not any(map(words_of, each.phrases)):
                yield Condition((each.name,), "0")
        for name in ("subjects", "skills"):
            wanted = getattr(self._wishes, name)
            if wanted and not any(map(words_of, wanted)):
                yield Condition((name,), "0")

    def _of_program(self) -> Iterable[Condition]:
        wishes, value = self._wishes, self.parameters
        if wishes.programs:
            ids = ", ".join(str(int(each)) for each in wishes.programs)
            yield Condition(("programs",), f"o.program IN ({ids})", f"o.program IN ({ids})")
        if wishes.types:
            yield self._term("types", "type")
        if wishes.subjects and self._terms_of(LONGER_SUBJECT, wishes.subjects):
            yield Condition(("subjects",), states_subject(wishes.subjects, value))
        if wishes.providers:
            yield self._term("providers", "provider")
        if wishes.levels:
            yield self._term("levels", "level")
        yield from self._range("eqf", ("eqf_from", ">="), ("eqf_to", "<="))
        yield from self._range("weeks", ("min_weeks", ">="), ("max_weeks", "<="))
        for name, column in (("max_hours", "hours"), ("max_hours_per_week", "hours_per_week")):
            yield from self._range(column, (name, "<="))
        bounds = [(name, sign) for name, sign in (("min_credits", ">="), ("max_credits", "<=")) if self._set(name)]
        if bounds:
            fits = " AND ".join(f"amount {sign} {value(getattr(wishes, name))}" for name, sign in bounds)
            sql = f"(SELECT max({fits}) FROM credit WHERE program = o.program{self._of_unit()})"
            yield Condition(tuple(name for name, _ in bounds), sql)
        for name, sql in of_record(wishes, value):
            yield Condition((name,), sql)

    def _of_unit(self) -> str:
        unit = self._wishes.credit_unit
        return f" AND unit LIKE {self.parameters(f'{unit}%')}" if unit else ""

    def _of_offering(self) -> Iterable[Condition]:
        wishes, value = self._wishes, self.parameters
        for name, column, codes in CODED:
            if wanted := getattr(wishes, name):
                yield Condition((name,), _any(f"o.{column}", (codes.get(each, 0) for each in wanted)))
        if wishes.places:
            yield self._at_places()
        if wishes.countries:
            yield self._term("countries", "country")
        if wishes.languages:
            yield Condition(("languages",), self._taught_in(wishes.languages))
        ahead = wishes.start_to and wishes.start_to >= self._today  # "January" tells nothing of one that is over
        named = in_month(wishes.start_from, wishes.start_to, value) if ahead else ""
        for each in self._range("start", ("start_from", ">="), ("start_to", "<=")):
            yield replace(each, sql=f"({each.sql}) OR {named}") if named else each
        if wishes.end_to:
            yield Condition(("end_to",), ends_by(wishes.end_to, value))
        yield from self._range("deadline", ("deadline_from", ">="), ("deadline_to", "<="))
        if wishes.unpriced:
            yield Condition(("unpriced",), "NOT EXISTS (SELECT 1 FROM price WHERE offering = o.id)")
        if priced := tuple(filter(self._set, ("max_price", "min_price", "free"))):
            yield Condition(priced, self._of_price(f"max({self._fitting_amount()})"))

    def _taught_in(self, languages: Iterable[str], stated: str = "o.languages") -> str:
        tags = ["".join(sign for sign in tag.lower() if sign.isalnum() or sign == "-") for tag in languages]
        return " OR ".join(f"{stated} LIKE {self.parameters(f'%;{tag}{end}%')}" for tag in tags for end in ";-")

    def _fitting_amount(self) -> str:
        """Return the condition on a single price."""
        wishes, value = self._wishes, self.parameters
        if wishes.free:
            return "amount = 0"
        bounds = (("<=", wishes.max_price), (">=", wishes.min_price))
        return " AND ".join(f"amount {sign} {value(bound)}" for sign, bound in bounds if bound is not None)

    def _of_price(self, figure: str, any_currency: bool = False) -> str:
        """Return a figure over the prices of an offering that hold for the visitor; what is free is so in every currency."""
        wishes, conditions = self._wishes, ["offering = o.id"]
        if wishes.price_category:
            conditions.append(f"category IN ({self.parameters(as_key(wishes.price_category))}, '')")
        else:
            conditions.append("usual")
        if wishes.currency and not wishes.free and not any_currency:
            conditions.append(f"(currency = {self.parameters(wishes.currency.upper())} OR amount = 0)")
        return f"(SELECT {figure} FROM price WHERE {' AND '.join(conditions)})"

    def _range(self, column: str, *bounds: tuple[str, str]) -> Iterable[Condition]:
        found = [(name, sign) for name, sign in bounds if self._set(name)]
        if found:
            parts = [f"o.{column} {sign} {self.parameters(getattr(self._wishes, name))}" for name, sign in found]
            yield Condition(tuple(name for name, _ in found), " AND ".join(parts))

    def _term(self, name: str, kind: str) -> Condition:
        sql = f"o.{kind} IN ({_numbers(self._terms_of(kind, getattr(self._wishes, name)))})"
        return Condition((name,), sql, f"({sql} OR o.{kind} IS NULL)")

    def _at_places(self) -> Condition:
        wanted = self._wishes.places
        sql = f"o.place IN ({_numbers(self._terms_of('place', wanted))})"
        if campuses := self._terms_of("campus", wanted):
            sql = f"({sql} OR coalesce(o.campus, 0) IN ({_numbers(campuses)}))"
        # What is online has no place to leave open.
        return Condition(("places",), sql, f"({sql} OR o.place IS NULL AND o.mode IS NOT {MODE['online']})")

    def _excluded(self) -> Iterable[Condition]:
        out = self._wishes.exclude
        if queries := [query for each in out.words if (query := _holding(SCOPE_COLUMNS[each.scope], each.phrases))]:
            yield Condition((EXCLUDED + "words",), _all(map(self._without_words, queries)))
        kinds = {"types": "type", "providers": "provider", "places": "place", "countries": "country"}
        for name, kind in kinds.items():
            if wanted := getattr(out, name):
                without = f"coalesce(o.{kind}, 0) NOT IN ({_numbers(self._terms_of(kind, wanted), none=-1)})"
                if kind == "place":
                    campuses = _numbers(self._terms_of("campus", wanted), none=-1)
                    without += f" AND coalesce(o.campus, 0) NOT IN ({campuses})"
                yield Condition((EXCLUDED + name,), without)
        for name, column, codes in CODED:
            if wanted := getattr(out, name):
                named = _any(f"coalesce(o.{column}, 0)", (codes.get(each, -1) for each in wanted))
                yield Condition((EXCLUDED + name,), f"NOT ({named})")
        if out.languages:
            stated = "coalesce(o.languages, '')"
            yield Condition((EXCLUDED + "languages",), f"NOT ({self._taught_in(out.languages, stated)})")

    def _without_words(self, query: str) -> str:
        held = (
            f"SELECT {program_of_digest('rowid')} FROM program_words WHERE program_words MATCH {self.parameters(query)}"
        )
        return f"o.program NOT IN ({held})"

    def _set(self, name: str) -> bool:
        return getattr(self._wishes, name) not in (None, False)


def of_programs(ids: Iterable[int]) -> str:
    """Return the FROM clause of the offerings, `o`, of programs, at least one."""
    keys = ", ".join(f"({int(each)})" for each in ids)
    return (
        f"(WITH k (id) AS (VALUES {keys}) SELECT id FROM k) AS k "
        f"CROSS JOIN offering AS o NOT INDEXED ON {is_of('o.id', 'k.id')}"
    )


def _any(column: str, numbers: Iterable[int]) -> str:
    """Return the condition that a column is one of a few numbers; SQLite takes longer for IN."""
    return " OR ".join(f"{column} = {each}" for each in numbers)


def _at_most(number: int, conditions: Sequence[str]) -> str:
    """Return the condition that at most `number` of some conditions are not met."""
    failed = " + ".join(f"(({each}) IS NOT TRUE)" for each in conditions)
    return f"{failed} <= {number}" if len(conditions) > number else "1"


def _not_against(condition: Condition) -> str:
    return condition.narrow or f"({condition.sql}) IS NOT 0"


def _first_silent(verdicts: Iterable[tuple[int, str]], otherwise: str = "0") -> str:
    """Return the number of the first verdict that is NULL."""
    cases = " ".join(f"WHEN ({sql}) IS NULL THEN {at}" for at, sql in verdicts)
    return f"CASE {cases} ELSE {otherwise} END" if cases else otherwise


def _holding(columns: str, phrases: Sequence[str]) -> str:
    """Return the full-text query of texts that hold any of the phrases."""
    said = [words for words in map(words_of, phrases) if words]
    return f"{columns}({' OR '.join(_quoted(words) for words in said)})" if said else ""


def _quoted(words: Sequence[str]) -> str:
    return f'"{" ".join(words)}"'


def _all(conditions: Iterable[str]) -> str:
    return " AND ".join(f"({each})" for each in conditions) or "1"


def _numbers(keys: Iterable[int], none: int = 0) -> str:
    """Return keys for an IN; without any, a number that is none, since NULL IN () would be false."""
    return ", ".join(map(str, keys)) or str(none)
