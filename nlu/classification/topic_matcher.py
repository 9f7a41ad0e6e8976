"""Tells which topic of a guide answers a question when hardly anybody has asked for its topics yet.

A classifier learns topics from the ways in which people ask. A guide that was made of a page has one for each, so its topics
are known by their texts: the page's question, the answer's sentences, and both together. How near a question is to each says
little by itself, since all questions to one organisation are near to all of its texts; what tells is how far a topic stands
out from the others. Which nearness counts how much was fitted on the project's guide, taken for such a page (advisor bench
topics).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.classification.claim_ranker import ClaimRanker, ranker_of
from nlu.data_files import read_weights

STATE, VECTORS = "topics.json", "topics.npy"
# Kinds of texts: the questions, the sentences, all of it, each sentence after the question.
KINDS = ("asked", "said", "whole", "beside")
MIXED = (0.5, 0.3, 0.3, 0.5)  # weights of the kinds in the one nearness by which topics are compared
# The names of the features: the nearness by kind; that of all, beside the best, the runner-up, the best five, and all topics.
FEATURES = (*KINDS, "behind", "ahead", "above_five", "above_all", "words")
COMPARED, MOST_WORDS = 5, 20  # best topics that one is compared with; words beyond which more of them tell nothing
# Probability from which a topic answers. Chosen on the language school of the tests and a library's page (docs/quality.md).
ANSWERS = 0.3
# Phrasings that the middle topic of a guide has, from which what the classifier says of topics counts as much as this ranker.
# Chosen on the language school of the tests (docs/quality.md).
OFTEN_ASKED = 5
Numbers = NDArray[Any]
Encode = Callable[[list[str]], Numbers]


@dataclass(frozen=True)
class TopicTexts:
    """The texts of a topic: its key, the ways of asking with its title, the sentences of its answer."""

    key: str
    asked: tuple[str, ...]
    said: tuple[str, ...]

    def by_kind(self) -> tuple[tuple[str, ...], ...]:
        """Return the texts of each of KINDS."""
        question = self.asked[0]
        whole = f"{question} {' '.join(self.said)}"
        return self.asked, self.said, (whole,), tuple(f"{question} {sentence}" for sentence in self.said)


@dataclass(frozen=True)
class TextsOfGuide:
    """The texts of all topics, and the key of the open subject for all that none of them answers, or ""."""

    topics: tuple[TopicTexts, ...]
    rest: str = ""

    @classmethod
    def read(cls, path: Path) -> TextsOfGuide | None:
        """Return the texts that training/pack_examples.py wrote, or None if there is no such file."""
        if not path.is_file():
            return None
        told = json.loads(path.read_text(encoding="utf-8"))
        topics = (TopicTexts(each["key"], tuple(each["asked"]), tuple(each["said"])) for each in told["topics"])
        return cls(tuple(topics), told["rest"])


class TopicMatcher:
    """Matcher made by `of` or `load`; `match` is thread-safe."""

    def __init__(self, keys: Sequence[str], rest: str, starts: Sequence[int], vectors: Numbers) -> None:
        """Take the topics' keys, and the vectors of their texts by kind and topic, those of each beginning at `starts`."""
        self.keys, self.rest = list(keys), rest
        self._starts, self._vectors = list(starts), vectors

    @classmethod
    def of(cls, guide: TextsOfGuide, encode: Encode) -> TopicMatcher:
        """Return a matcher of a guide's topics, each of which has texts."""
        topics = guide.topics
        groups = [kinds for each in zip(*(topic.by_kind() for topic in topics), strict=True) for kinds in each]
        starts = np.cumsum([0, *(len(texts) for texts in groups)])[:-1]
        vectors = encode([text for texts in groups for text in texts])
        return cls([topic.key for topic in topics], guide.rest, starts.tolist(), np.asarray(vectors, np.float32))

    @property
    def is_often_asked(self) -> bool:
        """Tell whether most topics have phrasings enough that a classifier has learned something of them."""
        asked = np.diff(self._starts[: len(self.keys) + 1]) - 1  # the title is among the questions
        return bool(np.median(asked) >= OFTEN_ASKED)

    def match(self, vector: Numbers, words: int) -> list[tuple[str, float]]:
        """Return the topics with the probability that each answers, best first.

        `vector` is the message's unit vector, shape (size,), and `words` how many words it has.
        """
        likely = topic_ranker().probabilities(self.features(vector, words))
        return [(self.keys[at], float(likely[at])) for at in np.argsort(-likely, kind="stable")]

    def features(self, vector: Numbers, words: int) -> Numbers:
        """Return the features of each topic for a message, a row each in the order of the keys."""
        near = np.maximum.reduceat(self._vectors @ vector, self._starts).reshape(len(KINDS), -1)
        mixed = np.asarray(MIXED) @ near
        ranked = np.sort(mixed)[::-1]
        best, runner_up = ranked[0], ranked[min(1, len(ranked) - 1)]
        length = np.full(len(mixed), min(words, MOST_WORDS) / MOST_WORDS)
        columns = (
            *near,
            best - mixed,
            np.where(mixed >= best, best - runner_up, 0.0),
            mixed - ranked[:COMPARED].mean(),
            mixed - mixed.mean(),
            length,
        )
        return np.stack(columns, axis=1)

    def save(self, folder: Path) -> None:
        """Write the keys as JSON and the vectors as an array."""
        state = {"keys": self.keys, "rest": self.rest, "starts": self._starts}
        (folder / STATE).write_text(json.dumps(state), encoding="utf-8")
        np.save(folder / VECTORS, self._vectors)

    @classmethod
    def load(cls, folder: Path) -> TopicMatcher | None:
        """Return the matcher that `save` wrote to a folder, or None without one."""
        if not (folder / STATE).is_file():
            return None
        state = json.loads((folder / STATE).read_text(encoding="utf-8"))
        return cls(state["keys"], state["rest"], state["starts"], np.load(folder / VECTORS))


@cache
def topic_ranker() -> ClaimRanker:
    """Return the ranker of nlu/data/topic_ranker.yml."""
    return ranker_of(read_weights("topic_ranker"))
