"""Ranks the guide's claims for a message: those near it in meaning, with the probability that each answers it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actions.context import CATALOGUE_KINDS
from knowledge.knowledge_base import Knowledge
from knowledge.models import NearClaim
from knowledge.queries.claim_features import Asked, claim_features, part_held
from knowledge.queries.claim_names import Named, with_destinations
from nlu.classification.claim_ranker import claim_ranker
from nlu.extraction.asked_words import asked_words
from nlu.extraction.attributes import OTHER, attributes_in
from nlu.extraction.question_form import asked_clause
from nlu.message_parts import Reading
from nlu.text.negation import tone_of

CANDIDATES = 16  # claims near in meaning that are looked at: 97 % of labelled questions have their answer among them
ONLY = "only"  # an attribute (nlu/data/attributes.yml)
TURNS = ("denies", "doubts", ONLY)  # what turns the meaning of a yes
# Kinds of names by which claims about other things are told; their words are no content words.
COMPARED = ("destination", "place", "institution", "provider", "program", "type")


def near_claims(
    knowledge: Knowledge,
    text: str,
    reading: Reading,
    topic: Mapping[str, Any],
    entities: Iterable[Mapping[str, Any]],
    limit: int,
) -> list[dict[str, Any]]:
    """Return the claims that most likely answer the (first) question of a message, as the actions read them, best first.

    `topic` and `entities` are those of the message (bot/engine/nlu_component.py).
    """
    asked = _asked(knowledge, text, reading, topic, entities)
    near = _near(knowledge, text, reading, asked)
    likely = claim_ranker().probabilities(claim_features(knowledge, near, asked))
    best = np.argsort(-likely, kind="stable")[:limit]
    tone = {**topic["tone"], ONLY: _asks_for_only(reading.said or text)}
    return [_kept(knowledge, near[at], asked, float(likely[at]), tone) for at in best]


def with_features(
    knowledge: Knowledge, text: str, reading: Reading, topic: Mapping[str, Any], entities: Iterable[Mapping[str, Any]]
) -> tuple[list[NearClaim], NDArray[Any]]:
    """Return the claims near a message in meaning, the nearest first, and the features of each (FEATURES), a row each."""
    asked = _asked(knowledge, text, reading, topic, entities)
    near = _near(knowledge, text, reading, asked)
    return near, claim_features(knowledge, near, asked)


def _near(knowledge: Knowledge, text: str, reading: Reading, asked: Asked) -> list[NearClaim]:
    return knowledge.rank_claims(reading.vector, asked.form, asked.shares, CANDIDATES, reading.said or text)


def _kept(knowledge: Knowledge, one: NearClaim, asked: Asked, likely: float, tone: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the actions need of a claim; `tone` is the question's."""
    return {
        "topic": one.topic,
        "number": one.number,
        "covered": round(part_held(knowledge, one, asked), 2),
        "fit": round(likely, 3),
        "turned": _is_turned(knowledge, one, tone),
    }


def _is_turned(knowledge: Knowledge, one: NearClaim, tone: Mapping[str, Any]) -> bool:
    """Return whether a no, a doubt or an "only" in a question, or in the claim's nearest one, turns it into another one."""
    own = _tone_of(knowledge.texts_of_claims()[one.topic, one.number][1 + one.question])
    return any(own[each] != tone[each] for each in TURNS)


@lru_cache(maxsize=8192)
def _tone_of(question: str) -> dict[str, bool]:
    return {**tone_of(asked_clause(question)), ONLY: _asks_for_only(question)}


def _asks_for_only(question: str) -> bool:
    return ONLY in attributes_in(asked_clause(question))


def _asked(
    knowledge: Knowledge, text: str, reading: Reading, topic: Mapping[str, Any], entities: Iterable[Mapping[str, Any]]
) -> Asked:
    return Asked(
        words=_asked_words(text, reading),
        form=topic["form"],
        shares=dict(reading.topics),
        named=_named(knowledge, entities),
        answerable=reading.answerable,
        is_answerable=reading.is_answerable,
        unknown=len(reading.unknown_names),
        other_words=OTHER in topic["attributes"],
        length=len(text.split()),
    )


def _asked_words(text: str, reading: Reading) -> frozenset[str]:
    """Return the content words of the (first) question of a message."""
    said = reading.said or text
    at = max(text.find(said), 0)
    named = [name for name in reading.names if name.kind in COMPARED and name.start >= at]
    return asked_words(said, [(name.start - at, name.end - at) for name in named])


def _named(knowledge: Knowledge, entities: Iterable[Mapping[str, Any]]) -> frozenset[Named]:
    """Return what a message names, and the destinations that its places lie in; not what only tells of the person."""
    names = [(each["entity"], each["value"]) for each in entities if not each.get("of_person")]
    return with_destinations(knowledge, (name for name in names if name[0] in CATALOGUE_KINDS))
