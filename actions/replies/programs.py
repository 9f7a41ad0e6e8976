"""Words for finding programs: what matches and why, what is not stated, and what would bring more."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

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
from knowledge.records import Destination, FieldAnswer, Program, Source

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
SPOKEN = {
    "destination": "the country",
    "type": "the kind of credential",
    "provider": "the provider",
    "institution": "the institution",
    "mode": "the way of studying",
    "max_price": "the price",
    "start": "the start",
    "max_hours": "the hours a week",
    "max_duration": "the length",
    "level": "the level",
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
MOVED = {
    "max_price": ("for up to {}", "Up to {}"),
    "max_hours": ("with up to {} hours a week", "Up to {} hours"),
    "max_duration": ("taking up to {}", "Up to {}"),
    "start": ("starting in {}", "{} too"),
    "near field": ("in {}, a field close by", "{} too"),
    "other field": ("in {}", "{}"),
    "type": ("if {} are fine too", "{} too"),
}
NEW_SEARCH = Button("New search", payload("refine", any="all"))
SHOW_MORE = Button("Show more", payload("more"))


@dataclass(frozen=True)
class Wished:
    """A wish in words: what `one` and `several` such programs are called, all else (" for leadership in Canada"), which
    facts it asks for, and who lists the programs ("the guide"). `plain` says that the listings hold no facts at all."""

    one: str
    several: str
    about: str
    asked: tuple[str, ...] = ()
    by: str = "the listings"
    plain: bool = False

    def count(self, number: int) -> str:
        return f"{number} {self.one if number == 1 else self.several}"


@dataclass(frozen=True)
class Widening:
    """How many programs come in when the wishes of `kinds` give way, as far as `label` ("Canada", "650 EUR") where it is
    given; `change` is the button's payload that makes it so."""

    count: int
    kinds: tuple[str, ...]
    label: str
    change: Mapping[str, str]


@dataclass(frozen=True)
class Unsure:
    """Programs that fit as far as they say: which facts how many of them leave open, and whose currency is another."""

    programs: Sequence[Program]
    silent: Mapping[str, int]
    foreign: Mapping[str, int]


# --- forms ------------------------------------------------------------------------------------------------------------
def amount(number: float, currency: str | None) -> str:
    """ "1,200 EUR"; nothing is "free of charge"."""
    if not number:
        return "free of charge"
    return f"{number:,.2f}".removesuffix(".00") + (f" {currency}" if currency else "")


def day(found: date) -> str:
    return f"{found.day} {month(found)}"


def month(found: date) -> str:
    return f"{calendar.month_name[found.month]} {found.year}"


def price_wished(number: float, currency: str | None) -> str:
    return f"for up to {amount(number, currency)}" if number else "free of charge"


def start_wished(first: date | None, last: date | None) -> str:
    """ "starting in March 2027", "starting from 1 March 2027", "starting between ... and ..."."""
    if first and last:
        if _is_month_start(first) and _is_month_end(last):
            if (first.year, first.month) == (last.year, last.month):
                return f"starting in {month(first)}"
            if (first.month, last.month, first.year) == (1, 12, last.year):
                return f"starting in {first.year}"
            return f"starting between {month(first)} and {month(last)}"
        return f"starting on {day(first)}" if first == last else f"starting between {day(first)} and {day(last)}"
    if first:
        return f"starting in {month(first)} or later" if _is_month_start(first) else f"starting from {day(first)}"
    if last is None:
        return ""
    return f"starting by {'the end of ' + month(last) if _is_month_end(last) else day(last)}"


def _is_month_start(found: date) -> bool:
    return found.day == 1


def _is_month_end(found: date) -> bool:
    return found.day == calendar.monthrange(found.year, found.month)[1]


def facts(one: Program) -> tuple[str, ...]:
    """What a listing states, a line a fact."""
    lines = (
        ("Mode", lower_first(one.mode.name) if one.mode else ""),
        ("Where", one.destination.name if one.destination else ""),
        ("Institution", one.institution.name if one.institution else ""),
        ("Price", "" if one.price is None else amount(one.price, one.currency)),
        ("Starts", day(one.start) if one.start else ""),
        ("Apply by", day(one.deadline) if one.deadline else ""),
        ("Length", one.duration),
        ("Hours a week", f"{one.hours_per_week:g}" if one.hours_per_week is not None else ""),
        ("Level", lower_first(one.level)),
        ("Credits", one.credits),
        ("Checked on", day(one.checked_on) if one.checked_on else ""),
    )
    return tuple(f"{label}: {value}" for label, value in lines if value)


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
    said = ", ".join(part for part in shown if part)
    return f"**{one.name}** ({said})" if said else f"**{one.name}**"


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
    programs: Sequence[Program], wished: Wished, start: int, notes: Sequence[str], more: Sequence[Widening] = ()
) -> Reply:
    """A page of matching programs, counted and explained."""
    head = f"I know {wished.count(len(programs))}{wished.about}:" if start == 0 else _further(programs, wished, start)
    only_named = "" if start or not wished.plain else _only_named(len(programs[:SHOWN]))
    return _page(
        programs, wished, start, head, (" ".join(filter(None, (*notes, _brings_more(more)))), only_named), more
    )


def unsure(doubtful: Unsure, wished: Wished, start: int, notes: Sequence[str], more: Sequence[Widening]) -> Reply:
    """Nothing is known to match; a page of what fits otherwise, and what these don't state."""
    programs = doubtful.programs
    if start:
        return _page(programs, wished, start, _further(programs, wished, start), ())
    fit = "This one fits" if len(programs) == 1 else f"These {len(programs)} fit"
    of_all = _unsaid_by_all(doubtful)
    if of_all and len(of_all) == len(doubtful.silent) and not doubtful.foreign:
        head = (
            f"{_capital(wished.by)} {_not(wished.by == 'the guide')} state {listed(of_all, 'or')}, so I can't be certain of "
            f"any {wished.one}{wished.about}. {fit} otherwise:"
        )
    else:
        head = f"I can't be certain of any {wished.one}{wished.about}. {fit} otherwise, but {_silence(doubtful)}:"
    certain = _brings_more(more, "")
    helps = f"For certain there {'is' if more[0].count == 1 else 'are'} {certain}" if certain else ""
    return _page(programs, wished, start, head, (*notes, helps), more)


def _page(
    programs: Sequence[Program],
    wished: Wished,
    start: int,
    head: str,
    notes: Sequence[str],
    more: Sequence[Widening] = (),
) -> Reply:
    page = programs[start : start + SHOWN]
    rest = len(programs) - start - len(page)
    buttons = (*((SHOW_MORE,) if rest > 0 else ()), *_buttons(more))
    return Reply(
        paragraphs(
            head,
            bullets(_line(one, wished) for one in page),
            f"There {'is' if rest == 1 else 'are'} {rest} more." if rest > 0 else "",
            *notes,
        ),
        ANSWERED,
        None,
        _sources(page),
        (*buttons[: MOST_BUTTONS - 1], PERSON),
        _cards(page),
    )


def _only_named(count: int) -> str:
    one, them = ("this one", "it") if count == 1 else ("these", "them")
    return f"The guide only names {one}; it states no prices, dates, lengths or modes for {them}."


def _further(programs: Sequence[Program], wished: Wished, start: int) -> str:
    last = min(start + SHOWN, len(programs))
    which = f"{start + 1} to {last}" if last > start + 1 else str(last)
    return f"{_capital(wished.several)}{wished.about}, {which} of {len(programs)}:"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _unsaid_by_all(doubtful: Unsure) -> list[str]:
    return [UNSAID[kind] for kind, number in doubtful.silent.items() if number == len(doubtful.programs)]


def _silence(doubtful: Unsure) -> str:
    """What keeps programs from being certain: "1 doesn't state a price and 2 give their price in GBP, ..."."""
    count = len(doubtful.programs)
    of_all = _unsaid_by_all(doubtful)
    reasons = [f"{_not(count == 1)} state {listed(of_all, 'or')}"] if of_all else []
    for kind, number in doubtful.silent.items():
        if number < count:
            reasons.append(f"{number} {_not(number == 1)} state {UNSAID[kind]}")
    for currency, number in doubtful.foreign.items():
        gives = "gives its price" if number == 1 else "give their prices"
        reasons.append(f"{f'{number} ' if number < count else ''}{gives} in {currency}, which I don't convert")
    return listed(reasons)


def _not(one: bool) -> str:
    return "doesn't" if one else "don't"


def also_unsure(doubtful: Unsure) -> str:
    """What may match beside a list of what does."""
    count = len(doubtful.programs)
    return f"{count} more may fit, but {_silence(doubtful)}." if count else ""


def silent_on_exclusion(count: int, what: str) -> str:
    """Programs that stay in a list since nobody knows whether they should be left out."""
    one = count == 1
    return f"{count} of these {_not(one)} state {UNSAID[what]}, so I left {'it' if one else 'them'} in."


def no_finer_than(place: str, destination: str, by: str) -> str:
    """A country can't be told from the others of its destination."""
    return f"{_capital(by)} {'says' if by == 'the guide' else 'say'} only {destination}, not {place} in particular."


def other_fields(fields: Sequence[str]) -> str:
    """Where there is something, when there is nothing of what was asked."""
    return f"There are programs in {listed(fields)}, among others."


def no_currency(number: float) -> str:
    """The wish named none."""
    return f"You named no currency, so I compared the bare {amount(number, None)} with each price."


def not_compared(currencies: Sequence[str]) -> str:
    """A list in order of price holds several currencies."""
    return f"The prices are in {listed(currencies)}, which I don't convert; each is in order by itself."


# --- what would help --------------------------------------------------------------------------------------------------
def _brings_more(more: Sequence[Widening], word: str = "more") -> str:
    """ "2 more if Canada is fine too; 1 more for up to 650 EUR." """
    parts = [f"{one.count} {word.format(s='s' if one.count == 1 else '')} {_give(one)}" for one in more]
    return f"{'; '.join(' '.join(part.split()) for part in parts)}." if more else ""


def _give(one: Widening) -> str:
    """What has to give way: "if Canada is fine too"."""
    kind = one.kinds[0]
    if not one.label:
        return _given_up(one.kinds)
    if kind.startswith("-"):
        return f"if {one.label} is fine after all"
    return MOVED.get(kind, ("if {} is fine too",))[0].format(one.label)


def _given_up(kinds: Sequence[str]) -> str:
    spoken = [SPOKEN[kind] for kind in kinds]
    if len(spoken) == 1:
        return f"if {spoken[0]} {_not(kinds[0] != 'max_hours')} matter"
    return f"if neither {listed(spoken, 'nor')} matters" if len(spoken) == 2 else f"if {listed(spoken)} don't matter"


def _buttons(more: Iterable[Widening]) -> tuple[Button, ...]:
    return tuple(Button(_title(one), payload("refine", **one.change)) for one in more if one.change)


def _title(one: Widening) -> str:
    if not one.label:
        return f"Any {listed(SPOKEN[kind].removeprefix('the ') for kind in one.kinds)}"
    title = MOVED.get(one.kinds[0], ("", "{} too"))[1].format(one.label)
    return _capital(title)


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
    first = f"{_capital(wished.by)} {'names' if wished.by == 'the guide' else 'name'} no "
    helps = f"There {'is' if more[0].count == 1 else 'are'} {_brings_more(more, '')}" if more else ""
    told = (_field_home(elsewhere), _popular_there(elsewhere, wanted))
    text = paragraphs(f"{first}{wished.one}{wished.about}.", helps, *notes, *told)
    destinations = tuple(Button(one.name, payload("ask_about", destination=one.key)) for one in homes[:2])
    sources = tuple({one.source.key: one.source for one in homes if one.source}.values())
    topic = homes[0].topic.key if homes and homes[0].topic else None
    buttons = (*_buttons(more), *destinations, NEW_SEARCH)[: MOST_BUTTONS - 1]
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


def no_more(wished: Wished, more: Sequence[Widening]) -> Reply:
    """The list has ended."""
    text = paragraphs(
        f"Those were all the {wished.several}{wished.about}.",
        _brings_more(more),
        "" if more else "Change your wishes at any time, for example another field or country.",
    )
    return Reply(text, ANSWERED, buttons=(*_buttons(more)[: MOST_BUTTONS - 2], NEW_SEARCH, PERSON))


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
        f"I can't narrow the list by that: {wished.by} {_not(wished.by == 'the guide')} state it. "
        f"I can search by {listed(ways, 'or')}.",
        f"Your search so far: {wished.several}{wished.about}.",
    )
    return Reply(text, DECLINED, buttons=(Button("Show them", payload("more")), PERSON))
