"""Sums up a conversation in the form that is asked for: what was told, what was found and answered, what is open."""

from __future__ import annotations

from dataclasses import replace

from actions.advice.for_field import talked_field
from actions.advice.profile import ROLE, merged
from actions.advice.profile_state import both_profiles
from actions.advice.suggestion import UNSTATED, person_of, second_field, steps, suggest, suggest_for, unknown
from actions.base import Answer
from actions.context import DialogueState, Names, Understanding
from actions.replies.advice import suggestion as advice_words
from actions.replies.advice import summary as words
from actions.replies.advice.profile import Person
from actions.replies.advice.suggestion import Suggestion
from actions.replies.advice.summary import Summary, Talked
from actions.replies.base import CLARIFY
from actions.topics import about_topic, found_topic
from actions.unanswered import anything_else
from core.contract.intents import ASK_ADVICE, GOODBYE, SUM_UP
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge
from knowledge.models import OpenSubject

# Kinds of what was talked about, before its key in the state.
FIELD, DESTINATION, OPEN_FACT = "field", "destination", "open"
BYE, UNANSWERED = "bye", "unanswered"  # codes of nlu/data/about_me.yml
TO_TELL, TOLD_AT_HOME = "to-tell", 3  # a code of what a message asks, and the sentences of what can be told at home
BOTH_OF_US = "both-of-us"  # a code of what a message asks
IN_LINES = ("lines", "list", "numbered")  # shapes in which each sentence is to be a line of its own
PLACE = "place/"  # before the key of a place in the profile
LIKELY = 0.5  # share from which a topic is what is to be summed up
MOST_TOLD, MOST_STEPS = 6, 3  # things told, and things to look at


def sum_up(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Tell what was told, found, answered and left open, in the form asked for; of two people for each by themselves."""
    if BOTH_OF_US in understanding.asks and (two := both_profiles(state.profile)):
        talked = tuple(
            one for one in state.talked if not one.startswith(f"{FIELD}:")
        )  # the field is that of one of them
        apart = replace(state, names={}, focus={}, talked=talked)
        asked = replace(understanding, names={})  # "both" may stand for the fields of the two
        each = [_sum_up(knowledge, asked, replace(apart, profile=one)) for one in two]
        told = [one.reply.text for one in each if one.reply.outcome != CLARIFY]  # of one there may be nothing yet
        both = replace(each[-1].reply, text=words.of_two(told) if len(told) > 1 else each[-1].reply.text)
        return Answer(both, replace(each[-1].state, profile=state.profile))
    return _sum_up(knowledge, understanding, state)


def _sum_up(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    named = tuple(key for key in understanding.of("field") if knowledge.has_name("field", key))
    talked_about = {*state.profile.get("field", ()), *state.focus.get("field", ())}
    if state.profile.get("field") and not talked_about & set(named):  # "a note for my business partner" names no wish
        named = ()
    profile = merged(state.profile, {"field": named}) if named else state.profile
    found, person = suggest(knowledge, profile), person_of(knowledge, _without_far_places(profile))
    no_learner = bool(profile.get(ROLE)) and not profile.get("for_whom")  # they are advised no course of their own
    if no_learner:
        found = None
    if profile.get(ROLE) and not found:  # who asks as no learner is told nothing of themselves
        person = Person()
    if found is None and not no_learner and (talked_of := talked_field(knowledge, state)):
        # Said of the field, and not of the person.
        found = suggest(knowledge, merged(profile, {"field": (talked_of,)}))
    told = Summary(
        person,
        " ".join(filter(None, (advice_words.plan_text(found, person), _second(knowledge, profile, found))))
        if found
        else "",
        advice_words.where_in_brief(found) if found else "",
        _talked(knowledge, state, profile, found),
        _left_open(knowledge, state, found),
        steps(knowledge, profile)[:MOST_STEPS] if (found or state.talked) and not no_learner else [],
    )
    if told.is_empty and (asked := _topic_to_sum_up(knowledge, understanding)):
        return asked
    wanted = understanding.wanted
    sentences = wanted.number
    if UNANSWERED in understanding.asks:
        reply = words.left_open(told)
    elif TO_TELL in understanding.asks and (found or any(not one.left_open for one in told.talked)):
        reply = words.to_tell(told, sentences or TOLD_AT_HOME)
    elif sentences and (wanted.count or wanted.shape in IN_LINES) and not told.is_empty:
        reply = words.in_points(told, sentences)
    elif sentences and not told.is_empty:
        reply = words.in_sentences_only(told, sentences)
    elif wanted.short and not told.is_empty:
        reply = words.in_short(told)
    else:
        reply = words.summary(told, leaves=understanding.intent == GOODBYE or BYE in understanding.asks)
    names: Names = {"field": (found.field.field.key,)} if found else state.names
    after = DialogueState(
        SUM_UP, state.topic, names, reply.source_keys, choices=state.choices, profile=profile, advised=state.advised
    )
    return Answer(reply, after.offering(ASK_ADVICE))


def _topic_to_sum_up(knowledge: Knowledge, understanding: Understanding) -> Answer | None:
    """Return what is said on the topic that is to be summed up where nothing was talked about yet, or None."""
    best = understanding.topics[0] if understanding.topics else None
    likely = best is not None and best.share >= LIKELY and knowledge.has_topic(best.key)
    return about_topic(knowledge, best.key) if best and likely else None


def _without_far_places(profile: Names) -> Names:
    """Return the profile without the places that are out and that the guide doesn't describe, which changes nothing."""
    return {**profile, "avoid": tuple(one for one in profile.get("avoid", ()) if not one.startswith(PLACE))}


def _second(knowledge: Knowledge, profile: Names, found: Suggestion) -> str:
    """Return what there is for the other field that is to be summed up, unless it is what was `found` for the first."""
    others = (suggest_for(knowledge, profile, key) for key in second_field(profile))
    return advice_words.second_wish(
        [one for one in others if one and not (one.programs and one.programs == found.programs)]
    )


def _talked(knowledge: Knowledge, state: DialogueState, profile: Names, found: Suggestion | None) -> list[Talked]:
    """Return what was answered about, but for the field that the plan tells of, and the places that are out."""
    told = {f"{FIELD}:{key}" for key in (found.field.field.key, *state.profile.get("field", ()))} if found else set()
    told |= {one.replace("/", ":") for one in profile.get("avoid", ()) if one.startswith(f"{DESTINATION}/")}
    others = (each for each in state.talked if each not in told)
    return [one for one in (_told(knowledge, each) for each in others) if one][-MOST_TOLD:]


def _left_open(knowledge: Knowledge, state: DialogueState, found: Suggestion | None) -> list[str]:
    """Return what isn't known of what was advised, without the price if that was asked for."""
    if found is None or not (found.programs or found.types):
        return []
    asked = f"topic:{knowledge.roles().get('prices')}" in state.talked
    return [one for one in unknown(knowledge, state.profile) if not (asked and one == UNSTATED["price"])]


def _told(knowledge: Knowledge, each: str) -> Talked | None:
    """Return a thing that was talked about, or None if the knowledge base no longer has it."""
    kind, _, key = each.partition(":")
    try:
        if kind == FIELD:
            answer = knowledge.field_answer(key)
            where = words.popular_where(answer)
            return Talked(answer.field.name, False, None, where) if where else None
        if kind == OPEN_FACT:
            return words.open_fact(key)
        if kind == DESTINATION:
            destination = knowledge.destination(key)
            return Talked(destination.short, False, destination.source, words.known_of(destination), is_name=True)
        found = found_topic(knowledge, key)
    except UnknownKey:
        return None
    if isinstance(found, OpenSubject):
        return None if found.key == anything_else(knowledge) else Talked(found.title, True, None, found.say)
    return Talked(found.title, False, next(iter(found.sources), None), words.gist(found))
