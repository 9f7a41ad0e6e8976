"""Answers what there is in a field: programs and types first, then the industry, then a destination."""

from __future__ import annotations

from actions.base import Answer
from actions.context import DialogueState, Names
from actions.facts.question import Question
from actions.replies.facts import fields as words
from core.contract.question_forms import WHERE

# What a message may say of a field and still ask what there is in it.
BESIDE = ("taught", "exists", "programs", "good", "all", "listed", "example", "popular", "only")
SEARCH = "find_programs"
ASKING = (SEARCH, "ask_best_destination", "ask_about", "refine")
REFINE = "refine"
FRESH = ("", "choose_help")  # acts after which a bare field asks what there is in it; later it goes on with a question


def answer_field(question: Question, state: DialogueState) -> Answer | None:
    """Answer "I want to learn UX" and a bare field; None if a country or something else is asked for."""
    if question.kinds != {"field"} or not question.about_relation or question.form == WHERE:
        return None
    if question.understanding.intent not in ASKING or not question.asks_only(*BESIDE):
        return None
    key, knowledge = question.fields[0].key, question.knowledge
    named = key in question.understanding.of("industry") and knowledge.has_name("industry", key)
    if named and knowledge.industry(key).embraces:
        return None  # the industry itself, which has a topic of its own
    if question.understanding.intent == REFINE and state.act not in FRESH:
        return None
    answer = knowledge.field_answer(key)
    if question.understanding.intent == SEARCH and answer.programs:  # the search lists them
        return None
    if not answer.programs and not answer.types:
        near = [knowledge.field_answer(field.key) for field, _ in answer.near]
        if not near and not answer.industries and not answer.destinations:
            return None
        reply = words.nothing_in_field(answer, near)
    else:
        reply = words.in_field(answer)
    homes = answer.destinations or tuple(one for _, places in answer.near for one in places)
    choices: Names = {"destination": tuple(dict.fromkeys(one.key for one in homes))} if homes else {}
    return question.answer(reply, choices, "ask_best_destination", field=answer.field.key)
