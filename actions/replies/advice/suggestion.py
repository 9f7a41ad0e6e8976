"""Words for advice: what suits a person and why, what isn't known, the next steps, and one question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from actions.replies.advice.profile import FOR_STAFF, MODES, PRIVATE, Person, as_a, in_sentences
from actions.replies.advice.profile import noted as in_brief
from actions.replies.advice.questions import QUESTIONS, QUESTIONS_FOR
from actions.replies.base import (
    ANSWERED,
    DECLINED,
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
from actions.replies.destinations import destination_button, field_names, in_sentence, with_article
from actions.replies.facts.relations import short_name, with_the
from knowledge.models import (
    CredentialType,
    Destination,
    FieldAnswer,
    Industry,
    Program,
    TopicLink,
)

ACCEPTS = "accepts"
ACKNOWLEDGED_WITH = (ANSWERED, DECLINED)  # outcomes beside which what was told is acknowledged
MOST_PROGRAMS, MOST_TYPES, MOST_PLACES, MOST_CLOSE = 2, 2, 2, 3


@dataclass(frozen=True)
class Suggestion:
    """What the knowledge base has for a person's field.

    `types_of` is the field that the kinds go with, the field itself or one near it. `close` are programs of the fields near a
    field that has none of its own, `close_homes` these fields with where they are popular, `whole` the industry that the field
    stands for. `away` tells whether the person may go to a destination.
    """

    field: FieldAnswer
    programs: tuple[Program, ...]
    types: tuple[CredentialType, ...]
    types_of: str
    graduate: CredentialType | None
    industry: Industry | None
    place: str
    destination: Destination | None
    homes: tuple[Destination, ...]
    near: tuple[tuple[str, tuple[Destination, ...]], ...]
    known_for: tuple[str, ...]
    away: bool
    close: tuple[Program, ...] = ()
    whole: Industry | None = None


def suggestion_text(person: Person, found: Suggestion) -> str:
    """Recommend: programs first, then the kinds of credential."""
    return " ".join(filter(None, (_first(person, found), _kinds(found))))


def places_known(found: Suggestion) -> str:
    """Tell where a field, or one near it, is popular or known."""
    return _where(found)


def where_text(found: Suggestion) -> str:
    """Tell where, and what employers think."""
    return " ".join(filter(None, (_where(found), employers_text(found))))


def _first(person: Person, found: Suggestion) -> str:
    lead, name = as_a(person), in_sentence(found.field.field)
    start = f"{lead or f'For {name}'}, I'd look first at"
    programs = [f"**{program.name}**{_by(program)}" for program in found.programs[:MOST_PROGRAMS]]
    if programs:
        named = "that is" if len(programs) == 1 else "those are"
        return f"{start} {listed(programs)}: {named} what the guide names for {name}."
    kinds = [f"**{kinds_name(kind)}** ({kind.focus})" for kind in found.types[:MOST_TYPES]]
    close = f", the nearest to {name}" if found.types_of and found.types_of != name else ""
    if kinds:
        return f"{start} {listed(kinds)}, which go with {found.types_of or name}{close}. {_close(found)}".strip()
    if found.close:
        named = listed(f"**{program.name}**{_by(program)}" for program in found.close[:MOST_PROGRAMS])
        return f"{start} {named}, the nearest to {name} that I know by name."
    place = listed(one.short for one in found.homes[:MOST_PLACES])
    if place and found.away:
        return f"{start} {places_named(found.homes)}: {name} {is_or_are(name)} popular there."
    if areas := _areas(found):
        return f"{lead}: {areas}" if lead else capital(areas)
    none = nothing_for(name)
    return " ".join(filter(None, (none, _embraced(found))))


def _close(found: Suggestion) -> str:
    """Name the programs of the fields near one that has none of its own, or ""."""
    names = listed(f"**{program.name}**" for program in found.close[:MOST_CLOSE])
    return f"Close to it I know by name: {names}." if names else ""


def _areas(found: Suggestion) -> str:
    """Name the areas of the industry that the field stands for, or "" if it is one of them or stands for none."""
    if found.whole is None:
        return ""
    areas = listed(f"**{area}**" for area in found.whole.areas)
    return (
        f"in {lower_first(found.whole.name)}, such credentials are named for {areas}, though without a course by name."
    )


def is_or_are(name: str) -> str:
    """Return the verb of a field's name: "AI is", "language skills are", "data analytics is"."""
    return "are" if name.endswith("s") and not name.endswith(("ics", "ss", "us")) else "is"


def _embraced(found: Suggestion) -> str:
    """Name the industry that counts the field among its areas for such credentials, or ""."""
    name = found.field.field.name.lower()
    industry = next((one for one in found.field.industries if name in map(str.lower, one.areas)), None)
    if industry is None:
        return ""
    where = lower_first(industry.name)
    return (
        f"It is one of the areas of {where} for which such credentials are named, though without a course or a country."
    )


def nothing_for(name: str) -> str:
    """Say plainly that no program is known for a field."""
    return f"I know of no program for {name} itself."


def _by(program: Program) -> str:
    provider = program.provider.name if program.provider else ""
    return "" if not provider or provider.lower() in program.name.lower() else f" by {provider}"


def _kinds(found: Suggestion) -> str:
    """Name the kind that fits beside the programs, and the one that leads on to a master's."""
    parts = [f"{kind.plural} may fit, too: {kind.focus}." for kind in beside(found)]
    if found.graduate:
        degree = "Since you have a degree and further study in mind"
        parts.append(f"{degree}, see **{found.graduate.plural}**, too: {found.graduate.focus}.")
    return " ".join(parts)


def beside(found: Suggestion) -> list[CredentialType]:
    """Return the kind that is named beside the programs, as none or one."""
    used = {program.type.key for program in found.programs[:MOST_PROGRAMS]}
    others = [kind for kind in found.types if kind.key not in used and kind != found.graduate]
    return others[:1] if found.programs else []


def _where(found: Suggestion) -> str:
    name = in_sentence(found.field.field)
    if found.place:
        return _in_place(found, name)
    if found.homes and found.away and not (found.programs or found.types):
        return ""  # the recommendation has named them
    if found.homes and found.away:
        return f"For a stay abroad, {name} {is_or_are(name)} popular in {places_named(found.homes)}."
    if found.homes:
        return f"For an online course, you could ask in {places_named(found.homes)}, where {name} {is_or_are(name)} popular."
    known = f"{capital(listed(found.known_for))} is known for {name}." if found.known_for else ""
    popular = f"For a stay abroad, {_near(found)}." if _near(found) and found.away else ""
    if known or popular:
        return " ".join(filter(None, (known, popular)))
    close = [
        f"{in_sentence(one.field)}, for which {with_article(short_name(one.where))} is known"
        for one in found.field.strengths
    ]
    return f"The closest is {close[0]}." if close else ""


def places_named(homes: Sequence[Destination]) -> str:
    """Name destinations with their institutions."""
    return listed(f"**{one.short}** ({_institutions(one)})" for one in homes[:MOST_PLACES])


def _near(found: Suggestion) -> str:
    """Tell where the fields near a field are popular: "popular fields close to it are AI (the EU) and finance (the UK)"."""
    where = [f"{field} ({listed(one.short for one in places[:MOST_PLACES])})" for field, places in found.near][
        :MOST_CLOSE
    ]
    are = "popular fields close to it are" if len(where) > 1 else "a popular field close to it is"
    return f"{are} {listed(where)}" if where else ""


def _in_place(found: Suggestion, name: str) -> str:
    elsewhere = [one for one in found.homes if not found.destination or one.key != found.destination.key]
    other = f" It is popular in {listed(one.short for one in elsewhere[:MOST_PLACES])}." if elsewhere else ""
    if not elsewhere and not found.homes and (near := _near(found)):
        other = f" Elsewhere, {near}."
    if found.destination is None:
        return f"{nothing_on(found.place)}{other}"
    if len(elsewhere) < len(found.homes):
        return (
            f"**{capital(found.place)}** fits: {name} {is_or_are(name)} among the popular fields of {found.destination.short}. "
            f"Ask {_institutions(found.destination, 'or')} which of them teach it."
        )
    close = [field for field, places in found.near if any(one.key == found.destination.key for one in places)]
    known = f" {capital(found.place)} itself is known for {name}." if found.place in found.known_for else ""
    if close:
        ask = _institutions(found.destination, "or")
        return f"In **{found.destination.short}**, the closest popular field is **{close[0]}**: ask {ask}.{known}"
    popular = f"Popular in {found.destination.short} are {field_names(found.destination)}"
    return f"{popular}; {name} isn't listed there.{known}{other}"


def nothing_on(place: str) -> str:
    """Say that a place is none of those that are described."""
    return f"I have nothing on {place} as a place to study."


def _institutions(destination: Destination, last: str = "and") -> str:
    return listed((one.name for one in destination.institutions[:3]), last)


def employers_text(found: Suggestion) -> str:
    """Tell what employers in the field's industry think of such credentials, or ""."""
    if found.industry is None or not found.industry.acceptance:
        return ""
    name = lower_first(found.industry.name)
    if found.industry.acceptance == ACCEPTS:
        return f"Employers in {name} tend to accept such credentials."
    return f"In {name}, employers often still ask for a full degree, so see it as an addition to one."


def kinds_name(kind: CredentialType) -> str:
    """Return the plural of a kind as it stands in a sentence."""
    return lower_first(kind.plural)


def noted(person: Person) -> str:
    """Take in an answer that changes nothing in the suggestion."""
    if person == Person(whom=person.whom):
        return "No problem."
    if told := in_brief(person):
        return f"All right, {told}."
    limits = tuple(code for code in person.limits if code not in PRIVATE)  # a hardship is not said back
    person = replace(person, limits=limits)
    told = in_sentences(replace(person, whom="") if person.whom == FOR_STAFF else person, brief=True)
    if not told:
        return ""
    # where one is in life is said back to nobody: "you are not looking for a job"
    return "All right." if person.situation else f"I see, {told}."


def because(found: Suggestion) -> str:
    """Give the reasons of what was advised."""
    said = _reasons(found)
    if not said:
        return f"Because I know nothing nearer to {in_sentence(found.field.field)} than that. A person may know more."
    return " ".join(filter(None, (f"Because {said}.", employers_text(found))))


def reason_text(found: Suggestion) -> str:
    """Give the reasons as a sentence of its own, or "" without one."""
    said = _reasons(found)
    return " ".join(filter(None, (f"The reason: {said}.", employers_text(found)))) if said else ""


def _reasons(found: Suggestion) -> str:
    name = in_sentence(found.field.field)
    homes = listed(one.short for one in found.homes[:MOST_PLACES])
    named, close = found.programs[:MOST_PROGRAMS], found.close[:MOST_PROGRAMS]
    reasons = [
        f"{_names(named)} {'is' if len(named) == 1 else 'are'} what I know by name for {name}" if named else "",
        f"{listed(kinds_name(kind) for kind in found.types[:MOST_TYPES])} go with {found.types_of or name}"
        if found.types and not named
        else "",
        f"{_names(close)} {'is' if len(close) == 1 else 'are'} the nearest that I know by name"
        if close and not named
        else "",
        f"{name} {is_or_are(name)} among the popular fields of {homes}" if homes and found.away else "",
    ]
    return ", and ".join(filter(None, reasons))


def _names(programs: Sequence[Program]) -> str:
    return listed(map(with_the, programs))


def second_wish(others: Sequence[Suggestion]) -> str:
    """Tell in a sentence what there is for the other field that was wished for."""
    return " ".join(plan_text(found, Person()) for found in others)


def plan_text(found: Suggestion, person: Person, one: bool = False) -> str:
    """Return the suggestion in one sentence, for a summary or when it was told in full before; `one` names a single thing."""
    name = in_sentence(found.field.field)
    things = [f"**{program.name}**" for program in found.programs[:MOST_PROGRAMS]]
    things = things or [f"**{kinds_name(kind)}**" for kind in found.types[:MOST_TYPES]]
    things += [
        f"**{program.name}**" for program in found.close[: MOST_PROGRAMS if not things else 1] if not found.programs
    ]
    things += [f"**{found.graduate.plural}**"] if found.graduate else []
    if found.destination and any(one.key == found.destination.key for one in found.homes):
        things.append(f"what {found.place} has")
    elif found.homes and found.away and not found.place:
        things.append(listed(one.short for one in found.homes[:MOST_PLACES]))
    if one:
        things = things[:1]
    whom = f"For {person.whose} and {name}" if person.of_other else f"For {name}"
    if not things and found.whole:
        return f"{whom}, I'd look at courses in {listed(found.whole.areas)}, though I know none by name."
    if not things and found.near and found.away:
        nearest = found.near[:MOST_PLACES]
        fields = listed(f"{field} ({listed(one.short for one in places[:MOST_PLACES])})" for field, places in nearest)
        return f"{whom}, I'd look at {fields}, the nearest that is popular abroad."
    if not things:
        return " ".join(filter(None, (nothing_for(name), _where(found))))
    mode = f", {MODES[person.mode]} if they have it" if person.mode in MODES else ""
    return f"{whom}, I'd look at {listed(things)}{mode}."


def where_in_brief(found: Suggestion) -> str:
    """Return the nearest places where the plan names none: "Abroad, public health is popular in the UK."."""
    told = not (found.programs or found.types or found.close or found.whole)  # as the plan itself
    if found.place or found.homes or not found.away or told:
        return ""
    return f"Abroad, {near}." if (near := _near(found)) else ""


def limits_text(unknown: Sequence[str]) -> str:
    """Say what isn't known about it."""
    return f"I don't know {listed(unknown, 'or')}, so ask the provider before you pay." if unknown else ""


def again_text(person: Person) -> str:
    """Begin advice that is given anew after it went wrong."""
    return (
        f"Sorry, let me put that right: {told}." if (told := in_sentences(person)) else "Sorry, let me put that right."
    )


def named_in(found: Suggestion) -> dict[str, tuple[str, ...]]:
    """Return the keys of what the advice names, by kind: its programs, its kinds of credential."""
    programs = found.programs[:MOST_PROGRAMS]
    kinds = (
        [*(program.type.key for program in programs), *(kind.key for kind in beside(found))] if beside(found) else []
    )
    kinds = kinds if programs else [kind.key for kind in found.types[:MOST_TYPES]]
    named = {"program": tuple(program.key for program in programs or (() if kinds else found.close[:MOST_PROGRAMS]))}
    return {kind: keys for kind, keys in {**named, "type": tuple(dict.fromkeys(kinds))}.items() if keys}


def topic_of(found: Suggestion) -> TopicLink | None:
    """Return the topic of the first kind, which "tell me more" leads to."""
    kinds = (*found.types, *([found.graduate] if found.graduate else []))
    return next((kind.topic for kind in kinds if kind.topic), None)


def suggestion(person: Person, found: Suggestion, parts: Sequence[str], question: str) -> Reply:
    """Return the advice: `parts` in order, then the one question, if one is open."""
    topic, field = topic_of(found), found.field.field.key
    closing = "" if topic else "A person here can look further with you."  # its button says what more there is
    ask = (QUESTIONS_FOR if person.of_other else QUESTIONS).get(question, closing)
    sources = sources_of(
        *(program.source for program in found.programs[:1]),
        *(kind.source for kind in found.types[:1]),
        *(home.source for home in found.homes[:1]),
    )
    buttons = [Button("Programs in this field", payload("find_programs", field=field))] if found.programs else []
    buttons += [Button(topic.title, payload("ask_topic", topic=topic.key))] if topic else []
    buttons += [destination_button(found.homes[0])] if found.homes and found.away else []
    return Reply(paragraphs(*parts, ask), ANSWERED, None, sources, (*buttons[:3], PERSON))
