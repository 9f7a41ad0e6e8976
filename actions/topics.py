"""Answers topics of the guide and subjects that it leaves open, and tells the sources of an answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from actions.base import Answer
from actions.claim_answers import DIFFERENCE, SURE, WELL, answer_surely, answer_with_claims, claims_of
from actions.claims import ANSWERS, RATHER
from actions.context import CATALOGUE_KINDS, OPEN, DialogueState, Names, Understanding
from actions.replies import topics as words
from actions.replies import unanswered
from actions.replies.base import DECLINED, MAX_BUTTONS, sources_of, topic_button
from actions.replies.claims.answers import SAID_ALREADY, shared_words
from actions.said_back import what_is_open
from actions.unanswered import NEAREST, about_open_subject, anything_else
from core.contract.question_forms import STATEMENT
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge
from knowledge.models import Claim, OpenSubject, Source, Topic, TopicLink

# Log-odds of the guide's best topic against its second, below which the second is offered. Open subjects have no part in it: a
# question between two topics is no surer for being far from what is left open.
TWO_CHOICES = 3.0
# Share of a topic, and cosine of a passage, from which a message may be about it.
MAY_BE_MEANT, NEAR_PASSAGE = 0.2, 0.35
BESIDE_AT_ALL = 0.1  # fit of a claim from which its topic may be asked for beside another
TOPIC = "topic:"  # before the key of a topic among what was talked about
THINGS = frozenset(CATALOGUE_KINDS) - {"mode"}
MOST_SECTIONS = 4  # sections that are named as sources
KEPT = ("field", "industry", "type")  # kinds that stay talked about through a question about something else


def found_topic(knowledge: Knowledge, key: str) -> Topic | OpenSubject:
    """Return the topic or open subject with this key; raises UnknownKey if a button is older than the knowledge base."""
    return knowledge.open_subject(key) if key.startswith(OPEN) else knowledge.topic(key)


def surely_with_claims(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return the answer of a claim that surely answers, whatever the message was taken for; None if none does."""
    answer = answer_surely(knowledge, understanding, state)
    return answer and replace(answer, state=replace(answer.state, names=_things(understanding, state)))


def with_claims(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return the answer of the claims that fit the question, with what stays talked about after it; None if none does."""
    # A statement hardly ever asks for what is unknown, and implies its question.
    least = RATHER if understanding.form == STATEMENT else ANSWERS
    answer = answer_with_claims(knowledge, understanding, least)
    return answer and replace(answer, state=replace(answer.state, names=_things(understanding, state)))


def answer_topic(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer with the most likely topic, or with both topics that the message asks about."""
    if understanding.topic is None:
        return answer_nearest(knowledge, understanding, state)
    first, form = understanding.topic, STATEMENT if understanding.denies else understanding.form
    second = understanding.second if understanding.intent == "ask_topic" else None
    if second and knowledge.has_topic(first) and knowledge.has_topic(second):
        first, second = _asked_of(understanding, first, second)
        understanding = replace(understanding, second=second)
    if second == knowledge.roles().get("difficulty") and first in _of_visas(knowledge):
        second = None  # "what about a visa, is it difficult?" asks how hard that is to get
    if second and first.startswith(OPEN) and second.startswith(OPEN) and what_is_open(knowledge, understanding):
        second = None  # one question has one decline
    if second:
        answer = _both(knowledge, first, second, claims_of(knowledge, understanding, first, second))
    elif isinstance(found := found_topic(knowledge, first), OpenSubject):
        answer = about_open_subject(knowledge, understanding, state, found)
    elif claimed := answer_with_claims(knowledge, understanding, RATHER):
        answer = claimed
    elif near := _runner_up(knowledge, understanding):
        answer = _with_choice(knowledge, about_topic(knowledge, first, form), near)
    else:
        answer = about_topic(knowledge, first, form)
    return replace(answer, state=replace(answer.state, names=_things(understanding, state)))


def _asked_of(understanding: Understanding, first: str, second: str) -> tuple[str, str | None]:
    """Return which of two topics a message asks about: one that no claim near to it belongs to adds nothing.

    What surely tells how the two differ comes first.
    """
    fits = [max((one.fit for one in understanding.claims if one.topic == key), default=0.0) for key in (first, second)]
    if DIFFERENCE in understanding.attributes and fits[1] >= WELL and fits[0] < SURE:
        return second, first
    return first, second if fits[1] >= BESIDE_AT_ALL else None


def _of_visas(knowledge: Knowledge) -> set[str | None]:
    return {knowledge.roles().get(role) for role in ("visa", "visa-rules")}


def _with_choice(knowledge: Knowledge, answer: Answer, topic: str) -> Answer:
    """Offer a topic that the question may be about instead, before the other buttons."""
    found = knowledge.topic(topic)
    buttons = (topic_button(found), *(button for button in answer.reply.buttons if button != topic_button(found)))
    return replace(answer, reply=replace(answer.reply, buttons=buttons[:MAX_BUTTONS]))


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


def _both(knowledge: Knowledge, first: str, second: str, claims: Mapping[str, str]) -> Answer:
    rest = anything_else(knowledge)
    if rest in (first, second):
        answer = about_topic(knowledge, second if first == rest else first)
        return replace(answer, reply=unanswered.but_for_the_rest(answer.reply))
    reply = words.both(found_topic(knowledge, first), found_topic(knowledge, second), claims)
    return Answer(
        reply,
        DialogueState("ask_topic", reply.topic, sources=reply.source_keys).offering("want_person"),
    )


def about_topic(knowledge: Knowledge, key: str, form: str = "") -> Answer:
    """Answer a topic or an open subject, however it came up; `form` is that of the question."""
    found = found_topic(knowledge, key)
    if isinstance(found, OpenSubject):
        reply = unanswered.open_subject(found, (), found.near_topics[:NEAREST])
        return Answer(reply, DialogueState("ask_topic", found.key).offering("want_person"))
    state = DialogueState("ask_topic", found.key, sources=tuple(source.key for source in found.sources))
    if found.related:
        state = state.offering("ask_topic", topic=found.related[0].key)
    return Answer(words.answer_topic(found, form), state)


def _runner_up(knowledge: Knowledge, understanding: Understanding) -> str | None:
    """Return the guide's second topic if the first is its best one and hardly likelier, else None."""
    of_guide = [ranked for ranked in understanding.topics if knowledge.has_topic(ranked.key)]
    if len(of_guide) < 2 or of_guide[0] != understanding.topics[0] or of_guide[1].share <= 0:
        return None
    near = math.log(of_guide[0].share / of_guide[1].share) < TWO_CHOICES
    return of_guide[1].key if near else None


def with_second(knowledge: Knowledge, understanding: Understanding, answer: Answer) -> Answer:
    """Add to an answer the answer to the second topic that the same message asks about."""
    if understanding.second is None or understanding.second == answer.reply.topic:
        return answer
    if understanding.second == anything_else(knowledge):
        if answer.reply.outcome != DECLINED:
            return replace(answer, reply=unanswered.but_for_the_rest(answer.reply))
        return replace(answer, reply=unanswered.both_open(answer.reply, what_is_open(knowledge, understanding)))
    second = found_topic(knowledge, understanding.second)
    if isinstance(second, Topic) and shared_words(second.answer, answer.reply.text) >= SAID_ALREADY:
        return answer
    return replace(answer, reply=words.joined(answer.reply, second))


def answer_nearest(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Offer the most likely topics as choices, because nothing certain was understood."""
    return Answer(words.not_understood(guesses(knowledge, understanding), again=False), state)


def guesses(knowledge: Knowledge, understanding: Understanding) -> list[TopicLink]:
    """Return up to three topics that a message may be about: the classifier's, then the nearest passages, each once.

    What is far from all of them is offered none.
    """
    links: dict[str, TopicLink] = {}
    likely = [one for one in understanding.topics if one.share >= MAY_BE_MEANT]
    near = [one for one in understanding.nearest if one.share >= NEAR_PASSAGE]
    for ranked in (*likely[:2], *near, *likely[2:]):
        if ranked.key == anything_else(knowledge):
            continue
        try:
            found = found_topic(knowledge, ranked.key)
        except UnknownKey:
            continue
        links.setdefault(found.key, TopicLink(found.key, found.title))
    return list(links.values())[:3]


def show_source(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer "Why do you say that?" with the sections that the last answer came from, or else those before it."""
    earlier = THINGS & set(understanding.names) or not state.sources  # "is what you said of law from your source?"
    if said := _said_so(knowledge, understanding):
        return Answer(words.stands_in(said), state)
    of_places = list(sources_of(*(knowledge.destination(key).source for key in understanding.of("destination"))))
    late = _sections_of_late(knowledge, state) if earlier and not of_places else []
    sections = [*of_places, *late, *map(knowledge.section, () if of_places else state.sources)]
    return Answer(words.sources(list(dict.fromkeys(sections))[:MOST_SECTIONS], state.topic), state)


def _said_so(knowledge: Knowledge, understanding: Understanding) -> Claim | None:
    """Return the claim that a message asks the source of, where it tells what it is about: "where did you get that ...?"."""
    best = understanding.claims[0] if understanding.claims and THINGS & set(understanding.names) else None
    return knowledge.claim(best.topic, best.number) if best and best.fit >= SURE else None


def _sections_of_late(knowledge: Knowledge, state: DialogueState) -> list[Source]:
    """Return the sections of the topics that were answered last, the latest first."""
    late = [mark.removeprefix(TOPIC) for mark in reversed(state.talked) if mark.startswith(TOPIC)]
    known = [knowledge.topic(key) for key in late if knowledge.has_topic(key)]
    return [source for topic in known for source in topic.sources]


def take_disagreement(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer "I don't think so"."""
    found = [knowledge.section(key) for key in state.sources]
    return Answer(words.disagreement(found, state.topic), state.offering("want_person"))
