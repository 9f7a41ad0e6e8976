"""Takes a language model's query in the place of the built-in understanding, and tells when one is wanted.

A query (core/contract/queries.py) is ids alone; each is looked up here again, so that nothing which the knowledge base does
not hold gets further, whoever sent it. What it becomes is a parsed message like any other: actions cannot tell the difference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from actions.context import CATALOGUE_KINDS
from core.contract.intents import (
    ASK_TOPIC,
    DISTRESS,
    FEEL_LOW,
    GIVE_CONTACT,
    NOT_UNDERSTOOD,
    NOTHING_SAID,
    WANT_PERSON,
)
from core.contract.queries import (
    ACTS,
    ALWAYS,
    LONGEST_UNKNOWN,
    MOST_QUESTIONS,
    MOST_THINGS,
    ModelQuery,
    TalkedAbout,
    UnsureTurn,
    claim_id,
    split_claim,
)
from core.contract.question_forms import FORMS
from core.contract.rephrasings import ENGLISH
from knowledge.knowledge_base import Knowledge
from nlu.data_files import read_words
from nlu.extraction.attributes import OTHER
from nlu.text.language_id import may_be_foreign

_CODE = re.compile(r"[a-z]{2}")
CARE = (DISTRESS, FEEL_LOW)
AT_RISK = 0.1  # share of danger or low spirits from which a message is left to the built-in understanding
# What is unsure. Of 571 labelled questions (every third of training/claim_questions, 30 November 2026) 57 % got a right reply:
# 41 % of the 48 % that are unsure by this, 71 % of the others. Below HOPELESS nothing is near: of those without an answer 95 %
# are declined, and rightly.
CLEAR = 0.6  # probability of the act below which it is unsure
HOPELESS, SURE_CLAIM = 0.1, 0.55  # fit of the best claim between which a question about a topic is unsure
CLEAR_TOPIC = 0.99  # share from which the topic is clear whatever its claims
READ = 0.95  # what counts as the probability of what a model read: sure, but no surer than a clear reading of our own
NEXT = 0.05  # by how much each further claim fits less
NEAR = 0.15  # fit of claims that only come near: told as such beside a decline, and never as an answer
CLEARLY_ANSWERABLE = 6.0  # log-odds
OTHERS = 4  # runners-up of the built-in understanding that are kept


class RefusedQuery(ValueError):
    """A query that holds what the knowledge base does not; the message says which part, and no word of it."""


def wants_model(parsed: Mapping[str, Any], when: str) -> bool:
    """Return whether a language model shall read a message: where this reading is unsure, or any but for care and contacts."""
    if str(parsed.get("text") or "").startswith("/"):  # a button says what it means
        return False
    intent = parsed.get("intent") or {}
    act, confidence = intent.get("name"), intent.get("confidence") or 0.0
    # The small shares of a message in another language say nothing.
    ranked = [] if parsed.get("language") else parsed.get("intent_ranking") or []
    in_need = any(each["name"] in CARE and each["confidence"] >= AT_RISK for each in ranked)
    if in_need or act in (*CARE, NOTHING_SAID, GIVE_CONTACT, WANT_PERSON):
        return False
    return when == ALWAYS or _is_unsure(parsed, act, confidence) or _is_foreign(parsed)


def _is_unsure(parsed: Mapping[str, Any], act: str | None, confidence: float) -> bool:
    if act == NOT_UNDERSTOOD:
        return True
    if act not in ACTS or confidence < CLEAR:
        return act in ACTS
    topics = (parsed.get("topic") or {}).get("ranking") or []
    is_clear = bool(topics) and topics[0]["confidence"] >= CLEAR_TOPIC
    best = max((each["fit"] for each in parsed.get("claims") or []), default=0.0)
    return act == ASK_TOPIC and not is_clear and HOPELESS <= best < SURE_CLAIM


def _is_foreign(parsed: Mapping[str, Any]) -> bool:
    """Return whether a message is in another language, also one that was understood by the words that English has, too."""
    text = str(parsed.get("text") or "")
    looks_foreign = not parsed.get("is_english") or any(letter.isalpha() and not letter.isascii() for letter in text)
    return bool(parsed.get("language")) or looks_foreign and may_be_foreign(text)


def unsure_turn(
    parsed: Mapping[str, Any], understanding: Mapping[str, Any], frame: Mapping[str, Any] | None
) -> UnsureTurn:
    """Return what a front needs to have a message read: this reading, its claims, and what is talked about (slot `frame`)."""
    frame = frame or {}
    state: TalkedAbout = {"focus": frame.get("focus") or {}}
    if queries := frame.get("queries"):
        state["last"] = queries[-1]
    if asked := frame.get("asked"):
        state["asked_back"] = asked
    claims = [claim_id(each["topic"], each["number"]) for each in parsed.get("claims") or []]
    return {
        "understanding": dict(understanding),
        "claims": claims,
        "language": parsed.get("language"),
        "state": state,
    }


def with_query(parsed: Mapping[str, Any], query: ModelQuery, knowledge: Knowledge) -> dict[str, Any]:
    """Return a parsed message as a query reads it; raises RefusedQuery if that holds anything that is not known here."""
    questions = query.get("questions") if isinstance(query, dict) else None
    if not isinstance(questions, list) or not 0 < len(questions) <= MOST_QUESTIONS:
        raise RefusedQuery("questions")
    first, *others = [_Question(each, parsed, knowledge) for each in questions]
    read = {"language": None, "nearest": [], "speaks": _spoken(parsed, query.get("language")), "by_model": True}
    message = {**parsed, **first.as_message(), **read}
    message.pop("further", None)
    if others:
        message["further"] = [each.as_message() for each in others]
    return message


def _spoken(parsed: Mapping[str, Any], told: object) -> str | None:
    """Return the language of a message, None if it is English; raises RefusedQuery if `told` is no language.

    A language model knows more languages than our own detector, which tells whether it is another one than English at all.
    """
    own: str | None = parsed.get("language")
    if told is not None and not (isinstance(told, str) and _CODE.fullmatch(told)):
        raise RefusedQuery("language")
    if told in (None, ENGLISH):
        return own
    return told if own or _is_foreign(parsed) else None


class _Question:
    """One question of a query, checked."""

    def __init__(self, told: Any, parsed: Mapping[str, Any], knowledge: Knowledge) -> None:
        if not isinstance(told, dict):
            raise RefusedQuery("questions")
        self._parsed, self._knowledge = parsed, knowledge
        self._act: str = _one(told, "act", ACTS.__contains__)
        self._topic: str | None = told.get("topic") and _one(told, "topic", self._is_topic)
        self._form: str = _one(told, "form", FORMS.__contains__)
        self._claims = [split_claim(each) for each in _each(told, "claims", self._is_claim)]
        self._attributes = _each(told, "attributes", _attributes().__contains__)
        self._unknown = _each(told, "unknown", self._is_said)
        things = told.get("things")
        if (
            not isinstance(things, list)
            or len(things) > MOST_THINGS
            or not all(isinstance(each, dict) for each in things)
        ):
            raise RefusedQuery("things")
        self._things = [(_one(each, "thing", self._is_thing), each.get("left_out") is True) for each in things]
        self._answerable = told.get("answerable")
        if not isinstance(self._answerable, bool):
            raise RefusedQuery("answerable")

    def as_message(self) -> dict[str, Any]:
        """Return the question as the actions read it (actions/context.py)."""
        ranking = [each for each in self._parsed.get("intent_ranking") or [] if each["name"] != self._act]
        intent = {"name": self._act, "confidence": READ}
        return {
            "intent": intent,
            "intent_ranking": [intent, *ranking[:OTHERS]],
            "entities": [*self._kept_entities(), *self._entities()],
            "topic": self._about(),
            "claims": self._near_claims(),
        }

    def _about(self) -> dict[str, Any]:
        own = self._parsed.get("topic") or {}
        odds = own.get("answerable") or 0.0
        topics = self._topics(own.get("ranking") or [])
        return {
            **own,
            "key": topics[0]["key"] if topics and self._act == ASK_TOPIC else None,
            "ranking": topics,
            "second": None,
            "manner": "",
            "form": self._form,
            "attributes": self._attributes,
            "unknown_names": self._unknown,
            "is_answerable": self._answerable,
            "answerable": max(odds, CLEARLY_ANSWERABLE) if self._answerable else min(odds, -CLEARLY_ANSWERABLE),
        }

    def _topics(self, ranking: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the topics with the one that was told, or the first claim's, before those of the built-in understanding."""
        told = self._topic or next((topic for topic, _ in self._claims), None)
        if told is None:
            return ranking
        rest = [{**each, "confidence": each["confidence"] * (1 - READ)} for each in ranking if each["key"] != told]
        return [{"key": told, "confidence": READ}, *rest[:OTHERS]]

    def _near_claims(self) -> list[dict[str, Any]]:
        fits = [READ - NEXT * place if self._answerable else NEAR for place in range(len(self._claims))]
        return [
            {"topic": topic, "number": number, "covered": 1.0, "fit": fit}
            for (topic, number), fit in zip(self._claims, fits, strict=True)
        ]

    def _kept_entities(self) -> list[dict[str, Any]]:
        """Return what the built-in understanding found and a query does not tell: amounts, wishes, what tells of the person."""
        found = self._parsed.get("entities") or []
        return [each for each in found if each["entity"] not in CATALOGUE_KINDS or each.get("of_person")]

    def _entities(self) -> Iterable[dict[str, Any]]:
        of_person = {(each["entity"], each["value"]) for each in self._kept_entities()}
        for thing, left_out in self._things:
            kind, _, key = thing.partition(":")
            if (kind, key) not in of_person:
                yield {"entity": kind, "value": key, "start": 0, "end": 0, "extractor": "model", "left_out": left_out}

    def _is_topic(self, key: str) -> bool:
        return self._knowledge.has_topic(key) or self._knowledge.has_open_subject(key)

    def _is_claim(self, identity: str) -> bool:
        try:
            return self._knowledge.has_claim(*split_claim(identity))
        except ValueError:
            return False

    def _is_thing(self, thing: str) -> bool:
        kind, _, key = thing.partition(":")
        return kind in CATALOGUE_KINDS and self._knowledge.has_name(kind, key)

    def _is_said(self, words: str) -> bool:
        """Return whether words are the visitor's own; a model's would be said to them."""
        said = str(self._parsed.get("text") or "").casefold()
        return 0 < len(words.strip()) <= LONGEST_UNKNOWN and words.casefold() in said


@cache
def _attributes() -> frozenset[str]:
    return frozenset((*read_words("attributes"), OTHER))


def _one(told: Mapping[str, Any], part: str, is_known: Callable[[str], bool]) -> str:
    value = told.get(part)
    if not isinstance(value, str) or not is_known(value):
        raise RefusedQuery(part)
    return value


def _each(told: Mapping[str, Any], part: str, is_known: Callable[[str], bool]) -> list[str]:
    values = told.get(part)
    if (
        not isinstance(values, list)
        or len(values) > MOST_THINGS
        or not all(isinstance(each, str) and is_known(each) for each in values)
    ):
        raise RefusedQuery(part)
    return list(dict.fromkeys(values))
