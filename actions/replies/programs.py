"""Words for finding programs: what matches, why, and what the listings don't state."""

from __future__ import annotations

from collections.abc import Sequence

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
from knowledge.records import FieldAnswer, Program, Source

SHOWN = 5  # programs in one message


def found(programs: Sequence[Program], wished: str, start: int, notes: Sequence[str], facts_missing: bool) -> Reply:
    """A page of matching programs, counted and explained."""
    page = programs[start : start + SHOWN]
    rest = len(programs) - start - len(page)
    count = "1 program matches" if len(programs) == 1 else f"{len(programs)} programs match"
    head = f"{count} {wished}:" if start == 0 else f"More that match {wished}:"
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


def none_found(wished: str, notes: Sequence[str], elsewhere: FieldAnswer | None) -> Reply:
    """No listed program matches: which destinations have the field, and what would match."""
    homes = elsewhere.destinations if elsewhere else ()
    field_home = ""
    if homes:
        name = lower_first(elsewhere.field.name)
        places = [
            f"**{one.name}** (institutions named there: {listed(each.name for each in one.institutions)})"
            for one in homes
        ]
        field_home = (
            f"{elsewhere.field.name} is a popular field in {listed(places)}, so that is where to look; "
            f"ask them what they offer in {name}."
        )
    text = paragraphs(f"The guide names no single program {wished}.", field_home, *notes)
    buttons = tuple(Button(one.name, payload("ask_about", destination=one.key)) for one in homes[:2])
    return Reply(
        text,
        ANSWERED,
        homes[0].topic.key if homes and homes[0].topic else None,
        (homes[0].source,) if homes and homes[0].source else (),
        (*buttons, PERSON),
    )


def no_more(wished: str) -> Reply:
    """The list has ended."""
    return Reply(
        f"Those were all that match {wished}. Change your wishes at any time, for example another field or country.",
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
