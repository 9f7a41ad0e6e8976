"""The pipeline's one component: hands each message to the reader and sets the result where Rasa and the actions look.

One component and not a chain, since each node of Rasa's graph costs about as much as the reading itself.
"""

from __future__ import annotations

import json
import logging
from datetime import date
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from threadpoolctl import threadpool_limits

from core.contract.intents import (
    ASK_ADVICE,
    ASK_BEST_DESTINATION,
    ASK_LANGUAGE,
    ASK_TOPIC,
    DISTRESS,
    FEEL_LOW,
    FIND_PROGRAMS,
    GREET,
    NOT_UNDERSTOOD,
    NOTHING_SAID,
    OUT_OF_SCOPE,
    REFINE,
)
from core.settings import Settings
from knowledge.errors import KnowledgeError
from knowledge.knowledge_base import open_knowledge
from nlu.encoding.encoder import open_encoder
from nlu.encoding.model_files import ORIGIN
from nlu.extraction.about_me import AboutMe, about_me, of_person
from nlu.extraction.ordinals import pointed_at
from nlu.extraction.quantities import find_amounts
from nlu.reader import Phrasing, Reader, Reading
from nlu.text.bounds import one_spaced
from nlu.text.language_id import foreign_language
from nlu.text.negation import adds, left_out, only_names, refers

logger = logging.getLogger(__name__)
FIELDS, PLACES = {"field", "industry"}, {"destination", "place"}
FIELD_SOMEWHERE = (ASK_BEST_DESTINATION, FIND_PROGRAMS, REFINE)
# The cost of a mistake decides how sure the classifier must be: distress counts from a small share on; feel_low only if it is
# clear, since a question may hide in such words.
DISTRESS_FROM, FEEL_LOW_FROM = 0.2, 0.5
CLEARLY_OUT = 0.6  # share from which a message is out of scope, whatever it tells of the person
NATIVE = -1.0  # sureness above which a message was understood, whatever language it is in
NAMES_FILE = Path("data/generated/names.json")
MANY = 50  # questions that are about more than one topic, in any training data


class MergedTopics(ValueError):
    """Refusal of training data from which the topics are gone."""


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True
)
class UnderstandingComponent(GraphComponent, IntentClassifier):
    """Component that sets intent, ranking, entities, `topic`, `language` and `nearest` of a message.

    The entities are those of the catalogue, with their key as value, and quantities with bounds. `nearest` holds passages of
    the knowledge base if nothing was understood.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"passages": 3}

    @staticmethod
    def required_packages() -> list[str]:
        return ["onnxruntime", "tokenizers", "spacy", "sklearn", "rapidfuzz"]

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, reader: Reader | None = None
    ) -> None:
        self._config, self._storage, self._resource, self._reader = config, model_storage, resource, reader
        self._settings = Settings.from_environment()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> UnderstandingComponent:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> UnderstandingComponent:
        # A message is too little work to share between threads: they would spend more time waiting for each other.
        threadpool_limits(1, user_api="blas")
        encoder = open_encoder(Settings.from_environment().encoder_dir)
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, Reader.load(Path(folder), encoder))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return what training depends on beside the examples: the names, the sentence model, our own code."""
        settings = Settings.from_environment()
        nlu = settings.root / "nlu"
        code = sorted([*nlu.rglob("*.py"), *(nlu / "data").glob("*.yml")])
        parts = [settings.root / NAMES_FILE, settings.encoder_dir / ORIGIN, *code]
        return "".join(part.read_text(encoding="utf-8") for part in parts if part.is_file())

    def train(self, training_data: TrainingData) -> Resource:
        phrasings = [
            _phrasing(example)
            for example in training_data.training_examples
            if example.get(INTENT) and example.get(TEXT)
        ]
        _need_topics(phrasings)
        names = json.loads((self._settings.root / NAMES_FILE).read_text(encoding="utf-8"))["names"]
        self._reader = Reader.train(phrasings, names, open_encoder(self._settings.encoder_dir))
        with self._storage.write_to(self._resource) as folder:
            self._reader.save(Path(folder))
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text is not None and not text.startswith("/"):  # payloads of buttons are Rasa's own to read
                self._understand(message, one_spaced(text))
        return messages

    def _understand(self, message: Message, text: str) -> None:
        if not any(character.isalnum() for character in text):
            message.set(INTENT, {"name": NOTHING_SAID, "confidence": 1.0}, add_to_output=True)
            return
        reading = self._reader.read(text)
        ranking = _by_cost([{"name": name, "confidence": share} for name, share in reading.intents])
        in_danger = ranking[0]["name"] == DISTRESS
        said = about_me(text, reading.names)
        # What tells of the person in English is English, however it is spelt.
        language = None if reading.sureness > NATIVE or said.parts else foreign_language(text)
        if language and ranking[0]["name"] not in (ASK_LANGUAGE, GREET, DISTRESS):
            ranking.insert(0, {"name": ASK_LANGUAGE, "confidence": 1.0 - ranking[0]["confidence"]})
        elif bare := _bare(text, reading):
            if ranking[0]["name"] not in bare:
                ranking.insert(0, {"name": bare[0], "confidence": 1.0})
        elif not reading.known and not in_danger:
            ranking.insert(0, {"name": NOT_UNDERSTOOD, "confidence": 1.0 - ranking[0]["confidence"]})
        if said.only and _says_little(ranking[0], said):
            ranking.insert(0, {"name": ASK_ADVICE, "confidence": 1.0 - ranking[0]["confidence"]})
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        message.set(
            ENTITIES, [*message.get(ENTITIES, []), *_names(text, reading, said), *_amounts(text)], add_to_output=True
        )
        topics = [{"key": key, "confidence": share} for key, share in reading.topics]
        asked = ranking[0]["name"] == ASK_TOPIC
        message.set(
            "topic",
            {
                "key": topics[0]["key"] if asked else None,
                "ranking": topics,
                "second": reading.second,
                "manner": reading.manner,
                "adds": adds(text),
                "nth": pointed_at(text),
                "refers": refers(text),
            },
            add_to_output=True,
        )
        about = {"parts": said.parts, "only": said.only, "brief": said.brief}
        message.set("about_me", about, add_to_output=True)
        message.set("language", language, add_to_output=True)
        unknown = ranking[0]["name"] == NOT_UNDERSTOOD  # only then does anyone ask for passages
        message.set("nearest", self._passages(text, reading) if unknown else [], add_to_output=True)

    def _passages(self, text: str, reading: Reading) -> list[dict[str, Any]]:
        """Return the knowledge base's nearest passages; none if it cannot be read, for the action will say so."""
        try:
            found = open_knowledge(self._settings.knowledge_db).search(text, reading.vector, self._config["passages"])
        except KnowledgeError as error:
            logger.error("no passages: %s", error)
            return []
        return [{"topic": passage.topic_key, "score": round(passage.score, 4)} for passage in found]


def _by_cost(ranking: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the ranking with distress first if its share is large enough; neither it nor feel_low is first otherwise."""
    shares = {one["name"]: one["confidence"] for one in ranking}
    first = [one for one in ranking if one["name"] == DISTRESS and shares[DISTRESS] >= DISTRESS_FROM]
    unsure = [
        one
        for one in ranking
        if one["name"] == DISTRESS
        and not first
        or one["name"] == FEEL_LOW
        and shares[FEEL_LOW] < FEEL_LOW_FROM
        and len(ranking) > 1
    ]
    return [*first, *(one for one in ranking if one not in first and one not in unsure), *unsure]


def _bare(text: str, reading: Reading) -> tuple[str, ...]:
    """Return the intents that a message of entities alone may have, the most likely first.

    "bootcamps" refines a search, or asks a question at the start of a conversation; "nursing in Canada" asks whether that is
    offered there.
    """
    many = only_names(text, [(name.start, name.end) for name in reading.names])
    kinds = {name.kind for name in reading.names}
    if many == 1:
        return (REFINE,)
    return FIELD_SOMEWHERE if many == 2 and kinds & FIELDS and kinds & PLACES and kinds <= FIELDS | PLACES else ()


def _says_little(best: dict[str, Any], said: AboutMe) -> bool:
    """Return whether the best intent gives way to what a message tells of the person: not known, or hardly out of scope."""
    in_doubt = best["confidence"] < CLEARLY_OUT or len(said.parts) > 1
    return best["name"] in (NOT_UNDERSTOOD, NOTHING_SAID) or best["name"] == OUT_OF_SCOPE and in_doubt


def _need_topics(phrasings: list[Phrasing]) -> None:
    """Raise MergedTopics if many questions all have one topic, as Rasa's own writer leaves them."""
    questions = [phrasing.topic for phrasing in phrasings if phrasing.intent == ASK_TOPIC]
    if len(questions) >= MANY and len(set(questions)) == 1:
        raise MergedTopics(
            f"all {len(questions)} examples of {ASK_TOPIC} have the topic {questions[0]!r}: Rasa's own writer has merged "
            "them. Split, convert and edit them with ./advisor rasa, which keeps topics."
        )


def _phrasing(example: Message) -> Phrasing:
    metadata = (example.get(METADATA) or {}).get(METADATA_INTENT) or {}
    return Phrasing(example.get(TEXT), example.get(INTENT), metadata.get("topic", ""))


def _entity(
    text: str, kind: str, value: str, start: int, end: int, extractor: str, confidence: float
) -> dict[str, Any]:
    """Return an entity in Rasa's form."""
    return {
        "entity": kind,
        "value": value,
        "start": start,
        "end": end,
        "text": text[start:end],
        "confidence_entity": confidence,
        "extractor": extractor,
    }


def _names(text: str, reading: Reading, said: AboutMe) -> list[dict[str, Any]]:
    theirs = of_person(text, said)
    out = left_out(text, [(name.start, name.end) for name in reading.names])
    return [
        {
            **_entity(text, name.kind, name.key, name.start, name.end, "names", 1.0 if name.exact else 0.8),
            "left_out": name.start in out,
            "of_person": name.start in theirs,
        }
        for name in reading.names
    ]


def _amounts(text: str) -> list[dict[str, Any]]:
    amounts = find_amounts(text, date.today())
    return [_entity(text, each.kind, each.value, each.start, each.end, "amounts", 1.0) for each in amounts]
