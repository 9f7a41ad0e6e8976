"""Sums up a conversation: what the person told, what was talked about, and the next step."""

from __future__ import annotations

from actions.advice.suggestion import person_of, steps, suggest
from actions.base import Answer
from actions.context import DialogueState, Names, Understanding
from actions.replies.advice import suggestion as advice_words
from actions.replies.advice import summary as words
from actions.replies.advice.summary import Talked
from actions.replies.base import first_sentence
from actions.replies.destinations import in_sentence
from actions.topics import found_topic
from core.contract.intents import ASK_ADVICE, GOODBYE, SUM_UP
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge
from knowledge.models import OpenSubject

TOPIC, FIELD = "topic", "field"  # kinds of what was talked about, before its key in the state
BYE = "bye"  # code of nlu/data/about_me.yml
MOST_TOLD, MOST_STEPS = 3, 3  # things told with a sentence each, and things to look at


def sum_up(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Tell what the person told, what was talked about and what follows from it, in a few lines."""
    profile = state.profile
    found, person = suggest(knowledge, profile), person_of(knowledge, profile)
    own = f"{FIELD}:{found.field.field.key}" if found else ""  # the plan tells of that
    talked = [one for one in (_told(knowledge, each) for each in state.talked if each != own) if one]
    reply = words.summary(
        person,
        advice_words.plan_text(found, person) if found else "",
        steps(knowledge, profile)[:MOST_STEPS] if found or talked else [],
        talked[-MOST_TOLD:],
        [one.title for one in talked[:-MOST_TOLD]],
        leaves=understanding.intent == GOODBYE or BYE in understanding.asks,
    )
    names: Names = {"field": (found.field.field.key,)} if found else state.names
    after = DialogueState(
        SUM_UP, state.topic, names, reply.source_keys, choices=state.choices, profile=profile, advised=state.advised
    )
    return Answer(reply, after.offering(ASK_ADVICE))


def _told(knowledge: Knowledge, each: str) -> Talked | None:
    """Return a thing that was talked about with one sentence on it, or None if the knowledge base no longer has it."""
    kind, _, key = each.partition(":")
    try:
        if kind == FIELD:
            answer = knowledge.field_answer(key)
            return Talked(answer.field.name, words.of_field(in_sentence(answer.field), answer), None)
        found = found_topic(knowledge, key)
    except UnknownKey:
        return None
    if isinstance(found, OpenSubject):
        return Talked(found.title, first_sentence(found.say), None)
    return Talked(found.title, first_sentence(found.answer), next(iter(found.sources), None))
