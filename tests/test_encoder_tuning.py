"""The adapter of the sentence model: it fits the published weights, and merging it gives the vectors that it was made for."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from core.settings import Settings
from nlu.encoding.adapter import ADAPTER, BASE, DOWN, PROBE, PROBED, UP, AdapterError, adapted, made_for
from nlu.encoding.encoder import open_encoder
from nlu.encoding.model_files import PUBLISHED, ModelFilesError, prepare
from training.encoder.batches import QUESTIONS, Batches, fold_of

WEIGHT = "encoder.layer.0.output.dense"
MOST_BYTES = 1_500_000


def test_adapter_was_made_for_the_published_weights() -> None:
    assert made_for(ADAPTER) == PUBLISHED["model.safetensors"]
    assert ADAPTER.stat().st_size < MOST_BYTES


def test_graph_gives_the_vector_that_was_tuned() -> None:
    with safe_open(ADAPTER, "np") as file:
        tuned = np.array(json.loads(file.metadata()[PROBED]))
    (vector,) = open_encoder(Settings.from_environment().encoder_dir).encode([PROBE])
    assert vector @ tuned > 0.98  # in integers; the published weights give 0.9


def test_product_is_added_to_the_weight(tmp_path) -> None:
    weights = {f"{WEIGHT}.weight": np.ones((3, 2), np.float32), "other": np.zeros(1, np.float32)}
    up, down = np.array([[1.0], [0.0], [2.0]], np.float16), np.array([[0.5, 1.0]], np.float16)
    save_file({WEIGHT + UP: up, WEIGHT + DOWN: down}, tmp_path / "adapter")
    merged = adapted(weights, tmp_path / "adapter")
    assert merged[f"{WEIGHT}.weight"].tolist() == [[1.5, 2.0], [1.0, 1.0], [2.0, 3.0]]
    assert merged["other"] is weights["other"] and weights[f"{WEIGHT}.weight"].sum() == 6


@pytest.mark.parametrize("shape", [(4, 2), (3, 3)])
def test_adapter_of_another_shape_is_refused(tmp_path, shape) -> None:
    outputs, inputs = shape
    parts = {WEIGHT + UP: np.ones((outputs, 1), np.float16), WEIGHT + DOWN: np.ones((1, inputs), np.float16)}
    save_file(parts, tmp_path / "adapter")
    with pytest.raises(AdapterError, match=WEIGHT):
        adapted({f"{WEIGHT}.weight": np.ones((3, 2), np.float32)}, tmp_path / "adapter")


@pytest.mark.parametrize("metadata", [None, {BASE: "of another model"}])
def test_adapter_for_other_weights_is_refused(tmp_path, metadata) -> None:
    save_file({WEIGHT + UP: np.ones((1, 1), np.float16)}, tmp_path / "adapter", metadata)
    with pytest.raises(ModelFilesError, match="another sentence model"):
        prepare(tmp_path / "encoder", adapter=tmp_path / "adapter")
    assert not Path(tmp_path / "encoder").exists()


def examples() -> dict[str, list[dict[str, object]] | dict[str, list[str]]]:
    claims = {f"topic#{number}": [f"claim {number}", f"ask {number}", f"way {number}"] for number in range(9)}
    keys = list(claims)
    answered = [{"ask": f"q{at}", "text": f"q{at}", "answers": [keys[at % 9]], "near": keys} for at in range(40)]
    unanswered = [{"ask": f"n{at}", "text": f"n{at}", "answers": [], "near": keys} for at in range(20)]
    phrasings = [{"text": f"{label}{at}", "label": label} for label in "ab" for at in range(5)]
    return {"questions": answered + unanswered, "claims": claims, "phrasings": phrasings}


def test_batches_are_the_same_for_the_same_seed_and_leave_a_fold_out() -> None:
    first, again = (list(islice(Batches(examples(), 1, but=0, folds=3), 5)) for _ in range(2))
    assert first == again
    asked = {each for batch in first for each in batch.questions[:QUESTIONS]}
    left_out = {each["ask"] for each in examples()["questions"] if fold_of(each["ask"], each["answers"], 3) == 0}
    assert left_out and not left_out & asked


def test_every_answered_question_is_shown_a_right_claim_and_others_only_near_ones() -> None:
    for batch in islice(Batches(examples(), 1), 5):
        shown = set(batch.owners)
        for ask, right in zip(batch.questions, batch.right, strict=True):
            assert not right if ask.startswith("n") else right & shown
        assert len(batch.texts) == len(batch.owners) and len(batch.phrasings) == len(batch.labels)


def test_questions_of_the_same_claims_share_a_fold() -> None:
    assert fold_of("one", ["b#1", "a#0"], 3) == fold_of("another", ["a#0", "b#1"], 3)
    assert {fold_of(f"near {number}", [], 3) for number in range(30)} == {0, 1, 2}
