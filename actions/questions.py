"""Questions about topics, names and destinations, and what they become where a message holds more: recognition in an
industry, a comparison, a search."""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer, AnswerAction, Answering
from actions.comparison import CHEAPEST, compare
from actions.context import DialogueState, Understanding
from actions.describe import describe, what_orders
from actions.destinations import destinations_of, recommend_destination
from actions.ordinal_reference import or_pointed_at
from actions.programs.criteria import BOUNDS
from actions.programs.facts import fact_of_programs
from actions.programs.search import can_order, find_programs
from actions.recognition import answer_recognition
from actions.topics import answer_topic, with_second
from knowledge.knowledge_base import Knowledge

# What a question may name, of which roles its topic is, and what the listings must state for a search to answer it.
SEARCHED = (("max_price", ("prices", "discounts"), "max_price"), ("level", ("experience",), "levels"))
ASKED_WHERE = "ask_best_destination"
RECOGNISED = ("industry", "destination", "place", "provider", "institution", "program", "type")


def answer_question(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """The topic's answer, or the one about the names where they say more than the topic."""
    if understanding.left_out and state.act == "find_programs":  # "not the badges", however it sounds
        return find_programs(knowledge, replace(understanding, intent="refine"), state)
    if set(understanding.names) == {"order"} and can_order(
        knowledge, understanding.of("order")
    ):  # "the shortest course?"
        return what_orders(knowledge, understanding, state)
    if fact := fact_of_programs(knowledge, understanding, state):
        return fact
    if _can_be_searched(knowledge, understanding):
        return find_programs(knowledge, understanding, state)
    recognition = understanding.topic in (knowledge.role("recognition"), knowledge.role("by-industry"))
    if recognition and understanding.second is None and any(understanding.of(kind) for kind in RECOGNISED):
        return answer_recognition(knowledge, understanding, state)
    if understanding.topic in _own_topics(knowledge, understanding):
        return compare(knowledge, understanding, state)
    if understanding.of("institution") and understanding.topic in _of_destinations(knowledge):
        return describe(
            knowledge, understanding, state
        )  # "does Cambridge offer any?": more than that it is about the UK
    goes_on = understanding.refers and not understanding.names and state.names.get("field")
    if goes_on and understanding.topic == knowledge.roles().get("destinations"):  # "where can I study that?"
        return recommend_destination(
            knowledge, replace(understanding, names={"field": state.names["field"]}), DialogueState()
        )
    if _of_another_industry(knowledge, understanding):
        return recommend_destination(knowledge, understanding, DialogueState())
    return answer_topic(knowledge, understanding, state)


def _can_be_searched(knowledge: Knowledge, understanding: Understanding) -> bool:
    """ "Free courses", "something for beginners": a question that listings which state such a thing answer better."""
    for kind, roles, stated in SEARCHED:
        if understanding.of(kind) and understanding.topic in map(knowledge.roles().get, roles):
            return stated in knowledge.stated()
    return False


def _own_topics(knowledge: Knowledge, understanding: Understanding) -> set[str]:
    """The topics of the types or destinations named, where there are several of a kind: what sets them side by side."""
    types = [knowledge.type(key) for key in understanding.of("type")]
    destinations = [knowledge.destination(key) for key in understanding.of("destination")]
    several = (types if len(types) > 1 else []) + (destinations if len(destinations) > 1 else [])
    return {one.topic.key for one in several if one.topic}


def _of_destinations(knowledge: Knowledge) -> set[str]:
    return {one.topic.key for one in knowledge.destinations() if one.topic}


def _of_another_industry(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Whether the topic is an industry, but not the one that was named ("anything for farmers", taught with teachers)."""
    named = understanding.of("industry")
    if not named:
        return False
    topics = {one.key: one.topic.key for one in knowledge.industries() if one.topic}
    return understanding.topic in topics.values() and understanding.topic not in {topics.get(key) for key in named}


class AnswerTopic(AnswerAction):
    """A question about a topic."""

    def name(self) -> str:
        return "action_answer_topic"

    answer = staticmethod(or_pointed_at(answer_question))


def _or_search(answering: Answering) -> Answering:
    """The answer, but a search where the message bounds a price, a date or hours, which only a search can heed."""

    def answer(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
        bounded = any(understanding.of(kind) for kind in BOUNDS)
        if bounded:
            return find_programs(knowledge, understanding, state)
        return with_second(knowledge, understanding, answering(knowledge, understanding.instead, state))

    return answer


def _recommend(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """The destination; what is known of a way of studying, of prices or of a country outside all destinations, where a message
    names nothing else: that changes nothing in the recommendation."""
    alone = set(understanding.names)
    elsewhere = alone == {"place"} and not destinations_of(knowledge, understanding.names)
    if (
        elsewhere and understanding.intent == ASKED_WHERE
    ):  # "which country is best for Indian students?": where they come from
        return recommend_destination(knowledge, replace(understanding, names={}), state)
    if elsewhere or alone == {"order"} or alone == {"mode"} and understanding.intent == "refine":
        return describe(knowledge, understanding, state)
    answer = recommend_destination(knowledge, understanding, state)
    if CHEAPEST in understanding.of("order"):  # "the cheapest country for data analytics" asks about prices, too
        return with_second(knowledge, replace(understanding, second=knowledge.role("prices")), answer)
    return answer


class DescribeName(AnswerAction):
    """A question about a named thing."""

    def name(self) -> str:
        return "action_describe"

    answer = staticmethod(or_pointed_at(_or_search(describe)))


class RecommendDestination(AnswerAction):
    """Which country for a field."""

    def name(self) -> str:
        return "action_recommend_destination"

    answer = staticmethod(or_pointed_at(_or_search(_recommend)))
