"""Words for destinations, countries, fields and institutions. Fields belong to a destination, never to one institution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.replies.base import (
    ANSWERED,
    CLARIFY,
    DECLINED,
    PERSON,
    Button,
    Reply,
    bullets,
    listed,
    lower_first,
    paragraphs,
    payload,
)
from knowledge.models import Destination, Field, FieldAnswer, Institution, OtherName, Place, Program, Source, Strength

NAMED_AT_MOST = 4  # programs in a sentence
NOT_WHICH = "The guide doesn't say which of these institutions teaches which field."


def destination(found: Destination) -> Reply:
    """What the guide says of a destination."""
    text = paragraphs(
        found.about,
        bullets(
            [
                f"**Institutions named**: {_institutions(found)}",
                f"**Popular fields**: {_fields(found)}",
                *_known_for(found.strengths),
            ]
        ),
        NOT_WHICH,
    )
    return Reply(text, ANSWERED, found.topic.key if found.topic else None, _source(found.source), _next_for(found))


def _known_for(strengths: Sequence[Field]) -> list[str]:
    return [f"**Known for**: {listed(field.name.lower() for field in strengths)}"] if strengths else []


def _institutions(found: Destination) -> str:
    return listed(
        f"{one.name} ({one.note or one.country})" if one.note or one.country not in ("", found.name) else one.name
        for one in found.institutions
    )


def _fields(found: Destination) -> str:
    return listed(_in_text(field) for field in found.fields)


def _in_text(field: Field) -> str:
    return lower_first(field.name)


def _source(source: Source | None) -> tuple[Source, ...]:
    return (source,) if source else ()


def _next_for(found: Destination) -> tuple[Button, ...]:
    return (
        Button(f"Programs in {found.short}", payload("find_programs", destination=found.key)),
        Button("Compare destinations", payload("compare")),
        PERSON,
    )


def place(found: Place) -> Reply:
    """A country or city that is not one of the destinations: what the guide does say, or that it says nothing."""
    if found.destination:
        inside = destination(found.destination)
        known = (
            found.note
            or f"The guide doesn't describe {found.name} on its own; it is covered as part of {found.destination.short}."
        )
        return Reply(paragraphs(known, inside.text), ANSWERED, inside.topic, inside.sources, inside.buttons)
    if found.note:
        return Reply(
            f"{found.note} It isn't one of the five destinations that the guide describes, so it names no institutions "
            "or fields there.",
            ANSWERED,
            None,
            _source(found.source),
            _destinations_button(),
        )
    return Reply(
        f"The guide has nothing on {found.name}: it isn't one of the destinations it describes.",
        DECLINED,
        None,
        (),
        (*_destinations_button(), PERSON),
    )


def _destinations_button() -> tuple[Button, ...]:
    return (Button("Destinations it describes", payload("ask_best_destination")),)


def unlisted_place(found: Place, all_destinations: Sequence[Destination]) -> Reply:
    """As `place`, with the destinations that the guide does describe."""
    plain = place(found)
    if plain.outcome == ANSWERED:
        return plain
    text = f"{plain.text} It describes {listed(one.short for one in all_destinations)}. A person can help with other countries."
    return Reply(text, DECLINED, None, (), (*(destination_button(one) for one in all_destinations[:3]), PERSON))


def destination_button(found: Destination) -> Button:
    """A button that asks about a destination."""
    return Button(found.name, payload("ask_about", destination=found.key))


def institution(found: Institution, home: Destination) -> Reply:
    """An institution that the guide names: where it is, and what is popular in its destination (not at it)."""
    where = home.short if found.country in ("", home.name) else f"{found.country}, under {home.short}"
    note = f" ({found.note})" if found.note else ""
    text = paragraphs(
        f"Yes, **{found.name}**{note} is on the guide's list. It is in {where}.",
        f"Popular fields in {home.short} are {_fields(home)}. The guide doesn't say which of them "
        f"{found.name} itself teaches, so check its website.",
    )
    others = [one for one in home.institutions if one.key != found.key]
    if others:
        text = paragraphs(text, f"Also named there: {listed(one.name for one in others)}.")
    return Reply(text, ANSWERED, home.topic.key if home.topic else None, _source(found.source), _next_for(home))


def not_in_guide(found: OtherName, home: Destination | None = None) -> Reply:
    """A name that people mention and the guide does not."""
    text = f"**{found.name}** isn't in the guide, so I have nothing reliable to say about it."
    if home:
        text += f" In {home.short} the guide names {_institutions(home)}."
    return Reply(
        paragraphs(text, f"For {found.name}, ask them directly or talk to a person here."),
        DECLINED,
        None,
        (),
        (*((destination_button(home),) if home else ()), PERSON),
    )


def best_for_field(found: FieldAnswer) -> Reply:
    """Where a field is at home: the destinations that list it, else places known for it, else near fields, else nothing."""
    if found.destinations:
        return _listed_field(found)
    own = [one for one in found.strengths if one.field.key == found.field.key]
    if own:
        return _known_place(found, own)
    if found.near or found.strengths:
        return _near_field(found)
    return _no_field(found.field)


def best_for_industry(name: str, found: Sequence[FieldAnswer]) -> Reply:
    """Where the fields of an industry are at home, each with its destination or the nearest field's."""
    lines, homes = [], []
    for answer in found:
        near = [(field, places) for field, places in answer.near if places]
        if answer.destinations:
            lines.append(f"**{answer.field.name}**: {listed(one.short for one in answer.destinations)}")
            homes += answer.destinations
        elif near:
            field, places = near[0]
            lines.append(
                f"**{answer.field.name}**: not listed itself; close to it is {_in_text(field)} ({_shorts(places)})"
            )
            homes += places
    first = f"It depends on the part of {lower_first(name)}. In the guide's destinations:"
    homes = list(dict.fromkeys(homes))
    return Reply(
        paragraphs(first, bullets(lines), "Which of these is yours?"),
        ANSWERED,
        homes[0].topic.key if homes[0].topic else None,
        _source(homes[0].source),
        (*(destination_button(one) for one in homes[:3]), PERSON),
    )


def _shorts(places: Sequence[Destination]) -> str:
    return listed(one.short for one in places)


def best_without(found: FieldAnswer, excluded: Sequence[Destination]) -> Reply:
    """Where else, once some destinations are left out."""
    keys = {one.key for one in excluded}
    rest = replace(
        found,
        destinations=tuple(one for one in found.destinations if one.key not in keys),
        strengths=tuple(one for one in found.strengths if one.where.key not in keys),
        near=tuple((field, tuple(one for one in places if one.key not in keys)) for field, places in found.near),
    )
    if rest.destinations:
        return _listed_field(rest)
    name = _in_text(found.field)
    return Reply(
        paragraphs(
            f"Leaving out {listed(one.short for one in excluded)}, the guide lists {name} nowhere else.",
            _near_sentence(rest) or "It lists no field close to it in another destination either.",
        ),
        ANSWERED,
        None,
        _source(excluded[0].source if excluded else None),
        (*(destination_button(one) for _, places in rest.near for one in places[:2]), PERSON),
    )


def _listed_field(found: FieldAnswer) -> Reply:
    name = _in_text(found.field)
    lines = [
        f"For **{name}** the guide points to **{one.short}**, which has it among its popular fields. It names "
        f"{_institutions(one)} there, without saying which of them teach it."
        for one in found.destinations
    ]
    return Reply(
        paragraphs(*lines, _near_sentence(found), _programs_sentence(found)),
        ANSWERED,
        found.destinations[0].topic.key if found.destinations[0].topic else None,
        _source(found.destinations[0].source),
        (
            *(destination_button(one) for one in found.destinations[:2]),
            Button("How to choose", payload("choose_help")),
            PERSON,
        ),
    )


def _near_sentence(found: FieldAnswer) -> str:
    near = [f"{_in_text(field)} ({listed(one.short for one in places)})" for field, places in found.near if places]
    return f"Close to it: {listed(near)}." if near else ""


def _programs_sentence(found: FieldAnswer) -> str:
    return f"Programs the guide names in this field: {_some(found.programs)}." if found.programs else ""


def _some(programs: Sequence[Program]) -> str:
    """Their names; of many only the first, since a search lists them page by page."""
    names = [one.name for one in programs[:NAMED_AT_MOST]]
    further = len(programs) - len(names)
    return listed([*names, f"{further} more"] if further else names)


def _short(where: Place | Destination) -> str:
    return where.short if isinstance(where, Destination) else where.name


def _known_place(found: FieldAnswer, own: Sequence[Strength]) -> Reply:
    where, name = own[0].where, _in_text(own[0].field)
    text = (
        f"For **{name}** the guide names **{listed(_short(one.where) for one in own)}** as known for it, as an example of the "
        "industry exposure you get abroad."
    )
    home = getattr(where, "destination", None)
    if home:
        text += f" {where.name} belongs to {home.short} in the guide, where it names {_institutions(home)}."
    elif isinstance(where, Destination):
        text += f" It names {_institutions(where)} there."
    else:
        text += f" {where.name} isn't one of the five destinations it describes, so it names no institutions there."
    limits = f"No destination lists {name} among its popular fields, though."
    button = destination_button(home or where) if home or isinstance(where, Destination) else None
    return Reply(
        paragraphs(text, limits, _near_sentence(found), _programs_sentence(found)),
        ANSWERED,
        None,
        _source(own[0].source),
        (*((button,) if button else ()), PERSON),
    )


def _near_field(found: FieldAnswer) -> Reply:
    name = _in_text(found.field)
    first = f"No destination in the guide lists **{name}** itself."
    near = [
        f"**{_in_text(field)}**, popular in {listed(f'{one.short} ({_institutions(one)})' for one in places)}"
        for field, places in found.near
        if places
    ]
    near += [f"**{_in_text(one.field)}**, for which it names {_short(one.where)}" for one in found.strengths]
    text = paragraphs(first, f"The nearest it has is {listed(near)}.", _programs_sentence(found))
    homes = [one for _, places in found.near for one in places]
    return Reply(
        text,
        ANSWERED,
        homes[0].topic.key if homes and homes[0].topic else None,
        tuple(dict.fromkeys(one.source for one in (*homes, *found.strengths) if one.source)),
        (*(destination_button(one) for one in dict.fromkeys(homes[:2])), PERSON),
    )


def _no_field(field: Field) -> Reply:
    return Reply(
        f"The guide lists no destination for **{_in_text(field)}**, and no field close to it, so I won't name a "
        "best country for it. A person can look further with you.",
        DECLINED,
        None,
        (),
        (Button("Fields it does list", payload("ask_best_destination")), PERSON),
    )


def with_programs(plain: Reply, found: FieldAnswer) -> Reply:
    """An answer about a field that no destination lists, with the programs that the guide names in it."""
    if plain.outcome != DECLINED or not found.programs:
        return plain
    return Reply(
        paragraphs(plain.text, _programs_sentence(found)),
        ANSWERED,
        plain.topic,
        _source(found.programs[0].source),
        plain.buttons,
    )


def with_programs_there(plain: Reply, found: FieldAnswer, where: Destination) -> Reply:
    """An answer about a field in a destination, with the programs that are known there."""
    there = [one for one in found.programs if one.destination and one.destination.key == where.key]
    return replace(plain, text=paragraphs(plain.text, f"Programs I know there: {_some(there)}.")) if there else plain


def field_in_destination(found: FieldAnswer, where: Destination) -> Reply:
    """Is this field at home in that destination?"""
    name = _in_text(found.field)
    if any(one.key == where.key for one in found.destinations):
        text = (
            f"Yes: **{name}** is among the popular fields of **{where.name}** in the guide. It names "
            f"{_institutions(where)} there, without saying which of them teach it."
        )
    else:
        near = [field for field, places in found.near if any(one.key == where.key for one in places)]
        near += [one.field for one in found.strengths if one.where.key == where.key]
        text = (
            f"The guide doesn't list **{name}** among the popular fields of {where.short}; those are {_fields(where)}."
        )
        if near:
            text += f" The closest of them is {listed(_in_text(field) for field in near)}."
        if found.destinations:
            text += f" It lists {name} for {listed(one.short for one in found.destinations)}."
    return Reply(
        text,
        ANSWERED,
        where.topic.key if where.topic else None,
        _source(where.source),
        (
            destination_button(where),
            *(destination_button(one) for one in found.destinations if one.key != where.key),
            PERSON,
        ),
    )


def which_field(all_destinations: Sequence[Destination]) -> Reply:
    """No field was named: the guide ranks no country, so what each is popular for, and a question back."""
    lines = [f"**{one.name}**: {_fields(one)}" for one in all_destinations]
    return Reply(
        paragraphs(
            "The guide doesn't rank countries. It depends on your field; these are popular in each destination:",
            bullets(lines),
            "Which field are you interested in?",
        ),
        ANSWERED,
        None,
        _source(all_destinations[0].source if all_destinations else None),
        tuple(destination_button(one) for one in all_destinations[:4]),
    )


def side_by_side(found: Sequence[Destination]) -> Reply:
    """Destinations compared, without a winner that the guide doesn't name."""
    lines = [
        paragraphs(
            f"**{one.name}**",
            bullets([one.about, f"Institutions named: {_institutions(one)}", f"Popular fields: {_fields(one)}"]),
        )
        for one in found
    ]
    return Reply(
        paragraphs(*lines, "The guide names no winner: choose by the field you want. Which one is yours?"),
        ANSWERED,
        found[0].topic.key if found[0].topic else None,
        _source(found[0].source),
        tuple(destination_button(one) for one in found[:3]),
    )


def which_to_compare(all_destinations: Sequence[Destination]) -> Reply:
    """A comparison of nothing in particular."""
    return Reply(
        "Which two shall I compare? I can set destinations side by side (for example Canada and the UK), or types such as "
        "bootcamps and nanodegrees.",
        CLARIFY,
        buttons=tuple(destination_button(one) for one in all_destinations[:4]),
    )
