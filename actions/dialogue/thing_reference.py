"""Finds the thing that a message points at, or leaves out: "the Canadian one", "is there a course for that?"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from actions.context import DialogueState, Names, Ranked, Understanding
from actions.dialogue.kept_state import THINGS, institutions_of
from actions.dialogue.list_reference import where_taken
from actions.dialogue.resolution import (
    AND,
    BOTH,
    CREDENTIAL,
    EACH,
    ONE,
    ORGANISATION,
    SIMILAR,
    SUBJECT,
    THE_ONE,
    last_query,
    latest,
)
from actions.near_fields import close_programs
from core.contract.intents import (
    ASK_ABOUT,
    ASK_ADVICE,
    ASK_BEST_DESTINATION,
    ASK_BEST_TYPE,
    ASK_RECOGNITION,
    ASK_TOPIC,
    COMPARE,
    FIND_PROGRAMS,
    NOT_UNDERSTOOD,
    REFINE,
)
from core.contract.question_forms import LIST, WHAT, WHICH, YES_NO
from core.contract.question_forms import WHERE as ASKS_WHERE
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge
from knowledge.models import ProgramCriteria

# Kinds of things of which others' names hold; a program before its kind.
POINTED = ("program", "type", "institution")
ONE_BY_ONE = ("provider", "institution", "destination", "place")  # kinds of names that point at one program each
Known = dict[str, set[str]]  # the names that hold of a thing, by kind
FIELD = "field"
SEVERAL = 2
OF_WHERE = {"destinations", "taught", "place", "programs", "other"}  # attributes of where something is taken
SUITS, APPLIES = "suits", "applies"  # codes of what a message asks (nlu/data/about_me.yml)
# Confidence below which a topic is a guess, and probability below which it is none at all.
VAGUE, UNLIKELY = 0.3, 0.1
UNSURE = 0.5  # confidence below which a field in place of another is what a message is about


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


def anything_for_it(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "is there a course for that?" as the search for courses of the field that is talked about."""
    asked = set(understanding.attributes)
    asks = understanding.form in (YES_NO, WHAT, WHICH, LIST) and "programs" in asked <= {"exists", "programs", "other"}
    vague = understanding.intent == NOT_UNDERSTOOD or understanding.intent == ASK_TOPIC
    vague = vague and understanding.confidence < VAGUE
    wished = state.profile.get(FIELD) or state.focus.get(FIELD, ())[:1]
    known = tuple(key for key in wished if knowledge.has_name(FIELD, key))
    if not asks or not vague or ONE not in understanding.back or understanding.names or not known:
        return None
    return replace(understanding, intent=FIND_PROGRAMS, names={FIELD: known}, second=None)


def suits_it(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Put the credential in focus in place of "it" where the question is whether it suits somebody."""
    kind = latest(state, CREDENTIAL)
    named = set(understanding.names) & {*CREDENTIAL, *ORGANISATION}
    if SUITS not in understanding.asks or not understanding.refers or named or not kind:
        return None
    return replace(understanding, names={**understanding.names, kind: state.focus[kind][-1:]})


def accepted_by(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "and by small companies?" after a question who recognises something as the question what employers do."""
    last, topic = last_query(state), knowledge.roles().get("employers", "")
    goes_on = understanding.intent in (REFINE, NOT_UNDERSTOOD) and AND in understanding.back and not understanding.names
    asks = set(understanding.attributes) & {"companies"} and last is not None and last.intent == ASK_RECOGNITION
    if not goes_on or not asks or not topic:
        return None
    return replace(understanding, intent=ASK_TOPIC, topics=(Ranked(topic, 1.0),), claims=(), second=None)


def at_named(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "my son wants to go to Oxford. What can he do there?" as the question what there is, if all else is a guess."""
    guess = understanding.intent in (ASK_TOPIC, NOT_UNDERSTOOD) and not understanding.is_answerable
    best = understanding.topics[0].share * understanding.confidence if understanding.topics else 0.0
    asks = understanding.form == WHAT and {"taught", "programs", "exists", "fields"} & set(understanding.attributes)
    only_named = (
        set(understanding.names) == {"institution"} and not understanding.left_out and not understanding.further
    )
    if not (guess and asks and only_named) or best >= UNLIKELY:
        return None
    return replace(understanding, intent=ASK_ABOUT, attributes=(), second=None)


def where_for_that(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "where would I go for that?" amid advice as the question for the places of the field it is about."""
    field = next((key for key in state.names.get("field", ()) if knowledge.has_name("field", key)), "")
    asks = understanding.intent == ASK_BEST_DESTINATION and set(understanding.attributes) <= {"destinations", "place"}
    if not asks or not field or state.act != ASK_ADVICE or understanding.names or ONE not in understanding.back:
        return None
    return replace(understanding, names={"field": (field,)})


def where_of_program(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "where do I take it?" as the question where the only program in focus is taken."""
    programs, others = state.focus.get("program", ()), set(understanding.names) - {"mode"}
    asks = understanding.form == ASKS_WHERE and set(understanding.attributes) <= OF_WHERE
    late = latest(state, (FIELD, *CREDENTIAL, *ORGANISATION))
    if not asks or ONE not in understanding.back or others or len(programs) != 1 or late != "program":
        return None
    return where_taken(knowledge, understanding, programs[0])


def similar_for(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "is there something like it for German?" after a program as the search for programs of what is named."""
    fields = [key for key in understanding.of(FIELD) if knowledge.has_name(FIELD, key)]
    asks = SIMILAR in understanding.back and "exists" in understanding.attributes and understanding.form == YES_NO
    only_field = set(understanding.names) <= {FIELD, "industry"} and len(fields) == 1 and not understanding.left_out
    if not asks or not only_field or not state.focus.get("program") or fields[0] in state.focus.get(FIELD, ()):
        return None
    return replace(understanding, intent=FIND_PROGRAMS, names={FIELD: (fields[0],)}, second=None, claims=())


def the_field_of(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "for the AI one, which universities?" of one of two fields that are wished for as the question for its places."""
    fields = [key for key in understanding.of(FIELD) if key in state.profile.get(FIELD, ())]
    of_two = (
        len(state.profile.get(FIELD, ())) > 1 and len(fields) == 1 and set(understanding.names) <= {FIELD, "industry"}
    )
    asks = {"institutions", "destinations", "place"} & set(understanding.attributes) or understanding.form == ASKS_WHERE
    if not of_two or not asks or THE_ONE not in understanding.back or understanding.left_out:
        return None
    plain = replace(understanding, intent=ASK_BEST_DESTINATION, names={FIELD: (fields[0],)}, second=None)
    return replace(plain, topics=(), claims=(), attribute="")


def for_each(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "which country for each?" after two fields as the question for the places of both."""
    wished = state.profile.get(FIELD, ())
    fields = tuple(
        key for key in (wished if len(wished) > 1 else state.focus.get(FIELD, ())) if knowledge.has_name(FIELD, key)
    )
    asks = understanding.intent == ASK_BEST_DESTINATION and {EACH, BOTH} & set(understanding.back)
    if not asks or len(fields) < SEVERAL or understanding.names:
        return None
    return replace(understanding, names={FIELD: fields[:SEVERAL]})


def it_in_place(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "is it in Melbourne?" amid talk of a field as the question whether that place has it."""
    kind = latest(state, (FIELD, *CREDENTIAL, *ORGANISATION))
    best = understanding.topics[0].share * understanding.confidence if understanding.topics else 0.0
    guess = understanding.intent in (ASK_TOPIC, NOT_UNDERSTOOD, REFINE) and best < UNLIKELY
    guess = guess or understanding.intent == ASK_ABOUT and not understanding.attributes
    only_where = bool(understanding.names) and set(understanding.names) <= {"destination", "place"}
    asks = understanding.form == YES_NO and ONE in understanding.back and not understanding.left_out
    if kind != FIELD or not (guess and only_where and asks) or set(understanding.attributes) - OF_WHERE:
        return None
    names = {FIELD: state.focus[FIELD][:1], **understanding.names}
    return replace(understanding, intent=ASK_ABOUT, names=names, attributes=("taught",), topics=(), claims=())


def named_by_parts(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Put the program in place of its kind and provider: "the IBM badge" amid talk of cybersecurity."""
    parts = {kind: understanding.of(kind) for kind in ("provider", "type")}
    asks = understanding.intent in (ASK_ABOUT, ASK_TOPIC, ASK_RECOGNITION) and not understanding.left_out
    if not asks or any(len(keys) != 1 for keys in parts.values()) or set(understanding.names) - {*parts, *SUBJECT}:
        return None
    found = knowledge.programs(ProgramCriteria(providers=parts["provider"], types=parts["type"]))
    wished = {*understanding.of("field"), *state.profile.get("field", ()), *state.focus.get("field", ())}
    meant = [one.key for one in found if len(found) == 1 or wished & {field.key for field in one.fields}]
    return replace(understanding, names={"program": (meant[0],)}) if len(meant) == 1 else None


def field_instead(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Ask for the field that a message puts in place of one that was wished for, after something else was asked.

    "Forget cybersecurity, what about cloud computing?" after two kinds were compared for it.
    """
    out, kept = understanding.left_out, understanding.instead.names
    searched = (query.names.get(FIELD, ()) for query in state.queries if query.intent == FIND_PROGRAMS)
    wished = {*(key for keys in searched for key in keys), *state.profile.get(FIELD, ())}
    inside = (key for key in kept.get(FIELD, ()) if key not in out.get(FIELD, ()))
    fields = tuple(key for key in inside if knowledge.has_name(FIELD, key))
    vague = understanding.confidence < UNSURE and understanding.form in (WHAT, WHICH)  # "... What do they offer in AI?"
    amid = understanding.intent == REFINE and state.act in (COMPARE, ASK_TOPIC, ASK_ABOUT, ASK_BEST_TYPE)
    if not fields or not out.get(FIELD) or (set(kept) | set(out)) - {FIELD, "industry"}:
        return None
    if not vague and not (amid and set(out[FIELD]) & wished):
        return None
    intent = FIND_PROGRAMS if knowledge.field_answer(fields[0]).programs else ASK_BEST_DESTINATION
    plain = replace(understanding, intent=intent, names={FIELD: fields[:1]}, left_out={}, manner="")
    return replace(plain, second=None, asks=(), topics=(), claims=(), back=())


def applies_to(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "does that go for IT as well?" after who accepts a credential as the question whether that field does."""
    roles = knowledge.roles()
    accepted = {roles.get(role) for role in ("recognition", "by-industry", "employers")}
    listed = state.listed.get("topic", ())
    of_acceptance = state.topic in accepted or state.topic in listed and bool(accepted & set(listed))
    named = set(understanding.names)
    if APPLIES not in understanding.asks or not of_acceptance or not named or not named <= {FIELD, "industry"}:
        return None
    asked = replace(understanding, intent=ASK_RECOGNITION, asks=(APPLIES,), about_me={})
    return replace(asked, topics=(), claims=(), second=None)


def in_each(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "what's popular in each?" after places that were compared as the question about these."""
    last = last_query(state)
    places = last.names.get("destination", ()) if last else ()
    asked = {"fields", "institutions"} & set(understanding.attributes)
    if EACH not in understanding.back or not asked or understanding.names or len(places) < SEVERAL:
        return None
    asked_set = ("fields",) if "fields" in asked else ("institutions",)
    plain = replace(understanding, intent=ASK_ABOUT, names={"destination": places}, attributes=asked_set)
    return replace(plain, topics=(), claims=(), second=None)


def field_without_place(
    knowledge: Knowledge, understanding: Understanding, state: DialogueState
) -> Understanding | None:
    """Take "anything in healthcare, but not in Canada?" as the question where the field is popular without that place."""
    kept = {kind for kind, keys in understanding.names.items() if set(keys) - set(understanding.left_out.get(kind, ()))}
    out = {kind for kind, keys in understanding.left_out.items() if keys}
    fields = [key for key in understanding.of(FIELD) if knowledge.has_name(FIELD, key)]
    only = bool(kept) and kept <= {FIELD, "industry"} and bool(out) and out <= {"destination", "place"}
    asks = understanding.intent in (ASK_TOPIC, ASK_ABOUT) and "exists" in understanding.attributes
    if len(fields) == 1 and understanding.intent == FIND_PROGRAMS and not knowledge.field_answer(fields[0]).programs:
        asks = True  # of which there is no program, so that only places can be told
    if not only or not asks or len(fields) != 1:
        return None
    asked = replace(understanding, intent=ASK_BEST_DESTINATION, topics=(), claims=(), second=None)
    return replace(asked, names={FIELD: (fields[0],), **{kind: understanding.names[kind] for kind in out}})
