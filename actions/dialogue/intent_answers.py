"""Answers a resolved message by its intent, and takes back what was said."""

from __future__ import annotations

from dataclasses import replace

from actions.advice.advise import give_advice
from actions.advice.suggestion import suggest
from actions.advice.summary import sum_up
from actions.base import Answer, AnswerFunction
from actions.comparison import compare
from actions.context import OPEN, DialogueState, Query, Ranked, Understanding
from actions.credential_types import recommend_or_decline
from actions.describe import describe
from actions.destinations import destinations_of, field_of, reason_for
from actions.dialogue.resolution import WHY
from actions.follow_up_router import answer_follow_up, search_or_describe, tell_more
from actions.handoff import offer_person
from actions.programs.search import search
from actions.question_router import answer_question, or_search, recommend_or_describe
from actions.recognition import recognition_and_second
from actions.replies import topics as words
from actions.replies.advice.suggestion import because
from actions.replies.base import ANSWERED, PERSON, Reply, capital, paragraphs
from actions.replies.fields import because_of_field
from actions.topics import about_topic, show_source
from actions.unanswered import anything_else
from core.contract.intents import (
    ASK_ABOUT,
    ASK_ADVICE,
    ASK_BEST_DESTINATION,
    ASK_BEST_TYPE,
    ASK_RECOGNITION,
    ASK_TOPIC,
    CHOOSE_HELP,
    COMPARE,
    FIND_PROGRAMS,
    MORE,
    REFINE,
    SUM_UP,
    WANT_PERSON,
)
from core.contract.question_forms import WHY as ASKS_WHY
from knowledge.knowledge_base import Knowledge
from knowledge.models import FieldAnswer

OF_ITS_OWN = 0.5  # share from which a question for the source is one that the guide leaves open


def give_reasons(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer "why?" with what the guide says beyond the last answer, or else with where that answer came from."""
    best = understanding.topics[0] if understanding.topics else None
    if (
        understanding.attribute != WHY
        and best
        and best.key.startswith(OPEN)
        and best.key != anything_else(knowledge)
        and best.share >= OF_ITS_OWN
    ):
        return about_topic(knowledge, best.key)  # "do you have evidence?" asks for studies
    if (
        state.act in (ASK_ADVICE, SUM_UP)
        and understanding.attribute == WHY
        and (found := suggest(knowledge, state.profile))
    ):
        reasons = (reason_for(knowledge, one) for one in found.homes[:1] if found.away)
        beyond = " ".join(capital(one.removeprefix("Because ")) for one in reasons)
        return Answer(Reply(" ".join(filter(None, (because(found), beyond))), ANSWERED, buttons=(PERSON,)), state)
    if (
        state.act == ASK_BEST_DESTINATION
        and understanding.attribute == WHY
        and (field := field_of(knowledge, state.names))
    ):
        return Answer(_because(knowledge, field, state), state.offering(WANT_PERSON))
    if state.act == COMPARE and understanding.attribute == WHY:
        return Answer(words.no_winner(), state.offering(WANT_PERSON))
    if understanding.attribute == WHY and (reason := _reason(knowledge, state)):
        return Answer(replace(show_source(knowledge, understanding, state).reply, text=reason), state)
    of_topic = state.act == ASK_TOPIC and state.topic and knowledge.has_topic(state.topic)
    if understanding.attribute == WHY and of_topic and state.topic and knowledge.topic(state.topic).more:
        return tell_more(knowledge, replace(understanding, names={}), state)
    left_open = bool(state.advised) and (state.topic or "").startswith(OPEN)
    if understanding.attribute == WHY and left_open and (found := suggest(knowledge, state.profile)):
        return Answer(Reply(because(found), ANSWERED, buttons=(PERSON,)), state)  # "which one?" - "why that one?"
    sources = show_source(knowledge, understanding, state)
    if understanding.attribute == WHY and state.sources:
        return replace(sources, reply=words.without_reason(sources.reply))
    return sources


def _because(knowledge: Knowledge, field: FieldAnswer, state: DialogueState) -> Reply:
    """Give the reason for the places that were named for a field, or for the one of them that was asked about."""
    asked = {one.key for one in destinations_of(knowledge, state.names)}
    homes = tuple(one for one in field.destinations if one.key in asked) or field.destinations
    places = homes or next((near for _, near in field.near), ())
    reasons = [reason for one in places if (reason := reason_for(knowledge, one))]
    return because_of_field(replace(field, destinations=homes), reasons)


def _reason(knowledge: Knowledge, state: DialogueState) -> str:
    """Return the reason that the topic of the last answer has for it, of the things that it was about; "" if it has none."""
    if not state.topic or not knowledge.has_topic(state.topic):
        return ""
    asked = state.queries[-1].names if state.queries else state.names
    named = frozenset((kind, key) for kind, keys in asked.items() for key in keys)
    reasons = [claim for claim in knowledge.claims(state.topic) if claim.form == ASKS_WHY]
    fitting = [one for one in reasons if (one.about | one.mentions) & named] if named else reasons
    return next((claim.say for claim in fitting), "")


def take_back(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer "go back" with the question before the last one; without one, ask what to go on with."""
    if len(state.queries) < 2:
        return start_over(knowledge, understanding, state)
    answer = answer_query(knowledge, state.queries[-2])
    text = paragraphs(words.BACK_AGAIN, answer.reply.text)
    return replace(answer, reply=replace(answer.reply, text=text))


def start_over(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer "start over": nothing is talked about any more."""
    return Answer(words.start_afresh(), DialogueState())


def answer_query(knowledge: Knowledge, query: Query) -> Answer:
    """Answer a remembered question once more."""
    if query.intent == FIND_PROGRAMS:
        return search(knowledge, query.names, 0)
    topics = (Ranked(query.topic, 1.0),) if query.topic else ()
    understanding = Understanding(query.intent, 1.0, query.names, topics)
    return BY_INTENT[query.intent](knowledge, understanding, DialogueState())


# What answers a message whose intent resolution has changed, or a further question of a message.
BY_INTENT: dict[str, AnswerFunction] = {
    ASK_TOPIC: answer_question,
    ASK_ABOUT: or_search(describe),
    ASK_BEST_DESTINATION: or_search(recommend_or_describe),
    ASK_BEST_TYPE: recommend_or_decline,
    ASK_RECOGNITION: recognition_and_second,
    COMPARE: compare,
    FIND_PROGRAMS: search_or_describe,
    REFINE: answer_follow_up,
    MORE: tell_more,
    CHOOSE_HELP: give_advice,
    ASK_ADVICE: give_advice,
    SUM_UP: sum_up,
    "ask_source": give_reasons,
    WANT_PERSON: offer_person,
    "start_over": start_over,
}
