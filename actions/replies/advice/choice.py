"""Words for a choice between things, and for what there is instead of what was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from actions.replies.advice.profile import Person
from actions.replies.advice.suggestion import (
    ACCEPTS,
    MOST_PROGRAMS,
    MOST_TYPES,
    Suggestion,
    beside,
    is_or_are,
    kinds_name,
    limits_text,
    named_in,
    noted,
    places_known,
    plan_text,
)
from actions.replies.base import (
    ANSWERED,
    PERSON,
    Button,
    Reply,
    capital,
    listed,
    lower_first,
    not_ranked,
    paragraphs,
    payload,
    sources_of,
)
from actions.replies.destinations import in_sentence
from knowledge.models import CredentialType, Field, FieldAnswer, Institution, Program, TopicLink

__all__ = ["by_name", "chosen", "field_chosen", "instead", "institutions", "named_in", "told"]
MOST_NAMED = 3
NOT_WANTED, FOR_GRADUATES, FOR_SKILLED, FOR_LICENCE, FROM_A_PLACE = (
    "refused",
    "graduates",
    "skilled",
    "licence",
    "place",
)
AGAINST = {
    NOT_WANTED: "you said that you don't want it",
    FOR_GRADUATES: "it is at graduate level",
    FOR_SKILLED: "it proves a skill rather than teaching it from the start",
    FOR_LICENCE: "it is there to keep a professional licence",
    FROM_A_PLACE: "it belongs to a place, and whether it can be taken online isn't stated",
}


@dataclass(frozen=True)
class Weighed:
    """A kind of credential or a program, with what speaks for and against it for a person.

    `fits` tells whether it goes with the wanted field: "own", "near" to it, or "". `example` is a program of the kind in the
    field, `against` a code of AGAINST.
    """

    kind: str
    key: str
    type: CredentialType
    program: Program | None
    fits: str
    example: Program | None
    against: str
    score: int

    @property
    def topic(self) -> TopicLink | None:
        """The topic that tells more of it."""
        return self.type.topic

    @property
    def name(self) -> str:
        """Its name, as it stands in a sentence."""
        return self.program.name if self.program else kinds_name(self.type)


def chosen(weighed: Sequence[Weighed], person: Person, field: Field | None) -> Reply:
    """Name the best of the things with one reason, and what would speak for the others."""
    best, *others = weighed
    close = others and others[0].score == best.score
    whom = _for(person)
    lead = f"It is close, but I'd take **{best.name}**{whom}" if close else f"I'd take **{best.name}**{whom}"
    return Reply(
        paragraphs(
            f"{lead}: {_reason(best, field)}.",
            " ".join(_other(one, best, field) for one in others[:2]),
        ),
        ANSWERED,
        best.topic.key if best.topic else None,
        sources_of(best.type.source, *(one.type.source for one in others[:1])),
        (
            *(Button(one.topic.title, payload("ask_topic", topic=one.topic.key)) for one in weighed[:2] if one.topic),
            PERSON,
        ),
    )


def _for(person: Person) -> str:
    return f" for {person.whose}" if person.of_other else ""


def why(one: Weighed, field: Field, refused: bool = False) -> Reply:
    """Say what speaks for one thing for a field, and what against it; that first if it is asked why not (`refused`)."""
    against = f"Against it speaks that {_against(one)}." if one.against else ""
    lead = "For it speaks that" if refused else "Because"
    text = f"{lead} {_reason(one, field, _the(one))}." if one.fits else ""
    none = f"{_upper(one)} {'is' if one.program else 'are'} not named for {in_sentence(field)}; {_what(one)}."
    reasons = (
        [against or "Nothing that I know speaks against it.", text or none] if refused else [text or none, against]
    )
    return Reply(
        paragraphs(*reasons),
        ANSWERED,
        one.topic.key if one.topic else None,
        sources_of(one.type.source),
        (*((Button(one.topic.title, payload("ask_topic", topic=one.topic.key)),) if one.topic else ()), PERSON),
    )


def suited(one: Weighed, field: Field, instead: str) -> Reply:
    """Say whether one thing suits somebody by their field, and what does if it doesn't."""
    subject = in_sentence(field)
    against = f"Against it speaks that {_against(one)}." if one.against else ""
    if one.fits:
        lead = f"It may: {_reason(one, field, _the(one))}."
    else:
        lead = f"Not by its field: {one.name} {'is' if one.program else 'are'} not named for {subject}."
    buttons = (Button(one.topic.title, payload("ask_topic", topic=one.topic.key)),) if one.topic else ()
    text = paragraphs(lead, against, "" if one.fits and not one.against else instead)
    return Reply(text, ANSWERED, one.topic.key if one.topic else None, sources_of(one.type.source), (*buttons, PERSON))


def _reason(one: Weighed, field: Field | None, it: str = "") -> str:
    """Say what speaks for a thing: that it goes with the field, with an example, else what it is for."""
    it, goes = (it or "it", "goes") if one.program else (it or "they", "go")
    subject = in_sentence(field) if field else ""
    if one.fits == "own" and one.example:
        return f"{it} {goes} with {subject}, and the **{one.example.name}** is one that I know by name"
    if one.fits == "own":
        return f"{it} {goes} with {subject}; {_what(one)}"
    if one.fits == "near":
        return f"{it} {goes} with a field close to {subject}; {_what(one)}"
    return _what(one)


def _what(one: Weighed) -> str:
    """Say what a thing is for: "its kind is for proof of proficiency"; "they are for fast training"."""
    return (
        f"it is one of the {kinds_name(one.type)}, made for {one.type.focus}"
        if one.program
        else f"their focus is {one.type.focus}"
    )


def _other(one: Weighed, best: Weighed, field: Field | None) -> str:
    """Say what the others are for, or what speaks against them."""
    if one.against and one.against != best.against:
        return f"Against {_the(one)} speaks that {_against(one)}."
    if field and not one.fits and best.fits:
        return f"{_upper(one)} {'is' if one.program else 'are'} not named for {in_sentence(field)}; {_what(one)}."
    return f"{_upper(one)} would be the choice for {one.type.focus}."


def _the(one: Weighed) -> str:
    return f"**{one.name}**"


def _upper(one: Weighed) -> str:
    return f"**{capital(one.name)}**"


def _against(one: Weighed) -> str:
    text = AGAINST[one.against]
    if one.program or one.against == NOT_WANTED:
        return text
    return text.replace("it is", "they are").replace("it proves", "they prove").replace("want it", "want them")


def instead(
    refused: Person,
    person: Person,
    found: Suggestion,
    unknown: Sequence[str],
    left: Sequence[CredentialType] = (),
    only_beside: bool = False,
) -> Reply:
    """Tell what there is for a field without what was refused; `left` is what remains of what was chosen from.

    `only_beside` tells that nothing was refused, but asked what else there is.
    """
    name = in_sentence(found.field.field)
    without = f"All right, without {listed(refused.avoids)}" if refused.avoids else "What is left"
    if only_beside and refused.avoids:
        without = f"Beside {listed(refused.avoids)}"
    whom = _for(person)
    things = [f"**{program.name}**" for program in found.programs[:MOST_PROGRAMS]]
    kinds = list(left) or [*(found.types if not things else beside(found))][:MOST_TYPES]
    of_kinds = [f"**{kinds_name(kind)}** ({kind.focus})" for kind in kinds]
    close = listed(f"**{program.name}**" for program in found.close[:MOST_PROGRAMS])
    near = f"Close to {name} I know by name: {close}." if close else ""
    if left:
        lead = f"{without}: that leaves {listed(of_kinds)}{whom}."
    elif things or kinds:
        several = kinds or len(things) > 1
        about = found.types_of if kinds and found.types_of and not things else name
        lead = f"{without}: for {about} there {'are' if several else 'is'} {listed([*things, *of_kinds])}{whom}."
    elif close:
        nearest = "are the nearest" if len(found.close) > 1 else "is the nearest"
        lead, near = f"{without}: {close} {nearest} to {name} that I know by name{whom}.", ""
    else:
        none = f"Beyond that I know of no kind of credential or program for {name}{whom}."
        lead = f"{without}. {none}" if refused.avoids and not only_beside else none
    known = things or kinds or close
    return Reply(
        paragraphs(f"{lead} {near}".strip(), places_known(found), limits_text(unknown) if known else ""),
        ANSWERED,
        None,
        sources_of(*(one.source for one in (*found.programs[:1], *kinds[:1], *found.homes[:1]))),
        (
            *(Button(kind.topic.title, payload("ask_topic", topic=kind.topic.key)) for kind in kinds if kind.topic),
            PERSON,
        ),
    )


def field_chosen(found: Sequence[Suggestion], own: Sequence[Suggestion], person: Person, for_work: bool) -> Reply:
    """Name what is known for each of two fields, then the one to take, or why none goes before the other.

    `own` are those of the two that the person works in or studied. `for_work` tells whether employers matter.
    """
    named = [bool(one.programs or one.types) for one in found]
    accepted = [bool(one.industry and one.industry.acceptance == ACCEPTS) for one in found]
    names = [f"**{in_sentence(one.field.field)}**" for one in found]
    if len(own) == 1:
        other = names[1 - list(found).index(own[0])]
        known = in_sentence(own[0].field.field)
        last = (
            f"Since {known} {is_or_are(known)} known to {person.whose} already, I'd take {other} to add something new."
        )
    elif named[0] != named[1]:
        last = f"I'd begin with {names[named.index(True)]}, where there is more to choose from by name."
    elif for_work and accepted[0] != accepted[1]:
        last = f"I'd begin with {names[accepted.index(True)]}, where employers accept such credentials more readily."
    else:
        last = f"The guide doesn't say which is better for {person.whose}: what each would be used for decides."
    return Reply(
        f"{' '.join(plan_text(one, Person()) for one in found)} {last}",
        ANSWERED,
        None,
        sources_of(*(program.source for one in found for program in one.programs[:1])),
        (
            *(
                Button(one.field.field.name, payload("ask_best_destination", field=one.field.field.key))
                for one in found
            ),
            PERSON,
        ),
    )


def told(person: Person) -> str:
    """Take in what was told beside the question, or "" if nothing was."""
    return noted(person) if person != Person(whom=person.whom) else ""


def by_name(found: Suggestion, noted_before: str, with_places: bool = False) -> Reply:
    """Name the programs of a field, with their kind and provider; else those of the fields near it; else say there are none."""
    name = in_sentence(found.field.field)
    own = listed(f"**{program.name}** ({_kind_of(program)})" for program in found.programs[:MOST_NAMED])
    close = listed(f"**{program.name}** ({_kind_of(program)})" for program in found.close[:MOST_NAMED])
    kinds = listed(f"**{kinds_name(kind)}**" for kind in found.types[:MOST_TYPES])
    if own:
        text = f"By name I know for {name}: {own}."
    elif close:
        text = f"By name I know, close to {name}: {close}."
    else:
        text = f"I know no certificate for {name} by its name." + (
            f" The kinds that fit it are {kinds}." if kinds else ""
        )
    limit = "Price, dates, and whether it can be taken online are not stated: ask the provider." if own or close else ""
    programs = Button("Programs in this field", payload("find_programs", field=found.field.field.key))
    return Reply(
        paragraphs(noted_before, text, places_known(found) if with_places else "", limit),
        ANSWERED,
        None,
        sources_of(*(program.source for program in (*found.programs[:1], *found.close[:1]))),
        (*([programs] if own else []), PERSON),
    )


def _kind_of(program: Program) -> str:
    by = program.provider.name if program.provider else program.provider_text
    return f"{lower_first(program.type.name)}{f', by {by}' if by else ''}"


def institutions(found: Sequence[Institution], field: FieldAnswer | None, ranked_by: str = "") -> Reply:
    """Say that nothing tells two institutions apart, what is popular where they are, and what would decide.

    Of what they are compared by (`ranked_by`), it is said that the guide doesn't tell it, and no more.
    """
    if ranked_by:
        text = not_ranked([one.name for one in found], ranked_by)
        return Reply(text, ANSWERED, None, sources_of(*(one.source for one in found)), (PERSON,))
    names = listed(f"**{one.name}**" for one in found)
    homes = {one.destination.key: one.destination.short for one in found if one.destination}
    subject = in_sentence(field.field) if field else "your field"
    lead = f"Nothing I know puts one of {names} before the other: the guide doesn't say which of them teaches what."
    popular = {one.key for one in field.destinations} & set(homes) if field else set()
    listing = [short for key, short in homes.items() if key in popular]
    others = [short for key, short in homes.items() if key not in popular]
    be, there = is_or_are(subject), ""
    if field and listing:
        elsewhere = f", not of {listed(others, 'or')}" if others else ""
        there = f"{capital(subject)} {be} among the popular fields of {listed(listing)}{elsewhere}."
    elif field and homes:
        nearest = _closest(field, homes)
        there = f"{capital(subject)} {be}n't among the popular fields of {listed(others, 'or')}{nearest}."
    ask = f"What would decide it: which of them teaches {subject}, online or there, and at what price. Ask them."
    return Reply(paragraphs(lead, there, ask), ANSWERED, None, sources_of(*(one.source for one in found)), (PERSON,))


def _closest(field: FieldAnswer, homes: Mapping[str, str]) -> str:
    """Return which field near one is popular in one of the places, and in which of them, or ""."""
    near = ((one, [homes[place.key] for place in places if place.key in homes]) for one, places in field.near)
    name, places = next(((in_sentence(one), there) for one, there in near if there), ("", []))
    return f"; the closest that is popular in {listed(places)} is {name}" if name else ""
