"""Words for what there is in a field."""

from __future__ import annotations

from collections.abc import Sequence

from actions.replies.base import (
    ANSWERED,
    PERSON,
    Button,
    Reply,
    capital,
    guide,
    listed,
    lower_first,
    paragraphs,
    payload,
    sources_of,
)
from actions.replies.credentials import type_button
from actions.replies.destinations import destination_button, in_sentence
from actions.replies.facts.relations import names, short_name
from knowledge.models import FieldAnswer

MAX_NAMED = 3  # programs or types in a sentence


def in_field(answer: FieldAnswer) -> Reply:
    """Name the programs and types that fit a field, and where it is popular."""
    name = in_sentence(answer.field)
    more = len(answer.programs) - MAX_NAMED
    if answer.programs:
        few = names(answer.programs[:MAX_NAMED]) + (f" and {more} more" if more > 0 else "")
        first = f"For **{name}** there {'is' if len(answer.programs) == 1 else 'are'} {few}."
    else:
        kinds = listed(f"**{lower_first(one.plural)}**" for one in answer.types[:MAX_NAMED])
        first = f"For **{name}**, {kinds} fit: {answer.types[0].focus}."
    own = {one.type.key for one in answer.programs}
    others = [one for one in answer.types if one.key not in own][:MAX_NAMED] if answer.programs else []
    fit = f"{capital(listed(lower_first(one.plural) for one in others))} cover it, too." if others else ""
    buttons = (
        *(Button(one.name, payload("ask_about", program=one.key)) for one in answer.programs[:2]),
        *(() if answer.programs else (type_button(one) for one in answer.types[:2])),
        *(destination_button(one) for one in answer.destinations[:1]),
        PERSON,
    )
    sources = sources_of(
        *(one.source for one in answer.programs[:MAX_NAMED]),
        *(one.source for one in answer.types[:MAX_NAMED]),
        *(one.source for one in answer.destinations),
    )
    topic = answer.types[0].topic.key if answer.types and answer.types[0].topic else None
    more_of_it = " ".join(filter(None, (fit, _accepted(answer), _where(answer))))
    return Reply(paragraphs(first, more_of_it), ANSWERED, topic, sources, buttons)


def _accepted(answer: FieldAnswer) -> str:
    """Return the sentence that employers of the field's industry accept it, or "" if that isn't said."""
    industry = next((one for one in answer.industries if one.acceptance == "accepts"), None)
    return f"Employers in {lower_first(industry.name)} accept {guide().things} widely." if industry else ""


def _where(answer: FieldAnswer) -> str:
    """Return the sentence that says where a field is popular, or close to it."""
    name = in_sentence(answer.field)
    own = [strength for strength in answer.strengths if strength.field.key == answer.field.key]
    if answer.destinations:
        return f"It is popular in {listed(one.short for one in answer.destinations)}."
    if own:
        return f"{capital(listed(short_name(one.where) for one in own))} is known for {name}."
    near = [(field, places) for field, places in answer.near if places]
    if near:
        field, places = near[0]
        return f"The closest popular field is {in_sentence(field)}, in {listed(one.short for one in places)}."
    return "No destination is named for it."


def nothing_in_field(answer: FieldAnswer, near: Sequence[FieldAnswer]) -> Reply:
    """Tell that no program is named in a field, where it is popular, and what is close to it."""
    name = in_sentence(answer.field)
    embracing = [one for one in answer.industries if one.embraces]
    first = f"No program is named for **{name}** itself."
    if answer.destinations:
        shorts = listed(f"**{one.short}**" for one in answer.destinations)
        first = f"**{capital(name)}** is popular in {shorts}; no single program in it is named."
    elif embracing:
        among = "" if embracing[0].key == answer.field.key else f", with {name} in it"
        first = (
            f"**{embracing[0].name}** is a key industry for {guide().things}{among}; no single program is named for it."
        )
    close = [program for one in near for program in one.programs][:MAX_NAMED]
    parts = [f"Close to it: {names(close)}." if close else "", "" if answer.destinations else _where(answer)]
    buttons = (
        *(Button(one.name, payload("ask_about", program=one.key)) for one in close[:2]),
        *(destination_button(one) for one in answer.destinations[:2]),
        PERSON,
    )
    sources = sources_of(
        *(one.source for one in answer.destinations),
        *(one.source for one in embracing[:1]),
        *(one.source for one in close),
    )
    topic = answer.destinations[0].topic.key if answer.destinations and answer.destinations[0].topic else None
    return Reply(paragraphs(first, " ".join(filter(None, parts))), ANSWERED, topic, sources, buttons)
