"""Decides what answers a message that depends on the turn before: a new name, yes and no, "more", or something unknown.

Stories decide these if they can; a conversation that no story foresaw is continued here.
"""

from __future__ import annotations

from dataclasses import replace

from actions.advice.advise import give_advice
from actions.base import Answer, AnswerFunction
from actions.comparison import compare
from actions.context import OPEN, DialogueState, Understanding
from actions.credential_types import recommend_type
from actions.describe import describe
from actions.destinations import destinations_of, recommend_destination
from actions.handoff import offer_person
from actions.programs.criteria import BOUNDS
from actions.programs.facts import fact_of_programs
from actions.programs.search import find_programs, show_more
from actions.question_router import answer_question
from actions.recognition import answer_recognition
from actions.replies import topics
from actions.replies.base import ANSWERED, first_sentence, listed, lower_first
from actions.topics import about_topic, found_topic, guesses
from actions.unanswered import anything_else, decline_named
from knowledge.knowledge_base import Knowledge
from knowledge.models import ProgramCriteria, Topic

SURE_PASSAGE = 0.62  # cosine from which a passage answers a message that the classifier does not know
LIKELY = 0.15  # share from which a topic counts as what a follow-up may mean
AND = "and"  # how a message refers back: "and X?" (nlu/extraction/references.py)
WHERE = {"destination", "place"}
SEARCHED = {"type", "provider", "mode"}  # kinds that only a search can leave out
ACTS: dict[str, AnswerFunction] = {
    "ask_topic": answer_question,
    "ask_about": describe,
    "ask_best_destination": recommend_destination,
    "ask_best_type": recommend_type,
    "ask_recognition": answer_recognition,
    "compare": compare,
    "find_programs": find_programs,
}


def answer_follow_up(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer a follow-up: the same question about the new names, or the names themselves if there was no question."""
    if understanding.intent == "affirm":
        return accept_offer(knowledge, understanding, state)
    if not understanding.names:
        return _same_about(knowledge, understanding, state)
    if state.act != "find_programs":
        understanding = understanding.instead
    if any(understanding.of(kind) for kind in BOUNDS):  # "cheaper than 500 euros": only a search can use that
        return find_programs(knowledge, understanding, state)
    if set(understanding.names) in ({"order"}, {"mode"}) and state.act != "find_programs":
        return describe(knowledge, understanding, state)
    if (understanding.excludes or _leaves_place_out(understanding)) and state.act != "find_programs":
        searched = set(understanding.names) & SEARCHED  # "anything but bootcamps"
        return (find_programs if searched else recommend_destination)(knowledge, understanding, state)
    if _type_somewhere(understanding, state):
        return find_programs(
            knowledge,
            replace(understanding, names={"type": state.names["type"], **understanding.names}),
            DialogueState(),
        )
    if state.act == "ask_topic" and state.topic in _recognition(knowledge):  # "and logistics?"
        return answer_recognition(knowledge, understanding, state)
    if state.act == "ask_topic" and state.topic and state.topic.startswith(OPEN) and set(understanding.names) <= WHERE:
        return _open_elsewhere(knowledge, understanding, state.topic)
    act = ACTS.get(state.act)
    if act is None or state.act == "ask_topic":
        return describe(knowledge, understanding, state)
    return act(knowledge, understanding, state)


def _leaves_place_out(understanding: Understanding) -> bool:
    """Return whether a message asks for a field, but not somewhere: "nursing, only not in Canada"."""
    out = understanding.left_out
    return bool(understanding.of("field") and (out.get("destination") or out.get("place")))


def _type_somewhere(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether a destination follows a type: "Which bootcamps are there?" - "in the UK"."""
    of_type = state.act in ("ask_about", "ask_topic") and len(state.names.get("type", ())) == 1
    return of_type and set(understanding.names) <= {"destination", "place"}


def answer_elsewhere(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Answer a bare place, or "and the AWS one?", after a question that the guide leaves open: it does so there, too."""
    topic = understanding.topic or ""
    asks_there = understanding.intent == "refine" and understanding.follows and topic.startswith(OPEN)
    of_another = understanding.follows and AND in understanding.back and state.topic == topic and topic.startswith(OPEN)
    of_credential = of_another and bool(understanding.names) and set(understanding.names) <= {"program", "type"}
    if not of_credential and (not asks_there or not understanding.names or not set(understanding.names) <= WHERE):
        return None
    return _open_elsewhere(knowledge, understanding, topic)


def _open_elsewhere(knowledge: Knowledge, understanding: Understanding, topic: str) -> Answer:
    """Answer "And for Australia?" after an open subject: the guide leaves it open there, too."""
    answer = about_topic(knowledge, topic)
    names = [knowledge.destination(key).short for key in understanding.of("destination")]
    names += [knowledge.place(key).name for key in understanding.of("place")]
    names += [lower_first(knowledge.type(key).plural) for key in understanding.of("type")]
    names += [f"the {knowledge.program(key).name}" for key in understanding.of("program")]
    said = first_sentence(answer.reply.text.split("\n")[0])
    reply = replace(answer.reply, text=f"The same goes for {listed(names)}. {said}")
    return Answer(reply, replace(answer.state, names=understanding.names))


def _recognition(knowledge: Knowledge) -> set[str]:
    """Return the topics about recognition."""
    return {topic for role, topic in knowledge.roles().items() if role in ("recognition", "by-industry")}


def _same_about(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer a follow-up that names a topic ("and visas?"); a likely topic of the section being talked about comes first."""
    section = (state.topic or "").split("/")[0]
    offered = (ranked for ranked in understanding.topics if ranked.key != anything_else(knowledge))
    likely = [ranked for ranked in offered if ranked.share >= LIKELY]
    chosen = next((ranked for ranked in likely if ranked.key.split("/")[0] == section), likely[0] if likely else None)
    if chosen is None:
        return not_understood(knowledge, understanding, state)
    fact = fact_of_programs(knowledge, understanding, state, chosen.key)
    return fact or about_topic(knowledge, chosen.key)


def accept_offer(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Do what was offered ("yes"), or ask what the person would like if nothing was."""
    offer = dict(state.offer or {})
    intent = offer.pop("intent", "")
    if intent == "more":
        return tell_more(knowledge, understanding, state)
    if intent == "want_person":
        return offer_person(knowledge, understanding, state)
    if intent == "ask_topic":
        return about_topic(knowledge, offer["topic"])
    return give_advice(knowledge, understanding, state)


def tell_more(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Show the next programs of a search, or what the guide says beyond a topic's short answer."""
    if understanding.names and state.act == "find_programs":
        return find_programs(knowledge, understanding, state)
    if understanding.names:
        return describe(knowledge, understanding, state)
    if state.act == "find_programs":
        return show_more(knowledge, state)
    if state.topic is None:
        return give_advice(knowledge, understanding, state)
    found = found_topic(knowledge, state.topic)
    if not isinstance(found, Topic):
        return (
            about_topic(knowledge, found.near_topics[0].key)
            if found.near_topics
            else offer_person(knowledge, understanding, state)
        )
    related = {"topic": found.related[0].key} if found.related else {}
    reply = topics.answer_topic(found) if state.brief else topics.more(found)
    after = DialogueState(state.act, found.key, state.names, reply.source_keys, choices=state.choices)
    return Answer(reply, after.offering("ask_topic", **related) if related else after)


def not_understood(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer with a passage that is near enough, else offer choices, and the second time a person."""
    nearest = next(iter(understanding.nearest), None)
    if nearest and nearest.share >= SURE_PASSAGE:
        answer = about_topic(knowledge, nearest.key)
        if answer.reply.outcome == ANSWERED or nearest.key.startswith(OPEN):
            return answer
    if named := decline_named(knowledge, understanding, state):
        return named
    again = state.act == "not_understood"
    after = DialogueState("not_understood", state.topic, state.names, state.sources, choices=state.choices)
    return Answer(topics.not_understood(guesses(knowledge, understanding), again), after.offering("want_person"))


def search_or_describe(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Search programs, or describe what was named if a new search for it could find nothing.

    That is a country outside of all destinations, or a provider without programs.
    """
    alone = set(understanding.names)
    elsewhere = alone == {"place"} and not destinations_of(knowledge, understanding.names)
    without = alone == {"provider"} and not knowledge.count_programs(
        ProgramCriteria(providers=understanding.of("provider"))
    )
    if (elsewhere or without) and state.act != "find_programs" and not understanding.excludes:
        return describe(knowledge, understanding, state)
    return find_programs(knowledge, understanding, state)
