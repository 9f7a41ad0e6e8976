"""Finds the thing that a message points at by what is true of it: "the Canadian one", "the one in Munich", "the IBM ones"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from actions.context import DialogueState, Names, Understanding
from actions.dialogue.kept_state import THINGS, institutions_of
from actions.near_fields import close_programs
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge
from knowledge.models import ProgramCriteria

# Kinds of things of which others' names hold; a program before its kind.
POINTED = ("program", "type", "institution")
ONE_BY_ONE = ("provider", "institution", "destination", "place")  # kinds of names that point at one program each
Known = dict[str, set[str]]  # the names that hold of a thing, by kind


def pointed_thing(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Names | None:
    """Return the things of one kind that were shown and of which the message's names hold; None without such.

    Of a list that they leave as it is, they point at nothing; a program that was not shown is meant if it is the only one.
    """
    said = {
        kind: keys
        for kind, keys in _kept(understanding).items()
        if kind != "industry" or "field" not in understanding.names
    }
    if not said:
        return None
    for kind, keys in sorted(_shown(knowledge, state), key=lambda one: POINTED.index(one[0])):
        if kind in said:
            continue
        if kind != "program" and set(said) == {"provider"} and (only := _only_program(knowledge, said)):
            return only
        of_kind = kind == "type" and set(said) == {"provider"} and _of_type_and_provider(knowledge, keys, said)
        if of_kind:  # "the IBM one" after badges: those by IBM, and not badges once more
            return {"program": of_kind}
        fitting = tuple(key for key in keys if _holds(knowledge, kind, key, said, understanding.left_out))
        if fitting and (len(fitting) < len(keys) or len(keys) == 1 or _names_each(said, fitting)):
            return {kind: fitting}
    return _only_program(knowledge, said)


def _of_type_and_provider(knowledge: Knowledge, types: tuple[str, ...], said: Names) -> tuple[str, ...]:
    """Return the programs of some kinds by the provider that is said."""
    found = knowledge.programs(ProgramCriteria(types=types, providers=said["provider"]))
    return tuple(one.key for one in found)


def pointed_things(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Names | None:
    """Return the programs that a message points at one by one: "Google's or the Canadian one"; None unless each is one."""
    said = [(kind, key) for kind in ONE_BY_ONE for key in _kept(understanding).get(kind, ())]
    found = [pointed_thing(knowledge, replace(understanding, names={kind: (key,)}), state) for kind, key in said]
    of_each = (_of_own_field(knowledge, each.get("program", ()), state) for each in found if each)
    programs = tuple(dict.fromkeys(key for keys in of_each for key in keys[:1]))
    return {"program": programs} if len(programs) == len(said) > 1 else None


def _of_own_field(knowledge: Knowledge, keys: tuple[str, ...], state: DialogueState) -> tuple[str, ...]:
    """Return programs with those first whose field the person wishes for, or is talked about."""
    wished = {*state.profile.get("field", ()), *state.focus.get("field", ())}
    return tuple(sorted(keys, key=lambda key: not wished & {one.key for one in knowledge.program(key).fields}))


def _names_each(said: Names, fitting: tuple[str, ...]) -> bool:
    """Return whether the message names as many things of a kind as fit: "the AWS one and the IBM one"."""
    return 1 < len(fitting) == max(map(len, said.values()))


def _kept(understanding: Understanding) -> Names:
    """Return the things that the message names and doesn't exclude."""
    names = {
        kind: tuple(key for key in understanding.of(kind) if key not in understanding.left_out.get(kind, ()))
        for kind in THINGS
    }
    return {kind: keys for kind, keys in names.items() if keys}


def _shown(knowledge: Knowledge, state: DialogueState) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the things that were shown, by kind: the last list first, then what goes with the field or the place in focus."""
    for names in (
        state.names,
        state.listed,
        state.choices,
        state.focus,
        *(one.names for one in reversed(state.queries)),
    ):
        yield from ((kind, names[kind]) for kind in POINTED if names.get(kind))
    for key in (*state.focus.get("field", ()), *state.profile.get("field", ()), *state.profile.get("work_field", ())):
        if knowledge.has_name("field", key):
            answer = knowledge.field_answer(key)
            yield "program", tuple(one.key for one in answer.programs)
            yield "type", tuple(one.key for one in answer.types)
            yield "program", tuple(one.key for one in close_programs(knowledge, answer))
    for key in state.focus.get("destination", ()):
        yield "institution", institutions_of(knowledge, key)
    for key in state.focus.get("place", ()):
        home = knowledge.place(key).destination if knowledge.has_name("place", key) else None
        yield "institution", institutions_of(knowledge, home.key) if home else ()


def _holds(knowledge: Knowledge, kind: str, key: str, said: Names, out: Names) -> bool:
    """Return whether every kind of name that was said holds of a thing, and none that was left out."""
    try:
        known = {"program": _of_program, "type": _of_type, "institution": _of_institution}[kind](knowledge, key, said)
    except UnknownKey:
        return False
    fits = all(known.get(each, set()) & set(keys) for each, keys in said.items())
    return fits and not any(known.get(each, set()) & set(keys) for each, keys in out.items())


def _of_program(knowledge: Knowledge, key: str, said: Names) -> Known:
    program = knowledge.program(key)
    links = {
        "provider": program.provider,
        "type": program.type,
        "destination": program.destination,
        "institution": program.institution,
    }
    known = {kind: {link.key} for kind, link in links.items() if link}
    known["field"] = {field.key for field in program.fields}
    if program.destination:
        known["place"] = _places_in(knowledge, said, program.destination.key)
    return known


def _of_type(knowledge: Knowledge, key: str, said: Names) -> Known:
    found = knowledge.type(key)
    return {"provider": {one.key for one in found.providers}, "field": {one.key for one in found.fields}}


def _of_institution(knowledge: Knowledge, key: str, said: Names) -> Known:
    found = knowledge.institution(key)
    places = [knowledge.place(each) for each in said.get("place", ()) if knowledge.has_name("place", each)]
    where = {place.key for place in places if place.name == found.country or place.name.lower() in found.name.lower()}
    return {"destination": {found.destination.key} if found.destination else set(), "place": where}


def _places_in(knowledge: Knowledge, said: Names, destination: str) -> set[str]:
    places = [knowledge.place(each) for each in said.get("place", ()) if knowledge.has_name("place", each)]
    return {place.key for place in places if place.destination and place.destination.key == destination}


def _only_program(knowledge: Knowledge, said: Names) -> Names | None:
    """Return the only program there is of a provider or kind and what else was said."""
    if (
        (len(said) < 2 and set(said) != {"provider"})
        or not set(said) & {"provider", "type"}
        or not set(said) <= {"provider", "type", "field", "destination"}
    ):
        return None
    found = knowledge.programs(
        ProgramCriteria(
            fields=said.get("field", ()),
            types=said.get("type", ()),
            providers=said.get("provider", ()),
            destinations=said.get("destination", ()),
        )
    )
    return {"program": (found[0].key,)} if len(found) == 1 else None
