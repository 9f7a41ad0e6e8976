"""Words for where a field of study is popular. Fields belong to a destination, never to one institution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.replies.base import (
    ANSWERED,
    DECLINED,
    NOT_KNOWN,
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
from actions.replies.destinations import (
    destination_button,
    field_names,
    in_sentence,
    institution_names,
    named_there,
    popular_in,
    with_article,
)
from knowledge.models import Destination, FieldAnswer, Place, Program, Strength

MAX_NAMED = 4  # programs in a sentence


def best_for_field(answer: FieldAnswer) -> Reply:
    """Name the destinations that list a field, else places known for it, else near fields, else say there are none."""
    if answer.destinations:
        return _listed_field(answer)
    own = [strength for strength in answer.strengths if strength.field.key == answer.field.key]
    if own:
        return _known_place(answer, own)
    if answer.near or answer.strengths:
        return _near_field(answer)
    return _no_field(answer)


def best_for_industry(name: str, found: Sequence[FieldAnswer]) -> Reply:
    """Name the destinations for each field of an industry, or for the field nearest to it."""
    lines: list[str] = []
    homes: list[Destination] = []
    for answer in found:
        near = [(field, places) for field, places in answer.near if places]
        if answer.destinations:
            lines.append(f"**{answer.field.name}**: {listed(one.short for one in answer.destinations)}")
            homes += answer.destinations
        elif near:
            field, places = near[0]
            lines.append(
                f"**{answer.field.name}**: not listed itself; close to it is {in_sentence(field)} ({_shorts(places)})"
            )
            homes += places
    first = f"It depends on the part of {lower_first(name)}. In the guide's destinations:"
    homes = list(dict.fromkeys(homes))
    return Reply(
        paragraphs(first, bullets(lines), "Which of these is yours?"),
        ANSWERED,
        homes[0].topic.key if homes[0].topic else None,
        sources_of(homes[0].source),
        (*(destination_button(destination) for destination in homes[:3]), PERSON),
    )


def _shorts(places: Sequence[Destination]) -> str:
    return listed(destination.short for destination in places)


def best_without(answer: FieldAnswer, excluded: Sequence[Destination]) -> Reply:
    """Name the destinations for a field after some were excluded."""
    keys = {destination.key for destination in excluded}
    rest = replace(
        answer,
        destinations=tuple(one for one in answer.destinations if one.key not in keys),
        strengths=tuple(strength for strength in answer.strengths if strength.where.key not in keys),
        near=tuple((field, tuple(one for one in places if one.key not in keys)) for field, places in answer.near),
    )
    if rest.destinations:
        return _listed_field(rest)
    name = in_sentence(answer.field)
    return Reply(
        paragraphs(
            f"Leaving out {listed(one.short for one in excluded)}, the guide lists {name} nowhere else.",
            _near_sentence(rest) or "It lists no field close to it in another destination either.",
        ),
        ANSWERED,
        None,
        sources_of(excluded[0].source if excluded else None),
        (*(destination_button(one) for _, places in rest.near for one in places[:2]), PERSON),
    )


def _listed_field(answer: FieldAnswer) -> Reply:
    name = in_sentence(answer.field)
    homes = answer.destinations
    shorts = listed(f"**{one.short}**" for one in homes)
    among = "has it among its" if len(homes) == 1 else "have it among their"
    named = " ".join(named_there(one, f"In {one.short} it names", ".") for one in homes)
    lines = [
        f"For **{name}** the guide points to {shorts}, which {among} popular fields.",
        f"{named} It doesn't say which of them teach it." if named.strip() else "",
    ]
    return Reply(
        paragraphs(*lines, _programs_sentence(answer)),
        ANSWERED,
        answer.destinations[0].topic.key if answer.destinations[0].topic else None,
        sources_of(answer.destinations[0].source),
        (
            *(destination_button(one) for one in answer.destinations[:2]),
            Button("How to choose", payload("choose_help")),
            PERSON,
        ),
    )


def _near_sentence(answer: FieldAnswer) -> str:
    near = [
        f"{in_sentence(field)} ({listed(destination.short for destination in places)})"
        for field, places in answer.near
        if places
    ]
    return f"Close to it: {listed(near)}." if near else ""


def _programs_sentence(answer: FieldAnswer) -> str:
    return f"Programs the guide names in this field: {_some(answer.programs)}." if answer.programs else ""


def _some(programs: Sequence[Program]) -> str:
    """Return the names of programs, of many only the first, since a search lists them page by page."""
    names = [program.name for program in programs[:MAX_NAMED]]
    further = len(programs) - len(names)
    return listed([*names, f"{further} more"] if further else names)


def _short(where: Place | Destination) -> str:
    return where.short if isinstance(where, Destination) else with_article(where.name)


def because_of_field(answer: FieldAnswer, reasons: Sequence[str] = ()) -> Reply:
    """Give the reason for the places that were named for a field, or for none; `reasons` are those of the places."""
    name = in_sentence(answer.field)
    homes = listed(one.short for one in answer.destinations)
    beyond = " ".join(capital(reason.removeprefix("Because ")) for reason in reasons)
    known = [one for one in answer.strengths if one.field.key == answer.field.key]
    if not homes and known:
        where = listed(_short(one.where) for one in known)
        text = f"Because {where} is named as known for {name}; nothing more is said on why."
        return Reply(text, ANSWERED, None, sources_of(known[0].source), (PERSON,))
    if not homes and answer.near:
        near, places = answer.near[0]
        nearest = (
            f"Because {in_sentence(near)}, the nearest to {name}, is popular in {listed(one.short for one in places)}."
        )
        return Reply(
            f"{nearest} {beyond}".rstrip(), ANSWERED, None, sources_of(*(one.source for one in places[:1])), (PERSON,)
        )
    text = (
        f"Because {name} is among the popular fields of {homes}{f'. {beyond}' if beyond else '; nothing more is said on why.'}"
        if homes
        else f"No reason is given: I only know which fields are popular where, and {name} isn't among them. That doesn't mean "
        "that nobody teaches it."
    )
    return Reply(text, ANSWERED, None, sources_of(*(one.source for one in answer.destinations[:1])), (PERSON,))


def field_elsewhere(answer: FieldAnswer, place: Place) -> Reply:
    """Tell that it isn't known whether a field is taught in a place that is no destination, and where it is popular."""
    name = in_sentence(answer.field)
    own = [strength for strength in answer.strengths if strength.field.key == answer.field.key]
    known = f" {place.note}" if place.note else ""
    homes = listed(one.short for one in answer.destinations)
    elsewhere = f"**{capital(name)}** is popular in {homes}." if homes else ""
    if not homes and own:
        elsewhere = f"Known for it is {listed(_short(strength.where) for strength in own)}."
    return Reply(
        paragraphs(
            f"Whether **{name}** is taught in {with_article(place.name)} isn't said: it is none of the destinations that "
            f"I know.{known}",
            elsewhere or _near_sentence(answer),
            _programs_sentence(answer),
        ),
        ANSWERED if place.note or homes else DECLINED,
        None,
        sources_of(*(one.source for one in answer.destinations[:1])),
        (*(destination_button(one) for one in answer.destinations[:2]), PERSON),
    )


def _with_institutions(destination: Destination) -> str:
    return f"{destination.short} ({institution_names(destination)})" if destination.institutions else destination.short


def _known_place(answer: FieldAnswer, own: Sequence[Strength]) -> Reply:
    where, name = own[0].where, in_sentence(own[0].field)
    places = listed(_short(strength.where) for strength in own)
    text = f"**{capital(places)}** {'are' if len(own) > 1 else 'is'} named as known for **{name}**."
    home = where if isinstance(where, Destination) else where.destination
    if home is None:
        itself = capital(with_article(where.name))
        text += f" {itself} isn't one of the destinations it describes, so it names no institutions there."
    elif home is where:
        text += named_there(home, " The guide names")
    else:
        there = [one for one in home.institutions if one.country == where.name]
        text += f" It stands under {home.short} in the guide"
        text += f", with {listed(one.name for one in there)} among the key institutions." if there else "."
    return Reply(
        paragraphs(text, _near_sentence(answer), _programs_sentence(answer)),
        ANSWERED,
        None,
        sources_of(own[0].source),
        (destination_button(home), PERSON) if home else (PERSON,),
    )


def _near_field(answer: FieldAnswer) -> Reply:
    name = in_sentence(answer.field)
    near = [
        f"**{in_sentence(field)}**, popular in {listed(_with_institutions(one) for one in places)}"
        for field, places in answer.near
        if places
    ]
    near += [f"**{in_sentence(one.field)}**, for which it names {_short(one.where)}" for one in answer.strengths]
    nearest = f"Nearest to **{name}** the guide has {listed(near)}." if near else ""
    itself = f"{capital(name)} itself is on no destination's list of popular fields."
    text = paragraphs(nearest, _programs_sentence(answer), itself)
    homes = [destination for _, places in answer.near for destination in places]
    return Reply(
        text,
        ANSWERED,
        homes[0].topic.key if homes and homes[0].topic else None,
        sources_of(*(home.source for home in homes), *(strength.source for strength in answer.strengths)),
        (*(destination_button(one) for one in dict.fromkeys(homes[:2])), PERSON),
    )


def _no_field(answer: FieldAnswer) -> Reply:
    none = "no country" if answer.programs or answer.types else "no country and no program"  # what there is follows
    return Reply(
        f"The guide names {none} for **{in_sentence(answer.field)}**, nor for a field close to it. A person can look further "
        "with you.",
        DECLINED,
        None,
        (),
        (PERSON,),
    )


def not_there(reply: Reply, places: Sequence[Place]) -> Reply:
    """Say before a decline that the guide has nothing on the places that were named, either."""
    named = listed((f"**{with_article(place.name)}**" for place in places), "or")
    return replace(reply, text=paragraphs(f"The guide has nothing on {named}.", reply.text))


def with_programs(plain: Reply, answer: FieldAnswer) -> Reply:
    """Add the programs, else the types, that the guide names for a field to the reply that no destination lists it."""
    if plain.outcome != DECLINED or not (answer.programs or answer.types):
        return plain
    fit = f"What fits it: {listed(lower_first(kind.plural) for kind in answer.types)}."
    first = answer.programs[0] if answer.programs else answer.types[0]
    kinds = (Button(kind.name, payload("ask_about", type=kind.key)) for kind in answer.types[:2])
    return Reply(
        paragraphs(plain.text, _programs_sentence(answer) or fit),
        ANSWERED if answer.programs else plain.outcome,  # what fits it is not the place that was asked for
        plain.topic,
        sources_of(first.source),
        (*kinds, *plain.buttons),
    )


def with_others(plain: Reply, others: Sequence[FieldAnswer]) -> Reply:
    """Add in a sentence where the other fields of a question are popular, and what is named for them."""
    return replace(plain, text=paragraphs(plain.text, *map(_in_a_line, others))) if others else plain


def _in_a_line(answer: FieldAnswer) -> str:
    name, programs = in_sentence(answer.field), listed(program.name for program in answer.programs[:2])
    homes = listed(one.short for one in answer.destinations)
    own = [strength for strength in answer.strengths if strength.field.key == answer.field.key]
    known = (
        f"For **{name}** the guide names **{listed(_short(one.where) for one in own)}** as known for it" if own else ""
    )
    text = (
        f"**{capital(name)}** is popular in {homes}" if homes else known or f"For **{name}** the guide names no country"
    )
    joined = "; programs named for it are" if len(answer.programs) > 1 else "; the program named for it is"
    return f"{text}{f'{joined} {programs}' if programs else ''}."


def with_close(plain: Reply, answer: FieldAnswer, close: Sequence[Program]) -> Reply:
    """Add the programs of the fields near one that has none of its own, before the reply's last paragraph."""
    known = any(strength.field.key == answer.field.key for strength in answer.strengths)
    if answer.programs or answer.destinations or known or not close:
        return plain
    named = f"Close to {in_sentence(answer.field)} I know by name: {_some(close)}."
    *first, last = plain.text.split("\n\n")
    return replace(plain, text=paragraphs(*first, named, last) if first else paragraphs(last, named))


def with_programs_there(plain: Reply, answer: FieldAnswer, where: Destination) -> Reply:
    """Add the programs in a destination to a reply about a field there."""
    there = [program for program in answer.programs if program.destination and program.destination.key == where.key]
    return replace(plain, text=paragraphs(plain.text, f"Programs I know there: {_some(there)}.")) if there else plain


def field_in_destination(answer: FieldAnswer, where: Destination, yes_no: bool = False) -> Reply:
    """Tell whether a field is popular in a destination, with a yes or no first if the question asks for one."""
    name = in_sentence(answer.field)
    own = [one.where for one in answer.strengths if one.field.key == answer.field.key]
    known = any(one.key == where.key for one in own)
    inside = [
        one.name for one in own if isinstance(one, Place) and one.destination and one.destination.key == where.key
    ]
    if any(destination.key == where.key for destination in answer.destinations):
        text = (
            f"{f'Yes, **{name}**' if yes_no else f'**{capital(name)}**'} is among the popular fields of **{where.short}**."
            + named_there(where, " The guide names", " there; it doesn't say which of them teach it.")
        )
    elif known:
        text = (
            f"The guide names **{where.short}** as known for **{name}**, though not among its popular fields"
            + (popular_in(where, ", which are") or ".")
            + named_there(where, " The guide names")
        )
    elif inside:
        text = f"The guide names **{listed(inside)}** as known for **{name}**" + (
            popular_in(where, f"; the popular fields of {where.short} are") or f", in {where.short}."
        )
    else:
        near = [field for field, places in answer.near if any(one.key == where.key for one in places)]
        near += [strength.field for strength in answer.strengths if strength.where.key == where.key]
        text = f"{NOT_KNOWN if yes_no else 'The'} guide doesn't name **{name}** for {where.short}" + (
            popular_in(where, "; the popular fields there are") or "."
        )
        if near:
            text += f" The closest of them is {listed(in_sentence(field) for field in near)}."
        if answer.destinations:
            text += f" It lists {name} for {listed(one.short for one in answer.destinations)}."
    return Reply(
        text,
        ANSWERED,
        where.topic.key if where.topic else None,
        sources_of(where.source),
        (
            destination_button(where),
            *(destination_button(one) for one in answer.destinations if one.key != where.key),
            PERSON,
        ),
    )


def with_reason(plain: Reply, reason: str) -> Reply:
    """Put what speaks for a place before the reply about a field there."""
    return replace(plain, text=paragraphs(reason, plain.text))


def which_field(all_destinations: Sequence[Destination]) -> Reply:
    """Tell what each destination is popular for, since the guide ranks no countries, and ask for the field."""
    lines = [f"**{one.name}**: {field_names(one)}" for one in all_destinations if one.fields]
    return Reply(
        paragraphs(
            "The guide doesn't rank countries. It depends on your field; these are popular in each destination:",
            bullets(lines),
            "Which field are you interested in?",
        ),
        ANSWERED,
        None,
        sources_of(all_destinations[0].source if all_destinations else None),
        tuple(destination_button(one) for one in all_destinations[:4]),
    )
