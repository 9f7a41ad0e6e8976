"""Reads in a message what it asks of the organisation's own catalogue; does nothing without one."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nlu.extraction.amounts.amount import Amount
from nlu.extraction.amounts.durations import find_any_length
from nlu.extraction.entity_matcher import Name
from nlu.extraction.offerings.offering_criteria import (
    find_offering_criteria,
    labels_in,
    numbers_in,
    offering_attributes_in,
)
from nlu.extraction.offerings.search_words import (
    OTHER,
    SUBJECT,
    SearchWord,
    find_search_words,
    is_for_all,
    means_any_program,
    same_in_other_words,
    seeks_at_all,
    seeks_programs,
)
from nlu.extraction.preferences import level_in
from nlu.text.negation import left_out
from own_programs.errors import CatalogueError
from own_programs.search.catalogue import Catalogue, open_catalogue
from own_programs.search.names import NameMatch
from own_programs.store.writer import FILE_NAME

logger = logging.getLogger(__name__)
# What the classifier takes the catalogue's names for. A skill may be an ordinary word ("reading").
READ_AS = {"program": "program", "provider": "institution", "type": "type", "subject": "field", "place": "place"}
FEW_WORDS = 3  # words of a message that is hardly more than what it seeks
SURE = 0.8  # score of a name from which the classifier takes it as one
CATEGORY, LEVEL, LEVEL_NUMBER = "category", "level", "level_number"
MOST_FORMS = 8  # of a name of the guide that is sought
JOINED = re.compile(r"\s(?:and|or|vs\.?|versus|&)\s", re.I)
Span = tuple[int, int]
FormsOf = Callable[[str, str], list[str]]


@dataclass(frozen=True)
class OwnNames:
    """The catalogue's names in a message."""

    text: str
    names: tuple[NameMatch, ...]

    @property
    def surfaces(self) -> dict[str, str]:
        """The words of the message that surely are names, each with the kind that the classifier takes it for."""
        sure = (each for each in self.names if each.kind in READ_AS and each.score >= SURE)
        return {each.text: READ_AS[each.kind] for each in sorted(sure, key=lambda each: -len(each.text))}

    @property
    def spans(self) -> list[tuple[int, int, str]]:
        """The names' places in the message with the kinds that patterns of attributes know."""
        return [(each.start, each.end, READ_AS[each.kind]) for each in self.names if each.kind in READ_AS]


class OwnCatalogue:
    """The organisation's catalogue as the component sees it; a damaged one is logged, and counts as none."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

    def names(self, text: str) -> OwnNames | None:
        """Return the catalogue's names in a message, or None if there is no catalogue."""
        try:
            catalogue = open_catalogue(self._path)
            found = [*_found(text, catalogue), *_types(text, catalogue)] if catalogue else []
            kept = {
                (each.kind, each.start): each
                for each in found
                if each.kind != "type" or not means_any_program(each.text)
            }.values()
            return OwnNames(text, tuple(kept)) if catalogue else None
        except CatalogueError as error:
            logger.error("no own programs: %s", error)
            return None

    def asked(
        self, found: OwnNames, amounts: list[Amount], others: Sequence[Name], forms_of: FormsOf
    ) -> dict[str, Any] | None:
        """Return what a message asks of the catalogue, as the actions read it (actions/own_names.py), or None without one.

        `amounts` are the criteria that were found in it before, `others` the guide's names, and `forms_of` tells in which
        forms such a name may stand.
        """
        try:
            catalogue = open_catalogue(self._path)
            return _asked(catalogue, found, amounts, others, forms_of) if catalogue else None
        except CatalogueError as error:
            logger.error("no own programs: %s", error)
            return None


def _asked(
    catalogue: Catalogue, found: OwnNames, amounts: list[Amount], others: Sequence[Name], forms_of: FormsOf
) -> dict[str, Any]:
    text = found.text
    criteria = [*find_offering_criteria(text), *_categories(text, catalogue)]
    if not any(each.kind == "max_duration" for each in amounts):
        criteria += list(find_any_length(text))[:1]
    criteria = [each for each in criteria if not _inside(each, found.names)]
    modes = [each for each in others if each.kind == "mode"]
    words = find_search_words(text, _spans(*found.names, *amounts, *criteria, *modes), others)
    out = left_out(text, sorted(_spans(*found.names, *criteria, *words)))
    return {
        "names": [_name(each, each.start in out) for each in found.names],
        "criteria": [_criterion(each, each.start in out, catalogue) for each in (*criteria, *_levels(amounts))],
        "words": [_word(each, each.start in out, forms_of) for each in words],
        "attributes": list(offering_attributes_in(_without(text, found.names))),
        "seeks": seeks_programs(text),
        "looks": seeks_at_all(text),
        "bare": len(words) == 1 and len(text.split()) <= FEW_WORDS,
    }


def is_search(asked: dict[str, Any]) -> bool:
    """Return whether a message that the classifier does not know looks for something in the catalogue.

    It names a subject, a type, a program or a provider and says nothing else, or holds a word for what is sought beside them.
    """
    named = {each["kind"] for each in asked["names"]} - {"skill", "place", "country"}
    subjects = [each for each in asked["words"] if each["role"] in (SUBJECT, OTHER)]
    if asked["looks"] and (any(each["clear"] for each in subjects) or named):
        return True
    if asked["bare"] and subjects:
        return True
    if asked["seeks"]:
        return bool(asked["names"] or asked["criteria"] or subjects)
    return bool(named) and not asked["words"]


def _without(text: str, names: Iterable[NameMatch]) -> str:
    """Return a text with blanks in place of names, whose words ask nothing."""
    for each in names:
        text = f"{text[: each.start]}{' ' * (each.end - each.start)}{text[each.end :]}"
    return text


def _found(text: str, catalogue: Catalogue) -> list[NameMatch]:
    """Return the catalogue's names in a message; what an "and" joins is no single name unless the name itself has one."""
    matches = catalogue.names.find(text)
    for match in matches:
        joined = JOINED.search(match.text)
        if joined and match.how != "exact" and not JOINED.search(match.label):
            at = match.start + joined.start()
            rest = [replace(each, start=each.start + at, end=each.end + at) for each in catalogue.names.find(text[at:])]
            return [*catalogue.names.find(text[:at]), *rest]
    return matches


def _types(text: str, catalogue: Catalogue) -> list[NameMatch]:
    """Return the types of several words that a message names, though each is an everyday word ("summer school")."""
    labels = [facet.label for facet in catalogue.stated("types") if " " in facet.label]
    return [
        NameMatch("type", text[start:end], label, start, end, 1.0, "exact", (label,))
        for label, start, end in labels_in(text, labels)
    ]


def _spans(*found: NameMatch | Amount | Name | SearchWord) -> list[Span]:
    return [(each.start, each.end) for each in found]


def _name(match: NameMatch, out: bool) -> dict[str, Any]:
    return {
        "kind": match.kind,
        "label": match.label,
        "text": match.text,
        "keys": list(match.keys),
        "ids": list(match.ids),
        "score": round(match.score, 2),
        "exact": match.how in ("exact", "acronym"),
        "ambiguous": match.ambiguous,
        "left_out": out,
        "start": match.start,
    }


def _word(word: SearchWord, out: bool, forms_of: FormsOf) -> dict[str, Any]:
    forms = [form for form in forms_of(*word.name) if same_in_other_words(word.text, form)] if word.name else []
    told = {"text": word.text, "start": word.start, "role": word.role, "joined": word.joined, "clear": word.clear}
    return {**told, "forms": forms[:MOST_FORMS], "left_out": out}


def _inside(each: Amount, names: Iterable[NameMatch]) -> bool:
    """Return whether a criterion stands inside a name of the catalogue: "Evening" of "Evening Pottery"."""
    return any(name.start <= each.start and each.end <= name.end for name in names)


def _categories(text: str, catalogue: Catalogue) -> list[Amount]:
    """Return the categories of prices that a message names, as the catalogue states them."""
    labels = [facet.label for facet in catalogue.stated("price_categories")]
    return [Amount(CATEGORY, label, start, end) for label, start, end in labels_in(text, labels)]


def _levels(amounts: list[Amount]) -> list[Amount]:
    return [each for each in amounts if each.kind == LEVEL]


def _criterion(each: Amount, out: bool, catalogue: Catalogue) -> dict[str, Any]:
    """Return a criterion as JSON; a level with the levels of the catalogue that are meant by it."""
    values = [each.value]
    kind = each.kind
    if kind == LEVEL:
        labels = [facet.label for facet in catalogue.stated("levels")]
        stated = [label for label in labels if level_in(label) == each.value]
        values = [*(stated or values), *(label for label in labels if is_for_all(label))]
    if kind == LEVEL_NUMBER:
        number = each.value.lstrip("<>")
        named = [facet.label for facet in catalogue.stated("levels") if number in numbers_in(facet.label)]
        kind, values = (LEVEL, named) if named and number == each.value else ("eqf", values)
    return {"kind": kind, "values": values, "left_out": out}
