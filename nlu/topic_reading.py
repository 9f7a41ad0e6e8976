"""Reads a message by the texts of topics, where hardly anybody has asked for them yet (nlu/classification/topic_matcher.py).

What people do is still told by the classifier, and so is whether a question is about a subject that the guide leaves open.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from core.contract.intents import DISTRESS, OUT_OF_SCOPE
from nlu.classification.topic_matcher import ANSWERS, TopicMatcher
from nlu.message_parts import TOPIC_INTENT, Reading, at_risk

KEPT = 5  # topics that a reading keeps
# Share of an act from which it is one, however near the message is to a topic; the same of being out of scope, which is
# said of all that is unlike what it was taught, and of distress beside a likelier question.
SURELY, SURELY_OUT, SURELY_DISTRESS = 0.75, 0.97, 0.4
HALF = 0.5  # share below which an act is none, though no topic answers: a question that is declined offers the nearest topics
LEAST = 0.001  # probability that is told from none


def by_texts(reading: Reading, matcher: TopicMatcher, words: int) -> Reading:
    """Return a reading with the topics that the texts tell; a question, if a topic answers and nothing else is surely meant.

    `words` is how many words the message has.
    """
    matches, rest = matcher.match(reading.vector, words), matcher.rest
    if matcher.is_often_asked:
        matches = _together(matches, dict(reading.topics))
    likely = matches[0][1]
    answers = likely >= ANSWERS
    if reading.intents[0][0] == TOPIC_INTENT and _is_left_open(reading, matcher, answers):
        return reading
    topics = _with_rest(list(matches[:KEPT]), rest, answers)
    odds = math.log(max(likely, LEAST) / (1 - min(likely, 1 - LEAST)))
    told = replace(reading, topics=topics, is_answerable=answers, answerable=odds)
    if _is_surely_meant(reading, answers):
        return told
    acts = [each for each in reading.intents if each[0] not in (TOPIC_INTENT, DISTRESS)]
    share = max(likely, HALF, 1.0 - sum(each for _, each in acts) * (1.0 - likely))
    intents = [(TOPIC_INTENT, share), *((name, each * (1.0 - share)) for name, each in acts)]
    return replace(told, intents=intents, manner="", known=True)


def _together(matches: list[tuple[str, float]], shares: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return the topics with the mean of what their texts and the classifier say of each, best first."""
    means = [(key, (likely + shares.get(key, 0.0)) / 2) for key, likely in matches]
    return sorted(means, key=lambda each: -each[1])


def _is_surely_meant(reading: Reading, answers: bool) -> bool:
    """Return whether a message surely is something else than a question about a topic; `answers` tells if one answers it."""
    name, share = reading.intents[0]
    risk = dict(reading.intents).get(DISTRESS, 0.0)
    if name == DISTRESS or risk >= SURELY_DISTRESS or not answers and at_risk(reading):
        return True  # "tonight is my last night" is near to a missed evening, too
    if name == TOPIC_INTENT:
        return False
    if not answers:
        return share >= HALF
    return reading.known and share >= (SURELY_OUT if name == OUT_OF_SCOPE else SURELY)


def _is_left_open(reading: Reading, matcher: TopicMatcher, answers: bool) -> bool:
    """Return whether a question is likeliest about a subject of its own that the guide leaves open."""
    topic, share = reading.topics[0]
    is_open = topic != matcher.rest and topic not in matcher.keys
    return is_open and (not answers or share >= SURELY)


def _with_rest(matches: list[tuple[str, float]], rest: str, answers: bool) -> list[tuple[str, float]]:
    """Return the topics with what is left of the probability for all that none answers; it is first if none does."""
    if not rest:
        return matches
    left = max(0.0, 1.0 - sum(share for _, share in matches))
    left = min(left, matches[0][1] / 2) if answers else max(left, matches[0][1])
    told = [*matches[: KEPT - 1], (rest, left)]
    return sorted(told, key=lambda each: (-each[1], each[0] != rest))
