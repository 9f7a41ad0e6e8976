"""Words for finding programs: what matches and why, and what is not stated; wishes themselves are in replies/wishes.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from actions.replies.base import (
    ANSWERED,
    CLARIFY,
    DECLINED,
    MOST_BUTTONS,
    PERSON,
    Button,
    Card,
    Reply,
    bullets,
    listed,
    lower_first,
    paragraphs,
    payload,
)
from actions.replies.criteria import Widening, Wished, amount, brings_more, capital, day, does_not, widening_buttons
from knowledge.models import Destination, FieldAnswer, Program, Source

SHOWN = 5  # programs in one message
UNSAID = {
    "destination": "a country",
    "mode": "the mode (online or in person)",
    "max_price": "a price",
    "start": "a start date",
    "max_hours": "the hours a week",
    "max_duration": "a length",
    "level": "a level",
}
WISH_FOR = {
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


@dataclass(frozen=True)
class Unsure:
    """Programs that fit as far as they say: which facts how many of them leave open, and whose currency is another."""

    programs: Sequence[Program]
    silent: Mapping[str, int]
    foreign: Mapping[str, int]


# --- one program ------------------------------------------------------------------------------------------------------
FACTS: dict[str, tuple[str, Callable[[Program], str]]] = {  # a program's fact: what it is called, and its words
    "mode": ("Mode", lambda one: lower_first(one.mode.name) if one.mode else ""),
    "destination": ("Where", lambda one: one.destination.name if one.destination else ""),
    "institution": ("Institution", lambda one: one.institution.name if one.institution else ""),
    "price": ("Price", lambda one: "" if one.price is None else amount(one.price, one.currency)),
    "start": ("Starts", lambda one: day(one.start) if one.start else ""),
    "deadline": ("Apply by", lambda one: day(one.deadline) if one.deadline else ""),
    "duration": ("Length", lambda one: one.duration),
    "hours_per_week": ("Hours a week", lambda one: "" if one.hours_per_week is None else f"{one.hours_per_week:g}"),
    "level": ("Level", lambda one: lower_first(one.level)),
    "credits": ("Credits", lambda one: one.credits),
    "url": ("Page", lambda one: one.url),
    "checked_on": ("Checked on", lambda one: day(one.checked_on) if one.checked_on else ""),
}

NOUNS = {  # what a fact is called when somebody asked for it: of one program, of several
    "price": ("price", "prices"),
    "start": ("start date", "start dates"),
    "deadline": ("deadline to apply", "deadlines to apply"),
    "duration": ("length", "lengths"),
    "hours_per_week": ("number of hours a week", "hours a week"),
    "mode": ("mode of study", "modes of study"),
    "level": ("level", "levels"),
    "credits": ("number of credits", "credits"),
    "url": ("page with all details", "pages with all details"),
}


def facts(one: Program) -> tuple[str, ...]:
    """What a listing states, a line a fact."""
    told = ((label, words(one)) for fact, (label, words) in FACTS.items() if fact != "url")  # a card links to that
    return tuple(f"{label}: {value}" for label, value in told if value)


def fact_of(programs: Sequence[Program], fact: str) -> Reply:
    """One fact of the programs that are talked about, or that the listings leave it open."""
    words, (noun, nouns) = FACTS[fact][1], NOUNS[fact]
    told = [(one.name, words(one)) for one in programs if words(one)]
    silent = [f"**{one.name}**" for one in programs if not words(one)]
    left_open = f"The listings state no {noun} for {listed(silent)}." if silent else ""
    if not told:
        return Reply(f"{left_open} A person can ask for you.", DECLINED, None, _sources(programs), (PERSON,))
    if len(programs) == 1:
        text = f"**{told[0][0]}**, {noun}: {told[0][1]}{'' if fact == 'url' else '.'}"
    else:
        text = paragraphs(
            f"The {nouns} in the listings:", bullets(f"**{name}**: {value}" for name, value in told), left_open
        )
    return Reply(paragraphs(text, _as_of(programs)), ANSWERED, None, _sources(programs), (PERSON,), _cards(programs))


def _as_of(programs: Sequence[Program]) -> str:
    checked = sorted({one.checked_on for one in programs if one.checked_on})
    if not checked:
        return ""
    when = f"on {day(checked[0])}" if len(checked) == 1 else f"between {day(checked[0])} and {day(checked[-1])}"
    return f"As checked {when}; ask the provider whether it still holds."


def compared(programs: Sequence[Program]) -> Reply:
    """Programs side by side, each with what its listing states."""
    parts = (paragraphs(f"**{one.name}**", bullets((one.type.name, *facts(one)))) for one in programs)
    last = "Which suits you better depends on your goal; I name no winner."
    return Reply(paragraphs(*parts, last), ANSWERED, None, _sources(programs), (PERSON,), _cards(programs))


def which_program(stating: int, total: int, fact: str) -> Reply:
    """A fact was asked for and no program is talked about; some programs state it."""
    return Reply(
        f"That depends on the program. {stating} of the {total} in the listings {'states' if stating == 1 else 'state'} "
        f"a {NOUNS[fact][0]}. Which field, or which program, do you mean?",
        CLARIFY,
        None,
        (),
        (Button("Show them all", payload("more")), PERSON),
    )


def _line(one: Program, wished: Wished) -> str:
    """A program with what tells it from the others: not what the wish has said of all, and of its facts those asked for."""
    by = one.provider.name if one.provider else one.provider_text
    parts = {
        "type": lower_first(one.type.name),
        "provider": f"by {by}" if by else "",
        "destination": f"in {one.destination.short}" if one.destination else "",
        "mode": lower_first(one.mode.name) if one.mode else "",
    }
    asked_facts = {
        "max_price": "" if one.price is None else amount(one.price, one.currency),
        "start": f"starts {day(one.start)}" if one.start else "",
        "max_hours": f"{one.hours_per_week:g} hours a week" if one.hours_per_week is not None else "",
        "max_duration": one.duration,
        "level": f"level: {lower_first(one.level)}" if one.level else "",
    }
    shown = [
        *(part for kind, part in parts.items() if kind not in wished.asked),
        *(part for kind, part in asked_facts.items() if kind in wished.asked),
    ]
    understanding = ", ".join(part for part in shown if part)
    return f"**{one.name}** ({understanding})" if understanding else f"**{one.name}**"


def _cards(programs: Iterable[Program]) -> tuple[Card, ...]:
    """A card for each program of which the listing says more than where it is."""
    return tuple(
        Card(one.name, lower_first(one.type.name), facts(one), one.url)
        for one in programs
        if one.url or len(facts(one)) > (1 if one.destination else 0)
    )


def _sources(programs: Sequence[Program]) -> tuple[Source, ...]:
    return tuple({one.source.key: one.source for one in programs if one.source}.values())


# --- lists ------------------------------------------------------------------------------------------------------------
def found(
    programs: Sequence[Program],
    wished: Wished,
    start: int,
    notes: Sequence[str],
    more: Sequence[Widening] = (),
    unsure_too: bool = False,
) -> Reply:
    """A page of matching programs, counted and explained; `unsure_too` where there are others that may match."""
    head = f"I know {wished.count(len(programs))}{wished.about}:" if start == 0 else _further(programs, wished, start)
    only_named = "" if start or not wished.plain else _only_named(len(programs[:SHOWN]))
    told = (" ".join(filter(None, (*notes, brings_more(more)))), only_named)
    then = (SHOW_MORE,) if start + SHOWN < len(programs) else (SHOW_UNSURE,) if unsure_too else ()
    return _page(programs, wished, start, head, told, (*then, *widening_buttons(more)))


def unsure(
    doubtful: Unsure, wished: Wished, start: int, notes: Sequence[str], more: Sequence[Widening], alone: bool
) -> Reply:
    """A page of what fits as far as it says, and what these don't state; `alone` where nothing is known to match."""
    programs = doubtful.programs
    then = (SHOW_MORE,) if start + SHOWN < len(programs) else ()
    if start:
        return _page(programs, wished, start, f"What may fit, {_range(programs, start)}:", (), then)
    these, fit = ("This one", "fits") if len(programs) == 1 else (f"These {len(programs)}", "fit")
    of_all = _unsaid_by_all(doubtful)
    if not alone:
        head = f"{these} may fit, but {_silence(doubtful)}:"
    elif of_all and len(of_all) == len(doubtful.silent) and not doubtful.foreign:
        head = (
            f"{capital(wished.by)} {does_not(wished.by == 'the guide')} state {listed(of_all, 'or')}, so I can't be certain of "
            f"any {wished.one}{wished.about}. {these} {fit} otherwise:"
        )
    else:
        head = (
            f"I can't be certain of any {wished.one}{wished.about}. {these} {fit} otherwise, but {_silence(doubtful)}:"
        )
    certain = brings_more(more, "")
    helps = f"For certain there {'is' if more[0].count == 1 else 'are'} {certain}" if certain else ""
    buttons = (*then, *(widening_buttons(more) or (NEW_SEARCH,)))
    page = _page(programs, wished, start, head, (*notes, helps), buttons)
    return replace(page, outcome=DECLINED) if alone and _asked_for_figures(doubtful) else page


def _asked_for_figures(doubtful: Unsure) -> bool:
    """Whether a figure was wished for that no program states: what was asked is not known, whatever else fits."""
    return any(doubtful.silent.get(kind) == len(doubtful.programs) for kind in FIGURES)


def _page(
    programs: Sequence[Program],
    wished: Wished,
    start: int,
    head: str,
    notes: Sequence[str],
    buttons: tuple[Button, ...],
) -> Reply:
    page = programs[start : start + SHOWN]
    rest = len(programs) - start - len(page)
    text = paragraphs(
        head,
        bullets(_line(one, wished) for one in page),
        f"There {'is' if rest == 1 else 'are'} {rest} more." if rest > 0 else "",
        *notes,
    )
    return Reply(text, ANSWERED, None, _sources(page), (*buttons[: MOST_BUTTONS - 1], PERSON), _cards(page))


def _only_named(count: int) -> str:
    one, them = ("this one", "it") if count == 1 else ("these", "them")
    return f"The guide only names {one}; it states no prices, dates, lengths or modes for {them}."


def _further(programs: Sequence[Program], wished: Wished, start: int) -> str:
    return f"{capital(wished.several)}{wished.about}, {_range(programs, start)}:"


def _range(programs: Sequence[Program], start: int) -> str:
    """ "6 to 10 of 14"."""
    last = min(start + SHOWN, len(programs))
    return f"{f'{start + 1} to {last}' if last > start + 1 else last} of {len(programs)}"


def _unsaid_by_all(doubtful: Unsure) -> list[str]:
    return [UNSAID[kind] for kind, number in doubtful.silent.items() if number == len(doubtful.programs)]


def _silence(doubtful: Unsure) -> str:
    """What keeps programs from being certain: "1 doesn't state a price and 2 give their price in GBP, ..."."""
    count = len(doubtful.programs)
    of_all = _unsaid_by_all(doubtful)
    reasons = [f"{does_not(count == 1)} state {listed(of_all, 'or')}"] if of_all else []
    for kind, number in doubtful.silent.items():
        if number < count:
            reasons.append(f"{number} {does_not(number == 1)} state {UNSAID[kind]}")
    for currency, number in doubtful.foreign.items():
        gives = "gives its price" if number == 1 else "give their prices"
        reasons.append(f"{f'{number} ' if number < count else ''}{gives} in {currency}, which I don't convert")
    return listed(reasons)


def also_unsure(doubtful: Unsure) -> str:
    """What may match beside a list of what does."""
    count = len(doubtful.programs)
    return f"{count} more may fit, but {_silence(doubtful)}." if count else ""


def silent_on_exclusion(count: int, what: str) -> str:
    """Programs that stay in a list since nobody knows whether they should be left out."""
    one = count == 1
    return f"{count} of these {does_not(one)} state {UNSAID[what]}, so I left {'it' if one else 'them'} in."


def no_finer_than(place: str, destination: str, by: str) -> str:
    """A country can't be told from the others of its destination."""
    return f"{capital(by)} {'says' if by == 'the guide' else 'say'} only {destination}, not {place} in particular."


def other_fields(fields: Sequence[str]) -> str:
    """Where there is something, when there is nothing of what was asked."""
    return f"There are programs in {listed(fields)}, among others."


def no_currency(number: float) -> str:
    """The wish named none."""
    return f"You named no currency, so I compared the bare {amount(number, None)} with each price."


def not_compared(currencies: Sequence[str]) -> str:
    """A list in order of price holds several currencies."""
    return f"The prices are in {listed(currencies)}, which I don't convert; each is in order by itself."


# --- nothing found ----------------------------------------------------------------------------------------------------
def none_found(
    wished: Wished,
    notes: Sequence[str],
    elsewhere: FieldAnswer | None,
    wanted: Sequence[Destination],
    more: Sequence[Widening],
) -> Reply:
    """No listed program matches: what would, where the field is at home, what the destination is popular for."""
    homes = [
        *(elsewhere.destinations if elsewhere else ()),
        *(wanted if not elsewhere or not elsewhere.destinations else ()),
    ]
    first = f"{capital(wished.by)} {'names' if wished.by == 'the guide' else 'name'} no "
    helps = f"There {'is' if more[0].count == 1 else 'are'} {brings_more(more, '')}" if more else ""
    told = (_field_home(elsewhere), _popular_there(elsewhere, wanted))
    text = paragraphs(f"{first}{wished.one}{wished.about}.", helps, *notes, *told)
    destinations = tuple(Button(one.name, payload("ask_about", destination=one.key)) for one in homes[:2])
    sources = tuple({one.source.key: one.source for one in homes if one.source}.values())
    topic = homes[0].topic.key if homes and homes[0].topic else None
    buttons = (*widening_buttons(more), *destinations, NEW_SEARCH)[: MOST_BUTTONS - 1]
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
            f"**{one.name}** (institutions named there: {listed(each.name for each in one.institutions)})"
            for one in elsewhere.destinations
        ]
        return f"{elsewhere.field.name} is a popular field in {listed(places)}, so that is where to look."
    if near:
        return f"No destination lists {name}; the nearest it has is {listed(near)}."
    return f"No destination lists {name}, nor a field close to it."


def _popular_there(elsewhere: FieldAnswer | None, wanted: Sequence[Destination]) -> str:
    homes = {one.key for one in elsewhere.destinations} if elsewhere else set()
    return " ".join(
        f"Popular fields in {one.short} are {listed(lower_first(field.name) for field in one.fields)}."
        for one in wanted
        if one.key not in homes
    )


def at_home(elsewhere: FieldAnswer | None, wanted: Sequence[Destination]) -> str:
    """Where a field is at home, or what is at home in the destination that was wished."""
    return _field_home(elsewhere) if elsewhere else _popular_there(None, wanted)


def no_more(wished: Wished, with_unsure: bool, more: Sequence[Widening]) -> Reply:
    """The list has ended."""
    text = paragraphs(
        f"Those were all the {wished.several}{wished.about}{', and what may fit' if with_unsure else ''}.",
        brings_more(more),
        "" if more else "Change your wishes at any time, for example another field or country.",
    )
    return Reply(text, ANSWERED, buttons=(*widening_buttons(more)[: MOST_BUTTONS - 2], NEW_SEARCH, PERSON))


# --- questions back ---------------------------------------------------------------------------------------------------
def what_wish(total: int, fields: Sequence[str], stated: Iterable[str]) -> Reply:
    """A search without any preference: how many there are, and one question back."""
    also = [word for name, word in WISH_FOR.items() if name in stated]
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


def cannot_filter(wished: Wished, stated: Iterable[str]) -> Reply:
    """A wish for something that the listings don't hold, or that was not understood as one; the search goes on."""
    ways = ["field", "kind of credential", "provider", *(word for name, word in CAN_FILTER.items() if name in stated)]
    text = paragraphs(
        f"I can't narrow the list by that: {wished.by} {does_not(wished.by == 'the guide')} state it. "
        f"I can search by {listed(ways, 'or')}.",
        f"Your search so far: {wished.several}{wished.about}.",
    )
    return Reply(text, DECLINED, buttons=(Button("Show them", payload("more")), PERSON))
