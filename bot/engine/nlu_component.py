"""The pipeline's one component: hands each message to the reader and sets the result where Rasa and the actions look.

One component and not a chain, since each node of Rasa's graph costs about as much as the reading itself.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from threadpoolctl import threadpool_limits

from bot.engine.act_costs import SURELY_OUT, by_cost, may_search, says_little
from bot.engine.foreign_messages import foreign_message
from bot.engine.general_reading import General, Ways, read_in_general
from bot.engine.near_claims import near_claims
from bot.engine.own_catalogue import EnglishWords, OwnCatalogue, OwnNames, is_search, of_person_alone
from bot.engine.published_names import PublishedNames, names_file, read_names
from bot.engine.training_phrasings import phrasings_of
from core.contract.intents import (
    ASK_ADVICE,
    ASK_BEST_DESTINATION,
    ASK_LANGUAGE,
    ASK_TOPIC,
    COMPARE,
    DISTRESS,
    FEEL_LOW,
    FIND_PROGRAMS,
    GIVE_CONTACT,
    NOT_UNDERSTOOD,
    NOTHING_SAID,
    OUT_OF_SCOPE,
    REFINE,
)
from core.guide_pack import topic_texts_file
from core.settings import Settings
from knowledge.errors import KnowledgeError
from knowledge.knowledge_base import open_knowledge
from nlu.classification.topic_matcher import TextsOfGuide
from nlu.encoding.encoder import open_encoder
from nlu.encoding.model_files import ORIGIN
from nlu.encoding.vector_cache import VectorCache
from nlu.extraction.about_me import AboutMe, about_me, of_person
from nlu.extraction.amounts.quantities import find_amounts
from nlu.extraction.attributes import attributes_in
from nlu.extraction.contact_details import holds_contact
from nlu.extraction.person.aside_parts import names_aside
from nlu.extraction.question_form import asked_clause, asked_sentence, question_form
from nlu.extraction.references import MEANT, THE_ONE, find_references
from nlu.extraction.requests import with_form
from nlu.extraction.wanted.form import WantedForm, wanted_form
from nlu.message_parts import Reading
from nlu.reader import Reader
from nlu.text.bounds import one_spaced
from nlu.text.comparatives import ranked_by
from nlu.text.negation import adds, left_out, only_names, refers, tone_of
from nlu.text.questions import asked_from, once_more

logger = logging.getLogger(__name__)
FIELDS, PLACES = {"field", "industry"}, {"destination", "place"}
WHERE = ("destination", "place", "institution")
FIELD_SOMEWHERE = (ASK_BEST_DESTINATION, FIND_PROGRAMS, REFINE)
ORDER = "order"  # a kind of names, which rank things themselves: "cheaper"
LAST_WORD = re.compile(r"\w+(?=\W{0,9}$)")
CREDENTIALS = ("type", "program")  # kinds of names that hardly anything out of scope has
ASKED_BEFORE = "asked"  # among the codes of what a message asks (nlu/data/about_me.yml): that it was asked before


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True
)
class UnderstandingComponent(GraphComponent, IntentClassifier):
    """Component that sets intent, ranking, entities, `topic`, `claims`, `language` and `nearest` of a message.

    The entities are those of the catalogue, with their key as value, and quantities with bounds. `claims` are those of the
    knowledge base that fit the message best. `nearest` holds passages of it if nothing was understood.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return how many passages and claims are kept; Rasa calls this."""
        return {"passages": 3, "claims": 8}

    @staticmethod
    def required_packages() -> list[str]:
        """Return the packages without which it cannot run."""
        return ["onnxruntime", "tokenizers", "spacy", "rapidfuzz"]

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, reader: Reader | None = None
    ) -> None:
        self._config, self._storage, self._resource, self._reader = config, model_storage, resource, reader
        self._settings = Settings.from_environment()
        self._own = OwnCatalogue(self._settings.catalogue_dir)
        self._names = PublishedNames(names_file(self._settings))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> UnderstandingComponent:
        """Return an untrained component."""
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
        """Return the trained component of a model."""
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
        parts = [names_file(settings), topic_texts_file(settings), settings.encoder_dir / ORIGIN, *code]
        return "".join(part.read_text(encoding="utf-8") for part in parts if part.is_file())

    def train(self, training_data: TrainingData) -> Resource:
        """Train the reader on the examples and store it."""
        phrasings = phrasings_of(training_data.training_examples)
        made, texts = read_names(names_file(self._settings)), TextsOfGuide.read(topic_texts_file(self._settings))
        encoder = open_encoder(self._settings.encoder_dir)
        told = {"own_words": made["words"], "encode": VectorCache(encoder, self._settings.encoder_dir).encode}
        self._reader = Reader.train(phrasings, made["names"], encoder, **told, guide=texts)
        with self._storage.write_to(self._resource) as folder:
            self._reader.save(Path(folder))
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the examples as they are for the components after it."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set on each message what was understood, by the names that are published now."""
        self._reader = self._names.known_to(self._reader)
        for message in messages:
            text = message.get(TEXT)
            if text is not None and not text.startswith("/"):  # payloads of buttons are Rasa's own to read
                self._understand(message, one_spaced(text))
        return messages

    def _understand(self, message: Message, text: str) -> None:
        if not any(character.isalnum() for character in text):
            message.set(INTENT, {"name": NOTHING_SAID, "confidence": 1.0}, add_to_output=True)
            return
        wanted = wanted_form(text)
        whole, text = text, wanted.question  # the form that is wanted is no part of the question
        said_before, text = once_more(text)
        own = self._own.names(text)
        reading = (self._reader.knowing(own.surfaces) if own else self._reader).read(text)
        asked = self._asked(text, reading, own)
        ranking = by_cost([{"name": name, "confidence": share} for name, share in reading.intents])
        said = of_person_alone(about_me(text, reading.names), own)
        foreign = foreign_message(text, reading, ranking[0]["name"], open_encoder(self._settings.encoder_dir))
        if foreign.intent:
            ranking.insert(0, {"name": foreign.intent, "confidence": 1.0 - ranking[0]["confidence"]})
        elif bare := _bare(text, reading):
            if ranking[0]["name"] not in bare:
                ranking.insert(0, {"name": bare[0], "confidence": 1.0})
        elif not reading.known and ranking[0]["name"] != DISTRESS:
            ranking.insert(0, {"name": NOT_UNDERSTOOD, "confidence": 1.0 - ranking[0]["confidence"]})
        hardly_out = ranking[0]["name"] == OUT_OF_SCOPE and ranking[0]["confidence"] < SURELY_OUT
        if hardly_out and any(name.kind in CREDENTIALS for name in reading.names):
            ranking.insert(0, {"name": ASK_TOPIC, "confidence": 1.0 - ranking[0]["confidence"]})
        if ranking[0]["name"] == GIVE_CONTACT and not holds_contact(text):  # else staff would be told to call somebody
            ranking = [*ranking[1:], ranking[0]]
        if asked and is_search(asked) and may_search(ranking[0]):
            ranking.insert(0, {"name": FIND_PROGRAMS, "confidence": 1.0 - ranking[0]["confidence"]})
        if said.only and says_little(ranking[0], len(said.parts)):
            ranking.insert(0, {"name": ASK_ADVICE, "confidence": 1.0 - ranking[0]["confidence"]})
        names = _names(text, reading, said)
        found = [_moved(entity, said_before, wanted) for entity in [*names, *_amounts(text)]]
        message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        if asked is not None:
            message.set("own", asked, add_to_output=True)
        topic = _topic(text, reading, ranking[0]["name"], own.spans if own else [])
        claims = self._claims(text, reading, topic, names)
        if general := self._in_general(text, reading, topic["form"], claims):
            topic, claims = {**topic, **general.topic}, general.claims
        message.set("topic", {**topic, **self._maybe(text, reading)}, add_to_output=True)
        message.set("claims", claims, add_to_output=True)
        if reading.further and ranking[0]["name"] not in (DISTRESS, FEEL_LOW):
            message.set("further", [self._part(*each) for each in reading.further], add_to_output=True)
        asks = [*with_form(said.asks, whole, wanted.question), *[ASKED_BEFORE] * bool(said_before)]
        about = {"parts": said.parts, "only": said.only, "brief": said.brief, "asks": asks}
        told: dict[str, Any] = {INTENT: ranking[0], INTENT_RANKING_KEY: ranking, "about_me": about}
        told |= {"language": foreign.language, "is_english": foreign.is_english}
        if form := wanted.as_message():
            told["wanted"] = form
        if foreign.language and ranking[0]["name"] != ASK_LANGUAGE:
            told["speaks"] = foreign.language
        for name, value in told.items():
            message.set(name, value, add_to_output=True)
        unknown = ranking[0]["name"] == NOT_UNDERSTOOD  # only then does anyone ask for passages
        message.set("nearest", self._passages(text, reading) if unknown else [], add_to_output=True)

    def _part(self, text: str, reading: Reading) -> dict[str, Any]:
        """Return a further question of a message in the form of a message of its own."""
        name, share = reading.intents[0] if reading.known else (NOT_UNDERSTOOD, 0.0)
        topic, names = _topic(text, reading, name), _names(text, reading, about_me(text, reading.names))
        asked = self._asked(text, reading, self._own.names(text))
        return {
            **({} if asked is None else {"own": asked}),
            "intent": {"name": name, "confidence": share},
            "entities": [*names, *_amounts(text)],
            "topic": {**topic, "said": text},
            "claims": self._claims(text, reading, topic, names),
        }

    def _asked(self, text: str, reading: Reading, own: OwnNames | None) -> dict[str, Any] | None:
        """Return what the (first) question of a message asks of the organisation's own catalogue, or None without one."""
        if own is None:
            return None
        said = reading.said if reading.further else text
        said = text[: max(text.find(said), 0) + len(said)]  # what stands before the first question belongs to it
        found = self._own.of_question(own, said)
        inside = [each for each in reading.names if each.end <= len(said)]
        amounts = find_amounts(said, date.today())
        if not (found and self._reader):
            return None
        words = EnglishWords(self._reader.forms_of, self._reader.is_word, self._reader.encode)
        return self._own.asked(found, amounts, inside, words)

    def _claims(
        self, text: str, reading: Reading, topic: dict[str, Any], entities: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Return the claims that fit the message best; none if the knowledge base cannot be read, as for passages."""
        try:
            knowledge = open_knowledge(self._settings.knowledge_db)
            return near_claims(knowledge, text, reading, topic, entities, self._config["claims"])
        except KnowledgeError as error:
            logger.error("no claims: %s", error)
            return []

    def _in_general(self, text: str, reading: Reading, form: str, claims: list[dict[str, Any]]) -> General | None:
        """Return how a message is read as one about any course, if only that answers it."""

        def rank(general: str, read: Reading) -> list[dict[str, Any]]:
            names = _names(general, read, about_me(general, read.names))
            return self._claims(general, read, _topic(general, read, read.intents[0][0]), names)

        def form_of(claim: Mapping[str, Any]) -> str:
            return open_knowledge(self._settings.knowledge_db).claim(claim["topic"], claim["number"]).form

        return read_in_general(self._reader, text, reading, form, claims, Ways(rank, form_of)) if self._reader else None

    def _maybe(self, text: str, reading: Reading) -> dict[str, Any]:
        """Return what the only word of a message may name ("it" after "which field?"), or nothing."""
        word = None if reading.names else LAST_WORD.search(text)
        names = self._reader.may_name(word[0]) if self._reader and word and only_names(text, [word.span()]) else ()
        compares = reading.intents[0][0] == COMPARE and not any(name.kind in CREDENTIALS for name in reading.names)
        if self._reader and not names and compares:  # "how are they different from a certificate?"
            names = self._reader.compared_with(text)[:1]
        return {"maybe": [{"kind": name.kind, "key": name.key} for name in names]} if names else {}

    def _passages(self, text: str, reading: Reading) -> list[dict[str, Any]]:
        """Return the knowledge base's nearest passages; none if it cannot be read, for the action will say so."""
        try:
            found = open_knowledge(self._settings.knowledge_db).search(text, reading.vector, self._config["passages"])
        except KnowledgeError as error:
            logger.error("no passages: %s", error)
            return []
        return [{"topic": passage.topic_key, "score": round(passage.score, 4)} for passage in found]


def _moved(entity: dict[str, Any], by: int, wanted: WantedForm) -> dict[str, Any]:
    """Return an entity with its place in the whole message."""
    return {**entity, "start": wanted.place(entity["start"] + by), "end": wanted.place(entity["end"] + by - 1) + 1}


def read_message(reader: Reader, text: str) -> tuple[Reading, dict[str, Any], list[dict[str, Any]]]:
    """Return how a message is read without an organisation's own names: its reading, what it is about, and its names."""
    reading = reader.read(text)
    return reading, _topic(text, reading, reading.intents[0][0]), _names(text, reading, about_me(text, reading.names))


def _topic(text: str, reading: Reading, intent: str, own: Iterable[tuple[int, int, str]] = ()) -> dict[str, Any]:
    """Return what a message is about and refers to, as the actions read it (actions/context.py).

    `own` are the places of the names of the organisation's own catalogue.
    """
    topics = [{"key": key, "confidence": share} for key, share in reading.topics]
    spans = [(name.start, name.end) for name in reading.names]
    said = reading.said or text
    at = max(text.find(said), 0)
    named = [*own, *((name.start, name.end, name.kind) for name in reading.names)]
    kinds = [(start - at, end - at, kind) for start, end, kind in named if at <= start < at + len(said)]
    return {
        "key": topics[0]["key"] if intent == ASK_TOPIC else None,
        "ranking": topics,
        "second": reading.second,
        "said": said if reading.further else "",
        "asked": (asks := asked_sentence(said)),
        "said_back": reading.said_back,
        "asks_alone": bool(asks) and asks.strip() == said.strip(),
        "tone": _tone(said, [text[start:end] for start, end, kind in named if kind != ORDER]),
        "manner": reading.manner,
        "adds": adds(text),
        "refers": refers(text),
        "bare": bool(spans) and bool(only_names(text, spans)),
        "form": question_form(said),
        "attributes": attributes_in(said, kinds),
        "answerable": round(reading.answerable, 2),
        "is_answerable": reading.is_answerable,
        "unknown_names": list(reading.unknown_names),
        **_references(text, said, reading),
    }


def _tone(said: str, names: Iterable[str]) -> dict[str, bool | str]:
    """Return how a question turns what a yes or no means, and by what it ranks things, none of which `names` hold."""
    asks = asked_clause(said)
    return {**tone_of(asks, said), "ranked_by": ranked_by(asks, names)}


def _references(text: str, said: str, reading: Reading) -> dict[str, Any]:
    """Return what the question of a message refers back to; what it puts right, and of which thing, may stand before it."""
    found = find_references(said).as_message()
    whole = () if reading.further or said == text else find_references(text).back
    before = [way for way in (THE_ONE, MEANT) if way in whole and way not in found.get("back", ())]
    return {**found, "back": [*found.get("back", ()), *before]} if before else found


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
    theirs, asked = of_person(text, said) | names_aside(text, reading.names), asked_from(text)
    told = asked if any(name.kind in WHERE and name.start >= asked for name in reading.names) else 0
    out = left_out(text, [(name.start, name.end) for name in reading.names])
    return [
        {
            **_entity(text, name.kind, name.key, name.start, name.end, "names", 1.0 if name.exact else 0.8),
            "left_out": name.start in out,
            "of_person": name.start in theirs,
            # "Auckland is the other end of the world! Anything in Europe?" asks of Europe.
            "told": name.kind in WHERE and name.start < told,
        }
        for name in reading.names
    ]


def _amounts(text: str) -> list[dict[str, Any]]:
    amounts = find_amounts(text, date.today())
    return [_entity(text, each.kind, each.value, each.start, each.end, "amounts", 1.0) for each in amounts]
