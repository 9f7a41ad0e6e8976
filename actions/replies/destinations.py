"""Words for destinations, countries and institutions. Fields belong to a destination, never to one institution."""

from __future__ import annotations

from collections.abc import Sequence

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
    sources_of,
)
from knowledge.models import Destination, Field, Institution, OtherName, Place

NOT_WHICH = "The guide doesn't say which of these institutions teaches which field."


def destination(found: Destination) -> Reply:
    """Describe a destination."""
    text = paragraphs(
        found.about,
        bullets(
            [
                f"**Institutions named**: {institution_names(found)}",
                f"**Popular fields**: {field_names(found)}",
                *_known_for(found.strengths),
            ]
        ),
        NOT_WHICH,
    )
    return Reply(text, ANSWERED, found.topic.key if found.topic else None, sources_of(found.source), _next_for(found))


def _known_for(strengths: Sequence[Field]) -> list[str]:
    return [f"**Known for**: {listed(field.name.lower() for field in strengths)}"] if strengths else []


def institution_names(found: Destination) -> str:
    """Return the institutions of a destination as a list in a sentence."""
    return listed(
        f"{one.name} ({one.note or one.country})" if one.note or one.country not in ("", found.name) else one.name
        for one in found.institutions
    )


def field_names(found: Destination) -> str:
    """Return the popular fields of a destination as a list in a sentence."""
    return listed(in_sentence(field) for field in found.fields)


def in_sentence(field: Field) -> str:
    """Return a field's name as it stands in a sentence."""
    return lower_first(field.name)


def _next_for(found: Destination) -> tuple[Button, ...]:
    return (
        Button(f"Programs in {found.short}", payload("find_programs", destination=found.key)),
        Button("Compare destinations", payload("compare")),
        PERSON,
    )


def place(found: Place) -> Reply:
    """Describe a country or city that is no destination, or say that the guide has nothing on it."""
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
            sources_of(found.source),
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
    """Describe a place; if the guide has nothing on it, name the destinations that it describes."""
    plain = place(found)
    if plain.outcome == ANSWERED:
        return plain
    text = f"{plain.text} It describes {listed(one.short for one in all_destinations)}. A person can help with other countries."
    return Reply(text, DECLINED, None, (), (*(destination_button(one) for one in all_destinations[:3]), PERSON))


def destination_button(found: Destination) -> Button:
    """Return a button that asks about a destination."""
    return Button(found.name, payload("ask_about", destination=found.key))


def institution(found: Institution, home: Destination) -> Reply:
    """Describe an institution: where it is, and which fields are popular in its destination (not at it)."""
    where = home.short if found.country in ("", home.name) else f"{found.country}, under {home.short}"
    note = f" ({found.note})" if found.note else ""
    text = paragraphs(
        f"Yes, **{found.name}**{note} is on the guide's list. It is in {where}.",
        f"Popular fields in {home.short} are {field_names(home)}. The guide doesn't say which of them "
        f"{found.name} itself teaches, so check its website.",
    )
    others = [one for one in home.institutions if one.key != found.key]
    if others:
        text = paragraphs(text, f"Also named there: {listed(one.name for one in others)}.")
    return Reply(text, ANSWERED, home.topic.key if home.topic else None, sources_of(found.source), _next_for(home))


def not_in_guide(found: OtherName, home: Destination | None = None) -> Reply:
    """Tell that the guide does not mention a name."""
    text = f"**{found.name}** isn't in the guide, so I have nothing reliable to say about it."
    if home:
        text += f" In {home.short} the guide names {institution_names(home)}."
    return Reply(
        paragraphs(text, f"For {found.name}, ask them directly or talk to a person here."),
        DECLINED,
        None,
        (),
        (*((destination_button(home),) if home else ()), PERSON),
    )


def side_by_side(found: Sequence[Destination]) -> Reply:
    """Compare destinations without a winner, since the guide names none."""
    lines = [
        paragraphs(
            f"**{one.name}**",
            bullets(
                [one.about, f"Institutions named: {institution_names(one)}", f"Popular fields: {field_names(one)}"]
            ),
        )
        for one in found
    ]
    return Reply(
        paragraphs(*lines, "The guide names no winner: choose by the field you want. Which one is yours?"),
        ANSWERED,
        found[0].topic.key if found[0].topic else None,
        sources_of(found[0].source),
        tuple(destination_button(one) for one in found[:3]),
    )


def which_to_compare(all_destinations: Sequence[Destination]) -> Reply:
    """Ask what to compare."""
    return Reply(
        "Which two shall I compare? I can set destinations side by side (for example Canada and the UK), or types such as "
        "bootcamps and nanodegrees.",
        CLARIFY,
        buttons=tuple(destination_button(one) for one in all_destinations[:4]),
    )
