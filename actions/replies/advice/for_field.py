"""Words for places, kinds of credential and two fields, told for the field of the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actions.replies.advice.profile import Person
from actions.replies.base import ANSWERED, PERSON, Button, Reply, listed, lower_first, paragraphs, payload, sources_of
from actions.replies.destinations import destination_button, field_names, in_sentence, institution_names, with_article
from knowledge.models import CredentialType, Destination, Field, FieldAnswer, Strength

MOST_PROGRAMS = 2


@dataclass(frozen=True)
class Where:
    """A destination with the name that was said for it: "Germany" in the EU."""

    name: str
    destination: Destination

    @property
    def in_words(self) -> str:
        """The destination, with the place that lies in it: "the EU, where Germany lies"."""
        inside = self.name not in (self.destination.short, self.destination.name)
        return (
            f"**{self.destination.short}**, where {with_article(self.name)} lies,"
            if inside
            else f"**{self.destination.short}**"
        )


def place_for(answer: FieldAnswer, where: Where, about: str = "") -> Reply:
    """Tell what a place has for a field: whether it is popular there, a program, and who can be asked; then more `about` it."""
    name = in_sentence(answer.field)
    return Reply(
        paragraphs(f"For {name}: {_there(answer, where)}", _programs(answer, where), about, _ask(where)),
        ANSWERED,
        where.destination.topic.key if where.destination.topic else None,
        sources_of(where.destination.source, *(program.source for program in answer.programs[:1])),
        _buttons(answer, where),
    )


def who_teaches(answer: FieldAnswer, where: Where) -> Reply:
    """Tell who may teach a field in a place: the institutions named there, without saying which of them does."""
    name, there = in_sentence(answer.field), where.destination
    near = [] if _lists(answer, where) else _near(answer, where)
    closest = f" Ask them also for {near[0]}, the closest popular field there." if near else ""
    return Reply(
        paragraphs(
            f"In {there.short} you could ask {institution_names(there)}: these are named, but not which of them teaches "
            f"**{name}**.{closest}"
            if there.institutions
            else f"Nobody is named who teaches **{name}** in {there.short}.",
            _programs(answer, where),
        ),
        ANSWERED,
        there.topic.key if there.topic else None,
        sources_of(there.source),
        _buttons(answer, where),
    )


def who_teaches_in_each(answer: FieldAnswer, places: Sequence[Where]) -> Reply:
    """Tell who may teach a field in each of several places."""
    each = [who_teaches(answer, where) for where in places]
    lines = [reply.text.split("\n\n")[0] for reply in each]
    sources = sources_of(*(where.destination.source for where in places))
    buttons = (*(destination_button(where.destination) for where in places[:2]), PERSON)
    return Reply(paragraphs(*lines), ANSWERED, None, sources, buttons)


def _buttons(answer: FieldAnswer, where: Where) -> tuple[Button, ...]:
    programs = Button("Programs in this field", payload("find_programs", field=answer.field.key))
    return (*([programs] if answer.programs else []), destination_button(where.destination), PERSON)


def elsewhere(answer: FieldAnswer, places: Sequence[Where]) -> str:
    """Say of places that don't list a field which field there comes closest."""
    return " ".join(_upper(_there(answer, one)) for one in places)


def _there(answer: FieldAnswer, where: Where) -> str:
    """Say whether a destination lists the field, or which field there is the closest to it."""
    if _lists(answer, where):
        return f"{where.in_words} is a place to look, since it is among the popular fields there."
    near = _near(answer, where)
    known = f" {_upper(where.name)} is known for it, though." if _known(answer, where) else ""
    if near:
        closest = f"the closest that is popular in {where.in_words} is **{near[0]}**"
        return f"{closest}; {in_sentence(answer.field)} itself isn't listed there.{known}"
    return f"{where.in_words} doesn't list it; popular there are {field_names(where.destination)}.{known}"


def _lists(answer: FieldAnswer, where: Where) -> bool:
    return any(home.key == where.destination.key for home in answer.destinations)


def _known(answer: FieldAnswer, where: Where) -> bool:
    said = {where.name, where.destination.name}
    return any(one.field.key == answer.field.key and one.where.name in said for one in answer.strengths)


def _near(answer: FieldAnswer, where: Where) -> list[str]:
    near = [
        in_sentence(field) for field, homes in answer.near if any(one.key == where.destination.key for one in homes)
    ]
    near += [in_sentence(one.field) for one in _of_near_fields(answer) if one.where.key == where.destination.key]
    return list(dict.fromkeys(near))


def _of_near_fields(answer: FieldAnswer) -> list[Strength]:
    return [one for one in answer.strengths if one.field.key != answer.field.key]


def _programs(answer: FieldAnswer, where: Where) -> str:
    """Name the programs of the field, without those of another place."""
    fit = [one for one in answer.programs if one.destination is None or one.destination.key == where.destination.key]
    if not fit:
        return ""
    names = listed(f"**{one.name}**" for one in fit[:MOST_PROGRAMS])
    placed = all(one.destination for one in fit[:MOST_PROGRAMS])
    return f"What I know by name for it is {names}{'.' if placed else '; where it is taught is not stated.'}"


def _ask(where: Where) -> str:
    named = institution_names(where.destination)
    if not named:
        return ""
    return f"The institutions named in {where.destination.short} are {named}; ask them, as it isn't said which teaches what."


def places_compared(answer: FieldAnswer, places: Sequence[Where], person: Person) -> Reply:
    """Compare places for one field: those that list it first, then what the others have instead."""
    name = in_sentence(answer.field)
    listing, others = [one for one in places if _lists(answer, one)], [one for one in places if not _lists(answer, one)]
    known = [one for one in others if _known(answer, one)]
    whom = f" for {person.whose}" if person.of_other else ""
    if len(listing) == 1:
        lead = f"For {name}, {listing[0].in_words} fits better{whom}: it is among the popular fields there."
    elif listing:
        lead = f"For {name}, both fit{whom}: it is popular in {listed(one.in_words.rstrip(',') for one in listing)}."
    elif len(known) == 1:
        lead = (
            f"For {name}, {known[0].in_words} fits better{whom}: it is known for that, though {name} isn't on its list."
        )
        listing, others = known, [one for one in others if one not in known]
    elif all(kin := [_kinds_of(name, answer, one) for one in places]):
        kinds = listed(
            f"**{one}**, popular in {where.in_words.rstrip(',')}" for one, where in zip(kin, places, strict=True)
        )
        lead, others = f"That depends on which kind of {name} you mean{whom}: {kinds}.", []
    else:
        lead = f"Neither lists {name} itself{whom}."
    return Reply(
        paragraphs(
            lead,
            *(_upper(_there(answer, one)) for one in others),
            *(_ask(one) for one in listing[:1]),
            _own_programs(answer),
        ),
        ANSWERED,
        None,
        sources_of(*(one.destination.source for one in places[:2])),
        (*(destination_button(one.destination) for one in [*listing, *others][:2]), PERSON),
    )


def _kinds_of(name: str, answer: FieldAnswer, where: Where) -> str:
    """Return the popular field of a place that has the name of a wider one in its own ("data analytics"), or ""."""
    return next((near for near in _near(answer, where) if name.lower() in near.lower().split()), "")


def _own_programs(answer: FieldAnswer) -> str:
    names = listed(f"**{one.name}**" for one in answer.programs[:MOST_PROGRAMS])
    return f"By name I know {names} for it." if names else ""


def _upper(text: str) -> str:
    at = 2 if text.startswith("**") else 0
    return f"{text[:at]}{text[at : at + 1].upper()}{text[at + 1 :]}"


def kind_or_place(answer: FieldAnswer, kind: CredentialType, where: Where) -> Reply:
    """Weigh a kind of credential against a place for a field; one doesn't rule out the other."""
    name = in_sentence(answer.field)
    fits = any(one.key == answer.field.key for one in kind.fields)
    relation = f"go with {name}:" if fits else f"are not named for {name} itself;"
    of_kind = f"**{kind.plural}** {relation} their focus is {kind.focus}."
    providers = listed(one.name for one in kind.providers[:2])
    from_whom = f" They come from platforms such as {providers}." if providers else ""
    return Reply(
        paragraphs(
            f"{of_kind}{from_whom}",
            _upper(_there(answer, where)).replace("since it is", f"since {name} is").replace("list it", f"list {name}"),
            "The one doesn't rule out the other: the first is a kind of credential, the second a place to study. With "
            f"{name} in mind I'd start with {'the first' if fits else 'the second' if _lists(answer, where) else 'neither'}.",
        ),
        ANSWERED,
        kind.topic.key if kind.topic else None,
        sources_of(kind.source, where.destination.source),
        (Button(kind.name, payload("ask_about", type=kind.key)), destination_button(where.destination), PERSON),
    )


def kinds_for_field(field: Field, fitting: Sequence[CredentialType]) -> str:
    """Say which of the kinds that were compared goes with the field of the person."""
    kinds = listed(f"**{lower_first(kind.plural)}**" for kind in fitting)
    return f"For {in_sentence(field)}, that speaks for {kinds}, which cover it."


def fields_compared(answers: Sequence[FieldAnswer]) -> Reply:
    """Compare two fields by the programs and places that are known for them."""
    lines = [_known_for(answer) for answer in answers]
    counts = [len(answer.programs) for answer in answers]
    most = max(range(len(answers)), key=counts.__getitem__)
    lead = (
        f"I know of more programs for {in_sentence(answers[most].field)}."
        if min(counts) < max(counts)
        else "By the programs that I know of, it is a draw."
    )
    return Reply(
        paragraphs(lead, *lines, "Which of the two would you enjoy more?"),
        ANSWERED,
        None,
        sources_of(*(program.source for answer in answers for program in answer.programs[:1])),
        (*(Button(one.field.name, payload("find_programs", field=one.field.key)) for one in answers), PERSON),
    )


def fields_apart(answers: Sequence[FieldAnswer]) -> Reply:
    """Say that two fields are two, with what is known for each; what they teach differently isn't said."""
    names = listed(f"**{in_sentence(one.field)}**" for one in answers)
    return Reply(
        paragraphs(
            f"{_upper(names)} are two fields here, listed apart.",
            *(_known_for(answer) for answer in answers),
            "How their contents differ isn't said: compare two course pages for that.",
        ),
        ANSWERED,
        None,
        sources_of(*(home.source for answer in answers for home in answer.destinations[:1])),
        (*(Button(one.field.name, payload("ask_best_destination", field=one.field.key)) for one in answers), PERSON),
    )


def _known_for(answer: FieldAnswer) -> str:
    """Tell the programs and the destinations of a field in a line."""
    programs = listed(f"**{one.name}**" for one in answer.programs[:MOST_PROGRAMS]) or "no program by name"
    count = f"{len(answer.programs)} programs, among them " if len(answer.programs) > MOST_PROGRAMS else ""
    homes = listed(one.short for one in answer.destinations)
    popular = f"; it is popular in {homes}" if homes else "; no destination lists it"
    return f"{answer.field.name}: {count}{programs}{popular}."
