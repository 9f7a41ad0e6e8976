"""Grouping of unanswered questions: by the topic that the advisor found, else by meaning.

Meaning is told by the embeddings, or by the words if there are no embeddings. Inside a topic questions stand by meaning, too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from conversations.learning.unanswered import Question, Vector
from core.contract.intents import NONSENSE
from core.contract.messages import DECLINED

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


@dataclass(frozen=True)
class Group:
    """Questions that staff decide about together, as clusters of one meaning each, the largest first.

    `topic` is the topic or open subject that the advisor found for all of them, "" if it found none: then they are one cluster,
    or what is nonsense (`is_nonsense`).
    """

    clusters: tuple[Cluster, ...]
    topic: str = ""
    is_nonsense: bool = False

    @cached_property
    def questions(self) -> list[Question]:
        """Return all questions, the newest first."""
        among = (question for each in self.clusters for question in each.questions)
        return sorted(among, key=lambda question: -question.message_id)

    @property
    def head(self) -> Question:
        """Return the newest question."""
        return self.questions[0]

    @property
    def people(self) -> int:
        """Return in how many conversations it was asked."""
        return len({question.conversation_id for question in self.questions})

    @cached_property
    def ways(self) -> list[Phrasing]:
        """Return the distinct wordings, cluster by cluster."""
        return [way for each in self.clusters for way in each.ways]

    @property
    def breaks(self) -> set[int]:
        """Return the places in `ways` before which a meaning of several wordings ends or begins."""
        counts = [len(each.ways) for each in self.clusters]
        return {sum(counts[:number]) for number in range(1, len(counts)) if counts[number - 1] > 1}


def group(questions: Sequence[Question], anything_else: str = "") -> list[Group]:
    """Group questions, the largest group first; of two equally large ones, the one with the newer question.

    What was declined about a topic is one group; what the advisor did not understand has no topic that could be relied on,
    and is grouped by meaning. So is what was declined under `anything_else`, the open subject of whatever is in no topic.
    """
    by_topic: dict[str, list[Question]] = defaultdict(list)
    nonsense, rest = [], []
    for question in questions:
        if _is_nonsense(question):
            nonsense.append(question)
        elif question.outcome == DECLINED and question.topic not in ("", anything_else):
            by_topic[question.topic].append(question)
        else:
            rest.append(question)
    groups = [Group(tuple(cluster(about)), topic) for topic, about in by_topic.items()]
    groups += [Group((each,)) for each in cluster(rest)]
    groups += [Group(tuple(cluster(nonsense)), is_nonsense=True)] if nonsense else []
    return sorted(groups, key=lambda each: (-len(each.questions), -each.head.message_id))


def _is_nonsense(question: Question) -> bool:
    """Return True for what the advisor took for nonsense, and for what has no letters at all."""
    return question.intent == NONSENSE or not any(map(str.isalpha, question.unmasked_text))


def cluster(questions: Sequence[Question]) -> list[Cluster]:
    """Group questions by meaning, the largest cluster first; of equally large ones, the one with the newer question."""
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
