"""Draws what the sentence model is tuned on, a batch at a time: questions, texts of claims, phrasings. Knows no PyTorch."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

QUESTIONS, ASKS = 32, 10  # of a batch: labelled questions, and questions that claims are taught by
LABELS, OF_LABEL = 10, 4  # intents and topics of a batch, and phrasings of each
FIRST = 3  # answers of a question, the best ones, of which one is shown
EARLY = (
    0.4  # how much earlier a claim must stand in today's ranking to be shown more often, as a claim that is no answer
)
NEAREST = 6  # claims of which two are shown for a question without an answer
Row = dict[str, Any]


def fold_of(ask: str, answers: Sequence[str], folds: int) -> int:
    """Return the fold of a question; those that the same claims answer share one, so that none is tested by its like."""
    return zlib.crc32(("|".join(sorted(answers)) or ask).encode()) % folds


@dataclass
class Batch:
    """Texts of one step.

    `right` are the claims that answer each question, `open` those that may answer it; the first QUESTIONS are labelled.
    `texts` are those of claims, `owners` their claims.
    """

    questions: list[str] = field(default_factory=list)
    right: list[set[str]] = field(default_factory=list)
    open: list[set[str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    phrasings: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)


class Batches:
    """Endless batches of examples (examples.py), the same for the same seed; without the questions of the fold `but`."""

    def __init__(self, examples: Row, seed: int, but: int | None = None, folds: int = 1) -> None:
        self._random = Random(seed)
        self._claims: dict[str, list[str]] = examples["claims"]
        self._keys = list(self._claims)
        every: list[Row] = examples["questions"]
        self.questions = [each for each in every if fold_of(each["ask"], each["answers"], folds) != but]
        self._together: dict[str, set[str]] = {key: {key} for key in self._keys}
        for each in self.questions:
            for key in set(each["answers"]) & self._together.keys():
                self._together[key].update(each["answers"])
        labelled: dict[str, list[str]] = {}
        for each in examples["phrasings"]:
            labelled.setdefault(each["label"], []).append(each["text"])
        self._phrasings = {label: texts for label, texts in labelled.items() if len(texts) > 1}

    def __iter__(self) -> Iterator[Batch]:
        waiting: list[Row] = []
        while True:
            if len(waiting) < QUESTIONS:
                waiting += self._random.sample(self.questions, len(self.questions))
            drawn, waiting = waiting[:QUESTIONS], waiting[QUESTIONS:]
            yield self._batch(drawn)

    def _batch(self, drawn: Sequence[Row]) -> Batch:
        batch = Batch()
        for each in drawn:
            self._add_question(batch, each)
        for _ in range(ASKS):
            key = self._random.choice(self._keys)
            ask, other = self._random.sample(self._claims[key], 2)
            self._add(batch, ask, {key}, self._together[key])
            self._show(batch, key, other)
        names = list(self._phrasings)
        weights = [len(self._phrasings[name]) ** 0.5 for name in names]
        for name in dict.fromkeys(self._random.choices(names, weights, k=LABELS)):
            texts = self._phrasings[name]
            some = self._random.sample(texts, min(OF_LABEL, len(texts)))
            batch.phrasings += some
            batch.labels += [name] * len(some)
        return batch

    def _add_question(self, batch: Batch, question: Row) -> None:
        """Add a question with a text of a claim that answers it and one of a claim that is near and does not."""
        answers = [key for key in question["answers"] if key in self._claims]
        self._add(batch, question["text"], set(question["answers"]), set(question["answers"]))
        beside = [key for key in question["near"] if key not in question["answers"]]
        if answers:
            self._show(batch, self._random.choice(answers[:FIRST]))
            shown = [beside[min(len(beside) - 1, int(self._random.expovariate(EARLY)))]] if beside else []
        else:
            shown = self._random.sample(beside[:NEAREST], min(2, len(beside)))
        for key in shown:
            self._show(batch, key)

    def _add(self, batch: Batch, question: str, right: set[str], may_be: set[str]) -> None:
        batch.questions.append(question)
        batch.right.append(right)
        batch.open.append(may_be)

    def _show(self, batch: Batch, key: str, text: str = "") -> None:
        batch.owners.append(key)
        batch.texts.append(text or self._random.choice(self._claims[key]))
