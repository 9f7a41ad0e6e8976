"""Answers what is left of a set without something: "countries without AI", "types that aren't bootcamps"."""

from __future__ import annotations

from actions.base import Answer
from actions.context import Names
from actions.facts.question import Question
from actions.replies.base import Button, listed, lower_first, payload, topic_button
from actions.replies.credentials import type_button
from actions.replies.destinations import destination_button, field_names, in_sentence
from actions.replies.facts import operations as words
from knowledge.models import Destination


def answer_exclusion(question: Question) -> Answer | None:
    """Answer what is left of a set, or None if nothing is excluded from one."""
    out = question.understanding.left_out
    if out and not question.understanding.instead.left_out:
        return None  # "Norway, not Sweden: which universities?" asks for the one that is kept
    if not out and not question.asks("without"):
        return None
    if question.asks("destinations") and _named(question, "field"):
        return _destinations_without_field(question, _named(question, "field")[0])
    if question.asks("destinations") and (named := _homes(question)):
        return _other_destinations(question, named)
    if question.asks("types") and _named(question, "type"):
        return _other_types(question, _named(question, "type"))
    if question.asks("institutions") and (named := _homes(question)):
        return _institutions_outside(question, named)
    if question.asks("platforms", "companies", "providers") and _named(question, "provider"):
        return _other_providers(question, _named(question, "provider"))
    if question.asks("fields") and question.destinations and _named(question, "field"):
        return _other_fields(question, _named(question, "field"))
    if question.asks("fields", "industries") and not question.kinds - {"field"} and _named(question, "industry"):
        return _other_industries(question, _named(question, "industry"))
    return None


def _named(question: Question, kind: str) -> tuple[str, ...]:
    """Return the keys of a kind that the message excludes, or all it names if it says "without" of them."""
    understanding = question.understanding
    return understanding.left_out.get(kind) or (understanding.of(kind) if question.asks("without") else ())


def _homes(question: Question) -> list[Destination]:
    return [question.knowledge.destination(key) for key in _named(question, "destination")]


def _destinations_without_field(question: Question, key: str) -> Answer:
    every = question.knowledge.destinations()
    having = [one for one in every if any(field.key == key for field in one.fields)]
    rest = [one for one in every if one not in having]
    reply = words.destinations_without(question.knowledge.field(key), rest, having)
    choices: Names = {"destination": tuple(one.key for one in rest)}
    return question.answer(reply, choices, destination=rest[0].key) if rest else question.answer(reply)


def _other_destinations(question: Question, out: list[Destination]) -> Answer | None:
    left = [one for one in question.knowledge.destinations() if one.key not in {each.key for each in out}]
    if not left or question.fields:
        return None
    lines = [f"**{one.short}** ({field_names(one)})" for one in left]
    reply = words.without(
        listed(one.short for one in out), lines, [destination_button(one) for one in left], [left[0].source]
    )
    return question.answer(reply, {"destination": tuple(one.key for one in left)}, destination=left[0].key)


def _other_types(question: Question, out: tuple[str, ...]) -> Answer | None:
    every = question.knowledge.types()
    left = [one for one in every if one.key not in out]
    if not left:
        return None
    gone = listed(lower_first(one.plural) for one in every if one.key in out)
    lines = [lower_first(one.plural) for one in left]
    reply = words.without(gone, lines, [type_button(one) for one in left], [left[0].source])
    return question.answer(reply, {"type": tuple(one.key for one in left)}, type=left[0].key)


def _institutions_outside(question: Question, out: list[Destination]) -> Answer | None:
    left = [one for one in question.knowledge.destinations() if one.key not in {each.key for each in out}]
    if not left:
        return None
    reply = words.all_institutions(left, (), counts=False)
    choices: Names = {"institution": tuple(each.key for one in left for each in one.institutions)}
    return question.answer(reply, choices, destination=left[0].key)


def _other_providers(question: Question, out: tuple[str, ...]) -> Answer | None:
    """Name the other providers of the same role."""
    every = question.knowledge.providers()
    roles = {one.role for one in every if one.key in out}
    left = [one for one in every if one.role in roles and one.key not in out]
    if not left:
        return None
    gone = listed(one.name for one in every if one.key in out)
    buttons = [Button(one.name, payload("ask_about", provider=one.key)) for one in left]
    reply = words.without(gone, [one.name for one in left], buttons, [one.source for one in left])
    return question.answer(reply, {"provider": tuple(one.key for one in left)}, provider=left[0].key)


def _other_fields(question: Question, out: tuple[str, ...]) -> Answer | None:
    homes = question.destinations
    if len(homes) != 1:
        return None
    left = [field for field in homes[0].fields if field.key not in out]
    gone = listed(in_sentence(question.knowledge.field(key)) for key in out)
    lines = [in_sentence(field) for field in left]
    reply = words.without(gone, lines, [destination_button(homes[0])], [homes[0].source])
    return question.answer(reply, {"field": tuple(field.key for field in left)}, destination=homes[0].key)


def _other_industries(question: Question, out: tuple[str, ...]) -> Answer | None:
    """Name the other key industries: "what is there apart from IT?"."""
    embracing = [one for one in question.knowledge.industries() if one.embraces]
    left = [one for one in embracing if one.key not in out]
    if not left or len(left) == len(embracing):
        return None
    gone = listed(lower_first(one.name) for one in embracing if one.key in out)
    buttons = [topic_button(one.topic) for one in left if one.topic]
    reply = words.without(gone, [lower_first(one.name) for one in left], buttons, [left[0].source])
    return question.answer(reply)
