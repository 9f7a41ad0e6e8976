"""Clustering of questions by meaning: by their embeddings, or by their words if there are no embeddings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from conversations.learning.unanswered import Question, Vector

# Cosine similarity from which a question joins a cluster. Of 620 test phrasings of 93 topics, one pair in a thousand of
# different topics is as similar as this.
SIMILAR = 0.62
SIZE = 384  # numbers of an embedding
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Phrasing:
    """One way of asking, masked, with the messages that have it, the newest first."""

    text: str
    message_ids: tuple[int, ...]


@dataclass(frozen=True)
class Cluster:
    """Questions with the same meaning, newest first."""

    questions: tuple[Question, ...]

    @property
    def head(self) -> Question:
        """Return the newest question, which names the cluster."""
        return self.questions[0]

    @property
    def texts(self) -> list[str]:
        """Return the distinct wordings, masked, newest first."""
        return [way.text for way in self.ways]

    @property
    def ways(self) -> list[Phrasing]:
        """Return the distinct wordings, masked, each with the messages that have it, newest first."""
        ways: dict[str, list[Question]] = defaultdict(list)
        for question in self.questions:
            ways[_normalised(question.unmasked_text)].append(question)
        return [Phrasing(alike[0].text, tuple(each.message_id for each in alike)) for alike in ways.values()]


def cluster(questions: Sequence[Question]) -> list[Cluster]:
    """Group questions into clusters, the largest first; of two equally large ones, the one with the newer question."""
    members: dict[int, list[Question]] = defaultdict(list)
    for question, number in zip(questions, _assign(questions), strict=True):
        members[number].append(question)
    clusters = [Cluster(tuple(group)) for group in members.values()]
    return sorted(clusters, key=lambda each: (-len(each.questions), -each.head.message_id))


def _assign(questions: Sequence[Question]) -> list[int]:
    """Return the cluster number of each question.

    Questions with the same words share a cluster. Every other question joins the cluster with the nearest centroid if that is
    similar enough, else it begins a new one.
    """
    by_words: dict[str, int] = {}
    centroids = np.zeros((len(questions), SIZE), np.float32)
    sums: list[Vector] = []
    numbers: list[int] = []
    for question in questions:
        words = _normalised(question.unmasked_text)
        number = by_words.get(words)
        if number is None:
            number = _nearest(centroids[: len(sums)], question.embedding)
        if number is None:
            number = len(sums)
            sums.append(np.zeros(SIZE, np.float32))
        by_words.setdefault(words, number)
        if question.embedding is not None:
            sums[number] = sums[number] + question.embedding
            centroids[number] = sums[number] / np.linalg.norm(sums[number])
        numbers.append(number)
    return numbers


def _nearest(centroids: Vector, embedding: Vector | None) -> int | None:
    if embedding is None or not len(centroids):
        return None
    similarities = centroids @ embedding
    best = int(similarities.argmax())
    return best if similarities[best] >= SIMILAR else None


def _normalised(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))
