"""Topics of the guide and the subjects it leaves open; more about them, and where an answer came from."""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer, AnswerAction
from actions.context import CATALOGUE_KINDS, DialogueState, Names, Understanding
from actions.replies import topics as words
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge
from knowledge.models import OpenSubject, Topic, TopicLink

# Chosen on phrasings never trained on: 12 in 100 questions get two answers, and for a third of those the second is right.
UNSURE = 0.85  # share below which a near runner-up is answered too: one of the two was meant
NEAR = 0.18  # of the first's share, from which a runner-up is near
OPEN = "not-stated/"
KEPT = ("field", "industry", "type")  # what stays talked about through a question about something else


def found_topic(knowledge: Knowledge, key: str) -> Topic | OpenSubject:
    """The topic or open subject of that key; UnknownKey where a button is older than the knowledge."""
    return knowledge.open_subject(key) if key.startswith(OPEN) else knowledge.topic(key)


def answer_topic(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """The likeliest topic's answer."""
    if understanding.topic is None:
        return answer_nearest(knowledge, understanding, state)
    second = understanding.second if understanding.intent == "ask_topic" else None
    second = second or _runner_up(knowledge, understanding)
    answer = _both(knowledge, understanding.topic, second) if second else about_topic(knowledge, understanding.topic)
    return replace(answer, state=replace(answer.state, names=_things(understanding, state)))


def _things(understanding: Understanding, state: DialogueState) -> Names:
    """What was named beside the topic ("vs nanodegrees?" after "bootcamps" goes on with both), and the person's field, which a
    question in between leaves as it is."""
    kept = {kind: state.names[kind] for kind in KEPT if kind in state.names}
    return {
        **kept,
        **{kind: understanding.of(kind) for kind in CATALOGUE_KINDS if understanding.of(kind) and kind != "mode"},
    }


def _both(knowledge: Knowledge, first: str, second: str) -> Answer:
    reply = words.both(found_topic(knowledge, first), found_topic(knowledge, second))
    return Answer(
        reply,
        DialogueState("ask_topic", reply.topic, sources=tuple(source.key for source in reply.sources)).offering(
            "want_person"
        ),
    )


def about_topic(knowledge: Knowledge, key: str) -> Answer:
    """The answer to a topic, however it came up."""
    found = found_topic(knowledge, key)
    if isinstance(found, OpenSubject):
        return Answer(words.open_subject(found), DialogueState("ask_topic", found.key).offering("want_person"))
    state = DialogueState("ask_topic", found.key, sources=tuple(source.key for source in found.sources))
    if found.related:
        state = state.offering("ask_topic", topic=found.related[0].key)
    return Answer(words.topic(found), state)


def _runner_up(knowledge: Knowledge, understanding: Understanding) -> str | None:
    """The second topic where the first is unsure and both are in the guide."""
    if (
        len(understanding.topics) < 2
        or understanding.topics[0].share >= UNSURE
        or understanding.topics[1].share < NEAR * understanding.topics[0].share
    ):
        return None
    both_known = knowledge.has_topic(understanding.topics[0].key) and knowledge.has_topic(understanding.topics[1].key)
    return understanding.topics[1].key if both_known else None


def with_second(knowledge: Knowledge, understanding: Understanding, answer: Answer) -> Answer:
    """The answer, and that to the topic that the same message asks about too."""
    if understanding.second is None or understanding.second == answer.reply.topic:
        return answer
    return replace(answer, reply=words.joined(answer.reply, found_topic(knowledge, understanding.second)))


def answer_nearest(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Nothing certain was found: the likeliest topics as choices."""
    return Answer(words.not_understood(guesses(knowledge, understanding), again=False), state)


def guesses(knowledge: Knowledge, understanding: Understanding) -> list[TopicLink]:
    """What a message may have been about: the classifier's topics, then the nearest passages, each once."""
    links: dict[str, TopicLink] = {}
    for ranked in (*understanding.topics[:2], *understanding.nearest, *understanding.topics[2:]):
        try:
            found = found_topic(knowledge, ranked.key)
        except UnknownKey:
            continue
        links.setdefault(found.key, TopicLink(found.key, found.title))
    return list(links.values())[:3]


class ShowSource(AnswerAction):
    """ "Why do you say that?" asked."""

    def name(self) -> str:
        return "action_show_source"

    def answer(self, knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
        return Answer(words.sources([knowledge.section(key) for key in state.sources], state.topic), state)


class TakeDisagreement(AnswerAction):
    """ "I don't think so" said."""

    def name(self) -> str:
        return "action_take_disagreement"

    def answer(self, knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
        found = [knowledge.section(key) for key in state.sources]
        return Answer(words.doubted(found, state.topic), state.offering("want_person"))
