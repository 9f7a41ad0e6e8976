"""Answers topics of the guide and subjects that it leaves open, and tells the sources of an answer."""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer
from actions.claims import Candidate, Named, best_of_topic, choose_claims
from actions.context import CATALOGUE_KINDS, DialogueState, Names, Understanding
from actions.replies import topics as words
from actions.replies.claims import YES_NO, answer_claims
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge
from knowledge.models import Claim, OpenSubject, Topic, TopicLink

# Chosen on phrasings outside of training: 12 in 100 questions get two answers, and for a third of those the second is right.
UNSURE = 0.85  # share below which a near runner-up is answered too
NEAR = 0.18  # part of the first's share from which a runner-up is near
OPEN = "not-stated/"
KEPT = ("field", "industry", "type")  # kinds that stay talked about through a question about something else


def found_topic(knowledge: Knowledge, key: str) -> Topic | OpenSubject:
    """Return the topic or open subject with this key; raises UnknownKey if a button is older than the knowledge base."""
    return knowledge.open_subject(key) if key.startswith(OPEN) else knowledge.topic(key)


def answer_topic(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer with the claims that fit the question, or else with the most likely topic."""
    if understanding.topic is None:
        return answer_nearest(knowledge, understanding, state)
    answer = _answer(knowledge, understanding)
    return replace(answer, state=replace(answer.state, names=_things(understanding, state)))


def _answer(knowledge: Knowledge, understanding: Understanding) -> Answer:
    topic = understanding.topics[0].key
    if understanding.intent == "ask_topic" and understanding.second:
        return _both(knowledge, topic, understanding.second, understanding)
    if claims := claims_for(knowledge, understanding):
        return about_claims(knowledge, claims, understanding.form)
    second = _runner_up(knowledge, understanding)
    return _both(knowledge, topic, second) if second else about_topic(knowledge, topic, understanding.form)


def claims_for(knowledge: Knowledge, understanding: Understanding) -> tuple[Claim, ...]:
    """Return the claims that answer the message; none if its likeliest topic is one that the guide leaves open."""
    if understanding.topic is None or understanding.topic.startswith(OPEN):
        return ()
    return choose_claims(_candidates(knowledge, understanding), _named(knowledge, understanding))


def _candidates(knowledge: Knowledge, understanding: Understanding) -> list[Candidate]:
    """Return the claims that were ranked for the message, without those that a rebuilt knowledge base has no more."""
    shares = {ranked.key: ranked.share for ranked in understanding.topics}
    return [
        Candidate(knowledge.claim(one.topic, one.number), one.score, one.likeness, shares.get(one.topic, 0.0))
        for one in understanding.claims
        if knowledge.has_claim(one.topic, one.number)
    ]


def _named(knowledge: Knowledge, understanding: Understanding) -> set[Named]:
    """Return the names of the message, and the destinations that its places lie in."""
    named = {(kind, key) for kind in CATALOGUE_KINDS for key in understanding.of(kind)}
    within = (knowledge.place(key).destination for key in understanding.of("place"))
    return named | {("destination", each.key) for each in within if each}


def about_claims(knowledge: Knowledge, claims: tuple[Claim, ...], form: str) -> Answer:
    """Answer with claims; the conversation goes on about the topic of the first."""
    topic = knowledge.topic(claims[0].topic)
    reply = answer_claims(topic, claims, form)
    state = DialogueState("ask_topic", topic.key, sources=reply.source_keys, brief=True)
    related = topic.related
    return Answer(reply, state.offering("ask_topic", topic=related[0].key) if related else state)


def _things(understanding: Understanding, state: DialogueState) -> Names:
    """Return the names that stay talked about after the topic.

    These are the names beside the topic ("vs nanodegrees?" after "bootcamps" goes on with both), and the person's
    field, which a question in between does not change.
    """
    kept = {kind: state.names[kind] for kind in KEPT if kind in state.names}
    return {
        **kept,
        **{kind: understanding.of(kind) for kind in CATALOGUE_KINDS if understanding.of(kind) and kind != "mode"},
    }


def _both(knowledge: Knowledge, first: str, second: str, understanding: Understanding | None = None) -> Answer:
    """Answer two topics; if they were asked for in one message, each with the claim that fits, if any does."""
    claims: dict[str, str] = {}
    if understanding:
        candidates, named = _candidates(knowledge, understanding), _named(knowledge, understanding)
        best = (best_of_topic(candidates, topic, named) for topic in (first, second))
        claims = {claim.topic: claim.say for claim in best if claim}
    reply = words.both(found_topic(knowledge, first), found_topic(knowledge, second), claims)
    return Answer(
        reply,
        DialogueState("ask_topic", reply.topic, sources=reply.source_keys).offering("want_person"),
    )


def about_topic(knowledge: Knowledge, key: str, form: str = YES_NO) -> Answer:
    """Answer a topic or an open subject, however it came up; `form` is that of the question."""
    found = found_topic(knowledge, key)
    if isinstance(found, OpenSubject):
        return Answer(words.open_subject(found), DialogueState("ask_topic", found.key).offering("want_person"))
    state = DialogueState("ask_topic", found.key, sources=tuple(source.key for source in found.sources))
    if found.related:
        state = state.offering("ask_topic", topic=found.related[0].key)
    return Answer(words.answer_topic(found, form), state)


def _runner_up(knowledge: Knowledge, understanding: Understanding) -> str | None:
    """Return the second topic if the first is not certain and both are in the guide, else None."""
    if (
        len(understanding.topics) < 2
        or understanding.topics[0].share >= UNSURE
        or understanding.topics[1].share < NEAR * understanding.topics[0].share
    ):
        return None
    both_known = knowledge.has_topic(understanding.topics[0].key) and knowledge.has_topic(understanding.topics[1].key)
    return understanding.topics[1].key if both_known else None


def with_second(knowledge: Knowledge, understanding: Understanding, answer: Answer) -> Answer:
    """Add to an answer the answer to the second topic that the same message asks about."""
    if understanding.second is None or understanding.second == answer.reply.topic:
        return answer
    return replace(answer, reply=words.joined(answer.reply, found_topic(knowledge, understanding.second)))


def answer_nearest(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Offer the most likely topics as choices, because nothing certain was understood."""
    return Answer(words.not_understood(guesses(knowledge, understanding), again=False), state)


def guesses(knowledge: Knowledge, understanding: Understanding) -> list[TopicLink]:
    """Return up to three topics that a message may be about: the classifier's, then the nearest passages, each once."""
    links: dict[str, TopicLink] = {}
    for ranked in (*understanding.topics[:2], *understanding.nearest, *understanding.topics[2:]):
        try:
            found = found_topic(knowledge, ranked.key)
        except UnknownKey:
            continue
        links.setdefault(found.key, TopicLink(found.key, found.title))
    return list(links.values())[:3]


def show_source(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer "Why do you say that?" with the sections that the last answer came from."""
    return Answer(words.sources([knowledge.section(key) for key in state.sources], state.topic), state)


def take_disagreement(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer "I don't think so"."""
    found = [knowledge.section(key) for key in state.sources]
    return Answer(words.disagreement(found, state.topic), state.offering("want_person"))
