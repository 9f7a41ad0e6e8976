"""Questions that mean the same, in one group: by the sentence model's vectors, or by their words where there are none."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from conversations.learning.unanswered import Question

# Of 620 test phrasings about 93 topics, one pair in a thousand of different topics is as like as this (cosine).
ALIKE = 0.62
SIZE = 384
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Cluster:
    """The newest question first; it names the group."""

    questions: tuple[Question, ...]

    @property
    def head(self) -> Question:
        return self.questions[0]

    @property
    def texts(self) -> list[str]:
        """The different ways in which it was asked, the newest first."""
        different = list({_words(one.said): one for one in reversed(self.questions)}.values())[::-1]
        return [one.text for one in different]


def cluster(questions: Sequence[Question]) -> list[Cluster]:
    """All questions in groups, the largest first; of two as large, that with the newer question."""
    members: dict[int, list[Question]] = defaultdict(list)
    for question, place in zip(questions, _places(questions), strict=True):
        members[place].append(question)
    groups = [Cluster(tuple(one)) for one in members.values()]
    return sorted(groups, key=lambda one: (-len(one.questions), -one.head.message_id))


def _places(questions: Sequence[Question]) -> list[int]:
    """The number of each question's group.

    The same words are one group. Of the others, each joins the group whose middle is nearest, if that is near enough; else
    it begins one.
    """
    by_words: dict[str, int] = {}
    middles, sums, found = np.zeros((len(questions), SIZE), np.float32), [], []
    for question in questions:
        words = _words(question.said)
        place = by_words.get(words)
        if place is None:
            place = _nearest(middles[: len(sums)], question.meaning)
        if place is None:
            place = len(sums)
            sums.append(np.zeros(SIZE, np.float32))
        by_words.setdefault(words, place)
        if question.meaning is not None:
            sums[place] = sums[place] + question.meaning
            middles[place] = sums[place] / np.linalg.norm(sums[place])
        found.append(place)
    return found


def _nearest(middles: np.ndarray, meaning: np.ndarray | None) -> int | None:
    if meaning is None or not len(middles):
        return None
    likeness = middles @ meaning
    best = int(likeness.argmax())
    return best if likeness[best] >= ALIKE else None


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))
