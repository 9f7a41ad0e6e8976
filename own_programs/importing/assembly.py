"""Puts programs together from rows: one program for each identity, an offering for each occasion."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from own_programs.importing.conversions.base import Also, Unknown, Unreadable, shown
from own_programs.importing.fields import FieldReader, Notes, RowRefused
from own_programs.importing.mapping import LISTS
from own_programs.importing.mapping import Mapping as ColumnMapping
from own_programs.importing.rows import Row
from own_programs.records import Offering, Price, ProgramRecord

EVERY = 2000  # rows between two reports of progress
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Refusal:
    """A row that could not become a program; `source_key` is empty if even its identity is not known."""

    place: str
    label: str
    reason: str
    remedy: str = ""
    source_key: str = ""


@dataclass
class Draft:
    """A program while its rows are read; each of `occasions` is an offering with the prices of its row."""

    place: str
    fields: dict[str, Any]
    occasions: list[tuple[dict[str, Any], tuple[Price, ...]]] = field(default_factory=list)


class Assembly:
    """Makes programs of one source from rows, with readers whose readings are known."""

    def __init__(
        self, mapping: ColumnMapping, readers: list[FieldReader], source: str, checked_on: date | None
    ) -> None:
        self._mapping, self._source, self._checked_on = mapping, source, checked_on
        self._program = _by_target(readers, "program")
        self._offering = _by_target(readers, "offerings")
        self._keys = self._program.pop("source_key", [])
        self._offering_keys = self._offering.pop("source_key", [])
        self._drafts: dict[str, Draft] = {}
        self.notes = Notes()
        self.refused: list[Refusal] = []

    def add_all(self, rows: Iterable[Row], total: int, progress: Progress) -> None:
        """Read all rows; those that are refused are kept in `refused`."""
        for number, row in enumerate(rows, 1):
            self._add(row)
            if number % EVERY == 0 or number == total:
                progress(number, total)

    def programs(self) -> list[ProgramRecord]:
        """Return the programs in the order in which they first stood in the file."""
        bad = {each.source_key for each in self.refused}
        return [self._record(key, draft) for key, draft in self._drafts.items() if key not in bad]

    def _add(self, row: Row) -> None:
        key = ""
        try:
            key = self._key(row)
            fields = self._values(self._program, row)
            if not fields.get("name"):
                raise RowRefused("name", Unreadable("there is no name", "fill it, or name another column for `name`"))
            occasions = self._occasions(row)
        except RowRefused as refused:
            error = refused.error
            self.refused.append(Refusal(row.place, refused.label, error.reason, error.remedy, key))
            return
        prices = tuple(dict.fromkeys(fields.pop("prices", ())))
        draft = self._drafts.get(key)
        if draft is None:
            draft = self._drafts[key] = Draft(row.place, fields)
        elif not self._merge(draft, fields, row, key):
            return
        draft.occasions += [(occasion, prices) for occasion in occasions]

    def _key(self, row: Row) -> str:
        for reader in self._keys:
            found = reader.values(row, self.notes)
            if found:
                return _text(found[0])
        what = "the row has no identity"
        raise RowRefused("source_key", Unreadable(what, "fill the column, or name another one for `source_key`"))

    def _values(self, readers: dict[str, list[FieldReader]], row: Row) -> dict[str, Any]:
        """Return all that a row states, what one value states of other fields included."""
        fields: dict[str, Any] = {}
        also: dict[str, Any] = {}
        for target, each in readers.items():
            many = target in LISTS
            found: list[Any] = []
            for reader in each:
                found += reader.values(row, self.notes)
                if found and not many:
                    break
            for number, value in enumerate(found):
                if isinstance(value, Also):
                    also.update(value.fields)
                    found[number] = value.value
            if found and found[0] is not None:
                fields[target] = tuple(dict.fromkeys(found)) if many else found[0]
        return {**also, **fields} if also else fields

    def _occasions(self, row: Row) -> list[dict[str, Any]]:
        """Return the occasions of a row: the parts that `each` leads to, or the row itself; one dict at least."""
        parts = [row.below(value) for path in self._mapping.offerings_each for value in path.values(row)]
        found = [self._occasion(part) for part in parts or [row]]
        return [each for each in found if any(name not in ("source_key", "url") for name in each)] or [{}]

    def _occasion(self, row: Row) -> dict[str, Any]:
        fields = self._values(self._offering, row)
        for reader in self._offering_keys:
            found = reader.values(row, self.notes)
            if found:
                fields["source_key"] = _text(found[0])
                break
        return fields

    def _merge(self, draft: Draft, fields: dict[str, Any], row: Row, key: str) -> bool:
        """Add what another row states of the same program; return whether it is the same."""
        if draft.fields["name"] != fields["name"]:
            reason = f"it has the identity {shown(key)}, as has {draft.place}, but is called otherwise: "
            reason += f"{shown(draft.fields['name'])}, {shown(fields['name'])}"
            self.refused.append(Refusal(row.place, "source_key", reason, "name another column for `source_key`", key))
            return False
        for name, value in fields.items():
            if name in LISTS:
                draft.fields[name] = tuple(dict.fromkeys((*draft.fields.get(name, ()), *value)))
            elif draft.fields.setdefault(name, value) != value:
                self.notes.add(
                    name, Unknown("differs between rows of one program; the first one is kept", value), row.place
                )
        return True

    def _record(self, key: str, draft: Draft) -> ProgramRecord:
        common = {prices for _, prices in draft.occasions}
        prices = common.pop() if len(common) == 1 else ()
        offerings = [_offering(fields, own, prices) for fields, own in draft.occasions]
        if len(set(offerings)) < len(offerings):
            self.notes.add("offerings", Unknown("rows that repeat another one were taken once"), draft.place)
        stated = tuple(each for each in dict.fromkeys(offerings) if each != Offering())
        fields = {"checked_on": self._checked_on, **draft.fields}
        return ProgramRecord(source=self._source, source_key=key, prices=prices, offerings=stated, **fields)


def _offering(fields: dict[str, Any], of_row: tuple[Price, ...], of_program: tuple[Price, ...]) -> Offering:
    """Return an offering with its own prices, or those of its row, unless they are those of the whole program."""
    own = tuple(dict.fromkeys(fields.get("prices", ()))) or of_row
    return Offering(**{**fields, "prices": () if own == of_program else own})


def _by_target(readers: list[FieldReader], section: str) -> dict[str, list[FieldReader]]:
    found: dict[str, list[FieldReader]] = {}
    for reader in readers:
        if reader.field.section == section:
            found.setdefault(reader.field.target, []).append(reader)
    return found


def _text(value: Any) -> str:
    return str(value.value if isinstance(value, Also) else value)
