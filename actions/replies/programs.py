"""Words for finding programs: what matches, why, and what the listings don't state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actions.replies.base import (
    ANSWERED,
    CLARIFY,
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
from actions.replies.credentials import stated
from knowledge.records import Destination, FieldAnswer, Program, Source

SHOWN = 5  # programs in one message


@dataclass(frozen=True)
class Wished:
    """A wish in words: what `one` and `several` such programs are called, and all else (" for leadership in Canada")."""

    one: str
    several: str
    about: str


def found(programs: Sequence[Program], wished: Wished, start: int, notes: Sequence[str], facts_missing: bool) -> Reply:
    """A page of matching programs, counted and explained."""
    page = programs[start : start + SHOWN]
    rest = len(programs) - start - len(page)
    noun = wished.one if len(programs) == 1 else wished.several
    head = f"I know {len(programs)} {noun}{wished.about}:" if start == 0 else f"More {wished.several}{wished.about}:"
    missing = (
        "The guide only names these; it states no prices, dates, lengths or modes for them." if facts_missing else ""
    )
    buttons = ((Button("Show more", payload("more")),) if rest > 0 else ()) + (
        Button("Talk to a person", payload("want_person")),
    )
    return Reply(
        paragraphs(head, bullets(_line(one) for one in page), f"{rest} more." if rest > 0 else "", *notes, missing),
        ANSWERED,
        None,
        _sources(page),
        buttons,
        tuple(_card(one) for one in page if stated(one)),
    )


def _line(one: Program) -> str:
    by = one.provider.name if one.provider else one.provider_text
    facts = "; ".join(
        fact.replace("**", "").lower() if fact.startswith("**Mode") else fact.replace("**", "") for fact in stated(one)
    )
    detail = ", ".join(
        part
        for part in (
            lower_first(one.type.name),
            f"by {by}" if by else "",
            f"in {one.destination.short}" if one.destination else "",
        )
        if part
    )
    return f"**{one.name}** ({detail})" + (f": {facts}" if facts else "")


def _card(one: Program) -> Card:
    return Card(one.name, lower_first(one.type.name), tuple(stated(one)), one.url)


def _sources(programs: Sequence[Program]) -> tuple[Source, ...]:
    return tuple({one.source.key: one.source for one in programs if one.source}.values())


def not_stated(wished: Wished, what: str, programs: Sequence[Program]) -> Reply:
    """Programs that fit all else, of which the listing doesn't say what was asked."""
    page = programs[:SHOWN]
    rest = len(programs) - len(page)
    text = paragraphs(
        f"I can't tell which {wished.several} there are{wished.about}: the guide doesn't state {what} for these, which fit otherwise:",
        bullets(_line(one) for one in page),
        f"{rest} more." if rest else "",
        "Ask the provider, or tell me another wish.",
    )
    return Reply(text, ANSWERED, None, _sources(page), (PERSON,), tuple(_card(one) for one in page if stated(one)))


def none_found(
    wished: Wished, notes: Sequence[str], elsewhere: FieldAnswer | None, wanted: Sequence[Destination]
) -> Reply:
    """No listed program matches: where the field is at home, what the destination is popular for, what else would match."""
    homes = [
        *(elsewhere.destinations if elsewhere else ()),
        *(wanted if not elsewhere or not elsewhere.destinations else ()),
    ]
    text = paragraphs(
        f"The guide names no single {wished.one}{wished.about}.",
        _field_home(elsewhere),
        _popular_there(elsewhere, wanted),
        *notes,
    )
    buttons = tuple(Button(one.name, payload("ask_about", destination=one.key)) for one in homes[:2])
    sources = tuple({one.source.key: one.source for one in homes if one.source}.values())
    topic = homes[0].topic.key if homes and homes[0].topic else None
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


def no_more(wished: Wished) -> Reply:
    """The list has ended."""
    return Reply(
        f"Those were all the {wished.several}{wished.about}. Change your wishes at any time, for example another field or country.",
        ANSWERED,
        buttons=(PERSON,),
    )


def what_wish(total: int, fields: Sequence[str]) -> Reply:
    """A search without any preference: how many there are, and one question back."""
    return Reply(
        f"I know {total} named programs. Which field interests you? Among others there are {listed(fields)}. You can also name "
        "a country, a kind of credential or a provider.",
        CLARIFY,
        buttons=(
            Button("Kinds of credential", payload("ask_best_type")),
            Button("Destinations", payload("ask_best_destination")),
            PERSON,
        ),
    )
