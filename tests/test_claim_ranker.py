"""The ranker of claims: what it is told of a question and a claim, and what it learns from labelled questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.knowledge_base import Knowledge
from knowledge.models import NearClaim
from knowledge.queries.claim_features import FEATURES, Asked, claim_features, part_held
from nlu.classification.claim_ranker import ClaimRanker, claim_ranker
from nlu.extraction.asked_words import stems
from tests.knowledge_fixtures import word_vectors
from tests.test_claims import built


def features_of(knowledge: Knowledge, ranked: list[NearClaim], asked: Asked) -> list[dict[str, float]]:
    rows = claim_features(knowledge, ranked, asked)
    return [dict(zip(FEATURES, row, strict=True)) for row in rows.tolist()]


@pytest.fixture
def claimed(tmp_path: Path) -> Knowledge:
    return built(tmp_path)


def test_features_tell_what_a_question_and_a_claim_share(claimed) -> None:
    (vector,) = word_vectors(["weeks needed in canada"])
    ranked = claimed.rank_claims(vector, "how_long", {"benefits/language": 0.9})
    question = Asked(
        stems("weeks needed"), "how_long", {"benefits/language": 0.9}, frozenset({("destination", "canada")})
    )
    first, *others = features_of(claimed, ranked, question)
    assert ranked[0].number == 1 and first["forms_agree"] and not first["forms_clash"] and first["names_shared"] == 1
    assert first["held"] == 1 and first["nearest"] > 0.9 and first["rank"] == 0 and first["behind"] == 0
    assert first["of_clear_topic"] == 1 and first["held_by_none"] == 0
    assert others[0]["rank"] == 1 and others[0]["held"] == 0 and all(each["behind"] >= 0 for each in others)
    elsewhere = replace(question, named=frozenset({("destination", "australia")}), words=stems("zebras"))
    there = features_of(claimed, ranked, elsewhere)[0]
    assert there["other_thing"] == 1 and there["held_by_none"] == there["missing"] == 1
    assert first["asked_how_long"] == first["claim_how_long"] == 1 and first["asked_who"] == first["claim_who"] == 0


def test_part_of_a_question_that_a_claim_holds(claimed) -> None:
    (one,) = [each for each in claimed.rank_claims(np.zeros(384, np.float32), "who", {}) if each.number == 2]
    assert part_held(claimed, one, Asked(stems("language zebras"), "who")) == 0.5
    assert part_held(claimed, one, Asked(frozenset(), "who")) == 1.0


def test_ranker_learns_what_answers() -> None:
    """What answers here is near and of the form, or neither: no sum of the two tells that."""
    features = np.array([(near, form) for near in np.linspace(0, 1, 21) for form in (0.0, 1.0)] * 20)
    answers = [(near > 0.5) == bool(form) for near, form in features]
    ranker = ClaimRanker.fitted(("near", "form"), features, answers)
    likely = ranker.probabilities(np.array([(0.9, 1.0), (0.1, 0.0), (0.9, 0.0), (0.1, 1.0)]))
    assert min(likely[:2]) > 0.6 > 0.4 > max(likely[2:])
    assert set(ranker.as_yaml()) == {"near", "form", "constants", "outputs", "constant"}


def test_every_feature_has_a_weight(claimed) -> None:
    ranked = claimed.rank_claims(np.zeros(384, np.float32), "who", {})
    likely = claim_ranker().probabilities(claim_features(claimed, ranked, Asked(frozenset(), "who")))
    assert claim_ranker().names == FEATURES and likely.shape == (len(ranked),)
    assert claim_features(claimed, [], Asked(frozenset(), "who")).shape == (0, len(FEATURES))
