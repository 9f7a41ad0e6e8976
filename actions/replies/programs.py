"""Words for lists of programs: what matches and why, and what is not stated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from actions.replies.base import (
    ANSWERED,
    CLARIFY,
    DECLINED,
    MAX_BUTTONS,
    PERSON,
    Button,
    Reply,
    bullets,
    capital,
    listed,
    lower_first,
    paragraphs,
    payload,
    sources_of,
)
from actions.replies.criteria import CriteriaText, Relaxation, amount, brings_more, day, does_not, relaxation_buttons
from actions.replies.destinations import in_sentence
from actions.replies.program_facts import cards
from knowledge.models import Destination, Field, FieldAnswer, Program

PAGE_SIZE = 5  # programs in one message
UNSTATED = {
    "destination": "a country",
    "mode": "the mode (online or in person)",
    "max_price": "a price",
    "start": "a start date",
    "max_hours": "the hours a week",
    "max_duration": "a length",
    "level": "a level",
}
ASKABLE = {
    "max_price": "a price",
    "start_from": "a start date",
    "max_hours": "hours a week",
    "max_duration": "a length",
    "levels": "a level",
}
CAN_FILTER = {
    "destinations": "country",
    "institutions": "institution",
    "modes": "online or in person",
    "max_price": "price",
    "start_from": "start date",
    "max_hours": "hours a week",
    "max_duration": "length",
    "levels": "level",
}
FIGURES = ("max_price", "start", "max_hours", "max_duration")
NEW_SEARCH = Button("New search", payload("refine", any="all"))
SHOW_MORE = Button("Show more", payload("more"))
SHOW_UNSURE = Button("Show what may fit", payload("more"))


def picked(field: Field, names: Sequence[str]) -> str:
    """Return the sentence that tells which of several programs are for a field."""
    verb = "it is" if len(names) == 1 else "they are"
    return f"For {in_sentence(field)}, {verb} {listed(f'**{name}**' for name in names)}."


def none_for(field: Field) -> str:
    """Return the sentence that the guide names no program for a field, before those for others."""
    return f"The guide names none for {in_sentence(field)}."


@dataclass(frozen=True)
class PossibleMatches:
    """Programs that match as far as they state anything.

    `silent` counts the programs that leave a fact unstated, by fact; `foreign` those with a price in another currency.
    """

    programs: Sequence[Program]
    silent: Mapping[str, int]
    foreign: Mapping[str, int]


# --- lists ---
def _line(program: Program, criteria: CriteriaText) -> str:
    """Return a program's line in a list.

    It leaves out what the criteria say of all programs, and shows those facts that the criteria ask for.
    """
    by = program.provider.name if program.provider else program.provider_text
    parts = {
        "type": lower_first(program.type.name),
        "provider": f"by {by}" if by else "",
        "destination": f"in {program.destination.short}" if program.destination else "",
        "mode": lower_first(program.mode.name) if program.mode else "",
    }
    asked_facts = {
        "max_price": "" if program.price is None else amount(program.price, program.currency),
        "start": f"starts {day(program.start)}" if program.start else "",
        "max_hours": f"{program.hours_per_week:g} hours a week" if program.hours_per_week is not None else "",
        "max_duration": program.duration,
        "level": f"level: {lower_first(program.level)}" if program.level else "",
    }
    shown = [
        *(part for kind, part in parts.items() if kind not in criteria.asked),
        *(part for kind, part in asked_facts.items() if kind in criteria.asked),
    ]
    details = ", ".join(part for part in shown if part)
    return f"**{program.name}** ({details})" if details else f"**{program.name}**"


def matching_page(
    programs: Sequence[Program],
    criteria: CriteriaText,
    start: int,
    notes: Sequence[str],
    more: Sequence[Relaxation] = (),
    has_possible: bool = False,
) -> Reply:
    """Return a page of matching programs; `has_possible` tells that others may match as well."""
    head = (
        f"I know {criteria.count(len(programs))}{criteria.about}:"
        if start == 0
        else _further(programs, criteria, start)
    )
    only_named = "" if start or not criteria.plain else _only_named(len(programs[:PAGE_SIZE]))
    told = (" ".join(filter(None, (*notes, brings_more(more)))), only_named)
    then = (SHOW_MORE,) if start + PAGE_SIZE < len(programs) else (SHOW_UNSURE,) if has_possible else ()
    return _page(programs, criteria, start, head, told, (*then, *relaxation_buttons(more)))


def possible_page(
    possible: PossibleMatches,
    criteria: CriteriaText,
    start: int,
    notes: Sequence[str],
    more: Sequence[Relaxation],
    alone: bool,
) -> Reply:
    """Return a page of programs that may match, and what they do not state; `alone` if none surely matches."""
    programs = possible.programs
    then = (SHOW_MORE,) if start + PAGE_SIZE < len(programs) else ()
    if start:
        return _page(programs, criteria, start, f"What may fit, {_range(programs, start)}:", (), then)
    these, fit = ("This one", "fits") if len(programs) == 1 else (f"These {len(programs)}", "fit")
    of_all = _unsaid_by_all(possible)
    if not alone:
        head = f"{these} may fit, but {_silence(possible)}:"
    elif of_all and len(of_all) == len(possible.silent) and not possible.foreign:
        head = (
            f"{capital(criteria.by)} {does_not(criteria.by == 'the guide')} state {listed(of_all, 'or')}, "
            f"so I can't be certain of any {criteria.singular}{criteria.about}. {these} {fit} otherwise:"
        )
    else:
        head = (
            f"I can't be certain of any {criteria.singular}{criteria.about}. "
            f"{these} {fit} otherwise, but {_silence(possible)}:"
        )
    certain = brings_more(more, "")
    helps = f"For certain there {'is' if more[0].count == 1 else 'are'} {certain}" if certain else ""
    buttons = (*then, *(relaxation_buttons(more) or (NEW_SEARCH,)))
    page = _page(programs, criteria, start, head, (*notes, helps), buttons)
    return replace(page, outcome=DECLINED) if alone and _asked_for_figures(possible) else page


def _asked_for_figures(possible: PossibleMatches) -> bool:
    """Return whether a figure was asked for that no program states, so that the question is not answered."""
    return any(possible.silent.get(kind) == len(possible.programs) for kind in FIGURES)


def _page(
    programs: Sequence[Program],
    criteria: CriteriaText,
    start: int,
    head: str,
    notes: Sequence[str],
    buttons: tuple[Button, ...],
) -> Reply:
    page = programs[start : start + PAGE_SIZE]
    rest = len(programs) - start - len(page)
    text = paragraphs(
        head,
        bullets(_line(one, criteria) for one in page),
        f"There {'is' if rest == 1 else 'are'} {rest} more." if rest > 0 else "",
        *notes,
    )
    return Reply(
        text,
        ANSWERED,
        None,
        sources_of(*(program.source for program in page)),
        (*buttons[: MAX_BUTTONS - 1], PERSON),
        cards(page),
    )


def _only_named(count: int) -> str:
    name, it = ("its name", "it") if count == 1 else ("their names", "them")
    return f"The guide gives no more than {name}: it states no prices, dates, lengths or modes for {it}."


def _further(programs: Sequence[Program], criteria: CriteriaText, start: int) -> str:
    return f"{capital(criteria.plural)}{criteria.about}, {_range(programs, start)}:"


def _range(programs: Sequence[Program], start: int) -> str:
    """Return the positions on a page: "6 to 10 of 14"."""
    last = min(start + PAGE_SIZE, len(programs))
    return f"{f'{start + 1} to {last}' if last > start + 1 else last} of {len(programs)}"


def _unsaid_by_all(possible: PossibleMatches) -> list[str]:
    return [UNSTATED[kind] for kind, number in possible.silent.items() if number == len(possible.programs)]


def _silence(possible: PossibleMatches) -> str:
    """Return why matches are not certain: "1 doesn't state a price and 2 give their price in GBP, ..."."""
    count = len(possible.programs)
    of_all = _unsaid_by_all(possible)
    reasons = [f"{does_not(count == 1)} state {listed(of_all, 'or')}"] if of_all else []
    for kind, number in possible.silent.items():
        if number < count:
            reasons.append(f"{number} {does_not(number == 1)} state {UNSTATED[kind]}")
    for currency, number in possible.foreign.items():
        gives = "gives its price" if number == 1 else "give their prices"
        reasons.append(f"{f'{number} ' if number < count else ''}{gives} in {currency}, which I don't convert")
    return listed(reasons)


def also_possible(possible: PossibleMatches) -> str:
    """Return the note that more programs may match."""
    count = len(possible.programs)
    return f"{count} more may fit, but {_silence(possible)}." if count else ""


def silent_on_exclusion(count: int, what: str) -> str:
    """Return the note that programs stay in the list because they do not state what is excluded."""
    single = count == 1
    return f"{count} of these {does_not(single)} state {UNSTATED[what]}, so I left {'it' if single else 'them'} in."


def only_destination_known(place: str, destination: str, by: str) -> str:
    """Return the note that the listings do not tell a country from the others of its destination."""
    return f"{capital(by)} {'says' if by == 'the guide' else 'say'} only {destination}, not {place} in particular."


def other_fields(fields: Sequence[str]) -> str:
    """Name fields that have programs, when nothing matches."""
    return f"There are programs in {listed(fields)}, among others."


def no_currency(number: float) -> str:
    """Return the note that the price limit has no currency."""
    return f"You named no currency, so I compared the bare {amount(number, None)} with each price."


def not_compared(currencies: Sequence[str]) -> str:
    """Return the note that a list ordered by price holds several currencies."""
    return f"The prices are in {listed(currencies)}, which I don't convert; each is in order by itself."


# --- nothing found ---
def none_found(
    criteria: CriteriaText,
    notes: Sequence[str],
    elsewhere: FieldAnswer | None,
    wanted: Sequence[Destination],
    more: Sequence[Relaxation],
) -> Reply:
    """Tell that nothing matches, what would, where the field is popular, and what the destination is popular for."""
    homes = [
        *(elsewhere.destinations if elsewhere else ()),
        *(wanted if not elsewhere or not elsewhere.destinations else ()),
    ]
    first = f"{capital(criteria.by)} {'names' if criteria.by == 'the guide' else 'name'} no "
    helps = f"There {'is' if more[0].count == 1 else 'are'} {brings_more(more, '')}" if more else ""
    told = (_field_home(elsewhere), _popular_there(elsewhere, wanted))
    text = paragraphs(f"{first}{criteria.singular}{criteria.about}.", helps, *notes, *told)
    destinations = tuple(
        Button(destination.name, payload("ask_about", destination=destination.key)) for destination in homes[:2]
    )
    sources = tuple({one.source.key: one.source for one in homes if one.source}.values())
    topic = homes[0].topic.key if homes and homes[0].topic else None
    buttons = (*relaxation_buttons(more), *destinations, NEW_SEARCH)[: MAX_BUTTONS - 1]
    return Reply(text, ANSWERED, topic, sources, (*buttons, PERSON))


def _field_home(elsewhere: FieldAnswer | None) -> str:
    if elsewhere is None:
        return ""
    name = lower_first(elsewhere.field.name)
    near = [
        f"{lower_first(field.name)} ({listed(one.short for one in homes)})" for field, homes in elsewhere.near if homes
    ]
    if elsewhere.destinations:
        places = [
            f"**{destination.name}** (institutions named there: {listed(each.name for each in destination.institutions)})"
            for destination in elsewhere.destinations
        ]
        return f"{elsewhere.field.name} is a popular field in {listed(places)}, so that is where to look."
    if near:
        return f"No destination lists {name}; the nearest it has is {listed(near)}."
    if known := listed(one.where.name for one in elsewhere.strengths if one.field.key == elsewhere.field.key):
        return f"No destination lists {name} among its popular fields, but {known} is known for it."
    return f"No destination lists {name}, nor a field close to it."


def _popular_there(elsewhere: FieldAnswer | None, wanted: Sequence[Destination]) -> str:
    homes = {destination.key for destination in elsewhere.destinations} if elsewhere else set()
    return " ".join(
        f"Popular fields in {destination.short} are {listed(lower_first(field.name) for field in destination.fields)}."
        for destination in wanted
        if destination.key not in homes
    )


def at_home(elsewhere: FieldAnswer | None, wanted: Sequence[Destination]) -> str:
    """Tell where a field is popular, or without a field what the wanted destinations are popular for."""
    return _field_home(elsewhere) if elsewhere else _popular_there(None, wanted)


def no_more(criteria: CriteriaText, with_unsure: bool, more: Sequence[Relaxation]) -> Reply:
    """Tell that the list has ended."""
    text = paragraphs(
        f"Those were all the {criteria.plural}{criteria.about}{', and what may fit' if with_unsure else ''}.",
        brings_more(more),
        "" if more else "Change your wishes at any time, for example another field or country.",
    )
    return Reply(text, ANSWERED, buttons=(*relaxation_buttons(more)[: MAX_BUTTONS - 2], NEW_SEARCH, PERSON))


# --- questions back ---
def ask_criteria(total: int, fields: Sequence[str], stated: Iterable[str]) -> Reply:
    """Tell how many programs there are and ask for criteria."""
    also = [word for name, word in ASKABLE.items() if name in stated]
    text = (
        f"I know {total} named programs. Which field interests you? Among others there are {listed(fields)}. You can also name "
        f"a country, a kind of credential or a provider{f', and wish for {listed(also)}' if also else ''}."
    )
    buttons = (
        Button("Show them all", payload("more")),
        Button("Kinds of credential", payload("ask_best_type")),
        Button("Destinations", payload("ask_best_destination")),
        PERSON,
    )
    return Reply(text, CLARIFY, buttons=buttons)


def cannot_filter(criteria: CriteriaText, stated: Iterable[str]) -> Reply:
    """Tell that the listings do not state a criterion, or that it was not understood; the search goes on."""
    ways = ["field", "kind of credential", "provider", *(word for name, word in CAN_FILTER.items() if name in stated)]
    text = paragraphs(
        f"I can't narrow the list by that: {criteria.by} {does_not(criteria.by == 'the guide')} state it. "
        f"I can search by {listed(ways, 'or')}.",
        f"Your search so far: {criteria.plural}{criteria.about}.",
    )
    return Reply(text, DECLINED, buttons=(Button("Show them", payload("more")), PERSON))
