"""Reads a message: what the person does (intent), what it is about (topic), which names it holds, how sure that is.

The one door to understanding: the engine's Rasa component, the benchmarks and the release checks all come through here.
"""
from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from language.classifier import Classifier, Recipe
from language.encoder import Encoder
from language.names import Name, NameMatcher
from language.spelling import Speller

STATE = "reader.json"
BETWEEN = "#"  # between intent and topic in a label; Rasa refuses slashes in intents, so topics may hold them


@dataclass(frozen=True)
class Phrasing:
    """A training example; `topic` is empty for intents that have none."""

    text: str
    intent: str
    topic: str = ""

    @property
    def label(self) -> str:
        return f"{self.intent}{BETWEEN}{self.topic}" if self.topic else self.intent


@dataclass(frozen=True)
class Reading:
    """`intents` and `topics` are (name, probability), best first; `topics` are those of the best intent. `known` is the
    calibrated verdict that the message is about something the advisor was taught; `nearness` a cosine."""

    intents: list[tuple[str, float]]
    topics: list[tuple[str, float]]
    names: list[Name]
    known: bool
    nearness: float
    sureness: float
    vector: np.ndarray


class Reader:
    """Trained from phrasings; `read` is thread-safe."""

    def __init__(self, encoder: Encoder, speller: Speller, name_entries: list[dict], classifier: Classifier):
        self._encoder, self._speller, self._classifier = encoder, speller, classifier
        self._name_entries = name_entries
        self._names = NameMatcher(name_entries, _is_word(encoder, speller))

    @classmethod
    def train(cls, phrasings: list[Phrasing], name_entries: list[dict], encoder: Encoder, recipe: Recipe = Recipe()) -> Reader:
        """Learn from all phrasings at once; seconds to a minute on two cores for 4,000."""
        speller = Speller((phrasing.text for phrasing in phrasings), encoder.is_word)
        self = cls(encoder, speller, name_entries, None)
        prepared = [self._prepared(phrasing.text) for phrasing in phrasings]
        texts, masked, kinds, _ = (list(column) for column in zip(*prepared))
        self._classifier = Classifier.train(texts, masked, kinds, encoder.encode(texts),
                                            [phrasing.label for phrasing in phrasings], recipe)
        return self

    def read(self, text: str) -> Reading:
        """What one message says."""
        plain, masked, kinds, names = self._prepared(text)
        vector = self._encoder.encode([plain])[0]
        verdict = self._classifier.judge(plain, masked, kinds, vector)
        intents: dict[str, float] = {}
        for label, share in verdict.ranking:
            intent = label.partition(BETWEEN)[0]
            intents[intent] = intents.get(intent, 0.0) + share
        ranked = sorted(intents.items(), key=lambda pair: -pair[1])
        topics = [(label.partition(BETWEEN)[2], share) for label, share in verdict.ranking
                  if label.startswith(ranked[0][0] + BETWEEN)]
        return Reading(ranked, topics, names, verdict.known, verdict.nearness, verdict.sureness, vector)

    def save(self, folder: Path) -> None:
        """Write all state but the sentence model, which is shared."""
        self._classifier.save(folder)
        state = {"goals": self._speller.goals, "names": self._name_entries}
        (folder / STATE).write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, encoder: Encoder) -> Reader:
        """The reader that `save` wrote."""
        state = json.loads((folder / STATE).read_text(encoding="utf-8"))
        speller = Speller.with_goals(state["goals"], encoder.is_word)
        return cls(encoder, speller, state["names"], Classifier.load(folder))

    def _prepared(self, text: str) -> tuple[str, str, set[str], list[Name]]:
        """The text as the classifier takes it: mended, the same with names replaced by their kind, kinds, names."""
        names = self._names.find(text)
        return self._speller.mended(text), self._speller.mended(_masked(text, names)), {name.kind for name in names}, names


def _masked(text: str, names: list[Name]) -> str:
    """Names replaced by their kind, so that "canada" and "new zealand" teach the same; of several kinds the first."""
    parts, at = [], 0
    for name in names:
        if name.start >= at:
            parts += [text[at:name.start], f"x{name.kind}x"]
            at = name.end
    return "".join([*parts, text[at:]])


def _is_word(encoder: Encoder, speller: Speller) -> Callable[[str], bool]:
    goals = set(speller.goals)
    return lambda word: word in goals or encoder.is_word(word)
