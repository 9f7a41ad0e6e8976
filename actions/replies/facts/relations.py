"""Words for relations between two things of the catalogue: yes, no, or that it isn't said."""

from __future__ import annotations

from collections.abc import Sequence

from actions.replies.base import (
    ANSWERED,
    PERSON,
    Button,
    Reply,
    capital,
    listed,
    lower_first,
    paragraphs,
    payload,
    sources_of,
)
from actions.replies.credentials import type_button
from actions.replies.destinations import destination_button, field_names, in_sentence, institution_names, named_there
from knowledge.models import CredentialType, Destination, Field, FieldAnswer, Institution, Place, Program, Provider

Where = Destination | Place


def of_destination(text: str, home: Destination, *others: Destination) -> Reply:
    """Return a reply whose facts are a destination's, with its next steps."""
    homes = list({one.key: one for one in (home, *others)}.values())
    programs = Button(f"Programs in {home.short}", payload("find_programs", destination=home.key))
    buttons = (*(destination_button(one) for one in homes[:2]), programs, PERSON)
    return Reply(
        text, ANSWERED, home.topic.key if home.topic else None, sources_of(*(one.source for one in homes)), buttons
    )


def short_name(where: Where) -> str:
    """Return the name of a place as it stands in a sentence."""
    return where.short if isinstance(where, Destination) else where.name


def owner(destination: Destination) -> str:
    """Return a destination's name as an owner: Canada's."""
    return f"{destination.short}'s"


def located(institution: Institution, home: Destination) -> str:
    """Return where an institution is, as it stands after "in"."""
    own = institution.country in ("", home.name)
    return home.short if own else f"{institution.country}, which the guide lists under {home.short}"


def institution_is_there(institution: Institution, home: Destination) -> Reply:
    """Confirm where an institution is."""
    return of_destination(f"Yes, **{institution.name}** is in {located(institution, home)}.", home)


def institution_is_elsewhere(institution: Institution, home: Destination, asked: Where, yes_no: bool) -> Reply:
    """Put right where an institution is."""
    where = located(institution, home)
    text = (
        f"No, **{institution.name}** is in {where}."
        if yes_no
        else f"**{institution.name}** is in {where}, not in {short_name(asked)}."
    )
    if isinstance(asked, Destination) and asked.institutions:
        text = paragraphs(text, f"In {asked.short} the guide names {institution_names(asked)}.")
    others = (asked,) if isinstance(asked, Destination) else ()
    return of_destination(text, home, *others)


def institution_city_unsaid(institution: Institution, home: Destination, asked: Where) -> Reply:
    """Tell that only the country of an institution is known."""
    known = f"I only know that **{institution.name}** is in {located(institution, home)}"
    return of_destination(f"{known}; the guide doesn't say whether that is {short_name(asked)}.", home)


def institution_where(institution: Institution, home: Destination) -> Reply:
    """Tell where an institution is."""
    return of_destination(f"**{institution.name}** is in {located(institution, home)}.", home)


def institution_and_field(institution: Institution, home: Destination, fields: Sequence[FieldAnswer]) -> Reply:
    """Tell that it isn't said what an institution teaches, and where the fields are popular."""
    first = f"The guide doesn't say what **{institution.name}** itself teaches."
    second = " ".join(_field_at_home(field, home) for field in fields)
    close = [each for field in fields for each in _close_at_home(field, home)]
    closest = f"Closest to it in {home.short}: {listed(map(in_sentence, close))}." if close else ""
    check = f"{institution.name}'s own website tells what it offers."
    elsewhere = [one for field in fields for one in field.destinations if one.key != home.key]
    return of_destination(paragraphs(f"{first} {second}", closest or check), home, *elsewhere)


def _field_at_home(field: FieldAnswer, home: Destination) -> str:
    name = in_sentence(field.field)
    elsewhere = [one for one in field.destinations if one.key != home.key]
    if len(elsewhere) < len(field.destinations):
        return f"It is in {home.short}, where **{name}** is a popular field."
    if elsewhere:
        shorts = listed(one.short for one in elsewhere)
        return f"**{capital(name)}** is a popular field of {shorts}, not of {home.short}, where it is."
    those = f"those are {field_names(home)}"
    return f"**{capital(name)}** isn't among the popular fields of {home.short}, where it is: {those}."


def _close_at_home(field: FieldAnswer, home: Destination) -> list[Field]:
    """Return the popular fields of a destination that are close to a field popular elsewhere."""
    if not field.destinations or any(one.key == home.key for one in field.destinations):
        return []
    return [each for each, places in field.near if any(one.key == home.key for one in places)]


def institution_and_type(institution: Institution, home: Destination, kind: CredentialType) -> Reply:
    """Tell that it isn't said whether an institution offers a type."""
    noted = f" It names it for {institution.note}." if institution.note else ""
    text = paragraphs(
        f"The guide doesn't say whether **{institution.name}** offers {lower_first(kind.plural)}.{noted}",
        f"In general, {lower_first(kind.plural)} come from {kind.offered_by}.",
    )
    return Reply(
        text,
        ANSWERED,
        kind.topic.key if kind.topic else None,
        sources_of(kind.source, institution.source),
        (type_button(kind), destination_button(home), PERSON),
    )


def institution_fields(institution: Institution, home: Destination, yes_no: bool = False) -> Reply:
    """Tell that it isn't said which fields an institution teaches, and what its destination is popular for."""
    if yes_no and institution.note:
        first = f"Yes, the guide names **{institution.name}** for {institution.note}, without saying in which fields."
        return of_destination(first, home)
    noted = f" It only names it for {institution.note}." if institution.note else ""
    text = paragraphs(
        f"The guide doesn't say which fields **{institution.name}** itself teaches.{noted}",
        f"It is in {home.short}, where the popular fields are {field_names(home)}; its own website tells what it offers.",
    )
    return of_destination(text, home)


def provider_and_type(provider: Provider, kind: CredentialType, programs: Sequence[Program], yes_no: bool) -> Reply:
    """Confirm that a provider offers a type, and name its programs."""
    plural = lower_first(kind.plural)
    verb = "is named as a platform for" if provider.role == "platform" else "is named for"
    named = f", with {names(programs)}" if programs else ""
    first = f"{'Yes, ' if yes_no else ''}**{provider.name}** {verb} {plural}{named}."
    return of_type(paragraphs(first, f"Their focus is {kind.focus}."), kind, provider)


def provider_without_type(provider: Provider, kind: CredentialType, its: Sequence[CredentialType]) -> Reply:
    """Tell that a provider isn't named for a type, and who is."""
    plural = lower_first(kind.plural)
    own = listed(lower_first(one.plural) for one in its)
    first = f"The guide names no {plural} by **{provider.name}**{f', only {own}' if own else ''}."
    second = f"{'' if own else f'{provider.about} '}{kind.plural} come from {kind.offered_by}."
    return of_type(paragraphs(first, second), kind, provider, *its)


def of_type(text: str, kind: CredentialType, provider: Provider | None = None, *others: CredentialType) -> Reply:
    """Return a reply whose facts are a type's, with its next steps."""
    kinds = list({one.key: one for one in (*others, kind)}.values())
    return Reply(
        text,
        ANSWERED,
        kind.topic.key if kind.topic else None,
        sources_of(kind.source, provider.source if provider else None),
        (*(type_button(one) for one in kinds[:3]), PERSON),
    )


def the_program(program: Program) -> str:
    """Return a program's name in a sentence, with an article if it is a provider's own."""
    return f"{'the ' if program.provider and ' ' in program.name else ''}**{program.name}**"


def with_the(program: Program) -> str:
    """Return the name of a program as it stands in a sentence: "the Data Analyst Nanodegree", "IELTS"."""
    return f"{'the ' if ' ' in program.name else ''}{program.name}"


def names(programs: Sequence[Program]) -> str:
    """Return the names of programs in a sentence."""
    return listed(map(the_program, programs))


def programs_named(programs: Sequence[Program], what: str, yes_no: bool) -> Reply:
    """Name the programs that are asked for; `what` is how they were asked for."""
    few = names(programs[:4]) + (f" and {len(programs) - 4} more" if len(programs) > 4 else "")
    text = f"Yes: {few}." if yes_no else f"{capital(what)}: {few}."
    silent = all(one.price is None and one.start is None and not one.mode for one in programs)
    more = f"The guide gives no price, dates or format for {'it' if len(programs) == 1 else 'them'}."
    return Reply(
        paragraphs(text, more if silent else ""),
        ANSWERED,
        None,
        sources_of(*(one.source for one in programs)),
        (*(Button(one.name, payload("ask_about", program=one.key)) for one in programs[:3]), PERSON),
    )


def no_such_program(provider: Provider | None, what: str, its: Sequence[Program], kind: CredentialType | None) -> Reply:
    """Tell that no such program is named, and what is named instead."""
    nearest = f"By {provider.name} it names {names(its)}." if its and provider else (provider.about if provider else "")
    if not its and kind:
        nearest = f"{kind.plural} are for {kind.focus}."
    buttons = tuple(Button(one.name, payload("ask_about", program=one.key)) for one in its[:3])
    return Reply(
        paragraphs(f"The guide names no {what}.", nearest),
        ANSWERED,
        kind.topic.key if kind and kind.topic else None,
        sources_of(provider.source if provider else None, kind.source if kind else None),
        (*buttons, *((type_button(kind),) if kind else ()), PERSON),
    )


def provider_focus(provider: Provider, kind: CredentialType, field: Field) -> Reply:
    """Confirm a field of a provider by the focus of the type that it alone is named for."""
    text = paragraphs(
        f"Yes, **{in_sentence(field)}** is among the skills of {provider.name}'s {lower_first(kind.plural)}.",
        f"They focus on {kind.focus}.",
    )
    return of_type(text, kind, provider)


def provider_field_unsaid(provider: Provider, field: FieldAnswer, its: Sequence[Program]) -> Reply:
    """Tell that a provider isn't named for a field, and what it is named for."""
    name = in_sentence(field.field)
    first = f"The guide doesn't say whether **{provider.name}** covers {name}."
    own = f"By {provider.name} it names {names(its)}." if its else provider.about
    fits = f"For {name} it names {names(field.programs[:2])}." if field.programs else ""
    buttons = tuple(Button(one.name, payload("ask_about", program=one.key)) for one in (*its, *field.programs)[:3])
    return Reply(
        paragraphs(first, " ".join(part for part in (own, fits) if part)),
        ANSWERED,
        provider.topic.key if provider.topic else None,
        sources_of(provider.source, *(one.source for one in field.programs[:2])),
        (*buttons, PERSON),
    )


def of_provider(text: str, provider: Provider, *platforms: Provider) -> Reply:
    """Return a reply whose facts are a provider's."""
    buttons = tuple(Button(one.name, payload("ask_about", provider=one.key)) for one in (provider, *platforms)[:3])
    return Reply(
        text,
        ANSWERED,
        provider.topic.key if provider.topic else None,
        sources_of(provider.source, *(one.source for one in platforms)),
        (*buttons, PERSON),
    )


def program_relation(program: Program, kind: CredentialType, text: str) -> Reply:
    """Return a reply about one program."""
    return Reply(
        text,
        ANSWERED,
        kind.topic.key if kind.topic else None,
        sources_of(program.source),
        (Button(program.name, payload("ask_about", program=program.key)), type_button(kind), PERSON),
    )


def type_and_field(kind: CredentialType, field: Field, programs: Sequence[Program], yes_no: bool) -> Reply:
    """Tell that a type fits a field."""
    name, plural = in_sentence(field), lower_first(kind.plural)
    first = f"Yes, **{plural}** cover **{name}**" if yes_no else f"For **{name}** there are **{plural}**"
    example = f", for example {listed(map(with_the, programs[:2]))}" if programs else ""
    second = f"Their focus is {kind.focus}; they come from {kind.offered_by}."
    first = f"{first}{example}."
    return of_type(paragraphs(first, second), kind)


def type_without_field(kind: CredentialType, answer: FieldAnswer) -> Reply:
    """Tell that a type isn't named for a field, and what is."""
    name, plural = in_sentence(answer.field), lower_first(kind.plural)
    first = f"The guide names no {plural} for **{name}**; their focus is {kind.focus}."
    fits = [*map(with_the, answer.programs[:2])] or [lower_first(one.plural) for one in answer.types[:2]]
    second = f"For {name} it has {listed(fits)}." if fits else ""
    return of_type(paragraphs(first, second), kind, None, *answer.types[:2])


def institution_is_named(institution: Institution, home: Destination) -> Reply:
    """Confirm that an institution is named."""
    note = f" ({institution.note})" if institution.note else ""
    first = f"Yes, **{institution.name}**{note} is named among the institutions in {located(institution, home)}."
    second = f"The guide doesn't say which fields it teaches; popular in {home.short} are {field_names(home)}."
    return of_destination(paragraphs(first, second), home)


def provider_is_named(provider: Provider, kinds: Sequence[CredentialType], programs: Sequence[Program]) -> Reply:
    """Confirm that a provider is named, and for what."""
    what = f" for {listed(lower_first(one.plural) for one in kinds)}" if kinds else ""
    first = f"Yes, **{provider.name}** is named{what}."
    if not kinds and not programs and provider.about.startswith(provider.name):
        return of_provider(f"Yes, **{provider.name}**{provider.about.removeprefix(provider.name)}", provider)
    return of_provider(paragraphs(first, f"By name: {names(programs)}." if programs else ""), provider)


def type_is_named(kind: CredentialType) -> Reply:
    """Confirm that a type is described."""
    first = f"Yes, **{lower_first(kind.plural)}** are one of the kinds described."
    return of_type(paragraphs(first, f"Their focus is {kind.focus}; they come from {kind.offered_by}."), kind)


def provider_place(provider: Provider, where: Where | None, yes_no: bool) -> Reply:
    """Tell the destination of a provider, or that it is tied to no country."""
    there = provider.destination
    if there and (where is None or where.key == there.key):
        return of_provider(f"{'Yes: ' if yes_no and where else ''}{provider.about}", provider)
    if there and where:
        start = "No, " if yes_no else ""
        return of_provider(
            f"{start}**{provider.name}** belongs to {there.short}, not to {short_name(where)}.", provider
        )
    first = f"The guide doesn't say where **{provider.name}** is."
    if isinstance(where, Destination):
        first = f"{first[:-1]}{named_there(where, f'; in {where.short} it names', '')}."
    return of_provider(paragraphs(first, provider.about), provider)


def type_without_place(kind: CredentialType, where: Where | None, there: Sequence[Program]) -> Reply:
    """Tell that a type is tied to no country, and whom it comes from."""
    plural = f"**{lower_first(kind.plural)}**"
    first = f"The guide doesn't say in which countries {plural} are offered."
    if where:
        first = f"The guide doesn't say whether {plural} are offered in {short_name(where)}."
    if there:
        first = f"{first[:-1]}, except for {names(there)}."
    return of_type(paragraphs(first, f"They come from {kind.offered_by}."), kind)


def type_not_only(kind: CredentialType, field: Field) -> Reply:
    """Tell that a type is for more than one field."""
    first = f"No, **{lower_first(kind.plural)}** are not only for {in_sentence(field)}: their focus is {kind.focus}."
    return of_type(first, kind)
