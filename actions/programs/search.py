"""Searches programs: the criteria grow from message to message, and every list is counted and explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from actions.base import Answer
from actions.context import OPEN, DialogueState, Names, Understanding
from actions.destinations import destinations_of, field_of
from actions.programs.criteria import NEW_SEARCH_KINDS, Change, query
from actions.programs.criteria_text import ORDERS, describe_criteria, states_facts
from actions.programs.relaxation import Relaxations
from actions.replies import credentials
from actions.replies import programs as words
from actions.replies.base import Reply, lower_first
from actions.replies.criteria import CriteriaText, Relaxation
from actions.replies.facts import fields as of_field
from actions.topics import about_topic
from knowledge.knowledge_base import Knowledge
from knowledge.models import Program, ProgramCriteria
from knowledge.queries.programs import weeks_in

SUGGESTED_FIELDS = 6
FOLLOW_UPS = ("refine", "more", "affirm")
CLEARLY = 2.0  # times the runner-up's share that an open subject needs to be what a follow-up means
VERY_CLEARLY, LIKELY = 4.0, 0.3  # the same for a topic of the guide, and the least share of its own
ORDERED_BY = {"price": "max_price", "start": "start_from", "duration": "max_duration", "hours": "max_hours"}
ONLY_FIELD = {"field", "industry"}  # kinds of a search for a field alone, which is told what goes with it
# Kinds that a new search takes over from what was being talked about.
KEPT = ("field", "industry", "type", "destination", "place")
# The criteria that programs may leave unstated: the kind in which replies speak of it, and the fact that states it.
MAY_BE_UNSTATED = {
    "modes": ("mode", "mode"),
    "destinations": ("destination", "destination"),
    "max_price": ("max_price", "price"),
    "start_from": ("start", "start"),
    "start_to": ("start", "start"),
    "max_hours": ("max_hours", "hours_per_week"),
    "max_duration": ("max_duration", "duration"),
    "levels": ("level", "level"),
}


def find_programs(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Start a new search, or continue the present one with what this message changes."""
    change, going_on = Change.of(understanding), state.act == "find_programs"
    named = [key for key in understanding.of("program") if key not in understanding.left_out.get("program", ())]
    if named and not change:
        return _describe_program(knowledge, named[0])
    # "Cheaper than 500 euros" or "what programs are there?" after another answer.
    if not going_on and (understanding.intent in FOLLOW_UPS or not understanding.names):
        return search(knowledge, change.apply_to({kind: state.names[kind] for kind in KEPT if kind in state.names}), 0)
    if not going_on or _starts_another(understanding, change):
        return search(knowledge, change.apply_to({}), 0)
    if change:
        return search(knowledge, change.apply_to(state.names), 0)
    if not state.names:  # "anything" in answer to which field
        return show_more(knowledge, state)
    return (
        _no_criterion(knowledge, understanding, state) if understanding.intent == "refine" else search(knowledge, {}, 0)
    )


def _starts_another(understanding: Understanding, change: Change) -> bool:
    """Return whether a message during a search starts another: it is no follow-up and names what a search starts with."""
    return (
        understanding.intent not in FOLLOW_UPS
        and not change.adds
        and any(change.wanted.get(kind) for kind in NEW_SEARCH_KINDS)
    )


def _describe_program(knowledge: Knowledge, key: str) -> Answer:
    """Describe one program by its key."""
    found = knowledge.program(key)
    reply = credentials.describe_program(found, knowledge.type(found.type.key))
    return Answer(
        reply, DialogueState("ask_about", reply.topic, {"program": (key,)}, reply.source_keys).offering("more")
    )


def last_page(knowledge: Knowledge, state: DialogueState) -> list[Program]:
    """Return the programs that were shown last."""
    criteria = query(knowledge, state.names)
    matching = _sort(knowledge.programs(criteria), state.names)
    listed = [*matching, *_possible_matches(knowledge, state.names, criteria).programs]
    begun = len(matching) if state.shown > len(matching) else 0  # possible matches are paged separately
    start = begun + (max(state.shown - begun, 1) - 1) // words.PAGE_SIZE * words.PAGE_SIZE
    return listed[start : state.shown]


def _no_criterion(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer a follow-up without any known criterion: its topic ("what about jobs?"), or what a search can go by."""
    if understanding.topics:
        best, *others = understanding.topics
        lead = best.share / others[0].share if others and others[0].share else VERY_CLEARLY
        is_open = best.key.startswith(OPEN)
        if is_open and lead >= CLEARLY and not states_facts(knowledge):
            answer = about_topic(knowledge, best.key)
            return Answer(answer.reply, replace(state, topic=answer.state.topic).offering("want_person"))
        if not is_open and lead >= VERY_CLEARLY and best.share >= LIKELY:
            answer = about_topic(knowledge, best.key)
            return Answer(answer.reply, replace(state, topic=answer.state.topic).offering("more"))
    reply = words.cannot_filter(describe_criteria(knowledge, state.names), knowledge.stated())
    return Answer(reply, replace(state, shown=0).offering("more"))


def show_more(knowledge: Knowledge, state: DialogueState) -> Answer:
    """Return the next page of the search."""
    return _page(knowledge, state.names, state.shown)


def search(knowledge: Knowledge, names: Names, start: int) -> Answer:
    """Return one page of the matching programs from `start`, or ask for criteria if there are none."""
    if any(query(knowledge, names).names()) or can_order(knowledge, names.get("order", ())):
        return _page(knowledge, names, start)
    reply = words.ask_criteria(knowledge.count_programs(), _some_fields(knowledge), knowledge.stated())
    return Answer(reply, DialogueState("find_programs", None, names).offering("more"))


def can_order(knowledge: Knowledge, orders: Sequence[str]) -> bool:
    """Return whether the listings state what an order goes by."""
    return bool(orders) and ORDERED_BY.get(orders[0]) in knowledge.stated()


def _some_fields(knowledge: Knowledge) -> list[str]:
    """Return the names of fields in which there are programs."""
    return [lower_first(field.name) for field in knowledge.fields_of_programs(SUGGESTED_FIELDS)]


def _page(knowledge: Knowledge, names: Names, start: int) -> Answer:
    """Return a page, from `start`, of the programs that match, followed by those that may match."""
    criteria, text = query(knowledge, names), describe_criteria(knowledge, names)
    matching, possible = _sort(knowledge.programs(criteria), names), _possible_matches(knowledge, names, criteria)
    sure, total = len(matching), len(matching) + len(possible.programs)
    relaxations = _relaxations(knowledge, names, sure, total, start)
    shown = min(start + words.PAGE_SIZE, sure if start < sure else total)
    if not total:
        reply = _nothing_found(knowledge, names, text, relaxations)
    elif start >= total:
        reply = words.no_more(text, bool(possible.programs), Relaxations(knowledge, names).best(2))
    elif start < sure:
        notes = [] if start else [*_notes(knowledge, names, criteria, matching), words.also_possible(possible)]
        reply = words.matching_page(matching, text, start, notes, relaxations, bool(possible.programs))
    else:
        notes = [] if sure else _home_notes(knowledge, names, possible)
        reply = words.possible_page(possible, text, start - sure, notes, relaxations, alone=not sure)
    after = DialogueState("find_programs", reply.topic, names, reply.source_keys, max(shown, start))
    return Answer(reply, after.offering("more" if shown < total else "want_person"))


def _relaxations(knowledge: Knowledge, names: Names, sure: int, total: int, start: int) -> list[Relaxation]:
    """Return relaxations if the list is short; if nothing at all is found, always at least one where possible."""
    if start or sure > words.PAGE_SIZE or sure and _is_single(names):
        return []
    relaxations = Relaxations(knowledge, names)
    # A program that may match is nearer to the criteria than one in another field.
    best = relaxations.best(2, same_field=True) if total else relaxations.best(3)
    return best if best or total else relaxations.fewest_dropped()


def _is_single(names: Names) -> bool:
    return sum(bool(keys) for kind, keys in names.items() if kind != "order" and not kind.startswith("-")) < 2


def _nothing_found(knowledge: Knowledge, names: Names, text: CriteriaText, relaxations: list[Relaxation]) -> Reply:
    """Tell that nothing matches, what would match, and what the guide says of the field and the place."""
    field, wanted = field_of(knowledge, names), destinations_of(knowledge, names)
    if field and text.plain and set(names) <= ONLY_FIELD:
        near = [knowledge.field_answer(one.key) for one, _ in field.near]
        if field.types:
            return of_field.in_field(field)
        if field.destinations or any(one.programs for one in near):
            return of_field.nothing_in_field(field, near)
    if relaxations and not text.plain:  # if listings hold facts, relaxations say enough
        return words.none_found(text, [], None, [], relaxations)
    home = field and (field.destinations or any(homes for _, homes in field.near))
    notes = [] if relaxations or home or wanted else [words.other_fields(_some_fields(knowledge))]
    return words.none_found(text, notes, field, wanted, relaxations)


# --- unstated facts ---
def _possible_matches(knowledge: Knowledge, names: Names, criteria: ProgramCriteria) -> words.PossibleMatches:
    """Return the programs that may match, and what they do not state."""
    open_to = set(MAY_BE_UNSTATED) - ({"destinations"} if _wants_outside(knowledge, names) else set())
    programs = _sort(knowledge.unsure_programs(criteria, open_to), names)
    kinds = dict(MAY_BE_UNSTATED[name] for name in criteria.names() if name in open_to)
    silent = {kind: sum(not _states(one, fact) for one in programs) for kind, fact in kinds.items()}
    foreign = Counter(
        program.currency
        for program in programs
        if criteria.currency and program.price and program.currency != criteria.currency
    )
    return words.PossibleMatches(programs, {kind: count for kind, count in silent.items() if count}, foreign)


def _states(one: Program, fact: str) -> bool:
    value = getattr(one, fact)
    return weeks_in(value) is not None if fact == "duration" else value not in (None, "")


def _wants_outside(knowledge: Knowledge, names: Names) -> bool:
    """Return whether a place outside of all destinations is wanted; then a program without a country does not match."""
    return any(knowledge.place(key).destination is None for key in names.get("place", ()))


def _notes(knowledge: Knowledge, names: Names, criteria: ProgramCriteria, matching: Sequence[Program]) -> list[str]:
    """Return what to know about a list: what is included or counted together because the listings do not state it."""
    notes = _only_destination_notes(knowledge, names)
    for kind in ("destination", "mode"):
        silent = sum(getattr(one, kind) is None for one in matching) if names.get(f"-{kind}") else 0
        if silent:
            notes.append(words.silent_on_exclusion(silent, kind))
    if criteria.max_price and not criteria.currency:
        notes.append(words.no_currency(criteria.max_price))
    currencies = sorted({program.currency for program in matching if program.price})
    if "price" in names.get("order", ()) and len(currencies) > 1:
        notes.append(words.not_compared(currencies))
    return notes


def _only_destination_notes(knowledge: Knowledge, names: Names) -> list[str]:
    """Return the note that a country cannot be told from the others of its destination."""
    places = [knowledge.place(key) for key in (*names.get("place", ()), *names.get("-place", ()))]
    by = "the listings" if states_facts(knowledge) else "the guide"
    return [
        words.only_destination_known(place.name, place.destination.short, by) for place in places if place.destination
    ][:1]


def _home_notes(knowledge: Knowledge, names: Names, possible: words.PossibleMatches) -> list[str]:
    """Return where the field is popular, as a note beside programs that state no country."""
    if "destination" not in possible.silent:
        return []
    field, wanted = field_of(knowledge, names), destinations_of(knowledge, names)
    return [words.at_home(field, wanted), *_only_destination_notes(knowledge, names)]


def _sort(programs: list[Program], names: Names) -> list[Program]:
    """Sort programs in the wanted order; those that do not state the value come last.

    Prices of one currency stand together, those of the most frequent currency first.
    """
    order = next(iter(names.get("order", ())), "")
    if order not in ORDERS:
        return programs
    common = Counter(one.currency for one in programs)

    def position(program: Program) -> tuple[Any, ...]:
        value = {
            "price": program.price,
            "start": program.start,
            "duration": weeks_in(program.duration),
            "hours": program.hours_per_week,
        }[order]
        if value is None:
            return (1,)
        return (0, -common[program.currency], program.currency, value) if order == "price" else (0, value)

    return sorted(programs, key=position)


def by_provider(knowledge: Knowledge, key: str) -> list[Program]:
    """Return the programs of a provider."""
    return list(knowledge.programs(ProgramCriteria(providers=(key,))))
