"""Words for destinations, countries and institutions. Fields belong to a destination, never to one institution."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
    not_ranked,
    paragraphs,
    payload,
    sources_of,
)
from knowledge.models import CredentialType, Destination, Field, FieldAnswer, Institution, OtherName, Place

NOT_WHICH = "The guide doesn't say which of these institutions teaches which field."


def describe_destination(destination: Destination) -> Reply:
    """Describe a destination."""
    text = paragraphs(
        destination.about,
        bullets(
            [
                *([f"**Institutions named**: {institution_names(destination)}"] if destination.institutions else []),
                *([f"**Popular fields**: {field_names(destination)}"] if destination.fields else []),
                *_known_for(destination.strengths),
            ]
        ),
        NOT_WHICH if destination.institutions and destination.fields else "",
    )
    return Reply(
        text,
        ANSWERED,
        destination.topic.key if destination.topic else None,
        sources_of(destination.source),
        _next_for(destination),
    )


def named_there(destination: Destination, before: str = "It names", after: str = " there.") -> str:
    """Return the sentence that names the institutions of a destination, "" if the guide names none."""
    return f"{before} {institution_names(destination)}{after}" if destination.institutions else ""


def popular_in(destination: Destination, before: str, after: str = ".") -> str:
    """Return the words that name the popular fields of a destination, "" if the guide names none."""
    return f"{before} {field_names(destination)}{after}" if destination.fields else ""


def _known_for(strengths: Sequence[Field]) -> list[str]:
    return [f"**Known for**: {listed(field.name.lower() for field in strengths)}"] if strengths else []


def institution_names(destination: Destination) -> str:
    """Return the institutions of a destination as a list in a sentence."""
    return listed(
        f"{institution.name} ({institution.note or institution.country})"
        if institution.note or institution.country not in ("", destination.name)
        else institution.name
        for institution in destination.institutions
    )


def field_names(destination: Destination) -> str:
    """Return the popular fields of a destination as a list in a sentence."""
    return listed(in_sentence(field) for field in destination.fields)


def in_sentence(field: Field) -> str:
    """Return a field's name as it stands in a sentence."""
    return lower_first(field.name)


def with_article(place: str) -> str:
    """Return the name of a country as it stands in a sentence: "the Philippines"."""
    return f"the {place}" if place.startswith("United ") or place.endswith(("ines", "ands", "ates", "dives")) else place


def _next_for(destination: Destination) -> tuple[Button, ...]:
    return (
        Button(f"Programs in {destination.short}", payload("find_programs", destination=destination.key)),
        Button("Compare destinations", payload("compare")),
        PERSON,
    )


def describe_place(place: Place) -> Reply:
    """Describe a country or city that is no destination, or say that the guide has nothing on it."""
    if place.destination:
        inside, home = describe_destination(place.destination), place.destination
        own = f"{note_of(place)} It stands there under {home.short}." if place.note else ""
        known = own or f"The guide doesn't describe {place.name} on its own, only as part of {home.short}."
        there = popular_in(home, f"Popular fields of {home.short} are")
        others = replace(home, institutions=tuple(one for one in home.institutions if one.name not in known))
        lead = " Elsewhere there it names" if len(others.institutions) < len(home.institutions) else " It names"
        text = paragraphs(known, f"{there}{named_there(others, lead, '.')}")
        return Reply(text, ANSWERED, inside.topic, inside.sources, inside.buttons)
    if place.note:
        return Reply(
            f"{note_of(place)} It isn't one of the destinations that the guide describes, so it names no institutions "
            "or fields there.",
            ANSWERED,
            None,
            sources_of(place.source),
            _destinations_button(),
        )
    return Reply(
        f"The guide has nothing on {with_article(place.name)}: it isn't one of the destinations it describes.",
        DECLINED,
        None,
        (),
        (*_destinations_button(), PERSON),
    )


def note_of(place: Place) -> str:
    """Return what is known of a place in a sentence that names it."""
    name = f"**{with_article(place.name)}**"
    named = place.note.replace("calls it", f"calls {name}", 1)
    return named if named != place.note else place.note.replace(" there", f" in {name}", 1)


def _destinations_button() -> tuple[Button, ...]:
    return (Button("Destinations it describes", payload("ask_best_destination")),)


def unlisted_place(place: Place, all_destinations: Sequence[Destination]) -> Reply:
    """Describe a place; if the guide has nothing on it, name the destinations that it describes."""
    plain = describe_place(place)
    if plain.outcome == ANSWERED:
        return plain
    described = listed(destination.short for destination in all_destinations)
    text = f"{plain.text} It describes {described}. A person can help with other countries."
    return Reply(
        text, DECLINED, None, (), (*(destination_button(destination) for destination in all_destinations[:3]), PERSON)
    )


def unlisted_places(places: Sequence[Place], all_destinations: Sequence[Destination]) -> Reply:
    """Tell that the guide has nothing on several places, and name the destinations that it describes."""
    names, described = (
        listed((with_article(place.name) for place in places), "or"),
        listed(each.short for each in all_destinations),
    )
    text = f"The guide has nothing on {names}: it describes {described}. A person can help with other countries."
    buttons = (*(destination_button(destination) for destination in all_destinations[:3]), PERSON)
    return Reply(text, DECLINED, None, (), buttons)


def destination_button(destination: Destination) -> Button:
    """Return a button that asks about a destination."""
    return Button(destination.name, payload("ask_about", destination=destination.key))


def describe_institution(institution: Institution, home: Destination) -> Reply:
    """Describe an institution: where it is, and which fields are popular in its destination (not at it)."""
    where = home.short if institution.country in ("", home.name) else f"{institution.country}, under {home.short}"
    note = f" ({institution.note})" if institution.note else ""
    text = paragraphs(
        f"**{institution.name}**{note} is on the guide's list, in {where}.",
        " ".join(
            part
            for part in (
                popular_in(home, f"Popular fields in {home.short} are"),
                f"The guide doesn't say {'which of them' if home.fields else 'what'} {institution.name} itself teaches, so "
                "check its website.",
            )
            if part
        ),
    )
    return Reply(
        text, ANSWERED, home.topic.key if home.topic else None, sources_of(institution.source), _next_for(home)
    )


def not_in_guide(others: Sequence[OtherName], home: Destination | None = None) -> Reply:
    """Tell that the guide does not mention one or several names."""
    names, single = listed(f"**{one.name}**" for one in others), len(others) == 1
    isnt, it = ("isn't", "it") if single else ("aren't", "them")
    text = f"{names} {isnt} in the guide, so I have nothing reliable to say about {it}."
    if home:
        text += named_there(home, f" In {home.short} the guide names", ".")
    return Reply(
        paragraphs(text, f"Ask {listed(one.name for one in others)} directly, or talk to a person here."),
        DECLINED,
        None,
        (),
        (*((destination_button(home),) if home else ()), PERSON),
    )


def side_by_side(
    destinations: Sequence[Destination],
    field: FieldAnswer | None = None,
    ranked_by: str = "",
    told: Collection[str] = (),
) -> Reply:
    """Compare destinations without a winner, since the guide names none.

    First goes that it ranks none by what they are compared by (`ranked_by`), or which of them has the field. Of those whose
    keys were `told` of before, nothing is told again.
    """
    new = [one for one in destinations if one.key not in told]
    ranks = f"ranks {'neither' if len(destinations) == 2 else 'none of them'}"
    names = [one.short for one in destinations]
    if ranked_by:
        lines = [f"**{one.name}**{popular_in(one, ': popular fields are')}" for one in new]
        parts: tuple[str, ...] = (
            not_ranked(names, ranked_by),
            "It tells them apart by their fields:" if not told else "",
            bullets(lines),
        )
    else:
        lines = [
            f"{with_bold(one.name, one.about)}{popular_in(one, ' Popular fields:')}"
            f"{named_there(one, ' Institutions named:', '.')}"
            for one in new
        ]
        if told:
            first = f"{_which_has(destinations, field)} The guide {ranks}." if field else not_ranked(names, "better")
            parts = (first, *lines)
        elif field:
            parts = (_which_has(destinations, field), bullets(lines), f"The guide {ranks}.")
        else:
            parts = (bullets(lines), f"The guide {ranks}: choose by the field that you want. Which one is yours?")
    topic = new[0].topic if new and not ranked_by else None
    buttons = tuple(destination_button(one) for one in destinations[:3])
    return Reply(
        paragraphs(*parts), ANSWERED, topic.key if topic else None, sources_of(destinations[0].source), buttons
    )


def with_bold(name: str, about: str) -> str:
    """Return what is said about a thing with its name in bold before it, or where it begins with the name."""
    return f"**{name}**{about.removeprefix(name)}" if about.startswith(name) else f"**{name}**: {about}"


def with_unlisted(places: Sequence[Destination | Place], field: FieldAnswer | None) -> Reply:
    """Compare destinations with places that are none: what is known of each, in a line, and which has the field."""
    described = [place for place in places if isinstance(place, Destination)]
    lines = [
        f"**{place.name}**: popular fields are {field_names(place)}; named are {institution_names(place)}."
        if isinstance(place, Destination)
        else f"**{place.name}**: {_of_unlisted(place)}"
        for place in places
    ]
    return Reply(
        paragraphs(bullets(lines), _which_has(places, field)),
        ANSWERED if described else DECLINED,
        None,
        sources_of(*(place.source for place in described)),
        (*(destination_button(place) for place in described[:3]), PERSON),
    )


def _which_has(places: Sequence[Destination | Place], field: FieldAnswer | None) -> str:
    if field is None:
        return "Which fits better depends on your field. Which one is it?"
    name, homes = in_sentence(field.field), [one.short for one in field.destinations]
    if fitting := [place.name for place in places if isinstance(place, Destination) and place.short in homes]:
        return f"For {name}, {listed(fitting)} fits: it is among the popular fields there."
    none = "neither lists it" if len(places) == 2 else "none of them lists it"
    return f"For {name}, {none}{f'; it is popular in {listed(homes)}' if homes else ''}."


def _of_unlisted(place: Place) -> str:
    none = "no institutions or fields are named there, as it isn't one of the destinations that I know"
    return (
        f"{lower_first(place.note.rstrip('.')).replace('the guide calls it', 'it is called')}, but {none}."
        if place.note
        else f"{none}."
    )


def which_to_compare(all_destinations: Sequence[Destination], kinds: Sequence[CredentialType]) -> Reply:
    """Ask what to compare, with two destinations and two kinds of credential as examples."""
    places = listed(with_article(one.short) for one in all_destinations[:2])
    types = listed(lower_first(one.plural) for one in kinds[:2])
    return Reply(
        f"Which two shall I compare? I can set destinations side by side (for example {places}), or types such as {types}.",
        CLARIFY,
        buttons=tuple(destination_button(destination) for destination in all_destinations[:4]),
    )
