"""Answers about programs of the own catalogue: facts, yes and no, what a description tells, or what a program is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from actions.base import Answer
from actions.context import DialogueState, Names, Understanding
from actions.own_catalogue.asked_facts import ANSWERS, OF_PROGRAMS, Asked
from actions.own_catalogue.comparison import MOST_COMPARED, ahead, compare, kept
from actions.own_catalogue.criteria import Change, wishes
from actions.own_catalogue.search import sought_words
from actions.own_names import COUNTRY, PLACE, PROVIDER, TYPE, OwnName
from actions.replies.base import Reply, paragraphs
from actions.replies.own_catalogue import lists
from actions.replies.own_catalogue import programs as words
from actions.replies.own_catalogue.criteria import STILL_OPEN
from actions.replies.own_catalogue.facts import Told, told
from actions.replies.own_catalogue.programs import SAID_IN_TEXT
from knowledge.knowledge_base import Knowledge
from own_programs.records import ProgramRecord
from own_programs.search.catalogue import Catalogue
from own_programs.search.find import Match

MOST_ASKED_ABOUT = 5  # programs of which it is told at once what their descriptions say of something
FEW_OF_A_NAME = 3  # programs of one name of which a fact is told at once
CHOICES = 6
NARROWING = (PROVIDER, PLACE, COUNTRY, TYPE, "mode")  # kinds of criteria that leave fewer programs of one name


def about_programs(
    catalogue: Catalogue,
    knowledge: Knowledge,
    understanding: Understanding,
    ids: Sequence[int],
    state: DialogueState,
    today: date,
) -> Answer:
    """Answer what a message asks of programs: whether they meet criteria, facts, what the listing says, or a description."""
    records = catalogue.search.compare(tuple(ids))
    if not records:
        return Answer(lists.gone(), state)
    programs = [told(one, today) for one in records]
    asked = Asked.of(knowledge, understanding)
    reply = _of_one(catalogue, ids[0], programs[0], asked, today) if len(programs) == 1 else None
    if len(programs) > 1:
        reply = _of_several(catalogue, ids, programs, asked, today)
    return kept(reply, ids, state) if reply else compare(catalogue, ids, state, today)


def _of_one(catalogue: Catalogue, key: int, one: Told, asked: Asked, today: date) -> Reply:
    if (
        asked.past and not asked.criteria and "deadline" not in asked.facts
    ):  # "I missed the deadline, is there a later one?"
        return words.over_dates(one, ahead(one))
    if asked.needed:
        return words.needed(one, asked.needed)
    if asked.criteria:
        return _whether(catalogue, key, one, asked.criteria, today)
    further = [each for each in asked.words if each.casefold() not in one.program.name.casefold()] or asked.told
    if not asked.facts:
        return words.mentioned(one, further) if further else words.describe(one)
    reply = words.facts_of([ahead(one)], asked.facts, asked.category)
    if asked.where and not _is_there(catalogue, key, asked.where, today):  # "the one in Cork, when is it?"
        elsewhere = words.does_not_fit(ahead(one), _in_words(asked.where), (), False).text
        reply = replace(reply, text=paragraphs(elsewhere, reply.text))
    if asked.places and "recognition" in asked.facts:
        reply = replace(reply, text=paragraphs(reply.text, words.nothing_of_places(asked.places)))
    further = [each for each in further if each in SAID_IN_TEXT or each.casefold() not in reply.text.casefold()]
    if further:
        reply = replace(reply, text=paragraphs(reply.text, words.mentioned(one, further).text))
    return reply


def _of_several(
    catalogue: Catalogue, ids: Sequence[int], programs: Sequence[Told], asked: Asked, today: date
) -> Reply | None:
    """Return the reply on several programs, or None if nothing is asked but what they are."""
    few = len(programs) <= FEW_OF_A_NAME
    if asked.past and not asked.criteria:
        return words.over_dates_of_each(programs)
    if asked.facts:
        return words.facts_of([ahead(one) for one in programs], asked.facts, asked.category)
    if asked.criteria and set(asked.criteria) <= OF_PROGRAMS and not few:
        return words.facts_of(programs, list(dict.fromkeys(ANSWERS[kind][0] for kind in asked.criteria)))
    further = [*asked.told, *(each for each in asked.words if each not in asked.told)]
    if further and len(programs) <= MOST_ASKED_ABOUT:
        return words.mentioned_by_each(programs, further)
    return _which_fit(catalogue, ids, programs, asked.criteria, today) if few and asked.criteria else None


def choose(
    catalogue: Catalogue,
    names: Sequence[OwnName],
    change: Change,
    today: date,
    at_once: int = 1,
    before: Names | None = None,
) -> tuple[list[int], Reply | None]:
    """Return the programs that names stand for, or the question which one is meant where more than `at_once` bear a name.

    Who offers it and where it is, if the message says so, tell programs of one name apart, else what was sought `before`.
    """
    ids: list[int] = []
    few = len(names) > 1 and len({key for name in names for key in name.ids}) <= MOST_COMPARED
    at_once = MOST_COMPARED if few else at_once  # "compare A and B", each of which two programs bear
    for name in names:
        meant = name.ids
        if len(meant) > 1:
            meant = narrowed(catalogue, meant, change, today)
        if len(meant) > at_once and before and not set(NARROWING) & {*change.wanted, *change.unwanted}:
            meant = narrowed(catalogue, meant, Change(before), today)
        if len(meant) > at_once:
            choices = [
                (Match(key, record, record.offerings), _apart(record))
                for key, record in catalogue.search.records_by_id(meant).items()
            ]
            return [], lists.which_one(name.label, choices[:CHOICES])
        ids += meant
    return list(dict.fromkeys(ids)), None


def narrowed(
    catalogue: Catalogue, ids: Sequence[int], change: Change, today: date, by: Sequence[str] = NARROWING
) -> tuple[int, ...]:
    """Return those of programs of one name that a message means by who offers them or where they are; else all."""
    wanted = {kind: values for kind, values in change.wanted.items() if kind in by}
    wanted |= {f"-{kind}": values for kind, values in change.unwanted.items() if kind in by}
    if not wanted:
        return tuple(ids)
    query = replace(wishes(wanted, today), programs=tuple(ids), future_only=False)
    found = catalogue.search.find(query, today, len(ids))
    return tuple(match.id for match in found.matches) or tuple(ids)


def _apart(record: ProgramRecord) -> str:
    """Return what tells a program from others of its name: who offers it, or else where and what it is."""
    places = dict.fromkeys(one.place for one in record.offerings if one.place)
    return ", ".join(part for part in (record.provider, " and ".join(places)) if part) or record.type


def _whether(catalogue: Catalogue, key: int, one: Told, criteria: Names, today: date) -> Reply:
    wanted = replace(wishes(criteria, today), programs=(key,))
    if wanted.start_to and wanted.start_to < today:
        wanted = replace(wanted, future_only=False)
    found = catalogue.search.find(wanted, today)
    if not found.total and _is_over(one):  # what is over was where and when it was
        found = catalogue.search.find(replace(wanted, future_only=False), today)
    about, facts = _in_words(criteria), _facts_of(criteria)
    if found.total and set(criteria) <= OF_PROGRAMS:
        return words.fits_by(one, about, facts)
    if found.total:
        fitting = told(one.program, today, found.matches[0].offerings)
        return words.still_open(fitting, criteria["open"]) if about == STILL_OPEN else words.fits(fitting, about)
    return words.does_not_fit(ahead(one), about, facts, bool(found.unstated))


def _which_fit(
    catalogue: Catalogue, ids: Sequence[int], programs: Sequence[Told], criteria: Names, today: date
) -> Reply:
    """Say of each of a few programs whether it meets criteria."""
    wanted = replace(wishes(criteria, today), programs=tuple(ids))
    matches = list(catalogue.search.find(wanted, today).matches)
    over = tuple(key for key, one in zip(ids, programs, strict=True) if _is_over(one))
    if over:  # what is over was where and when it was
        matches += catalogue.search.find(replace(wanted, programs=over, future_only=False), today).matches
    fitting = {match.id: match.offerings for match in matches}
    known = [
        (told(one.program, today, fitting[key]) if key in fitting else ahead(one), key in fitting)
        for key, one in zip(ids, programs, strict=True)
    ]
    dated = not set(criteria) <= OF_PROGRAMS
    return words.which_fit(known, _in_words(criteria), _facts_of(criteria), dated)


def _is_there(catalogue: Catalogue, key: int, where: Names, today: date) -> bool:
    """Return whether a program is or was at a place, or of an offerer."""
    return bool(catalogue.search.count(replace(wishes(where, today), programs=(key,), future_only=False), today))


def _is_over(one: Told) -> bool:
    """Return whether a program has dates, all of which are over."""
    return bool(one.program.offerings) and all(each.is_over(one.today) for each in one.program.offerings)


def _facts_of(criteria: Names) -> list[str]:
    """Return the facts that tell whether criteria are met."""
    return list(dict.fromkeys(fact for kind in criteria for fact in ANSWERS[kind]))


def _in_words(criteria: Names) -> str:
    return sought_words(criteria).about.lstrip(" ,")
