"""Messages that live on the turn before: a new name or wish, yes and no, "more", and what nobody understood.

Stories decide these where they can; this is also where a conversation goes on that no story foresaw.
"""

from __future__ import annotations

from dataclasses import replace

from actions.answering import Answer, Answering, Answers
from actions.comparing import compare
from actions.facts import fact_of_programs
from actions.names import describe
from actions.people import help_choose, offer_person
from actions.places import destinations_of, recommend_destination
from actions.pointing import or_pointed_at
from actions.programs import find_programs, show_more
from actions.questions import answer_question
from actions.recognition import answer_recognition
from actions.replies import people, topics
from actions.replies.base import ANSWERED
from actions.said import Frame, Said
from actions.topics import OPEN, about_topic, found_topic, guesses
from actions.types import recommend_type
from actions.wishes import BOUNDS
from knowledge.queries import Knowledge
from knowledge.records import ProgramWish, Topic

SURE_PASSAGE = 0.62  # cosine from which a passage answers a message that the classifier doesn't know
LIKELY = 0.15  # share from which a topic counts as what a follow-up may mean
ACTS: dict[str, Answering] = {
    "ask_topic": answer_question,
    "ask_about": describe,
    "ask_best_destination": recommend_destination,
    "ask_best_type": recommend_type,
    "ask_recognition": answer_recognition,
    "compare": compare,
    "find_programs": find_programs,
}


def go_on(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
    """What a follow-up means after the last act: the same about the new names; without an act, the names themselves."""
    if said.intent == "affirm":
        return accept(knowledge, said, frame)
    if not said.names:
        return _same_about(knowledge, said, frame)
    if frame.act != "find_programs":
        said = said.instead
    if any(said.of(kind) for kind in BOUNDS):  # "cheaper than 500 euros": only a search can heed that
        return find_programs(knowledge, said, frame)
    if set(said.names) in ({"order"}, {"mode"}) and frame.act != "find_programs":
        return describe(knowledge, said, frame)
    if said.excludes and frame.act != "find_programs":
        return recommend_destination(knowledge, said, frame)
    if _type_somewhere(said, frame):
        return find_programs(knowledge, replace(said, names={"type": frame.names["type"], **said.names}), Frame())
    if frame.act == "ask_topic" and frame.topic in _recognition(knowledge):  # "and logistics?"
        return answer_recognition(knowledge, said, frame)
    if frame.act == "ask_topic" and (frame.topic or "").startswith(OPEN) and set(said.names) <= {"destination", "place"}:
        return _open_elsewhere(knowledge, said, frame.topic)
    act = ACTS.get(frame.act)
    if act is None or frame.act == "ask_topic":
        return describe(knowledge, said, frame)
    return act(knowledge, said, frame)


def _type_somewhere(said: Said, frame: Frame) -> bool:
    """ "Which bootcamps are there?" - "in the UK"."""
    of_type = frame.act in ("ask_about", "ask_topic") and len(frame.names.get("type", ())) == 1
    return of_type and set(said.names) <= {"destination", "place"}


def _open_elsewhere(knowledge: Knowledge, said: Said, topic: str) -> Answer:
    """ "And for Australia?" after what the guide leaves open: it leaves it open there, too."""
    answer = about_topic(knowledge, topic)
    return Answer(answer.reply, replace(answer.frame, names=said.names))


def _recognition(knowledge: Knowledge) -> set[str]:
    """The topics that are about what is recognised, and where."""
    return {knowledge.role("recognition"), knowledge.role("by-industry")}


def _same_about(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
    """A follow-up that names a subject, not a thing ("and visas?"): of its likely topics, one of the section that is being
    talked about before the others."""
    section = (frame.topic or "").split("/")[0]
    likely = [ranked for ranked in said.topics if ranked.share >= LIKELY]
    chosen = next((ranked for ranked in likely if ranked.key.split("/")[0] == section), likely[0] if likely else None)
    if chosen is None:
        return not_understood(knowledge, said, frame)
    fact = fact_of_programs(knowledge, said, frame, chosen.key)
    return fact or about_topic(knowledge, chosen.key)


def accept(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
    """ "Yes": do what was offered; where nothing was, ask what the person would like."""
    offer = dict(frame.offer or {})
    intent = offer.pop("intent", "")
    if intent == "more":
        return tell_more(knowledge, said, frame)
    if intent == "want_person":
        return offer_person(knowledge, said, frame)
    if intent == "ask_topic":
        return about_topic(knowledge, offer["topic"])
    return help_choose(knowledge, said, frame)


def tell_more(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
    """ "Tell me more": the next programs of a search, or what there is beyond a topic's short answer."""
    if said.names and frame.act == "find_programs":
        return find_programs(knowledge, said, frame)
    if said.names:
        return describe(knowledge, said, frame)
    if frame.act == "find_programs":
        return show_more(knowledge, frame)
    if frame.topic is None:
        return help_choose(knowledge, said, frame)
    found = found_topic(knowledge, frame.topic)
    if not isinstance(found, Topic):
        return (
            about_topic(knowledge, found.near_topics[0].key)
            if found.near_topics
            else offer_person(knowledge, said, frame)
        )
    related = {"topic": found.related[0].key} if found.related else {}
    reply = topics.more(found)
    sources = tuple(source.key for source in reply.sources)
    after = Frame(frame.act, found.key, frame.names, sources, choices=frame.choices)
    return Answer(reply, after.offering("ask_topic", **related) if related else after)


def not_understood(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
    """The classifier doesn't know it: a passage that is near enough answers, else choices, the second time with a person."""
    if said.nearest and said.nearest[0].share >= SURE_PASSAGE:
        answer = about_topic(knowledge, said.nearest[0].key)
        if answer.reply.outcome == ANSWERED:
            return answer
    if said.nearest and said.nearest[0].share >= SURE_PASSAGE and said.nearest[0].key.startswith(OPEN):
        return about_topic(knowledge, said.nearest[0].key)
    again = frame.act == "not_understood"
    after = Frame("not_understood", frame.topic, frame.names, frame.sources, choices=frame.choices)
    return Answer(topics.not_understood(guesses(knowledge, said), again), after.offering("want_person"))


class Continue(Answers):
    """Goes on from the turn before."""

    def name(self) -> str:
        return "action_continue"

    answer = staticmethod(or_pointed_at(go_on))


class FollowTopic(Answers):
    """A follow-up after a topic: about another topic of its kind, or about the thing that it names."""

    def name(self) -> str:
        return "action_follow_topic"

    answer = staticmethod(or_pointed_at(go_on))


class TellMore(Answers):
    """More of the same."""

    def name(self) -> str:
        return "action_tell_more"

    answer = staticmethod(or_pointed_at(tell_more))


class NotUnderstood(Answers):
    """Choices instead of a guess."""

    def name(self) -> str:
        return "action_not_understood"

    answer = staticmethod(or_pointed_at(not_understood))


class TakeComplaint(Answers):
    """An answer missed the question."""

    def name(self) -> str:
        return "action_take_complaint"

    def answer(self, knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
        return Answer(people.complaint(), frame.offering("want_person"))


def _search(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
    """The search; at its beginning, what is known of a country outside all destinations or of a provider without programs."""
    alone = set(said.names)
    elsewhere = alone == {"place"} and not destinations_of(knowledge, said.names)
    without = alone == {"provider"} and not knowledge.count_programs(ProgramWish(providers=said.of("provider")))
    if (elsewhere or without) and frame.act != "find_programs" and not said.excludes:
        return describe(knowledge, said, frame)
    return find_programs(knowledge, said, frame)


class FindPrograms(Answers):
    """A search for programs."""

    def name(self) -> str:
        return "action_find_programs"

    answer = staticmethod(or_pointed_at(_search))
