"""Sums up a conversation: what the person told, what was found for it, what is open, and the next step."""

from __future__ import annotations

from actions.advice.for_field import talked_field
from actions.advice.profile import merged
from actions.advice.suggestion import UNSTATED, person_of, steps, suggest, unknown
from actions.base import Answer
from actions.context import DialogueState, Names, Understanding
from actions.replies.advice import suggestion as advice_words
from actions.replies.advice import summary as words
from actions.replies.advice.summary import Talked
from actions.topics import found_topic
from core.contract.intents import ASK_ADVICE, GOODBYE, SUM_UP
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge
from knowledge.models import OpenSubject

# Kinds of what was talked about, before its key in the state.
FIELD, DESTINATION = "field", "destination"
BYE = "bye"  # code of nlu/data/about_me.yml
MOST_TOLD, MOST_STEPS = 6, 3  # things told, and things to look at


def sum_up(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Tell what the person told, what was found for it, what else was talked about and what is open, in a few lines."""
    profile = state.profile
    found, person = suggest(knowledge, profile), person_of(knowledge, profile)
    if found is None and (talked_of := talked_field(knowledge, state)):  # said of the field, and not of the person
        found = suggest(knowledge, merged(profile, {"field": (talked_of,)}))
    # The plan tells of the field.
    told = {f"{FIELD}:{key}" for key in (found.field.field.key, *profile.get("field", ()))} if found else set()
    others = [each for each in state.talked if each not in told]
    talked = [one for one in (_told(knowledge, each) for each in others) if one]
    plan = advice_words.plan_text(found, person) if found else ""
    where = advice_words.where_in_brief(found) if found else ""
    reply = words.summary(
        person,
        words.plan_in_brief(plan, where) if plan else "",
        steps(knowledge, profile)[:MOST_STEPS] if found or talked else [],
        talked[-MOST_TOLD:],
        _left_open(knowledge, state) if plan and found and (found.programs or found.types) else [],
        leaves=understanding.intent == GOODBYE or BYE in understanding.asks,
    )
    names: Names = {"field": (found.field.field.key,)} if found else state.names
    after = DialogueState(
        SUM_UP, state.topic, names, reply.source_keys, choices=state.choices, profile=profile, advised=state.advised
    )
    return Answer(reply, after.offering(ASK_ADVICE))


def _left_open(knowledge: Knowledge, state: DialogueState) -> list[str]:
    """Return what isn't known of what was advised, without the price if that was asked for."""
    asked = f"topic:{knowledge.roles().get('prices')}" in state.talked
    return [one for one in unknown(knowledge, state.profile) if not (asked and one == UNSTATED["price"])]


def _told(knowledge: Knowledge, each: str) -> Talked | None:
    """Return a thing that was talked about, or None if the knowledge base no longer has it."""
    kind, _, key = each.partition(":")
    try:
        if kind == FIELD:
            return Talked(knowledge.field(key).name, False, None)
        if kind == DESTINATION:
            destination = knowledge.destination(key)
            return Talked(f"**{destination.short}**", False, destination.source)
        found = found_topic(knowledge, key)
    except UnknownKey:
        return None
    if isinstance(found, OpenSubject):
        return Talked(found.title, True, None)
    return Talked(found.title, False, next(iter(found.sources), None))
