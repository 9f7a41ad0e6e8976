"""Decides what answers a question about a topic, a name or a destination: its topic, or something more specific.

If the message holds more than the question, that may be recognition in an industry, a comparison or a search.
"""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer, AnswerFunction
from actions.claim_answers import DIFFERENCE, is_with_degree, told_of_all
from actions.comparison import compare
from actions.context import OPEN, DialogueState, Understanding
from actions.credential_types import CHEAPEST
from actions.describe import answer_order, describe
from actions.destinations import destinations_of, recommend_destination
from actions.programs.criteria import BOUNDS
from actions.programs.facts import fact_of_programs
from actions.programs.search import can_order, find_programs
from actions.recognition import answer_recognition, answer_worth, topics_of_aim
from actions.topics import answer_topic, with_claims, with_second
from actions.unanswered import anything_else, declined, declined_without_names
from core.contract.question_forms import LIST, MOST, OR, WHAT, WHICH, WHO, WHY, YES_NO
from knowledge.knowledge_base import Knowledge

# Questions that a search can answer: the kind that the message names, the roles of its topic, and the criterion that the
# listings must state.
SEARCHED = (("max_price", ("prices", "discounts"), "max_price"), ("level", ("experience",), "levels"))
ASKED_WHERE = "ask_best_destination"
OFFERS = {"taught", "programs", "exists", "listed", "all", "fields"}  # attributes of "does it have any courses?"
RECOGNITION = "recognition"  # an attribute (nlu/data/attributes.yml)
WORTH = "worth"  # the same, and the role of the topic that tells of it
RECOGNISED = ("industry", "destination", "place", "provider", "institution", "program", "type")


def answer_question(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer the topic, or what the names in the message say more specifically."""
    if _names_its_industry(knowledge, understanding):  # "not computers, engineering"
        return recommend_destination(knowledge, replace(understanding.instead, left_out={}), DialogueState())
    if understanding.left_out and state.act == "find_programs":  # "not the badges", however it sounds
        return find_programs(knowledge, replace(understanding, intent="refine"), state)
    # "The shortest course?"
    if set(understanding.names) == {"order"} and can_order(knowledge, understanding.of("order")):
        return answer_order(knowledge, understanding, state)
    if fact := fact_of_programs(knowledge, understanding, state):
        return fact
    set_apart = understanding.form in (OR, WHICH, MOST) or DIFFERENCE in understanding.attributes
    if set_apart and is_with_degree(understanding):
        return compare(knowledge, understanding, state)
    if _can_be_searched(knowledge, understanding):
        return find_programs(knowledge, understanding, state)
    if understanding.form == WHY and (reason := _reason(knowledge, understanding, state)):
        return reason
    for_aim = bool(topics_of_aim(knowledge, understanding)) and _asks_worth(knowledge, understanding)
    if _asks_recognition(knowledge, understanding) and not for_aim:
        return answer_recognition(knowledge, understanding, state)
    if for_aim or _asks_worth(knowledge, understanding):
        return answer_worth(knowledge, understanding)
    if understanding.topic in _own_topics(knowledge, understanding) or _sets_side_by_side(knowledge, understanding):
        return compare(knowledge, understanding, state)
    if understanding.of("institution") and (
        understanding.topic in _of_destinations(knowledge) or not _in_guide(knowledge, understanding)
    ):
        # "Does Cambridge offer any?" asks for more than the topic of the UK.
        return describe(knowledge, understanding, state)
    if _offers_at_unknown(knowledge, understanding) or _is_elsewhere(
        knowledge, understanding
    ):  # "Georgia Tech MicroMasters": the guide names no such institution
        return describe(knowledge, understanding, state)
    if understanding.of("program") and understanding.form == "what" and _is_of_thing(knowledge, understanding):
        return describe(knowledge, understanding, state)  # "what is the AWS certification?" asks for more than its type
    goes_on = understanding.refers and not understanding.names and state.names.get("field")
    if goes_on and knowledge.plays(understanding.topic, "destinations"):  # "where can I study that?"
        return recommend_destination(
            knowledge, replace(understanding, names={"field": state.names["field"]}), DialogueState()
        )
    if _of_another_industry(knowledge, understanding):
        return recommend_destination(knowledge, understanding, DialogueState())
    if _asks_what_thing_is(knowledge, understanding):
        return describe(knowledge, understanding, state)
    if claimed := with_claims(knowledge, understanding, state):
        return claimed
    return answer_by_topic(knowledge, understanding, state)


def answer_by_topic(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer the likeliest topic, or decline; asks nothing of roles and the catalogue."""
    return declined(knowledge, understanding, state) or answer_topic(knowledge, understanding, state)


def _names_its_industry(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether a message refuses a field and names an industry with areas of its own in its place."""
    named = [one for one in knowledge.industries() if one.key in understanding.of("industry")]
    areas = {one.topic.key for one in named if one.embraces and one.areas and one.topic}
    kept = {kind: keys for kind, keys in understanding.instead.names.items() if kind != "industry"}
    refuses = set(understanding.left_out) == {"field"} and set(kept) <= {"field"}
    return refuses and understanding.topic in areas


def _reason(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return the answer of the claims to "why?" if a reason leads them, else None: an answer without one is for others."""
    claimed = with_claims(knowledge, understanding, state) if understanding.of("industry") else None
    lead = claimed.reply.claims[0] if claimed and claimed.reply.claims else None
    reasons = (one.say for one in knowledge.claims(lead["topic"]) if one.form == WHY) if lead else ()
    return claimed if lead and lead["say"] in reasons else None


def _asks_recognition(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether the message asks how far something that it names is recognised."""
    if understanding.second is not None or not any(understanding.of(kind) for kind in RECOGNISED):
        return False
    industry = understanding.of("industry")
    if knowledge.plays(understanding.topic, "by-industry"):
        # "Which industries take them seriously?" asks for the industries, whatever was talked about before.
        return bool(industry) or understanding.form not in (WHICH, WHO, LIST)
    asks = RECOGNITION in understanding.attributes
    by_industry = bool(industry) and asks  # "do engineering firms recognise them?"
    of_thing = asks and understanding.form == YES_NO and not {"worth", "counts"} & set(understanding.attributes)
    of_thing = of_thing and _is_of_thing(knowledge, understanding) and bool(understanding.of("provider"))
    return by_industry or of_thing or knowledge.plays(understanding.topic, "recognition")


def _asks_worth(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether the message asks if a type, program or provider that it names is worth its price."""
    names = set(understanding.names)
    if WORTH not in understanding.attributes or not names & {"type", "program", "provider"} or names & {"destination"}:
        return False
    worth = knowledge.roles().get(WORTH)
    is_known = all(
        knowledge.has_name(kind, key) for kind in ("type", "program", "provider") for key in understanding.of(kind)
    )
    asked = understanding.topic in (worth, *topics_of_aim(knowledge, understanding))
    return bool(worth) and is_known and (asked or _is_of_thing(knowledge, understanding))


def _can_be_searched(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether listings that state it answer the question better ("free courses", "something for beginners")."""
    for kind, roles, stated in SEARCHED:
        if understanding.of(kind) and understanding.topic in map(knowledge.roles().get, roles):
            return stated in knowledge.stated()
    return False


def _own_topics(knowledge: Knowledge, understanding: Understanding) -> set[str]:
    """Return the topics of the types or destinations, if the message names several of a kind and so compares them."""
    types = [knowledge.type(key) for key in understanding.of("type")]
    destinations = [knowledge.destination(key) for key in understanding.of("destination")]
    several = (types if len(types) > 1 else []) + (destinations if len(destinations) > 1 else [])
    return {one.topic.key for one in several if one.topic}


def _sets_side_by_side(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether a message asks how several kinds that it names differ, and no claim tells of all of them."""
    asks = understanding.form == WHICH or DIFFERENCE in understanding.attributes
    several = len(understanding.of("type")) > 1 and not understanding.left_out and set(understanding.names) == {"type"}
    return asks and several and not told_of_all(knowledge, understanding, "type")


def _in_guide(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether the guide has the institution that a question about anything else names."""
    asked_else = understanding.topic == anything_else(knowledge)
    return not asked_else or knowledge.has_name("institution", understanding.of("institution")[0])


def _is_elsewhere(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether the message asks for a type from an institution that the guide does not name."""
    named = understanding.of("institution")
    if not named or understanding.topic is None or any(knowledge.has_name("institution", key) for key in named):
        return False
    kind, _ = knowledge.described_by(understanding.topic) or ("", "")
    return kind == "type"


def _offers_at_unknown(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether a message asks no more of an institution that the guide does not name than whether it offers any."""
    named = understanding.of("institution")
    asks = set(understanding.attributes)
    plain = set(understanding.names) == {"institution"} and understanding.form == YES_NO and "taught" in asks
    return plain and asks <= OFFERS and not any(knowledge.has_name("institution", key) for key in named)


def _of_destinations(knowledge: Knowledge) -> set[str]:
    """Return the topics that describe a destination."""
    return {destination.topic.key for destination in knowledge.destinations() if destination.topic}


def _asks_what_thing_is(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether the message asks what a type is that it names ("a question about badges. What is it?"), and no more."""
    kinds = understanding.of("type")
    alone = len(kinds) == 1 and set(understanding.names) == {"type"} and not understanding.follows
    plain = understanding.form == WHAT and not understanding.attributes and understanding.second is None
    return alone and plain and not _is_of_thing(knowledge, understanding) and not _is_open(understanding)


def _is_open(understanding: Understanding) -> bool:
    return understanding.topic is not None and understanding.topic.startswith(OPEN)


def _is_of_thing(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether the topic describes a type or a destination."""
    return understanding.topic is not None and knowledge.described_by(understanding.topic) is not None


def _of_another_industry(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether the topic is an industry other than the named one.

    "Anything for farmers" may be nearest to a phrasing about teachers.
    """
    named = understanding.of("industry")
    if not named:
        return False
    topics = {industry.key: industry.topic.key for industry in knowledge.industries() if industry.topic}
    return understanding.topic in topics.values() and understanding.topic not in {topics.get(key) for key in named}


def or_search(answering: AnswerFunction) -> AnswerFunction:
    """Return an answer function that searches instead if the message limits a price, a date or hours, or else may decline."""

    def answer(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
        bounded = any(understanding.of(kind) for kind in BOUNDS)
        if bounded:
            return find_programs(knowledge, understanding, state)
        answer = declined_without_names(knowledge, understanding, state)
        answer = answer or answering(knowledge, understanding.instead, state)
        return with_second(knowledge, understanding, answer)

    return answer


def recommend_or_describe(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Recommend a destination, unless the message names only what changes nothing in the recommendation.

    That is a mode of study, prices, or a country outside of all destinations; these are described.
    """
    alone = set(understanding.names)
    elsewhere = alone == {"place"} and not destinations_of(knowledge, understanding.names)
    # "Which country is best for Indian students?" names the country that they come from.
    if elsewhere and understanding.intent == ASKED_WHERE:
        return recommend_destination(knowledge, replace(understanding, names={}), state)
    if elsewhere or alone == {"order"} or alone == {"mode"} and understanding.intent == "refine":
        return describe(knowledge, understanding, state)
    answer = recommend_destination(knowledge, understanding, state)
    if CHEAPEST in understanding.of("order"):  # "the cheapest country for data analytics" asks about prices, too
        return with_second(knowledge, replace(understanding, second=knowledge.role("prices")), answer)
    return answer
