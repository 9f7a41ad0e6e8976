"""Reads a message: what the person does (intent), what it is about (topic), which names it holds, how sure that is.

The one door to understanding: the engine's Rasa component, the benchmarks and the release checks all come through here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np

from core.contract.intents import ASK_TOPIC, COMPARE
from nlu.classification.classifier import Classifier, Recipe, Verdict
from nlu.encoding.encoder import Encoder
from nlu.extraction.entity_matcher import Name, NameMatcher
from nlu.text.spelling import Speller

STATE = "reader.json"
TOPIC_INTENT, COMPARISON = ASK_TOPIC, COMPARE
COUNTED = 12  # best labels whose shares make up the intents; the long tail of topics would outweigh a lone intent
RANKED = 5  # intents and topics that a reading keeps
# Questions beside which a second one, about a topic, is heeded.
ALSO_ASKED = ("ask_about", "ask_best_destination", "ask_recognition")
# Probability from which a part asks a question of its own, both of its intent and of its topic among topics.
CLEAR_SENTENCE, CLEAR_CLAUSE, CLEAR_WORDS = 0.4, 0.5, 0.9
CLEARLY = 0.6  # probability of its intent from which what follows politeness counts
POLITE = ("thank", "greet", "affirm", "praise", "deny")  # before a question, it is the question that counts
PART_ASKS = (
    TOPIC_INTENT,
    "refine",
    "ask_recognition",
)  # "can I do it online" alone would go on with what was said before
PART_WORDS = 3  # words from which a part can be a question of its own
MOST_PARTS = 12  # that are read; each costs what a message costs, and nobody asks more
SENTENCE = re.compile(r"(?<=[.?!;\n])\s+")
CLAUSE = re.compile(r",|;|\band\b|\balso\b|\bplus\b|\bbut\b", re.I)
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
    """`intents` are (name, probability), best first. `topics` are the topics of TOPIC_INTENT with their share among each
    other, best first, whatever the intent: a follow-up such as "and visas?" is one, and still names a topic. `known` is the
    calibrated verdict that the message is about something the advisor was taught. `manner` is the topic of the best label
    of another intent ("refine/exclude"). `second` is the topic of a second question in the same message."""

    intents: list[tuple[str, float]]
    topics: list[tuple[str, float]]
    names: list[Name]
    known: bool
    nearness: float
    sureness: float
    vector: np.ndarray
    manner: str = ""
    second: str | None = None


ReadOne = Callable[[str], Reading]  # reads a part as if it were a message


class Reader:
    """Trained from phrasings; `read` is thread-safe."""

    def __init__(self, encoder: Encoder, speller: Speller, name_entries: list[dict], classifier: Classifier | None):
        self._encoder, self._speller, self._name_entries = encoder, speller, name_entries
        self._names = NameMatcher(name_entries, _is_word(encoder, speller))
        if classifier:
            self._use(classifier)

    def _use(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._meanings = [_meaning(label) for label in classifier.labels]
        self._topic_of = {
            number: topic for number, (intent, topic) in enumerate(self._meanings) if intent == TOPIC_INTENT and topic
        }

    @classmethod
    def train(
        cls, phrasings: list[Phrasing], name_entries: list[dict], encoder: Encoder, recipe: Recipe = Recipe()
    ) -> Reader:
        """Learn from all phrasings at once; seconds to a minute on two cores for 4,000."""
        speller = Speller((phrasing.text for phrasing in phrasings), encoder.is_word)
        self = cls(encoder, speller, name_entries, None)
        prepared = [self._prepared(phrasing.text, phrasing.intent == COMPARISON) for phrasing in phrasings]
        texts, masked, kinds, _ = (list(column) for column in zip(*prepared, strict=True))
        labels = [phrasing.label for phrasing in phrasings]
        self._use(Classifier.train(texts, masked, kinds, encoder.encode(texts), labels, recipe))
        return self

    def read(self, text: str) -> Reading:
        """What one message says. Where its parts clearly ask two things, the second is kept beside the whole's verdict."""
        whole = self._compared(text) or self._read(text)
        intent = whole.intents[0][0]
        if intent not in (TOPIC_INTENT, *ALSO_ASKED, *POLITE):
            return whole
        if intent in POLITE:
            return self._after_politeness(whole, text)
        parts, clear = _parts(text)
        if intent in ALSO_ASKED:
            return self._beside(whole, parts, clear)
        read = cache(self._read)  # a part is looked at twice here, and costs what a message costs
        asked = self._asked_in_parts(read, parts, clear)
        second = next((topic for topic in asked if topic != whole.topics[0][0]), None)
        if whole.topics[0][0] not in asked:
            second = None
        second = second or self._in_passing(read, whole, parts)
        return replace(whole, second=second) if second else whole

    def _compared(self, text: str) -> Reading | None:
        """A comparison of what loose names stand for ("certificate or diploma?"); None where they don't, or it is none."""
        if not self._names.has_loose(text) or not any(name.loose for name in self._names.find(text, loosely=True)):
            return None
        reading = self._read(text, loosely=True)
        return reading if reading.intents[0][0] == COMPARISON else None

    def _in_passing(self, read: ReadOne, whole: Reading, parts: list[str]) -> str | None:
        """What a part asks beside the whole's topic without being a question about a topic itself: about a named thing
        ("Tell me about Canada. And can they be stacked?"), or by a name that the whole's runner-up is about as well
        ("online, and without experience")."""
        for part in parts[:2]:
            reading = read(part)
            topic, (intent, share) = reading.topics[0][0], reading.intents[0]
            if not (reading.names and reading.known and share >= CLEARLY) or topic == whole.topics[0][0]:
                continue
            if intent == "ask_about" and topic.split("/")[-1] in {name.key for name in reading.names}:
                return topic
            if intent == "refine" and topic == whole.topics[1][0]:
                return topic
        return None

    def _after_politeness(self, whole: Reading, text: str) -> Reading:
        """What the last part says, where that is clearly no politeness: "thanks, how much?"."""
        parts = _parts(text)[0] or _after_first(text)
        last = self._read(parts[-1]) if parts else whole
        return last if last.known and last.intents[0][0] not in POLITE and last.intents[0][1] >= CLEARLY else whole

    def _beside(self, whole: Reading, parts: list[str], clear: float) -> Reading:
        """A question about a name or about recognition, with the topic that another part clearly asks about as the second."""
        readings = {part: self._read(part) for part in parts}
        if not any(reading.intents[0][0] == whole.intents[0][0] for reading in readings.values()):
            return whole
        asked = (
            reading
            for part, reading in readings.items()
            if _asks(part, reading, clear) and reading.intents[0][0] != whole.intents[0][0] and _names_nothing(reading)
        )
        second = next((reading.topics[0][0] for reading in asked), None)
        return replace(whole, second=second)

    def _asked_in_parts(self, read: ReadOne, parts: list[str], clear: float) -> list[str]:
        """The topics that the parts ask about. It stops as soon as two can't be reached: a part costs what a message costs."""
        asked: list[str] = []
        for number, part in enumerate(parts):
            if not asked and number == len(parts) - 1:
                break
            reading = read(part)
            if _asks(part, reading, clear):
                asked.append(reading.topics[0][0])
        return asked

    def _read(self, text: str, loosely: bool = False) -> Reading:
        plain, masked, kinds, names = self._prepared(text, loosely)
        vector = self._encoder.encode([plain])[0]
        verdict = self._classifier.judge(plain, masked, kinds, vector)
        intents: dict[str, float] = {}
        for number in verdict.order[:COUNTED]:
            intent = self._meanings[number][0]
            intents[intent] = intents.get(intent, 0.0) + verdict.shares[number]
        ranked = sorted(intents.items(), key=lambda pair: -pair[1])[:RANKED]
        return Reading(
            ranked,
            self._topics(verdict),
            names,
            verdict.known,
            verdict.nearness,
            verdict.sureness,
            vector,
            self._manner(ranked[0][0], verdict),
        )

    def _topics(self, verdict: Verdict) -> list[tuple[str, float]]:
        """The best topics, with their share among all topics."""
        total = sum(verdict.shares[number] for number in self._topic_of) or 1.0
        best = islice((number for number in verdict.order if number in self._topic_of), RANKED)
        return [(self._topic_of[number], verdict.shares[number] / total) for number in best]

    def _manner(self, best: str, verdict: Verdict) -> str:
        """The topic of the best label of that intent; none for questions about topics, which have it as such."""
        if best == TOPIC_INTENT:
            return ""
        return next(topic for intent, topic in map(self._meanings.__getitem__, verdict.order) if intent == best)

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

    def _prepared(self, text: str, loosely: bool = False) -> tuple[str, str, set[str], list[Name]]:
        """The text as the classifier takes it: mended, the same with names replaced by their kind, kinds, names."""
        names = self._names.find(text, loosely)
        return (
            self._speller.mended(text),
            self._speller.mended(_masked(text, names)),
            {name.kind for name in names},
            names,
        )


def _parts(text: str) -> tuple[list[str], float]:
    """The sentences of a message, or the clauses of its only sentence, and how clear a question must be in one of them; none
    where there is just one."""
    sentences = [part for part in SENTENCE.split(text) if len(part.split()) >= PART_WORDS]
    if len(sentences) > 1:
        return sentences[:MOST_PARTS], CLEAR_SENTENCE
    clauses = [part for part in CLAUSE.split(text) if len(part.split()) >= PART_WORDS - 1]
    return (clauses[:MOST_PARTS] if len(clauses) > 1 else []), CLEAR_CLAUSE


def _after_first(text: str) -> list[str]:
    """The clauses of a message after its first; a word alone ("good morning, team") says little, unless it asks."""
    return [part for part in CLAUSE.split(text)[1:] if len(part.split()) > 1 or "?" in part and len(part) > 1]


def _meaning(label: str) -> tuple[str, str]:
    intent, _, topic = label.partition(BETWEEN)
    return intent, topic


def _asks(part: str, reading: Reading, clear: float) -> bool:
    """Whether a part asks about its topic; two words may be just one more thing in a list."""
    clear = clear if len(part.split()) >= PART_WORDS else max(clear, CLEAR_WORDS)
    return (
        reading.known
        and reading.intents[0][0] in PART_ASKS
        and reading.intents[0][1] >= clear
        and reading.topics[0][1] >= clear
    )


def _names_nothing(reading: Reading) -> bool:
    """Whether it names no thing; a way of studying is none ("can I do it online")."""
    return {name.kind for name in reading.names} <= {"mode"}


def _masked(text: str, names: list[Name]) -> str:
    """Names replaced by their kind, so that "canada" and "new zealand" teach the same; of several kinds the first."""
    parts, at = [], 0
    for name in names:
        if name.start >= at:
            parts += [text[at : name.start], f"x{name.kind}x"]
            at = name.end
    return "".join([*parts, text[at:]])


def _is_word(encoder: Encoder, speller: Speller) -> Callable[[str], bool]:
    goals = set(speller.goals)
    return lambda word: word in goals or encoder.is_word(word)
