"""Words for sets of the catalogue: what is in them, how many, the most, what they share and what is left."""

from __future__ import annotations

from collections.abc import Sequence

from actions.replies.base import ANSWERED, PERSON, Button, Reply, listed, lower_first, paragraphs, payload, sources_of
from actions.replies.credentials import type_button
from actions.replies.destinations import destination_button, field_names, in_sentence, institution_names, named_there
from actions.replies.facts.relations import names, of_destination
from knowledge.models import CredentialType, Destination, Field, Institution, Place, Program, Provider, Source

NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NOT_WHICH = "The guide doesn't say which of them teaches what."
AS_NAMED = "Counted by what the guide names, not by all there is."


def number(count: int) -> str:
    """Return a number as it stands in a sentence."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def _begin(text: str) -> str:
    """Return a text with a capital, also behind the signs of bold print."""
    at = 2 if text.startswith("**") else 0
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]


def counted(count: int, text: str, counts: bool) -> str:
    """Return the first sentence of a list, with its number if that was asked for."""
    return f"{_begin(number(count))}: {text}." if counts else f"{_begin(text)}."


def institutions_there(home: Destination, there: Sequence[Institution], where: str, counts: bool) -> Reply:
    """Name the institutions in a destination or a place of it."""
    if not there:
        whole = named_there(home, f"; in {home.short} as a whole it is", ".") or "."
        first = f"None is named for {where} itself{whole}" if where != home.short else f"None is named in {where}."
        return of_destination(first, home)
    if where != home.short and all(one.country != where for one in there):  # a city
        every = listed(f"**{one.name}**" for one in there)
        return of_destination(f"By its name, {every}; the guide itself only says that it is in {home.short}.", home)
    every = listed(f"**{one.name}**" for one in there)
    first = f"{_begin(number(len(there)))} in {where}: {every}." if counts else f"In {where}: {every}."
    last = NOT_WHICH if len(there) > 1 else "The guide doesn't say what it teaches."
    return of_destination(paragraphs(first, last), home)


def no_institutions(place: Place, every: Sequence[Destination]) -> Reply:
    """Tell that a place outside of all destinations has no named institutions."""
    known = f" It only calls it known for {listed(map(in_sentence, place.strengths))}." if place.strengths else ""
    first = f"None: the guide names no institutions in **{place.name}**, which isn't one of its destinations.{known}"
    second = f"It names some in {listed(one.short for one in every)}."
    buttons = (*(destination_button(one) for one in every[:3]), PERSON)
    return Reply(paragraphs(first, second), ANSWERED, None, sources_of(place.source, every[0].source), buttons)


def all_institutions(homes: Sequence[Destination], online: Sequence[Provider], counts: bool) -> Reply:
    """Name all institutions by destination."""
    total = sum(len(one.institutions) for one in homes)
    first = f"{_begin(number(total))} in {number(len(homes))} destinations:" if counts else "By destination:"
    lines = "\n".join(f"- **{one.name}**: {institution_names(one)}" for one in homes if one.institutions)
    second = (
        f"Online, it also names {listed(one.name for one in online)}. Which place or field is yours?" if online else ""
    )
    buttons = tuple(destination_button(one) for one in homes[:4])
    return Reply(paragraphs(first, lines, second), ANSWERED, None, sources_of(homes[0].source), buttons)


def institutions_of_type(kind: CredentialType, found: Sequence[Provider], counts: bool) -> Reply:
    """Name the universities behind a type, or who offers it if no university is named."""
    plural = lower_first(kind.plural)
    if found:
        every = listed(f"**{one.name}**" for one in found)
        first = f"{_begin(number(len(found)))} by name: {every}." if counts else f"{every}."
        told = all(one.name in kind.offered_by for one in found)
        second = f"Example: {listed(kind.examples)}." if told else f"{kind.plural} come from {kind.offered_by}."
    else:
        first = f"The guide names no university for **{plural}**; they come from {kind.offered_by}."
        second = f"Example: {listed(kind.examples)}."
    return _of_types(paragraphs(first, second), [kind], [*(one.source for one in found)])


def institutions_unsaid(home: Destination, kind: CredentialType) -> Reply:
    """Tell that no institution of a destination is named for a type."""
    plural = lower_first(kind.plural)
    first = f"The guide doesn't say which institution in {home.short} offers **{plural}**; they come from {kind.offered_by}."
    return of_destination(paragraphs(first, named_there(home, f"In {home.short} it names", ".")), home)


def institutions_for_field(field: Field, homes: Sequence[Destination], near: Sequence[Destination]) -> Reply:
    """Tell that no institution is named for a field, and where it is popular."""
    name = in_sentence(field)
    first = f"The guide doesn't say which university teaches **{name}**."
    named = [named_there(one, f"In {one.short}, where it is popular, it names", ".") for one in homes]
    if not homes and near:
        named = [f"Close fields are popular in {listed(one.short for one in near)}."]
    reply = of_destination(paragraphs(first, " ".join(named)), (homes or near)[0]) if homes or near else None
    return reply or Reply(first, ANSWERED, None, (), (PERSON,))


def _of_types(text: str, kinds: Sequence[CredentialType], more: Sequence[Source | None] = ()) -> Reply:
    topic = kinds[0].topic.key if len(kinds) == 1 and kinds[0].topic else None
    sources = sources_of(*(one.source for one in kinds), *more)
    return Reply(text, ANSWERED, topic, sources, (*(type_button(one) for one in kinds[:3]), PERSON))


def types(found: Sequence[CredentialType], of: str, counts: bool) -> Reply:
    """Name types; `of` is whose they are, or empty for all."""
    every = listed(f"**{lower_first(one.plural)}**" for one in found)
    text = counted(len(found), every, counts) if not of or counts else f"{_begin(of)}: {every}."
    focus = f"They focus on {found[0].focus}." if len(found) == 1 else ""
    last = "What would you like to use it for?" if len(found) > 4 else focus
    return _of_types(paragraphs(text, last), found)


def providers(found: Sequence[Provider], of: str, more: str, counts: bool) -> Reply:
    """Name providers; `of` is what they offer, `more` a further sentence."""
    every = listed(f"**{one.name}**" for one in found)
    first = f"{_begin(number(len(found)))}: " if counts else f"{_begin(of)}: " if of else ""
    text = f"{first}{every}."
    buttons = tuple(Button(one.name, payload("ask_about", provider=one.key)) for one in found[:3])
    sources = sources_of(*(one.source for one in found))
    return Reply(paragraphs(text, more), ANSWERED, None, sources, (*buttons, PERSON))


def offered_by(kind: CredentialType) -> Reply:
    """Tell who offers a type."""
    first = f"{_begin(kind.offered_by)}."
    return _of_types(paragraphs(first, f"Example: {listed(kind.examples)}."), [kind])


def comes_from(kind: CredentialType) -> Reply:
    """Tell whom a type comes from, where it is asked whether it comes from some of them."""
    first = f"**{_begin(lower_first(kind.plural))}** come from {kind.offered_by}."
    return _of_types(paragraphs(first, f"Example: {listed(kind.examples)}."), [kind])


def program_by(program: Program, kind: CredentialType) -> Reply:
    """Tell who offers a program."""
    general = f"In general, {lower_first(kind.plural)} come from {kind.offered_by}."
    if program.provider:
        first, general = f"**{program.provider.name}** offers the {program.name}.", ""
    elif program.provider_text:
        first = f"**{program.name}**: {program.provider_text}."
    else:
        first = f"The guide doesn't say who is behind **{program.name}**."
    topic = kind.topic.key if kind.topic else None
    buttons = (type_button(kind), PERSON)
    return Reply(paragraphs(first, general), ANSWERED, topic, sources_of(program.source, kind.source), buttons)


def fields_there(home: Destination, where: str, place: Place | None, counts: bool) -> Reply:
    """Name the popular fields of a destination and what it is known for, or first what a `place` of it is known for."""
    popular = (
        f"{number(len(home.fields))} popular fields in {where}:" if counts else f"In {where}, the popular fields are"
    )
    own = [field for field in (place or home).strengths if field not in home.fields]
    text = f"{_begin(popular)} **{field_names(home)}**."
    if own and place:
        text = f"**{place.name}** is known for **{listed(map(in_sentence, own))}**. {text}"
    elif own:
        text = f"{text} It is also known for {listed(map(in_sentence, own))}."
    return of_destination(text, home)


def fields_of_type(kind: CredentialType) -> Reply:
    """Tell what a type focuses on."""
    first = f"**{_begin(lower_first(kind.plural))}** focus on {kind.focus}."
    return _of_types(paragraphs(first, f"Example: {listed(kind.examples)}."), [kind])


def fields_of_provider(provider: Provider, kinds: Sequence[CredentialType], named: Sequence[Program]) -> Reply:
    """Tell which fields a provider is named for."""
    alone = [kind for kind in kinds if {one.key for one in kind.providers} == {provider.key}]
    if alone and len(kinds) == 1:
        first = f"**{provider.name}** is named for {lower_first(alone[0].plural)}: {alone[0].focus}."
    elif named:
        first = f"By **{provider.name}** the guide names {names(named)}."
    elif kinds:
        plurals = listed(lower_first(one.plural) for one in kinds)
        first = f"The guide names no course by **{provider.name}**, only that it offers {plurals}."
    else:
        first = provider.about
    focus = f"{kinds[0].plural} focus on {kinds[0].focus}." if kinds else ""
    if alone and len(kinds) == 1:
        focus = f"Named: {names(named)}." if named else ""
    buttons = tuple(Button(one.name, payload("ask_about", program=one.key)) for one in named[:3])
    topic = provider.topic.key if provider.topic else None
    sources = sources_of(provider.source, *(one.source for one in named))
    return Reply(paragraphs(first, focus), ANSWERED, topic, sources, (*buttons, PERSON))


def all_fields(homes: Sequence[Destination], counts: bool) -> Reply:
    """Name the popular fields of all destinations."""
    total = len({field.key for one in homes for field in one.fields})
    first = f"{_begin(number(total))} popular fields, by destination:" if counts else "Popular fields by destination:"
    lines = "\n".join(f"- **{one.name}**: {field_names(one)}" for one in homes if one.fields)
    buttons = tuple(destination_button(one) for one in homes[:4])
    return Reply(paragraphs(first, lines, "Which one is yours?"), ANSWERED, None, sources_of(homes[0].source), buttons)


def programs(found: Sequence[Program], total: int, what: str) -> Reply:
    """Tell how many programs are named, and which."""
    if not found:
        return Reply(f"None: the guide names no {what}.", ANSWERED, None, (), (PERSON,))
    named = f": {names(found)}" if total <= 6 else ""
    first = f"{_begin(number(total))} {'is' if total == 1 else 'are'} named{named}."
    search = (Button("Show them all", payload("find_programs")),) if total > 6 else ()
    buttons = tuple(Button(one.name, payload("ask_about", program=one.key)) for one in found[:3]) if total <= 6 else ()
    second = "There are more in reality; the guide gives examples." if total <= 6 else "Which field interests you?"
    sources = sources_of(*(one.source for one in found))
    return Reply(paragraphs(first, second), ANSWERED, None, sources, (*search, *buttons, PERSON))


def most(best: Sequence[str], count: int, what: str, others: Sequence[tuple[str, int]], fewest: bool) -> str:
    """Return which have the most or fewest of something, and how many the others have."""
    most_of = "fewest" if fewest else "most"
    if not others and len(best) > 1:
        return f"None: {listed(f'**{one}**' for one in best)} have the same number, {number(count)} {what} each."
    if len(best) > 1:
        first = f"Several tie: {listed(f'**{one}**' for one in best)} have the {most_of} {what}, {number(count)} each."
    else:
        first = f"**{_begin(best[0])}** has the {most_of} {what}, {number(count)}."
    rest = listed(f"{name} has {number(each)}" for name, each in others)
    return paragraphs(first, f"{_begin(rest)}. {AS_NAMED}")


def most_of_destinations(text: str, homes: Sequence[Destination]) -> Reply:
    """Return the reply that compares numbers of destinations."""
    buttons = (*(destination_button(one) for one in homes[:3]), PERSON)
    return Reply(text, ANSWERED, None, sources_of(*(one.source for one in homes)), buttons)


def common_fields(homes: Sequence[Destination], shared: Sequence[Field]) -> Reply:
    """Tell which popular fields destinations share."""
    shorts = listed(one.short for one in homes)
    first = (
        f"**{_begin(listed(map(in_sentence, shared)))}**: popular in {shorts}."
        if shared
        else f"No popular field: by the guide's lists, {shorts} share none."
    )
    each = "\n".join(f"- **{one.name}**: {field_names(one)}" for one in homes)
    buttons = (*(destination_button(one) for one in homes[:3]), PERSON)
    return Reply(paragraphs(first, each), ANSWERED, None, sources_of(*(one.source for one in homes)), buttons)


def common_of_types(kinds: Sequence[CredentialType], shared: Sequence[Field], providers_: Sequence[str]) -> Reply:
    """Tell which fields and providers types share."""
    plurals = listed(lower_first(one.plural) for one in kinds)
    parts = [listed(map(in_sentence, shared))] if shared else []
    parts += [f"the same providers ({listed(providers_)})"] if providers_ else []
    first = (
        f"**{_begin(plurals)}** share {listed(parts)}." if parts else f"No field: by the guide, {plurals} share none."
    )
    each = "\n".join(f"- **{one.plural}**: {one.focus}" for one in kinds)
    return _of_types(paragraphs(first, each), kinds)


def destinations_without(field: Field, rest: Sequence[Destination], having: Sequence[Destination]) -> Reply:
    """Name the destinations that do not list a field."""
    name = in_sentence(field)
    first = f"{_begin(listed(f'**{one.short}**' for one in rest))}: {name} isn't among their popular fields."
    only = f"Only {listed(one.short for one in having)} lists it." if len(having) == 1 else ""
    last = "That it isn't listed doesn't mean that nobody teaches it there."
    buttons = (*(destination_button(one) for one in rest[:3]), PERSON)
    sources = sources_of(*(one.source for one in rest))
    return Reply(paragraphs(first, f"{only} {last}"), ANSWERED, None, sources, buttons)


def without(text: str, left: Sequence[str], buttons: Sequence[Button], sources: Sequence[Source | None]) -> Reply:
    """Name what is left without what was excluded."""
    return Reply(f"Without {text}: {listed(left)}.", ANSWERED, None, sources_of(*sources), (*buttons[:3], PERSON))
