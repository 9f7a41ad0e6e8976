"""Answers questions about sets of the catalogue: lists, numbers, the most and the fewest, what is shared.

What is left without something is in exclusions.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from actions.base import Answer
from actions.context import DialogueState, Names
from actions.destinations import recommend_destination
from actions.facts.exclusions import answer_exclusion
from actions.facts.question import Question, first_answer
from actions.replies.base import listed, lower_first
from actions.replies.destinations import in_sentence
from actions.replies.facts import operations as words
from actions.replies.facts import relations as relation_words
from actions.topics import about_topic
from core.contract.question_forms import EXAMPLE, HOW_MANY, LIST, YES_NO
from knowledge.models import CredentialType, Destination, Institution, Place, Program, ProgramCriteria, Provider

UNIVERSITY, PLATFORM, COMPANY = "university", "platform", "company"  # roles of providers
SETS = (
    "destinations",
    "institutions",
    "types",
    "providers",
    "companies",
    "platforms",
    "fields",
    "programs",
    "industries",
)
RATHER = 0.5  # share from which a count of a kind is rather one that the guide leaves open
ROLES = {"companies": COMPANY, "platforms": PLATFORM}
OFFERING = ("institutions", "providers", "companies", "platforms")
# What may be said beside the set that is asked for without asking for something else.
BESIDE = ("all", "count", "exists", "listed", "taught", "example", "only", "programs", "place", "by", "popular")


def answer_set(question: Question) -> Answer | None:
    """Answer a question about a set of the catalogue, or None if it asks about something else."""
    compares = question.understanding.intent == "compare"
    if not question.about_relation or compares and not question.asks("common", "most", "fewest"):
        return None
    return first_answer(question, (_most, _common, answer_exclusion, _example, _listed, _number_of_programs))


def narrow_list(question: Question, state: DialogueState) -> Answer | None:
    """Answer "only the Canadian ones" after a list of institutions; None if no such list was shown."""
    listed = state.choices.get("institution", ())
    if not listed or question.kinds != {"where"} or not question.asks_only("only", "all", "exists"):
        return None
    return _institutions_there(question) if question.asks("only") else None


def _head(question: Question) -> str:
    """Return the set that is asked for: the first that the message mentions, or ""."""
    return next((each for each in question.understanding.attributes if each in SETS), "")


def _counts(question: Question) -> bool:
    return question.form == HOW_MANY or question.asks("count")


# --- the most -----------------------------------------------------------------------------------------------------------


def _most(question: Question) -> Answer | None:
    """Answer "which country has the most universities?"; several that tie are all named."""
    if not question.asks("most", "fewest") or question.asks("good", "best") or question.kinds - {"where"}:
        return None
    counted = next((each for each in ("institutions", "fields") if question.asks(each)), "")
    if not counted or not question.asks("destinations") and len(question.destinations) < 2:
        return None
    fewest = question.asks("fewest")
    homes = question.destinations if len(question.destinations) > 1 else question.knowledge.destinations()
    numbers = {one.short: len(one.institutions if counted == "institutions" else one.fields) for one in homes}
    wanted = min(numbers.values()) if fewest else max(numbers.values())
    best = [name for name, number in numbers.items() if number == wanted]
    others = [(name, number) for name, number in numbers.items() if number != wanted]
    what = {"institutions": "named institutions", "fields": "popular fields"}[counted]
    first = [one for one in homes if one.short in best]
    text = words.most(best, wanted, what, others, fewest)
    if question.form == YES_NO and len(homes) == 2:
        text = f"{'Yes' if best == [homes[0].short] else 'No'}: {text}"
    reply = words.most_of_destinations(text, first)
    return question.answer(reply, {"destination": tuple(one.key for one in first)})


# --- what is shared -----------------------------------------------------------------------------------------------------


def _common(question: Question) -> Answer | None:
    """Answer "what do Australia and Canada have in common?"."""
    if not question.asks("common"):
        return None
    if len(question.destinations) > 1 and question.kinds == {"where"}:
        homes = question.destinations
        shared = [field for field in homes[0].fields if all(field in one.fields for one in homes[1:])]
        return question.answer(words.common_fields(homes, shared), {"destination": tuple(one.key for one in homes)})
    if len(question.types) > 1 and question.kinds == {"type"}:
        kinds = question.types
        fields = [field for field in kinds[0].fields if all(field in one.fields for one in kinds[1:])]
        providers = [one.name for one in kinds[0].providers if all(one in each.providers for each in kinds[1:])]
        reply = words.common_of_types(kinds, fields, providers)
        return question.answer(reply, {"type": tuple(one.key for one in kinds)})
    return None


def _example(question: Question) -> Answer | None:
    """Answer "give me an example of a bootcamp", or "one in data science" where a program of that field is known."""
    if question.form != EXAMPLE or not question.asks_only("example", "programs", "types", "taught", *BESIDE):
        return None
    if question.kinds == {"field"}:
        named = question.knowledge.programs(ProgramCriteria(fields=tuple(one.key for one in question.fields)))
        reply = relation_words.programs_named(named, "for example", yes_no=False)
        return question.answer(reply, _keys("program", named)) if named else None
    if question.kinds != {"type"} or question.asks("taught"):
        return None
    kind = question.types[0]
    found = question.knowledge.programs(ProgramCriteria(types=(kind.key,)))
    reply = relation_words.programs_named(found, "for example", yes_no=False) if found else words.offered_by(kind)
    if len(found) == 1:
        return question.answer(reply, program=found[0].key)  # which is spoken of now
    return question.answer(reply, _keys("program", found), type=kind.key)


# --- lists and numbers --------------------------------------------------------------------------------------------------


def _listed(question: Question) -> Answer | None:
    head = _head(question)
    if not head or question.asks("best", "most", "fewest", "difference", "common", "without"):
        return None
    if question.form == YES_NO and not question.asks("exists", "listed", "all", "count"):
        by_whom = head in OFFERING and question.kinds == {"type"} and question.asks_only(head, "programs", "taught")
        return question.answer(words.comes_from(question.types[0])) if by_whom else None
    answering = LISTS.get(head)
    return answering(question) if answering else None


def _institutions(question: Question) -> Answer | None:
    if not question.asks_only("institutions", "good", *BESIDE):
        return None
    if question.kinds == {"where"}:
        return _institutions_there(question)
    if question.kinds == {"type"}:
        return _institutions_of_type(question, question.types[0])
    if question.kinds == {"type", "where"} and len(question.destinations) == 1:
        home, kind = question.destinations[0], question.types[0]
        return question.answer(words.institutions_unsaid(home, kind), _all_named([home]), type=kind.key)
    if question.kinds - {"where"} == {"field"}:
        field = question.knowledge.field_answer(question.fields[0].key)
        near = [one for _, places in field.near for one in places]
        reply = words.institutions_for_field(field.field, field.destinations, near)
        return question.answer(reply, _all_named(field.destinations), field=field.field.key)
    if not question.kinds and not question.asks("good", "popular") and _bare_list(question):
        homes = question.knowledge.destinations()
        online = [one for one in question.knowledge.providers() if one.role == UNIVERSITY]
        return question.answer(words.all_institutions(homes, online, _counts(question)), _all_named(homes))
    return None


def _all_named(homes: tuple[Destination, ...] | list[Destination]) -> Names:
    keys = tuple(one.key for home in homes for one in home.institutions)
    return {"institution": keys} if keys else {}


def _bare_list(question: Question) -> bool:
    """Return whether a question without names asks for a whole set: "how many universities are there?"."""
    return _counts(question) or question.form == LIST or question.asks("all", "listed", "exists")


def _institutions_there(question: Question) -> Answer | None:
    where = question.wheres[0]
    home = where if isinstance(where, Destination) else where.destination
    if home is None:
        assert isinstance(where, Place)
        return question.answer(words.no_institutions(where, question.knowledge.destinations()), place=where.key)
    if len(question.destinations) > 1:
        homes = question.destinations
        return question.answer(words.all_institutions(homes, (), _counts(question)), _all_named(homes))
    there = list(home.institutions) if where is home else _in_place(where, home)
    name = home.short if where is home else where.name
    reply = words.institutions_there(home, there, name, _counts(question))
    choices: Names = {"institution": tuple(one.key for one in there)} if there else {}
    return question.answer(reply, choices, destination=home.key)


def _in_place(place: Destination | Place, home: Destination) -> list[Institution]:
    """Return the institutions of a country inside a region, or those whose name holds a city's."""
    return [one for one in home.institutions if place.name == one.country or place.name in one.name.split()]


def _institutions_of_type(question: Question, kind: CredentialType) -> Answer:
    every = [question.knowledge.provider(one.key) for one in kind.providers]
    found = [one for one in every if one.role == UNIVERSITY]
    if any("platforms" in further.attributes for further in question.understanding.further):  # "and on which site?"
        return question.answer(words.offered_by(kind), _keys("provider", found), type=kind.key)
    reply = words.institutions_of_type(kind, found, _counts(question))
    return question.answer(reply, {"provider": tuple(one.key for one in found)} if len(found) > 1 else {})


def _destinations(question: Question) -> Answer | None:
    if question.kinds == {"field"} and question.asks_only("destinations", "good", *BESIDE):
        if question.understanding.intent == "ask_best_destination":  # the rules lead to the same
            return None
        return recommend_destination(question.knowledge, question.understanding, DialogueState())
    if question.kinds or not question.asks_only(
        "destinations", "all", "count", "exists", "listed", "taught", "example"
    ):
        return None
    role = question.knowledge.roles().get("destinations")
    return _overview(question, role) if role else None


def _types(question: Question) -> Answer | None:
    if not question.asks_only("types", *BESIDE):
        return None
    if question.kinds == {"provider"}:
        provider = question.providers[0]
        found = [question.knowledge.type(one.key) for one in provider.types]
        if not found:
            return None
        return question.answer(words.types(found, provider.name, _counts(question)), _keys("type", found))
    if question.kinds == {"field"}:
        found = question.knowledge.types_for_field(question.fields[0].key)
        if not found:
            return None
        of = f"for {in_sentence(question.fields[0])}"
        return question.answer(words.types(found, of, _counts(question)), _keys("type", found))
    return None if question.kinds else _overview(question, question.knowledge.role("types"))


def _overview(question: Question, topic: str) -> Answer | None:
    """Answer a question about a whole set with the topic that lists it, which says how many there are."""
    if not _bare_list(question) or question.understanding.topic == topic:  # the rules lead to the same
        return None
    return about_topic(question.knowledge, topic)


def _keys(kind: str, found: list[CredentialType] | list[Provider] | list[Program]) -> Names:
    return {kind: tuple(one.key for one in found)} if len(found) > 1 else {}


def _providers(question: Question) -> Answer | None:
    """Name who offers a type, a program or a field, or all companies or platforms."""
    head = _head(question)
    if not question.asks_only(head, "providers", *BESIDE):
        return None
    if question.kinds == {"program"}:
        each = [words.program_by(one, question.knowledge.type(one.type.key)) for one in question.programs]
        lines = [one.text.split("\n\n")[0] for one in each]
        return question.answer(each[0] if len(each) == 1 else replace(each[0], text=" ".join(lines)))
    if question.kinds == {"type"} and len(question.types) == 1:
        return _providers_of_type(question, question.types[0], head)
    if question.kinds == {"field"}:
        return _providers_of_field(question, head)
    if question.kinds == {"provider"} and head == "platforms" and len(question.providers) == 1:
        return _platforms_of(question, question.providers[0])
    if question.kinds or head == "providers" or not _bare_list(question):
        return None
    found = [one for one in question.knowledge.providers() if one.role == ROLES[head]]
    return (
        question.answer(words.providers(found, "", "", _counts(question)), _keys("provider", found)) if found else None
    )


def _providers_of_type(question: Question, kind: CredentialType, head: str) -> Answer:
    every = [question.knowledge.provider(one.key) for one in kind.providers]
    found = [one for one in every if head not in ROLES or one.role == ROLES[head]]
    if head in ROLES and found:
        told = all(one.name in kind.offered_by for one in found)  # and so all that is known of who offers it was said
        more = f"Example: {listed(kind.examples)}." if told else f"{kind.plural} come from {kind.offered_by}."
        reply = words.providers(found, "", more, _counts(question))
        return question.answer(reply, _keys("provider", found), type=kind.key)
    return question.answer(words.offered_by(kind), _keys("provider", found), type=kind.key)


def _platforms_of(question: Question, provider: Provider) -> Answer | None:
    """Name the platforms of the types that a university offers, which is all that is known of its platforms."""
    kinds = [question.knowledge.type(one.key) for one in provider.types] if provider.role == UNIVERSITY else []
    for kind in kinds:
        every = [question.knowledge.provider(one.key) for one in kind.providers]
        if found := [one for one in every if one.role == PLATFORM]:
            more = f"{kind.plural} come from {kind.offered_by}."
            return question.answer(words.providers(found, f"for {lower_first(kind.plural)}", more, counts=False))
    return None


def _providers_of_field(question: Question, head: str) -> Answer | None:
    knowledge, field = question.knowledge, question.fields[0]
    programs = knowledge.programs(ProgramCriteria(fields=(field.key,)))
    links = [one.provider.key for one in programs if one.provider]
    links += [
        one.key for kind in knowledge.types_for_field(field.key) for one in kind.providers if len(kind.providers) == 1
    ]
    found = [
        one for one in map(knowledge.provider, dict.fromkeys(links)) if head not in ROLES or one.role == ROLES[head]
    ]
    if not found:
        return None
    more = f"In this field the guide names {relation_words.names(programs[:3])}." if programs else found[0].about
    reply = words.providers(found, f"for {in_sentence(field)}", more, _counts(question))
    return question.answer(reply, _keys("provider", found), field=field.key)


def _fields(question: Question) -> Answer | None:
    if not question.asks_only("fields", "good", *BESIDE):
        return None
    counts, knowledge = _counts(question), question.knowledge
    if question.kinds == {"where"} and len(question.destinations) + len(question.places) == 1:
        where = question.wheres[0]
        home = where if isinstance(where, Destination) else where.destination
        if home is None:
            return None
        name = home.short if where is home else f"{home.short}, which covers {where.name}"
        reply = words.fields_there(home, name, where if isinstance(where, Place) else None, counts)
        return question.answer(reply, _keys_of_fields(home), destination=home.key)
    if question.kinds == {"where"} and len(question.destinations) > 1 and not question.places:
        return question.answer(words.all_fields(question.destinations, counts))
    if question.kinds == {"type"} and len(question.types) == 1 and not counts:
        return question.answer(words.fields_of_type(question.types[0]))
    if question.kinds == {"provider"} and len(question.providers) == 1:
        provider = question.providers[0]
        kinds = [knowledge.type(one.key) for one in provider.types]
        named = knowledge.programs(ProgramCriteria(providers=(provider.key,)))
        return question.answer(words.fields_of_provider(provider, kinds, named), _keys("program", named))
    if question.kinds or not question.asks("count", "popular", "listed") and question.form != LIST:
        return None
    return question.answer(words.all_fields(knowledge.destinations(), counts))


def _keys_of_fields(home: Destination) -> Names:
    return {"field": tuple(one.key for one in home.fields)}


def _number_of_programs(question: Question) -> Answer | None:
    """Answer "how many bootcamps are there?" and "how many programs do you know?"; a list is for the search."""
    if not _counts(question) or not question.asks_only("programs", "count", *BESIDE) or "institution" in question.kinds:
        return None
    if not question.asks("programs") and not question.kinds & {"type", "provider"} or question.is_left_open():
        return None  # "in how many languages are the courses?"
    if question.types and question.is_left_open(RATHER):
        return None  # "how many points does the council give for it?" counts no programs
    criteria = ProgramCriteria(
        fields=tuple(one.key for one in question.fields),
        destinations=tuple(one.key for one in question.destinations),
        types=tuple(one.key for one in question.types),
        providers=tuple(one.key for one in question.providers),
    )
    found = question.knowledge.programs(criteria)
    what = lower_first(question.types[0].plural) if question.types else "program"
    return question.answer(words.programs(found, len(found), f"{what} like that"), _keys("program", found))


LISTS: dict[str, Callable[[Question], Answer | None]] = {
    "institutions": _institutions,
    "destinations": _destinations,
    "types": _types,
    "providers": _providers,
    "companies": _providers,
    "platforms": _providers,
    "fields": _fields,
}
