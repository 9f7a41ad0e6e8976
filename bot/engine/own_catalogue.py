"""Reads in a message what it asks of the organisation's own catalogue; does nothing without one."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from bot.engine.own_terms import (
    BEGINNER,
    COVERED,
    LEVEL,
    LEVEL_NUMBER,
    STATED_LEVEL,
    FormsOf,
    categories,
    is_definite,
    is_for_subject,
    is_slip_of_everyday_word,
    level_of,
    longest_types,
    near_in_meaning,
    people_as_subjects,
    placed,
    put_together,
    recognitions,
    spelt,
    stated_levels,
    subjects_begun,
    subjects_beside,
    subjects_in_part,
    subjects_meant,
    types_in,
    types_meant,
    widened,
    without_other_kinds,
)
from nlu.extraction.about_me import AboutMe
from nlu.extraction.amounts.amount import Amount
from nlu.extraction.amounts.durations import find_any_length, find_least_lengths
from nlu.extraction.entity_matcher import Name
from nlu.extraction.offerings.further_criteria import ASKS_FOR, find_further_criteria
from nlu.extraction.offerings.offering_criteria import (
    attribute_spans,
    find_modes,
    find_offering_criteria,
    is_under,
    offering_attributes_in,
    position_in,
)
from nlu.extraction.offerings.search_words import (
    OTHER,
    PERSON,
    SUBJECT,
    TYPE,
    SearchWord,
    find_not_searched,
    find_search_words,
    holds_content,
    is_not,
    is_ruled_out,
    means_any_program,
    same_in_other_words,
    seeks_at_all,
    seeks_programs,
    stands_beside,
)
from nlu.text.negation import left_out
from own_programs.errors import CatalogueError
from own_programs.search.catalogue import Catalogue, open_catalogue
from own_programs.search.everyday import everyday_words
from own_programs.search.names import NameMatch
from own_programs.search.near_terms import Encode
from own_programs.store.writer import FILE_NAME

logger = logging.getLogger(__name__)
# What the classifier takes the catalogue's names for. A skill may be an ordinary word ("reading").
READ_AS = {"program": "program", "provider": "institution", "type": "type", "subject": "field", "place": "place"}
FEW_WORDS = 3  # words of a message that is hardly more than what it seeks
LIKELY = 0.5  # score of a name from which it is one at all
SURE = 0.8  # score of a name from which the classifier takes it as one
LIMITED = ("max_price", "max_duration")
THE_KIND = "the_kind"  # attribute of a message that speaks of "the badge" rather than of badges
MODE_IN_NAME = "mode_in_name"  # attribute of a message whose words for a mode are but a part of a name
NOT_SEARCHED = "not_searched"
UNDER = "under"  # tells of a limit of a kind that it is not to be reached
NAMING = ("recognised_by", "leads_to")  # criteria that hold a name, whose words are no criteria of their own
QUERY_SECONDS = 2.0  # for what a message asks of the catalogue; after that it counts as asking nothing of it
MOST_FORMS = 8  # of a name of the guide that is sought
JOINED = re.compile(r"\s(?:and|or|vs\.?|versus|&)\s", re.I)
Span = tuple[int, int]


@dataclass(frozen=True)
class EnglishWords:
    """What the reader knows of words: forms of the guide's names, which words are ordinary English, and what texts mean."""

    forms_of: FormsOf
    is_word: Callable[[str], bool]
    encode: Encode


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
            if catalogue is None:
                return None
            with catalogue.deadline(time.monotonic() + QUERY_SECONDS):
                found = longest_types([*_found(text, catalogue), *types_in(text, catalogue)])
                found = without_other_kinds(text, found)
            kept = {
                (each.kind, each.start, each.label): each
                for each in found
                if each.kind != "type" or not means_any_program(each.text)
            }.values()
            return OwnNames(text, tuple(_meant(list(kept))))
        except CatalogueError as error:
            logger.error("no own programs: %s", error)
            return None

    def of_question(self, whole: OwnNames, said: str) -> OwnNames | None:
        """Return the names in a message's first question; one that names nothing ("how long and how dear is X?") has all."""
        if said == whole.text:
            return whole
        found = self.names(said)
        asks_of_a_thing = bool(offering_attributes_in(said)) and not holds_content(said)
        return replace(whole, text=said) if found and not found.names and asks_of_a_thing else found

    def asked(
        self, found: OwnNames, amounts: list[Amount], others: Sequence[Name], words: EnglishWords
    ) -> dict[str, Any] | None:
        """Return what a message asks of the catalogue, as the actions read it (actions/own_names.py), or None without one.

        `amounts` are the criteria that were found in it before, `others` the guide's names, and `words` tells what is
        known of words.
        """
        try:
            catalogue = open_catalogue(self._path)
            if catalogue is None:
                return None
            with catalogue.deadline(time.monotonic() + QUERY_SECONDS):
                return _asked(catalogue, found, amounts, others, words)
        except CatalogueError as error:
            logger.error("no own programs: %s", error)
            return None


def _asked(
    catalogue: Catalogue, found: OwnNames, amounts: list[Amount], others: Sequence[Name], known: EnglishWords
) -> dict[str, Any]:
    text, forms_of = found.text, known.forms_of
    further = [each for each in find_further_criteria(text, date.today()) if not _inside(each, found.names)]
    named = [each for each in found.names if each.kind in ("program", "provider", "type")]
    further += recognitions(text, catalogue, [*further, *named])
    bodies = [each for each in further if each.kind in NAMING]
    meant = (each for each in found.names if each.score >= LIKELY and not _overlaps(each, bodies))
    found = replace(found, names=tuple(subjects_in_part([*meant], catalogue)))
    programs = [each for each in found.names if each.kind == "program"]
    amounts = [each for each in amounts if not _inside(each, programs)]  # "for Beginners" of a name is no wish
    criteria = [*further, *_criteria(found, amounts, bodies, catalogue)]
    criteria += [Amount(NOT_SEARCHED, text[start:end], start, end) for start, end in find_not_searched(text)]
    modes = [each for each in others if each.kind == "mode"]
    covered = [*_spans(*found.names, *amounts, *criteria, *modes), *attribute_spans(text)]
    found_words = put_together(find_search_words(text, covered, others), text, catalogue, known.encode)
    taken = sorted([*covered, *_spans(*found_words)])
    words = [placed(each, text, catalogue) for each in found_words]
    words = [widened(each, text, [one for one in taken if one != (each.start, each.end)], catalogue) for each in words]
    criteria += [each for word in words if word.role == TYPE for each in find_modes(text, word.start, word.end)]
    bodies_alone = everyday_words().bodies  # "polytechnic" names none
    words = [each for each in words if not is_slip_of_everyday_word(each, catalogue)]
    words = [
        spelt(each, catalogue, known.is_word)
        for each in words
        if not bodies_alone.issuperset(each.text.lower().split())
    ]
    beside = [each for each in words if stands_beside(text, each.start)]
    not_so = {start for start, _ in _spans(*found.names, *criteria) if is_not(text, start)}
    denied = {each.start for each in words if each.role != PERSON and is_ruled_out(text, each.start)}
    words = [replace(each, role=OTHER) if each.start in denied else each for each in words]
    subjects, words = subjects_meant([each for each in words if each not in beside], catalogue, forms_of)
    words = sorted([*words, *beside], key=lambda each: each.start)
    words = [replace(each, role=SUBJECT) if is_for_subject(each, beside, catalogue) else each for each in words]
    types, words = types_meant(words, catalogue)
    found = replace(found, names=(*found.names, *subjects, *types))
    if seeks_programs(text) and not any(each.kind in ("subject", "program", "skill") for each in found.names):
        words = people_as_subjects(words, text, catalogue, known.encode)
    attributes = _attributes(found, modes)
    compares = "compare" in attributes  # "what sets X apart from Y?" leaves nothing out
    out = set() if compares else denied | not_so | left_out(text, sorted(_spans(*found.names, *criteria, *words)))
    return {
        "names": [_name(each, each.start in out) for each in found.names],
        "criteria": [
            _criterion(each, each.start in out, catalogue)
            for each in (*criteria, *_levels(amounts))
            if each.kind != COVERED
        ],
        "words": [_word(each, each.start in out, catalogue, known) for each in words],
        "attributes": list(attributes),
        "seeks": seeks_programs(text),
        "looks": seeks_at_all(text) or "on_offer" in attributes,
        "nth": position_in(text),
        "bare": len(words) == 1 and len(text.split()) <= FEW_WORDS,
    }


def _attributes(found: OwnNames, modes: Sequence[Name]) -> tuple[str, ...]:
    """Return what a message asks of a program, and what the names in it tell of how it is to be read."""
    # A kind is no name: "is a certificate issued at the end?"
    attributes = offering_attributes_in(_without(found.text, [each for each in found.names if each.kind != "type"]))
    if modes and all(_is_in_name(each, found.names) for each in modes):
        attributes = (*attributes, MODE_IN_NAME)  # "Paper Mill Campus"
    if any(each.kind == "type" and is_definite(found.text, each.start, each.end) for each in found.names):
        attributes = (*attributes, THE_KIND)
    return attributes


def _criteria(found: OwnNames, amounts: list[Amount], bodies: Sequence[Amount], catalogue: Catalogue) -> list[Amount]:
    """Return the criteria of a message that the catalogue alone knows; part of a name, also of one in `bodies`, is none."""
    text = found.text
    stated = [each for each in stated_levels(text, catalogue) if not _inside(each, _levels(amounts))]
    own = find_offering_criteria(text)
    numbered = [each for each in own if each.kind == LEVEL_NUMBER]
    criteria = [*own, *categories(text, catalogue), *(each for each in stated if not _inside(each, numbered))]
    criteria += list(find_least_lengths(text))[:1]
    if not any(each.kind == "max_duration" for each in amounts):
        criteria += list(find_any_length(text))[:1]
    limits = [each for each in (*amounts, *criteria) if each.kind in LIMITED and is_under(text, each.start, each.end)]
    criteria += [each._replace(kind=UNDER, value=each.kind) for each in limits]
    return [each for each in criteria if not (_inside(each, found.names) or _inside(each, bodies))]


def is_search(asked: dict[str, Any]) -> bool:
    """Return whether a message that the classifier does not know looks for something in the catalogue.

    It names a subject, a type, a program or a provider and says nothing else, or holds a word for what is sought beside them.
    """
    named = {each["kind"] for each in asked["names"]} - {"skill", "place", "country"}
    subjects = [each for each in asked["words"] if each["role"] in (SUBJECT, OTHER)]
    to_us = "ours" in asked["attributes"] and bool(subjects)
    limits = any(each["kind"] not in (ASKS_FOR, NOT_SEARCHED) for each in asked["criteria"])
    if asked["looks"] and (any(each["clear"] for each in subjects) or named or limits or to_us):
        return True
    if asked["bare"] and subjects:
        return True
    if asked["seeks"]:
        return bool(asked["names"] or limits or subjects)
    return bool(named) and not asked["words"]


def of_person_alone(said: AboutMe, own: OwnNames | None) -> AboutMe:
    """Return what a message says of the person; the level that it asks of a named program is not theirs."""
    named = own is not None and any(each.kind == "program" for each in own.names)
    kept = {
        part: tuple(code for code in codes if code != BEGINNER) for part, codes in said.parts.items() if part != LEVEL
    }
    return replace(said, parts={part: codes for part, codes in kept.items() if codes}) if named else said


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


def _meant(found: list[NameMatch]) -> Iterator[NameMatch]:
    """Yield the names that are meant: no program of which only a subject or a kind is said, no kind inside a program's name."""
    plain = [each for each in found if each.kind in ("subject", "type") and each.how in ("exact", "acronym")]
    programs = [each for each in found if each.kind == "program" and (each.how == "exact" or _is_told(each, plain))]
    for each in found:
        if each.kind == "program":
            if each in programs:
                yield each
        elif each.kind != "type" or not any(one.start <= each.start and each.end <= one.end for one in programs):
            yield each


def _is_told(program: NameMatch, plain: Sequence[NameMatch]) -> bool:
    """Return whether a part of a program's name holds more than a subject and a kind."""
    rest = program.text
    for each in plain:
        start, end = max(each.start - program.start, 0), each.end - program.start
        if start < end and start < len(rest):
            rest = f"{rest[:start]}{' ' * (min(end, len(rest)) - start)}{rest[end:]}"
    return holds_content(rest)


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


def _word(word: SearchWord, out: bool, catalogue: Catalogue, known: EnglishWords) -> dict[str, Any]:
    forms = [form for form in known.forms_of(*word.name) if same_in_other_words(word.text, form)] if word.name else []
    told = {"text": word.text, "start": word.start, "role": word.role, "joined": word.joined, "clear": word.clear}
    forms = [*forms[:MOST_FORMS], *subjects_begun(word, catalogue)]
    named = known.forms_of(*word.name) if word.name else []
    near = near_in_meaning(word, catalogue, known.encode, named)
    beside = subjects_beside(word, catalogue, known.encode)
    return {**told, "forms": forms, "left_out": out, "near": list(near), "beside": list(beside)}


def _is_in_name(mode: Name, names: Iterable[NameMatch]) -> bool:
    """Return whether a word for a mode is a part of the name of a place or an offerer: "campus" of "Paper Mill Campus"."""
    bearers = (each for each in names if each.kind in ("place", "provider"))
    return any(each.start <= mode.start and mode.end <= each.end and each.how == "exact" for each in bearers)


def _inside(each: Amount, names: Iterable[NameMatch | Amount]) -> bool:
    """Return whether a criterion stands inside a name of the catalogue: "Evening" of "Evening Pottery"."""
    return any(name.start <= each.start and each.end <= name.end for name in names)


def _overlaps(name: NameMatch, criteria: Iterable[Amount]) -> bool:
    """Return whether a name shares words with what a criterion names: "Nursing" of "leads to the BSc in Nursing Practice"."""
    return any(each.start < name.end and name.start < each.end for each in criteria)


def _levels(amounts: list[Amount]) -> list[Amount]:
    return [each for each in amounts if each.kind == LEVEL]


def _criterion(each: Amount, out: bool, catalogue: Catalogue) -> dict[str, Any]:
    """Return a criterion as JSON; a level with the levels of the catalogue that are meant by it."""
    values = [each.value]
    kind = each.kind
    if kind in (STATED_LEVEL, LEVEL, LEVEL_NUMBER):
        kind, values = level_of(each, catalogue)
    return {"kind": kind, "values": values, "left_out": out}
