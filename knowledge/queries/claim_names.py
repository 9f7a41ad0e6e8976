"""Compares the names of a claim with those of a question: a claim about Canada does not answer a question about Australia."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from knowledge.models import Claim
from knowledge.queries.catalogue import CatalogueQueries

OTHER_NAMES = 0.08  # what it costs a claim to name others of a kind than the question
UNASKED_NAMES = 0.08  # what it costs to be about one thing where the question asks in general
GROUPS = {"place": "destination"}  # kinds of names that count as one
NAMED_IN_GENERAL = ("destination", "institution", "provider", "program")  # whose claims do not answer in general
_NONE: frozenset[str] = frozenset()

Named = tuple[str, str]  # kind and key


def with_destinations(catalogue: CatalogueQueries, names: Iterable[Named]) -> frozenset[Named]:
    """Return names, and the destinations that the places among them lie in; raises UnknownKey if a place is unknown."""
    named = frozenset(names)
    within = (catalogue.place(key).destination for kind, key in named if kind == "place")
    return named | {("destination", each.key) for each in within if each}


def cost_of_names(claim: Claim, asked: frozenset[Named]) -> float | None:
    """Return what the names of a claim take from its score; None if it is about another thing than the question."""
    if not (claim.about or claim.mentions):
        return 0.0
    cost = 0.0
    groups = _groups(asked), _groups(claim.about), _groups(claim.mentions)
    for kind in {kind for group in groups for kind in group}:
        ours, about, mentions = (group.get(kind, _NONE) for group in groups)
        if ours and not ours & (about | mentions):
            if about:
                return None
            cost += OTHER_NAMES if mentions else 0.0
        if about and not ours and kind in NAMED_IN_GENERAL:
            cost += UNASKED_NAMES
    return cost


@lru_cache(maxsize=4096)  # those of some hundred claims, sixteen of which each message looks at
def _groups(names: frozenset[Named]) -> Mapping[str, set[str]]:
    """Return the keys of names by their kind, or the kind that it counts as."""
    keys: dict[str, set[str]] = {}
    for kind, key in names:
        keys.setdefault(GROUPS.get(kind, kind), set()).add(key)
    return keys
