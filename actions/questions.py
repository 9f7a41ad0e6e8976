"""Questions about topics, names and destinations, and what they become where a message holds more: recognition in an
industry, a comparison, a search."""

from __future__ import annotations

from dataclasses import replace

from actions.answering import Answer, Answering, Answers
from actions.comparing import CHEAPEST, compare
from actions.facts import fact_of_programs
from actions.names import describe, what_orders
from actions.places import destinations_of, recommend_destination
from actions.pointing import or_pointed_at
from actions.programs import can_order, find_programs
from actions.recognition import answer_recognition
from actions.said import Frame, Said
from actions.topics import answer_topic, with_second
from actions.wishes import BOUNDS
from knowledge.queries import Knowledge

# What a question may name, of which roles its topic is, and what the listings must state for a search to answer it.
SEARCHED = (("max_price", ("prices", "discounts"), "max_price"), ("level", ("experience",), "levels"))
ASKED_WHERE = "ask_best_destination"
RECOGNISED = ("industry", "destination", "place", "provider", "institution", "program", "type")


def answer_question(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
    """The topic's answer, or the one about the names where they say more than the topic."""
    if said.left_out and frame.act == "find_programs":  # "not the badges", however it sounds
        return find_programs(knowledge, replace(said, intent="refine"), frame)
    if set(said.names) == {"order"} and can_order(knowledge, said.of("order")):  # "the shortest course?"
        return what_orders(knowledge, said, frame)
    if fact := fact_of_programs(knowledge, said, frame):
        return fact
    if _can_be_searched(knowledge, said):
        return find_programs(knowledge, said, frame)
    recognition = said.topic in (knowledge.role("recognition"), knowledge.role("by-industry"))
    if recognition and said.second is None and any(said.of(kind) for kind in RECOGNISED):
        return answer_recognition(knowledge, said, frame)
    if said.topic in _own_topics(knowledge, said):
        return compare(knowledge, said, frame)
    if said.of("institution") and said.topic in _of_destinations(knowledge):
        return describe(knowledge, said, frame)  # "does Cambridge offer any?": more than that it is about the UK
    goes_on = said.refers and not said.names and frame.names.get("field")
    if goes_on and said.topic == knowledge.roles().get("destinations"):  # "where can I study that?"
        return recommend_destination(knowledge, replace(said, names={"field": frame.names["field"]}), Frame())
    if _of_another_industry(knowledge, said):
        return recommend_destination(knowledge, said, Frame())
    return answer_topic(knowledge, said, frame)


def _can_be_searched(knowledge: Knowledge, said: Said) -> bool:
    """ "Free courses", "something for beginners": a question that listings which state such a thing answer better."""
    for kind, roles, stated in SEARCHED:
        if said.of(kind) and said.topic in map(knowledge.roles().get, roles):
            return stated in knowledge.stated()
    return False


def _own_topics(knowledge: Knowledge, said: Said) -> set[str]:
    """The topics of the types or destinations named, where there are several of a kind: what sets them side by side."""
    types = [knowledge.type(key) for key in said.of("type")]
    destinations = [knowledge.destination(key) for key in said.of("destination")]
    several = (types if len(types) > 1 else []) + (destinations if len(destinations) > 1 else [])
    return {one.topic.key for one in several if one.topic}


def _of_destinations(knowledge: Knowledge) -> set[str]:
    return {one.topic.key for one in knowledge.destinations() if one.topic}


def _of_another_industry(knowledge: Knowledge, said: Said) -> bool:
    """Whether the topic is an industry, but not the one that was named ("anything for farmers", taught with teachers)."""
    named = said.of("industry")
    if not named:
        return False
    topics = {one.key: one.topic.key for one in knowledge.industries() if one.topic}
    return said.topic in topics.values() and said.topic not in {topics.get(key) for key in named}


class AnswerTopic(Answers):
    """A question about a topic."""

    def name(self) -> str:
        return "action_answer_topic"

    answer = staticmethod(or_pointed_at(answer_question))


def _or_search(answering: Answering) -> Answering:
    """The answer, but a search where the message bounds a price, a date or hours, which only a search can heed."""

    def answer(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
        bounded = any(said.of(kind) for kind in BOUNDS)
        if bounded:
            return find_programs(knowledge, said, frame)
        return with_second(knowledge, said, answering(knowledge, said.instead, frame))

    return answer


def _recommend(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
    """The destination; what is known of a way of studying, of prices or of a country outside all destinations, where a message
    names nothing else: that changes nothing in the recommendation."""
    alone = set(said.names)
    elsewhere = alone == {"place"} and not destinations_of(knowledge, said.names)
    if elsewhere and said.intent == ASKED_WHERE:  # "which country is best for Indian students?": where they come from
        return recommend_destination(knowledge, replace(said, names={}), frame)
    if elsewhere or alone == {"order"} or alone == {"mode"} and said.intent == "refine":
        return describe(knowledge, said, frame)
    answer = recommend_destination(knowledge, said, frame)
    if CHEAPEST in said.of("order"):  # "the cheapest country for data analytics" asks about prices, too
        return with_second(knowledge, replace(said, second=knowledge.role("prices")), answer)
    return answer


class DescribeName(Answers):
    """A question about a named thing."""

    def name(self) -> str:
        return "action_describe"

    answer = staticmethod(or_pointed_at(_or_search(describe)))


class RecommendDestination(Answers):
    """Which country for a field."""

    def name(self) -> str:
        return "action_recommend_destination"

    answer = staticmethod(or_pointed_at(_or_search(_recommend)))
