"""Answers what a destination or place is known for, and whether it is described at all."""

from __future__ import annotations

from actions.base import Answer
from actions.context import Names
from actions.facts.question import Question, first_answer
from actions.replies.facts import destinations as words
from core.contract.question_forms import WHY, YES_NO
from knowledge.models import Destination, Field, Place, Strength

SEARCH = "find_programs"
ASKED_WHERE = "ask_best_destination"


def answer_about_destination(question: Question) -> Answer | None:
    """Answer a question about places and fields, or about places alone; None if it is neither."""
    if not question.about_relation:
        return None
    return first_answer(question, (_which_has_field, _field_there, _is_described, _belongs))


def _yes_no(question: Question) -> bool:
    return question.form == YES_NO


def _which_has_field(question: Question) -> Answer | None:
    """Answer which of several destinations has a field."""
    wheres = question.wheres
    if question.kinds != {"where", "field"} or len(wheres) < 2:
        return None
    field = question.knowledge.field_answer(question.fields[0].key)
    known = [one for one in wheres if _strength(one, field.field, field.strengths)]
    if known:
        reply = words.which_is_known(field, known, [one for one in wheres if one not in known])
        return question.answer(reply, None, ASKED_WHERE, field=field.field.key)
    if question.places:
        return None
    reply = words.which_has_field(field, question.destinations)
    choices: Names = {"destination": tuple(one.key for one in question.destinations)}
    return question.answer(reply, choices, ASKED_WHERE, field=field.field.key)


def _field_there(question: Question) -> Answer | None:
    """Answer whether a field is popular in a destination or a place is known for it."""
    if question.kinds != {"where", "field"} or len(question.destinations) + len(question.places) != 1:
        return None
    if question.understanding.intent == SEARCH and not _yes_no(question) or question.asks("institutions"):
        return None
    where = question.wheres[0]
    home = where if isinstance(where, Destination) else where.destination
    field = question.fields[0]
    answer = question.knowledge.field_answer(field.key)
    strength = _strength(where, field, answer.strengths)
    if strength:
        reply = words.known_for(where, field, strength, home, _yes_no(question))
    elif home is None:
        return None
    elif question.asks("only") and _yes_no(question) and any(one.key == home.key for one in answer.destinations):
        reply = words.only_there(home, answer)
    elif any(one.key == home.key for one in answer.destinations):
        reply = words.popular_there(where, home, field, _yes_no(question))
    else:
        reply = words.not_popular_there(
            where, home, answer, _yes_no(question) and question.asks("popular", "listed", "only"), _yes_no(question)
        )
    kept = {"field": field.key, **({"destination": home.key} if home else {"place": where.key})}
    homes = ([home] if home else []) + list(answer.destinations)
    choices: Names = {"destination": tuple(dict.fromkeys(one.key for one in homes))}
    return question.answer(reply, choices, ASKED_WHERE, **kept)


def _strength(where: Destination | Place, field: Field, strengths: tuple[Strength, ...]) -> Strength | None:
    """Return the strength of a place in exactly this field, or None."""
    return next((one for one in strengths if one.where.key == where.key and one.field.key == field.key), None)


def _is_described(question: Question) -> Answer | None:
    """Answer "is Canada in the guide?" and "is Munich a destination?"."""
    if question.kinds != {"where"} or len(question.destinations) + len(question.places) != 1 or not _yes_no(question):
        return None
    if not question.asks("listed", "destinations", "exists") or not question.asks_only(
        "listed", "destinations", "exists", "taught", "popular", "place", "good", "all"
    ):
        return None
    every = question.knowledge.destinations()
    if question.destinations:
        return question.answer(words.is_destination(question.destinations[0], every))
    place = question.places[0]
    if place.destination:
        return question.answer(words.is_within(place, place.destination))
    return question.answer(words.is_outside(place, every))


def _belongs(question: Question) -> Answer | None:
    """Answer "is Germany in the EU?"."""
    if question.kinds == {"where"} and len(question.destinations) == 2 and _yes_no(question) and question.asks_only():
        return question.answer(words.two_destinations(*question.destinations))
    if len(question.places) != 1 or len(question.destinations) != 1 or question.kinds != {"where"}:
        return None
    if question.form not in (YES_NO, WHY) or not question.asks_only("exists", "listed", "destinations", "taught"):
        return None
    return question.answer(words.part_of(question.places[0], question.destinations[0], _yes_no(question)))
