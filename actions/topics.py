"""Topics of the guide and the subjects it leaves open; more about them, and where an answer came from."""

from __future__ import annotations

from dataclasses import replace

from actions.answering import Answer, Answers
from actions.replies import topics as words
from actions.said import CATALOGUE_KINDS, Frame, Names, Said
from knowledge.errors import UnknownKey
from knowledge.queries import Knowledge
from knowledge.records import OpenSubject, Topic, TopicLink

# Chosen on phrasings never trained on: 12 in 100 questions get two answers, and for a third of those the second is right.
UNSURE = 0.85  # share below which a near runner-up is answered too: one of the two was meant
NEAR = 0.18  # of the first's share, from which a runner-up is near
OPEN = "not-stated/"
KEPT = ("field", "industry", "type")  # what stays talked about through a question about something else


def found_topic(knowledge: Knowledge, key: str) -> Topic | OpenSubject:
    """The topic or open subject of that key; UnknownKey where a button is older than the knowledge."""
    return knowledge.open_subject(key) if key.startswith(OPEN) else knowledge.topic(key)


def answer_topic(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
    """The likeliest topic's answer."""
    if said.topic is None:
        return answer_nearest(knowledge, said, frame)
    second = said.second if said.intent == "ask_topic" else None
    second = second or _runner_up(knowledge, said)
    answer = _both(knowledge, said.topic, second) if second else about_topic(knowledge, said.topic)
    return replace(answer, frame=replace(answer.frame, names=_things(said, frame)))


def _things(said: Said, frame: Frame) -> Names:
    """What was named beside the topic ("vs nanodegrees?" after "bootcamps" goes on with both), and the person's field, which a
    question in between leaves as it is."""
    kept = {kind: frame.names[kind] for kind in KEPT if kind in frame.names}
    return {**kept, **{kind: said.of(kind) for kind in CATALOGUE_KINDS if said.of(kind) and kind != "mode"}}


def _both(knowledge: Knowledge, first: str, second: str) -> Answer:
    reply = words.both(found_topic(knowledge, first), found_topic(knowledge, second))
    return Answer(
        reply,
        Frame("ask_topic", reply.topic, sources=tuple(source.key for source in reply.sources)).offering("want_person"),
    )


def about_topic(knowledge: Knowledge, key: str) -> Answer:
    """The answer to a topic, however it came up."""
    found = found_topic(knowledge, key)
    if isinstance(found, OpenSubject):
        return Answer(words.open_subject(found), Frame("ask_topic", found.key).offering("want_person"))
    frame = Frame("ask_topic", found.key, sources=tuple(source.key for source in found.sources))
    if found.related:
        frame = frame.offering("ask_topic", topic=found.related[0].key)
    return Answer(words.topic(found), frame)


def _runner_up(knowledge: Knowledge, said: Said) -> str | None:
    """The second topic where the first is unsure and both are in the guide."""
    if len(said.topics) < 2 or said.topics[0].share >= UNSURE or said.topics[1].share < NEAR * said.topics[0].share:
        return None
    both_known = knowledge.has_topic(said.topics[0].key) and knowledge.has_topic(said.topics[1].key)
    return said.topics[1].key if both_known else None


def with_second(knowledge: Knowledge, said: Said, answer: Answer) -> Answer:
    """The answer, and that to the topic that the same message asks about too."""
    if said.second is None or said.second == answer.reply.topic:
        return answer
    return replace(answer, reply=words.joined(answer.reply, found_topic(knowledge, said.second)))


def answer_nearest(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
    """Nothing certain was found: the likeliest topics as choices."""
    return Answer(words.not_understood(guesses(knowledge, said), again=False), frame)


def guesses(knowledge: Knowledge, said: Said) -> list[TopicLink]:
    """What a message may have been about: the classifier's topics, then the nearest passages, each once."""
    links: dict[str, TopicLink] = {}
    for ranked in (*said.topics[:2], *said.nearest, *said.topics[2:]):
        try:
            found = found_topic(knowledge, ranked.key)
        except UnknownKey:
            continue
        links.setdefault(found.key, TopicLink(found.key, found.title))
    return list(links.values())[:3]


class ShowSource(Answers):
    """ "Why do you say that?" asked."""

    def name(self) -> str:
        return "action_show_source"

    def answer(self, knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
        return Answer(words.sources([knowledge.section(key) for key in frame.sources], frame.topic), frame)


class TakeDisagreement(Answers):
    """ "I don't think so" said."""

    def name(self) -> str:
        return "action_take_disagreement"

    def answer(self, knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
        found = [knowledge.section(key) for key in frame.sources]
        return Answer(words.doubted(found, frame.topic), frame.offering("want_person"))
