"""Finds the catalogue's names in a message."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.store.reader import CatalogueReader

KINDS = ("program", "provider", "type", "subject", "skill", "place", "country")


@dataclass(frozen=True)
class NameMatch:
    """A name in a message: `text` is what stands at message[start:end], `label` the name as it is stated.

    `kind` is one of KINDS. A program is told by its `ids`, which are several if programs share the name; all others by
    `keys`, the spellings that are stated, which are what wishes take. `how` is "exact" (the name, or it without what
    stands in brackets), "acronym", "short" (part of it), "order" (its words in another order) or "typo"; `score` is
    between 0 and 1, and 1 for the name itself. `ambiguous` tells that the text may mean something else of the same
    kind: several programs of one name, or several matches at one stretch.
    """

    kind: str
    text: str
    label: str
    start: int
    end: int
    score: float
    how: str
    keys: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()
    ambiguous: bool = False


class NameIndex(CatalogueReader):
    """Index of all names in the catalogue; it lies in the database, and so knows a later import at once."""

    def find(self, text: str) -> list[NameMatch]:
        """Return the names in a message in order of appearance; a stretch may be the name of several kinds.

        Of names that overlap, the longest counts; of one stretch, the best matches of each kind are returned. An ordinary
        word alone is no name of a program or a provider unless the way it is written says so (capitals, quotes).
        """
        raise NotImplementedError
