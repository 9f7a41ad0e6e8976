"""Reads and keeps what is known of the catalogue's sources: who keeps each true, and when it is looked at again."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from own_programs.errors import UnknownSource
from own_programs.store.reader import CatalogueReader
from own_programs.store.writer import writing


@dataclass(frozen=True)
class Source:
    """A source of programs, with how many it has and how many it no longer holds.

    `unmapped` tells, line by line, what its last import held that came to nothing.
    `imported_at` is a UTC time in ISO 8601; `owner` (who keeps it true) and `review_on` (a day in ISO 8601) may be empty.
    """

    name: str
    imported_at: str
    owner: str
    review_on: str
    unmapped: tuple[str, ...]
    programs: int
    missing: int


def all_sources(reader: CatalogueReader) -> list[Source]:
    """Return all sources by name."""
    # Counted one by one, each by an index: together, every record would be read past.
    rows = reader.rows(
        "SELECT name, imported_at, owner, review_on, unmapped, "
        "(SELECT count(*) FROM program WHERE program.source = source.id), "
        "(SELECT count(*) FROM program WHERE program.source = source.id AND missing_since IS NOT NULL) "
        "FROM source ORDER BY name"
    )
    return [_source(*row) for row in rows]


def _source(name: str, imported: str, owner: str, review_on: str, unmapped: str, there: int, missing: int) -> Source:
    return Source(name, imported, owner, review_on, tuple(unmapped.splitlines()), there - missing, missing)


def require_source(reader: CatalogueReader, name: str) -> None:
    """Raise UnknownSource unless there is a source of this name."""
    known = [source.name for source in all_sources(reader)]
    if name not in known:
        raise UnknownSource(f"There is no source {name!r}. There are: {', '.join(known) or 'none yet'}.")


def remove_source(path: Path, name: str, master: str = "") -> int:
    """Remove a source with all its programs from a catalogue and return how many they were; raises UnknownSource."""
    _require(path, name)
    with writing(path, master) as catalogue:
        return catalogue.remove_source(name)


def keep_source(path: Path, name: str, owner: str | None, review_on: date | None, master: str = "") -> None:
    """Note who keeps a source true, and when it is looked at again; None leaves it as it is. Raises UnknownSource."""
    _require(path, name)
    stated = {"owner": owner, "review_on": review_on.isoformat() if review_on else None}
    with writing(path, master) as catalogue:
        catalogue.source(name, **{column: value for column, value in stated.items() if value is not None})


def last_change(path: Path) -> list[int]:
    """Return figures that change whenever the catalogue is written to, also by another process."""
    found = []
    for file in (path, path.with_name(f"{path.name}-wal")):
        try:
            stat = file.stat()
        except OSError:  # the journal comes and goes
            stat = None
        # Opening a database to read it may make an empty journal, which says nothing.
        found += [stat.st_mtime_ns, stat.st_size] if stat and stat.st_size else [0, 0]
    return found


def _require(path: Path, name: str) -> None:
    with closing(CatalogueReader(path)) as reader:
        require_source(reader, name)
