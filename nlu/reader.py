"""Reads a message: its intent, its topics, the catalogue names in it, and how certain that is.

The engine's Rasa component, the benchmarks and the evaluation all understand messages through `Reader`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from core.contract.intents import ANSWERING, OUT_OF_SCOPE
from nlu.classification.classifier import Classifier, Recipe, Rivals, Verdict
from nlu.classification.topic_matcher import TextsOfGuide, TopicMatcher
from nlu.encoding.encoder import Encoder
from nlu.extraction.entity_matcher import Name, NameMatcher, masked, named_in, only_named, several_of_kind, with_others
from nlu.extraction.said_back.questions import said_back
from nlu.extraction.unknown_names import UnknownNames
from nlu.message_parts import (
    ASKING,
    COMPARISON,
    NAMED,
    TOPIC_INTENT,
    Reading,
    ReadPart,
    adds_nothing,
    asks,
    asks_once,
    at_risk,
    is_condition,
    is_mixed,
    is_question,
    may_ask,
    names_only_mode,
    question_beside,
    what_is_asked,
)
from nlu.phrasings import Phrasing, split_label, words_of
from nlu.text.parts import CLEAR_SENTENCE, MAX_PARTS, clauses_after_first, split_parts
from nlu.text.questions import asks_difference, numbered_points, questions_in, subject_of, with_subject
from nlu.text.spelling import Speller
from nlu.topic_reading import by_texts

STATE = "reader.json"
COUNTED_LABELS = 12  # best labels whose shares are summed for the intents; the long tail would outweigh a lone intent
MAX_RANKED = 5  # intents and topics that a reading keeps
# Intents beside which a second question, about a topic, is answered.
ALSO_ASKED = ("ask_about", "ask_best_destination", "ask_recognition")
CLEARLY = 0.6  # probability of the intent from which a part after politeness, or beside a question, counts
POLITE = ("thank", "greet", "affirm", "praise", "deny")  # intents that yield to a question in the same message
PLACE = "place"  # the kind of the names of cities and countries
MAX_QUESTIONS = 3  # questions of one message that are answered


class Reader:
    """Understanding of messages, trained from phrasings; `read` is thread-safe."""

    def __init__(
        self,
        encoder: Encoder,
        speller: Speller,
        name_entries: list[dict[str, Any]],
        classifier: Classifier | None,
        own_words: Iterable[str] = (),
        matcher: TopicMatcher | None = None,
    ) -> None:
        self._encoder, self._speller, self._matcher = encoder, speller, matcher
        self._also: Mapping[str, str] = {}
        self._use_names(name_entries, own_words)
        if classifier:
            self._use(classifier)

    def _use_names(self, name_entries: list[dict[str, Any]], own_words: Iterable[str]) -> None:
        self._name_entries, self._known_words = name_entries, frozenset(own_words)
        self._names = NameMatcher(name_entries, _is_word(self._encoder, self._speller))
        self._unknown = UnknownNames(self._encoder.is_word, self._known_words, self._speller.correct)

    def _use(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._labels = [split_label(label) for label in classifier.labels]
        self._topic_of = {
            number: topic for number, (intent, topic) in enumerate(self._labels) if intent == TOPIC_INTENT and topic
        }

    @classmethod
    def train(
        cls,
        phrasings: list[Phrasing],
        name_entries: list[dict[str, Any]],
        encoder: Encoder,
        recipe: Recipe = Recipe(),
        own_words: Iterable[str] = (),
        encode: Callable[[list[str]], NDArray[Any]] | None = None,
        guide: TextsOfGuide | None = None,
    ) -> Reader:
        """Train a reader on all phrasings at once; takes seconds to a minute on two cores for 4,000 phrasings.

        `guide` are the texts of one whose topics hardly anybody has asked for. `encode` takes the encoder's place for them and
        the phrasings, and may remember vectors. `own_words` are those of what is answered from; together with the phrasings',
        none of them is an unknown name.
        """
        speller = Speller((phrasing.text for phrasing in phrasings), encoder.is_word)
        encode = encode or encoder.encode
        matcher = TopicMatcher.of(guide, encode) if guide else None
        self = cls(encoder, speller, name_entries, None, {*own_words, *words_of(phrasings)}, matcher)
        with _remembered(self._speller, "_nearest_target"), _remembered(self._names, "_closest"):
            prepared = [self._prepare(phrasing.text, phrasing.intent == COMPARISON) for phrasing in phrasings]
        texts, with_kinds, kinds, _ = (list(column) for column in zip(*prepared, strict=True))
        vectors, labels = encode(texts), [phrasing.label for phrasing in phrasings]
        self._use(Classifier.train(texts, with_kinds, kinds, vectors, labels, recipe, _rivals(phrasings)))
        return self

    def with_names(self, name_entries: list[dict[str, Any]], own_words: Iterable[str]) -> Reader:
        """Return a reader that knows these names of the catalogue and no others, and these words besides its own."""
        if name_entries == self._name_entries and self._known_words.issuperset(own_words):
            return self
        reader = copy.copy(self)
        reader._use_names(name_entries, self._known_words.union(own_words))
        return reader

    def knowing(self, also: Mapping[str, str]) -> Reader:
        """Return a reader to which these words are names too: what stands in a message, and its kind.

        They are read as names of that kind are, and are not among the names of the reading.
        """
        if not also:
            return self
        reader = copy.copy(self)
        reader._also = also
        return reader

    def is_word(self, word: str) -> bool:
        """Return whether a word is ordinary English."""
        return self._encoder.is_word(word)

    def encode(self, texts: list[str]) -> NDArray[Any]:
        """Return the unit vectors of texts (nlu.encoding.encoder)."""
        return self._encoder.encode(texts)

    def forms_of(self, kind: str, key: str) -> list[str]:
        """Return the forms in which a name of the catalogue may stand."""
        return self._names.forms_of(kind, key)

    def read(self, text: str) -> Reading:
        """Return what a message says; if its parts clearly ask two questions, the reading names the second topic too."""
        read = cache(self._read)  # a part may be looked at for several reasons, and costs as much as a message
        whole = self._read_comparison(text, read) or read(text)
        spans = [(name.start, name.end) for name in (*whole.names, *named_in(text, self._also))]
        places = [(name.start, name.end) for name in whole.names if name.kind == PLACE]
        unknown = self._unknown.find(text, spans, places, not whole.is_answerable)
        reading = replace(self._with_parts(whole, text, read), unknown_names=tuple(unknown))
        further = tuple((part, self._with_words(part, one)) for part, one in reading.further)
        return replace(self._with_words(text, reading), further=further)

    def _with_words(self, text: str, reading: Reading) -> Reading:
        """Return a reading with the words with which its question can be said back."""
        said = reading.said or text
        at = max(text.find(said), 0)
        names = [replace(name, start=name.start - at, end=name.end - at) for name in reading.names]
        return replace(reading, said_back=said_back(said, names, self._speller.correct))

    def _with_parts(self, whole: Reading, text: str, read: ReadPart) -> Reading:
        """Return the reading of a message with what its parts say beside each other."""
        intent = whole.intents[0][0]
        if several := self._read_questions(whole, text, read):
            return several
        if alone := self._only_question(whole, text, read) or question_beside(whole, text, read):
            return alone
        if intent not in (TOPIC_INTENT, *ALSO_ASKED, *POLITE):
            return whole
        if intent in POLITE:
            return self._read_after_politeness(whole, text, read)
        parts, clear = split_parts(text)
        if intent in ALSO_ASKED:
            return self._with_second_topic(whole, parts, clear, read)
        asked = self._topics_of_parts(read, parts, clear, asks_once(whole, parts))
        others = [topic for topic in asked if topic != whole.topic] if whole.topic in asked else []
        return replace(whole, second=next(iter(others), None) or self._topic_in_passing(read, whole, parts))

    def may_name(self, text: str) -> list[Name]:
        """Return what a message of one short word in small letters may name where a name is asked for."""
        return self._names.may_name(text)

    def compared_with(self, text: str) -> list[Name]:
        """Return the one word of many meanings with which something said before may be compared."""
        names = self._names.loose_in(text)
        return names if len({(name.kind, name.key) for name in names}) == 1 else []

    def _read_questions(self, whole: Reading, text: str, read: ReadPart) -> Reading | None:
        """Return the reading of the first question of a message with the further ones, or None if it asks just one."""
        parts = [] if whole.intents[0][0] == COMPARISON and asks_difference(text) else questions_in(text)
        numbered = bool(numbered_points(text))
        several_may_ask = numbered or whole.intents[0][0] in (*ASKING, *POLITE, OUT_OF_SCOPE)
        if not several_may_ask or at_risk(whole) or len(parts) < 2:
            return None
        asked: dict[tuple[Any, ...], tuple[str, str, Reading]] = {}
        subject, thing = next(filter(None, map(subject_of, parts)), ""), only_named(whole.names, NAMED, text)
        for part in parts[:MAX_PARTS]:
            said, reading = part, self._read_comparison(part, read) or read(part)
            told = with_subject(part, subject) if asked and not reading.names and not is_question(reading) else ""
            if thing and not any(name.kind in NAMED for name in reading.names):  # "... and who runs them?"
                told = with_subject(part, thing) or told
            if told and is_question(read(told)):
                said, reading = told, read(told)
            follows = asked or reading.topic == whole.topic or not part.endswith("?")
            if asked and not numbered and said == part and adds_nothing(part, reading):
                continue
            if numbered or is_question(reading) or follows and may_ask(text, part, reading):
                asked.setdefault(what_is_asked(said, reading), (part, said, reading))
        if len(asked) < 2 or not any(is_question(one) for *_, one in asked.values()):
            return None
        (said, _, first), *others = list(asked.values())[:MAX_QUESTIONS]
        elsewhere = [(text.find(part), text.find(part) + len(part)) for part, *_ in others]
        names = [name for name in whole.names if not any(start <= name.start < end for start, end in elsewhere)]
        return replace(first, names=names, said=said, further=tuple((asks, one) for _, asks, one in others))

    def _only_question(self, whole: Reading, text: str, read: ReadPart) -> Reading | None:
        """Return the reading of the only part that clearly asks, if the whole message is too mixed for an answer, else None."""
        if whole.is_answerable or not is_mixed(whole):
            return None
        parts, clear = split_parts(text)
        asking = [
            (part, reading) for part in parts if (reading := read(part)).is_answerable and asks(part, reading, clear)
        ]
        return replace(asking[0][1], names=whole.names, said=asking[0][0]) if len(asking) == 1 else None

    def _read_comparison(self, text: str, read: ReadPart) -> Reading | None:
        """Return the reading if loose names or a difference are asked about ("certificate or diploma?"), else None."""
        loose = self._names.has_loose(text) and any(name.loose for name in self._names.find(text, loosely=True))
        differ = asks_difference(text)  # "what is a badge and what is a certificate, what's the difference?"
        reading = read(text, loosely=True) if loose or differ else None
        if reading is None or reading.intents[0][0] == COMPARISON:
            return reading
        may_compare = differ and COMPARISON in dict(reading.intents)  # the classifier's say goes before the words
        return replace(reading, intents=[(COMPARISON, 1.0)]) if may_compare and several_of_kind(reading.names) else None

    def _topic_in_passing(self, read: ReadPart, whole: Reading, parts: list[str]) -> str | None:
        """Return the topic of a part that asks about something beside the message's main topic, or None.

        Such a part is no question about a topic by itself: it asks about a named thing ("Tell me about Canada. And can
        they be stacked?"), or names what the message's runner-up topic is about ("online, and without experience").
        """
        for part in parts[:2]:
            reading = read(part)
            topic, (intent, share) = reading.topic, reading.intents[0]
            if not (reading.names and reading.known and share >= CLEARLY) or topic == whole.topic:
                continue
            if intent == "ask_about" and topic.split("/")[-1] in {name.key for name in reading.names}:
                return topic
            if intent == "refine" and topic == whole.topics[1][0]:
                return topic
        return None

    def _read_after_politeness(self, whole: Reading, text: str, read: ReadPart) -> Reading:
        """Return the reading of the last part if it clearly is no politeness ("thanks, how much?"), else of the whole."""
        parts = split_parts(text)[0] or clauses_after_first(text)
        last = read(parts[-1]) if parts else whole
        clear = CLEAR_SENTENCE if parts and questions_in(parts[-1]) else CLEARLY
        return last if last.known and last.intents[0][0] not in POLITE and last.intents[0][1] >= clear else whole

    def _with_second_topic(self, whole: Reading, parts: list[str], clear: float, read: ReadPart) -> Reading:
        """Add to a question about a name or about recognition the topic that another part clearly asks about."""
        readings = {part: read(part) for part in parts}
        if not any(reading.intents[0][0] == whole.intents[0][0] for reading in readings.values()):
            return whole
        asked = (
            reading
            for part, reading in readings.items()
            if asks(part, reading, clear) and reading.intents[0][0] != whole.intents[0][0] and names_only_mode(reading)
        )
        return replace(whole, second=next((reading.topic for reading in asked), None))

    def _topics_of_parts(self, read: ReadPart, parts: list[str], clear: float, once: bool) -> list[str]:
        """Return the topics that the parts ask about; each costs a reading, so this stops when there can't be two.

        If the message asks `once` and has an answer, a part that nothing answers asks for nothing else.
        """
        asked: list[str] = []
        for number, part in enumerate(parts):
            if not asked and number == len(parts) - 1:
                break
            reading = read(part)
            if asks(part, reading, clear) and (reading.is_answerable or not (once or is_condition(part))):
                asked.append(reading.topic)
        return asked

    def _read(self, text: str, loosely: bool = False) -> Reading:
        plain, with_kinds, kinds, names = self._prepare(text, loosely)
        vector = self._encoder.encode([plain])[0]
        verdict = self._classifier.judge(plain, with_kinds, kinds, vector)
        intents: dict[str, float] = {}
        for number in verdict.order[:COUNTED_LABELS]:
            intent = self._labels[number][0]
            intents[intent] = intents.get(intent, 0.0) + verdict.shares[number]
        ranked = sorted(intents.items(), key=lambda pair: -pair[1])[:MAX_RANKED]
        reading = Reading(
            ranked,
            self._rank_topics(verdict),
            names,
            verdict.known,
            verdict.nearness,
            verdict.sureness,
            vector,
            self._manner(ranked[0][0], verdict),
            answerable=verdict.answerable,
            is_answerable=verdict.is_answerable,
        )
        if self._matcher is None:
            return reading
        return by_texts(reading, self._matcher, len(plain.split()))

    def _rank_topics(self, verdict: Verdict) -> list[tuple[str, float]]:
        """Return the best topics with their share among all topics."""
        total = sum(verdict.shares[number] for number in self._topic_of) or 1.0
        best = islice((number for number in verdict.order if number in self._topic_of), MAX_RANKED)
        return [(self._topic_of[number], verdict.shares[number] / total) for number in best]

    def _manner(self, best: str, verdict: Verdict) -> str:
        """Return the topic of the best label of this intent; empty for TOPIC_INTENT, whose topics are in `topics`."""
        if best == TOPIC_INTENT:
            return ""
        return next(topic for intent, topic in map(self._labels.__getitem__, verdict.order) if intent == best)

    def save(self, folder: Path) -> None:
        """Write the trained state to a folder, without the sentence model, which all readers share."""
        self._classifier.save(folder)
        if self._matcher:
            self._matcher.save(folder)
        state = {"goals": self._speller.targets, "names": self._name_entries, "own_words": sorted(self._known_words)}
        (folder / STATE).write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, encoder: Encoder) -> Reader:
        """Return the reader that `save` wrote to a folder."""
        state = json.loads((folder / STATE).read_text(encoding="utf-8"))
        speller = Speller.with_targets(state["goals"], encoder.is_word)
        matcher = TopicMatcher.load(folder)
        return cls(encoder, speller, state["names"], Classifier.load(folder), state["own_words"], matcher)

    def _prepare(self, text: str, loosely: bool = False) -> tuple[str, str, set[str], list[Name]]:
        """Return a text as the classifier takes it: corrected, corrected with names masked, kinds of names, names."""
        names = self._names.find(text, loosely)
        known = with_others(names, named_in(text, self._also))
        corrected = self._speller.correct(text)
        without_names = self._speller.correct(masked(text, known)) if known else corrected
        return corrected, without_names, {name.kind for name in known}, names


@contextmanager
def _remembered(owner: object, method: str) -> Iterator[None]:
    """Remember what a method finds for each word meanwhile: phrasings repeat theirs. Visitors' words are never remembered."""
    vars(owner)[method] = cache(getattr(owner, method))
    try:
        yield
    finally:
        del vars(owner)[method]


def _rivals(phrasings: list[Phrasing]) -> Rivals:
    """Return the labels that an answer stands for and those of questions without one, as the phrasings say."""
    left_open = frozenset(each.label for each in phrasings if each.left_open)
    return Rivals(frozenset(each.label for each in phrasings if each.intent in ANSWERING) - left_open, left_open)


def _is_word(encoder: Encoder, speller: Speller) -> Callable[[str], bool]:
    targets = set(speller.targets)
    return lambda word: word in targets or encoder.is_word(word)
