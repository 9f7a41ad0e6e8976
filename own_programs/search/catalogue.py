"""Opens the organisation's catalogue for questions, once a process; it is read-only and safe to share between threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from own_programs.search.find import CatalogueSearch, Facet
from own_programs.search.names import NameIndex
from own_programs.search.near_terms import LEAST, SURELY, Encode, NearTerms, without_kinds
from own_programs.store.sources import last_change

MOST_NAMES = 1_000  # of programs that are told apart by meaning; of more, their subjects and skills are


class Catalogue:
    """The catalogue with its two kinds of questions: `search` for programs, `names` for names in a message."""

    def __init__(self, path: Path) -> None:
        self.search, self.names = CatalogueSearch(path), NameIndex(path)
        self._path = path
        self._remembered: dict[str, tuple[list[int], Any]] = {}
        self._vectors: dict[str, NDArray[Any]] = {}  # of the terms that near() compares

    def holds_any(self) -> bool:
        """Return whether there is a program in it, remembered until it is written to again."""
        held: bool = self._until_written("", lambda: self.search.count() > 0)
        return held

    def stated(self, name: str) -> tuple[Facet, ...]:
        """Return the facets of a name, remembered until the catalogue is written to again."""
        facets: tuple[Facet, ...] = self._until_written(name, lambda: self.search.facets(name, 200))
        return facets

    def near(self, text: str, encode: Encode, floor: float = LEAST, also: Sequence[str] = ()) -> tuple[str, ...]:
        """Return what programs are about that is near to a text in meaning; nothing for a moment after an import.

        `floor` is the least cosine, `also` are words that may say the same.
        """
        terms: NearTerms = self._until_written("near", lambda: NearTerms(self._terms(), encode, self._vectors))
        return terms.near(text, floor=floor, also=also)

    def near_subjects(self, text: str, encode: Encode) -> tuple[str, ...]:
        """Return the subjects that are surely near to a text in meaning."""
        subjects = [facet.label for facet in self.stated("subjects")]
        # The vectors are of their own: those of all terms keep only what stands in all terms.
        terms: NearTerms = self._until_written("near subjects", lambda: NearTerms(subjects, encode, {}))
        return terms.near(text, floor=SURELY)

    def _terms(self) -> Iterator[str]:
        """Yield what programs are about: their subjects, their skills and, of no more than MOST_NAMES, their names."""
        for name in ("subjects", "skills"):
            yield from (facet.label for facet in self.stated(name))
        if self.search.count() <= MOST_NAMES:
            kinds = [facet.label for facet in self.stated("types")]
            yield from (without_kinds(record.name, kinds) for record in self.search.all_records())

    @contextmanager
    def deadline(self, until: float) -> Iterator[None]:
        """Interrupt this thread's questions once `time.monotonic()` reaches `until`."""
        with self.search.deadline(until), self.names.deadline(until):
            yield

    def _until_written(self, name: str, ask: Callable[[], Any]) -> Any:
        """Return what was answered last under a name, or the answer to `ask` if the catalogue has been written to since."""
        stamp = last_change(self._path)
        found = self._remembered.get(name)
        if found is None or found[0] != stamp:
            found = self._remembered[name] = stamp, ask()
        return found[1]


_opened: dict[Path, tuple[int, Catalogue]] = {}
_opening = threading.Lock()


def open_catalogue(path: Path) -> Catalogue | None:
    """Return the catalogue in a file, or None if there is no such file, or no program in it.

    It is opened again after the file was replaced; what an import writes into it is seen at once. Raises CatalogueDamaged
    if the file cannot be read.
    """
    try:
        inode = path.stat().st_ino
    except OSError:
        return None
    with _opening:
        if path not in _opened or _opened[path][0] != inode:
            _opened[path] = inode, Catalogue(path)
        catalogue = _opened[path][1]
    return catalogue if catalogue.holds_any() else None
