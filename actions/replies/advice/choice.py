"""Words for a choice between things, and for what there is instead of what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actions.replies.advice.profile import Person
from actions.replies.advice.suggestion import (
    MOST_PROGRAMS,
    MOST_TYPES,
    Suggestion,
    beside,
    kinds_name,
    limits_text,
    named_in,
    places_known,
)
from actions.replies.base import ANSWERED, PERSON, Button, Reply, capital, listed, paragraphs, payload, sources_of
from actions.replies.destinations import in_sentence
from knowledge.models import CredentialType, Field, Program, TopicLink

__all__ = ["chosen", "instead", "named_in"]
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


def chosen(weighed: Sequence[Weighed], person: Person, field: Field | None, unknown: Sequence[str]) -> Reply:
    """Name the best of the things with one reason, what would speak for the others, and what isn't known."""
    best, *others = weighed
    close = others and others[0].score == best.score
    whom = f" for your {person.whom}" if person.of_other else ""
    lead = f"It is close, but I'd take **{best.name}**{whom}" if close else f"I'd take **{best.name}**{whom}"
    return Reply(
        paragraphs(
            f"{lead}: {_reason(best, field)}.",
            " ".join(_other(one, best, field) for one in others[:2]),
            limits_text(unknown),
        ),
        ANSWERED,
        best.topic.key if best.topic else None,
        sources_of(best.type.source, *(one.type.source for one in others[:1])),
        (
            *(Button(one.topic.title, payload("ask_topic", topic=one.topic.key)) for one in weighed[:2] if one.topic),
            PERSON,
        ),
    )


def _reason(one: Weighed, field: Field | None) -> str:
    """Say what speaks for a thing: that it goes with the field, with an example, else what it is for."""
    it, goes = ("it", "goes") if one.program else ("they", "go")
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
        return f"{capital(_the(one))} {'is' if one.program else 'are'} not named for {in_sentence(field)}."
    return f"{capital(_the(one))} would be the choice for {one.type.focus}."


def _the(one: Weighed) -> str:
    return f"**{one.name}**"


def _against(one: Weighed) -> str:
    text = AGAINST[one.against]
    if one.program or one.against == NOT_WANTED:
        return text
    return text.replace("it is", "they are").replace("it proves", "they prove").replace("want it", "want them")


def instead(refused: Person, person: Person, found: Suggestion, unknown: Sequence[str]) -> Reply:
    """Tell what there is for a field without what was refused."""
    name = in_sentence(found.field.field)
    without = f"without {listed(refused.avoids)}" if refused.avoids else "apart from that"
    whom = f" for your {person.whom}" if person.of_other else ""
    things = [f"**{program.name}**" for program in found.programs[:MOST_PROGRAMS]]
    kinds = [*(found.types if not things else beside(found))][:MOST_TYPES]
    named = listed([*things, *(f"**{kinds_name(kind)}** ({kind.focus})" for kind in kinds)])
    close = listed(f"**{program.name}**" for program in found.close[:MOST_PROGRAMS])
    if named:
        lead = f"All right, {without}: for {name} there {'are' if kinds or len(things) > 1 else 'is'} {named}{whom}."
        near = f"Close to it I know by name: {close}." if close else ""
    elif close:
        lead, near = f"All right, {without}: the nearest to {name} that I know by name{whom} is {close}.", ""
    else:
        lead, near = (
            f"All right, {without}. Beyond that I know of no kind of credential or program for {name}{whom}.",
            "",
        )
    return Reply(
        paragraphs(f"{lead} {near}".strip(), places_known(found), limits_text(unknown) if named or close else ""),
        ANSWERED,
        None,
        sources_of(*(one.source for one in (*found.programs[:1], *found.types[:1], *found.homes[:1]))),
        (
            *(Button(kind.topic.title, payload("ask_topic", topic=kind.topic.key)) for kind in kinds if kind.topic),
            PERSON,
        ),
    )
