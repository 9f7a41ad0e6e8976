"""Finds programs by wishes, what would have to give if none fits, and puts programs side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from catalogue.records import Offering, ProgramRecord
from catalogue.search.wishes import Wishes
from catalogue.store.reader import CatalogueReader


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
    state nothing: how many for each wish, by its name, and the first of them in `may_match`. `mentioned` is how many
    more would meet all if their descriptions counted for the words.
    """

    total: int
    matches: tuple[Match, ...]
    unstated: dict[str, int]
    may_match: tuple[Match, ...] = ()
    mentioned: int = 0


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

        In order "price" and "duration", what states none comes last; prices of one currency stand together.
        """
        raise NotImplementedError

    def count(self, wishes: Wishes, today: date) -> int:
        """Return how many programs meet all wishes."""
        raise NotImplementedError

    def near_misses(self, wishes: Wishes, today: date, most: int = 3) -> tuple[NearMiss, ...]:
        """Return what would have to give, at most that many ways: single wishes, or else two at once.

        Fewest dropped first, of these the one after which most programs fit. `future_only` may be among the dropped:
        then the programs are over.
        """
        raise NotImplementedError

    def compare(self, ids: tuple[int, ...]) -> tuple[ProgramRecord, ...]:
        """Return programs in the order of their ids; one that is gone is left out."""
        return tuple(self.records(ids))

    def facets(self, name: str, most: int = 20) -> tuple[Facet, ...]:
        """Return the values that most programs state of "places", "countries", "providers", "types", "subjects",
        "skills", "levels", "modes", "schedules", "languages", "currencies" or "price_categories"."""
        raise NotImplementedError
