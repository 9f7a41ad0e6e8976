"""Words for what destinations and places are known for, and whether they are described at all."""

from __future__ import annotations

from collections.abc import Sequence

from actions.replies.base import ANSWERED, DECLINED, NOT_KNOWN, PERSON, Reply, capital, listed, paragraphs, sources_of
from actions.replies.destinations import destination_button, field_names, in_sentence, named_there, popular_in
from actions.replies.facts.operations import number
from actions.replies.facts.relations import Where, of_destination, owner, short_name
from knowledge.models import Destination, Field, FieldAnswer, Place, Strength


def known_for(where: Where, field: Field, strength: Strength, home: Destination | None, yes_no: bool) -> Reply:
    """Tell that a place is known for a field, and the limits of that."""
    name, short = in_sentence(field), short_name(where)
    first = f"{'Yes, the' if yes_no else 'The'} guide names **{short}** as known for **{name}**."
    if home is None:
        text = f"{short} isn't one of the destinations it describes, so it names no institutions there."
        return Reply(paragraphs(first, text), ANSWERED, None, sources_of(strength.source), (PERSON,))
    there = [one for one in home.institutions if one.country == short] or home.institutions
    named = f"It names {listed(one.name for one in there)} there, without saying what they teach. " if there else ""
    limits = f"It isn't among the popular fields of {home.short}{popular_in(home, ' (', ')')}.".replace("( ", "(")
    reply = of_destination(paragraphs(first, f"{named}{limits}"), home)
    return Reply(reply.text, reply.outcome, reply.topic, sources_of(strength.source, home.source), reply.buttons)


def popular_there(where: Where, home: Destination, field: Field, yes_no: bool) -> Reply:
    """Tell that a field is popular in a destination."""
    name = in_sentence(field)
    first = f"{'Yes, **' + name if yes_no else '**' + capital(name)}** is a popular field of **{home.short}**."
    if where is not home:
        short = short_name(where)
        first = f"The guide says it of {home.short} as a whole, not of {short}: **{name}** is a popular field there."
    named = named_there(home, "Named there:", ". The guide doesn't say which of them teach it.")
    return of_destination(paragraphs(first, named), home)


def not_popular_there(where: Where, home: Destination, field: FieldAnswer, asks_popular: bool, yes_no: bool) -> Reply:
    """Tell that a field isn't among the popular ones of a destination, which ones are, and where it is."""
    name = in_sentence(field.field)
    opening = NOT_KNOWN if yes_no else "The"
    listed_there = popular_in(home, "the popular fields there are", "") or "it names no popular fields there"
    first = (
        f"No, **{name}** isn't among the popular fields of **{home.short}**; {listed_there}."
        if asks_popular
        else f"{opening} guide doesn't name **{name}** for **{home.short}**; {listed_there}."
    )
    if where is not home:
        covered = f"{short_name(where)}, which it covers under {home.short}"
        first = f"{opening} guide doesn't name **{name}** for {covered}; {listed_there}."
    elsewhere = [one for one in field.destinations if one.key != home.key]
    near = [each for each, places in field.near if any(one.key == home.key for one in places)]
    parts = [
        f"{capital(name)} is one of {listed(owner(one) for one in elsewhere)}." if elsewhere else "",
        f"The closest of them is {listed(map(in_sentence, near))}." if near else "",
        _known_elsewhere(field),
    ]
    return of_destination(paragraphs(first, " ".join(part for part in parts if part)), home, *elsewhere)


def _known_elsewhere(field: FieldAnswer) -> str:
    own = [strength for strength in field.strengths if strength.field.key == field.field.key]
    return f"It names {listed(short_name(one.where) for one in own)} as known for it." if own else ""


def which_has_field(field: FieldAnswer, asked: Sequence[Destination]) -> Reply:
    """Tell which of the destinations has a field among its popular ones."""
    name = in_sentence(field.field)
    having = [one for one in asked if any(one.key == each.key for each in field.destinations)]
    without = [one for one in asked if one not in having]
    if having and without:
        there, not_there = (listed(one.short for one in each) for each in (having, without))
        text = f"**{capital(there)}**: {name} is among the popular fields there, not in {not_there}."
    elif having:
        text = f"All of them: **{name}** is a popular field of {listed(one.short for one in having)}."
    else:
        elsewhere = f"; it is one of {listed(owner(one) for one in field.destinations)}" if field.destinations else ""
        shorts = listed((one.short for one in asked), "or")
        text = f"Neither: **{name}** isn't among the popular fields of {shorts}{elsewhere}."
    near = [
        f"{one.short} has {listed(in_sentence(each) for each, places in field.near if one in places)}"
        for one in without
        if any(one in places for _, places in field.near)
    ]
    home = (having or field.destinations or asked)[0]
    close = f"Close to it: {listed(near)}." if near else ""
    return of_destination(paragraphs(text, close), home, *[one for one in asked if one is not home])


def is_destination(destination: Destination, all_of_them: Sequence[Destination]) -> Reply:
    """Confirm that a destination is described."""
    others = listed(one.short for one in all_of_them if one.key != destination.key)
    first = f"Yes, **{destination.name}** is one of the {number(len(all_of_them))} destinations in the guide."
    second = f"{popular_in(destination, 'Popular there:')} The others are {others}.".strip()
    return of_destination(paragraphs(first, second), destination)


def is_within(place: Place, home: Destination) -> Reply:
    """Tell that a place is no destination of its own, and under which it is covered."""
    first = f"Not on its own: **{place.name}** is covered under {home.short}."
    there = [one.name for one in home.institutions if one.country == place.name]
    known = f"It is named as known for {listed(map(in_sentence, place.strengths))}." if place.strengths else ""
    named = f"The guide names {listed(there)} there." if there else ""
    return of_destination(paragraphs(first, " ".join(part for part in (known, named) if part)), home)


def is_outside(place: Place, all_of_them: Sequence[Destination]) -> Reply:
    """Tell that a place is no destination, and which ones there are."""
    known = f" It only calls it known for {listed(map(in_sentence, place.strengths))}." if place.strengths else ""
    first = f"No, **{place.name}** isn't one of the guide's destinations.{known}"
    second = f"Those are {listed(one.short for one in all_of_them)}. A person can help with other countries."
    buttons = (*(destination_button(one) for one in all_of_them[:3]), PERSON)
    return Reply(paragraphs(first, second), DECLINED, None, sources_of(place.source), buttons)


def part_of(place: Place, asked: Destination, yes_no: bool) -> Reply:
    """Tell whether a place belongs to a destination."""
    home = place.destination
    if home and home.key == asked.key:
        return of_destination(f"Yes, the guide counts **{place.name}** under {home.short}.", home)
    start = "No" if yes_no else "Not there"
    where = (
        f"the guide counts **{place.name}** under {home.short}"
        if home
        else f"**{place.name}** is in none of its destinations"
    )
    return of_destination(f"{start}, {where}.", home or asked)


def which_is_known(field: FieldAnswer, known: Sequence[Where], others: Sequence[Where]) -> Reply:
    """Tell which of several places is called known for a field."""
    name = in_sentence(field.field)
    shorts = listed(f"**{short_name(one)}**" for one in known)
    not_there = f", not {listed((short_name(one) for one in others), 'or')}" if others else ""
    first = f"{_capital_bold(shorts)}: the guide names it as known for {name}{not_there}."
    homes = [one if isinstance(one, Destination) else one.destination for one in known]
    limits = f"{capital(name)} isn't among the popular fields of any destination." if not field.destinations else ""
    sources = sources_of(*(one.source for one in field.strengths))
    buttons = (*(destination_button(one) for one in homes if one), PERSON)
    return Reply(paragraphs(first, limits), ANSWERED, None, sources, buttons)


def _capital_bold(text: str) -> str:
    return text[:2] + capital(text[2:])


def two_destinations(first: Destination, second: Destination) -> Reply:
    """Tell that a destination doesn't belong to another one."""
    text = f"No, **{first.short}** and **{second.short}** are two destinations of their own in the guide."
    each = f"Popular in {first.short}: {field_names(first)}. In {second.short}: {field_names(second)}."
    return of_destination(paragraphs(text, each), first, second)


def only_there(home: Destination, field: FieldAnswer) -> Reply:
    """Tell whether a field is popular in one destination alone."""
    name = in_sentence(field.field)
    others = [one for one in field.destinations if one.key != home.key]
    first = f"Yes, in the guide **{name}** is a popular field of **{home.short}** alone."
    if others:
        first = f"No, **{name}** is a popular field of {listed(one.short for one in others)} too."
    return of_destination(
        paragraphs(first, "That it isn't listed elsewhere doesn't mean that nobody teaches it there."), home
    )
