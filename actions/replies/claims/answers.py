"""Words for answers that are made of claims, and how two texts are compared by their words."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, lru_cache

from actions.replies.base import (
    ANSWERED,
    MAX_BUTTONS,
    Button,
    Reply,
    capital,
    guide,
    paragraphs,
    sentences,
    sources_of,
    topic_buttons,
    topic_text,
)
from actions.replies.claims.verdicts import without_verdict
from core.contract.question_forms import WHY, YES_NO
from knowledge.models import Claim, Topic, TopicLink

LISTS = ":"  # how a topic's answer ends that introduces a list ("The guide names ten benefits:")
SAID_ALREADY = 0.7  # part of a topic's words that an answer has, from which the topic adds nothing
BEARS = 0.4  # part of the words that a sentence shares with a claim near the question from which it bears on it, too
SAME_BEGIN = 7  # words with which two sentences begin if they sound like one that is said twice
_WORD = re.compile(r"[^\W_]+(?:'\w+)?")
_STEM = 6  # letters that words have in common if they count as one: "credential", "credentials"
_OF_BOTH = re.compile(r"both[,:]\s", re.I)
_COMMON = frozenset(
    (
        *("a", "an", "and", "are", "as", "at", "be", "but", "by", "can", "do", "does", "for", "from", "has", "have"),
        *("if", "in", "is", "it", "its", "many", "more", "most", "not", "of", "on", "one", "or", "so", "some"),
        *("such", "than", "that", "the", "their", "them", "there", "these", "they", "this", "to", "which", "who"),
        *("with", "you", "your"),
    )
)


def answer_claim(topic: Topic, claim: Claim, form: str, reason: Claim | None = None) -> Reply:
    """Answer a question of that form with a claim of `topic`, and nothing else but a reason that is asked for, too.

    All of the topic is a button.
    """
    said = [claim, reason] if reason else [claim]
    text = paragraphs(*(_as_asked(one, WHY if one is reason else form) for one in said))
    told = tuple({"topic": one.topic, "say": one.say} for one in said)
    return Reply(
        text, ANSWERED, topic.key, sources_of(*(one.source for one in said)), _buttons(topic, text), claims=told
    )


def with_list(reply: Reply, topic: Topic) -> Reply:
    """Return a reply with what its topic lists after it."""
    _, _, items = topic_text(topic).partition("\n\n")
    return replace(reply, text=paragraphs(reply.text, items), buttons=topic_buttons(topic.related))


def _buttons(topic: Topic, text: str) -> tuple[Button, ...]:
    """Return what leads on from a text, at last to all of its topic if that has more to say."""
    adds = shared_words(topic_text(topic), text) < SAID_ALREADY
    whole = (TopicLink(topic.key, topic.title),) if adds else ()
    return topic_buttons((*topic.related[: MAX_BUTTONS - len(whole)], *whole))


def without_said(reply: Reply, before: Reply) -> Reply:
    """Return a reply without the sentences that one before it says in the same words."""
    said = {sentence for part in before.text.split("\n\n") for sentence in sentences(part)}
    parts = (
        part if part.startswith("- ") else " ".join(one for one in sentences(part) if one not in said)
        for part in reply.text.split("\n\n")
    )
    return replace(reply, text=paragraphs(*parts))


def _as_asked(claim: Claim, form: str) -> str:
    """Return what the leading claim says: its yes or no, or its "because", stands where the question asks for that."""
    if _OF_BOTH.match(claim.say):  # which is said of the claim's own two, and those that were asked about may be others
        return capital(_OF_BOTH.sub("", claim.say))
    return claim.say if form == YES_NO or form == WHY == claim.form else without_verdict(claim)


def begins_alike(sentence: str, said: str) -> bool:
    """Return whether a sentence begins as one of those that were said, so that it sounds like that one said again."""
    begin, *others = (_WORD.findall(one.lower())[:SAME_BEGIN] for one in (sentence, *sentences(said)))
    return len(begin) == SAME_BEGIN and begin in others


def shared_words(text: str, other: str) -> float:
    """Return which part of a text's words, without the commonest, another text has, too."""
    words = _content_words(text) - _of_subject(guide().subject)
    return len(words & _content_words(other)) / len(words) if words else 1.0


@cache
def _of_subject(subject: str) -> frozenset[str]:
    """Return the words that name what all is about: that two sentences share them says nothing."""
    return _content_words(subject)


@lru_cache(maxsize=2048)  # a reply compares the same few sentences with one another again and again
def _content_words(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _WORD.findall(text.lower()) if word not in _COMMON)
