"""The ranker of claims: what it is told of a question and a claim, and what it learns from labelled questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.knowledge_base import Knowledge
from knowledge.queries.claim_features import Asked, claim_features, part_held
from nlu.classification.claim_ranker import ClaimRanker, claim_ranker
from nlu.extraction.asked_words import stems
from tests.knowledge_fixtures import word_vectors
from tests.test_claims import built


@pytest.fixture
def claimed(tmp_path: Path) -> Knowledge:
    return built(tmp_path)


def test_features_tell_what_a_question_and_a_claim_share(claimed) -> None:
    (vector,) = word_vectors(["weeks needed in canada"])
    ranked = claimed.rank_claims(vector, "how_long", {"benefits/language": 0.9})
    question = Asked(
        stems("weeks needed"), "how_long", {"benefits/language": 0.9}, frozenset({("destination", "canada")})
    )
    first, *others = claim_features(claimed, ranked, question)
    assert ranked[0].number == 1 and first["forms_agree"] and not first["forms_clash"] and first["names_shared"] == 1
    assert first["held"] == 1 and first["nearest"] > 0.9 and first["rank"] == 0 and first["behind"] == 0
    assert first["of_clear_topic"] == 1 and first["held_by_none"] == 0
    assert others[0]["rank"] == 1 and others[0]["held"] == 0 and all(each["behind"] >= 0 for each in others)
    elsewhere = replace(question, named=frozenset({("destination", "australia")}), words=stems("zebras"))
    there = claim_features(claimed, ranked, elsewhere)[0]
    assert there["other_thing"] == 1 and there["held_by_none"] == 1


def test_part_of_a_question_that_a_claim_holds(claimed) -> None:
    (one,) = [each for each in claimed.rank_claims(np.zeros(384, np.float32), "who", {}) if each.number == 2]
    assert part_held(claimed, one, Asked(stems("language zebras"), "who")) == 0.5
    assert part_held(claimed, one, Asked(frozenset(), "who")) == 1.0


def test_ranker_learns_what_answers() -> None:
    pairs = [({"near": near, "noise": noise}, near > 0.5) for near in (0.1, 0.3, 0.7, 0.9) for noise in (0.0, 1.0)]
    ranker = ClaimRanker.fitted([features for features, _ in pairs], [answers for _, answers in pairs])
    assert ranker.probability({"near": 0.8, "noise": 1.0}) > 0.6 > 0.4 > ranker.probability({"near": 0.2, "noise": 0.0})


def test_every_feature_has_a_weight(claimed) -> None:
    ranked = claimed.rank_claims(np.zeros(384, np.float32), "who", {})
    assert set(claim_features(claimed, ranked, Asked(frozenset(), "who"))[0]) == set(claim_ranker().weights)
