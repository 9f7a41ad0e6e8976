"""Fits the ranker of claims on labelled questions, and tells how well it does on those that it was not fitted on.

A labelled question (training/claim_questions/) names the claims that by themselves answer it, or no claim if nothing near it
is known. The ranker is cross-validated over questions, and its weights are written if that is asked for.

The sentence model was tuned on the same questions (training/encoder/), so each is read with a model that was tuned without it
and its like, by the adapters in `var/encoder-folds/`. Otherwise the ranker would learn to trust likeness more than it may.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actions.claims import ANSWERS
from bot.engine.near_claims import with_features
from bot.engine.nlu_component import read_message
from core.guide_pack import sources_dir
from core.settings import PROJECT_ROOT, Settings
from knowledge.building.build import build
from knowledge.knowledge_base import Knowledge, open_knowledge
from knowledge.queries.claim_features import FEATURES
from nlu.classification.claim_ranker import ClaimRanker
from nlu.encoding.encoder import Encoder
from nlu.encoding.model_files import prepare
from nlu.encoding.vector_cache import VectorCache
from nlu.reader import Reader
from training.encoder.batches import fold_of
from training.encoder.examples import labelled_questions
from training.evaluation.scoring import trained_reader

WEIGHTS = PROJECT_ROOT / "nlu" / "data" / "claim_ranker.yml"
HEADER = "# Weights of nlu/classification/claim_ranker.py, written by advisor bench claims --fit"
FOLDS = 5  # of the ranker
ENCODER_FOLDS = 3  # of the sentence model


@dataclass(frozen=True)
class Labelled:
    """The near claims of one question: the features of each, and whether it answers; `answerable` if some claim does."""

    features: NDArray[Any]
    answers: list[bool]
    answerable: bool
    fold: int


@dataclass(frozen=True)
class _Unseen:
    """The sentence model and the knowledge base of one fold, both without its questions."""

    encoder: Encoder
    knowledge: Knowledge


def bench_claims(fit: bool, say: Callable[[str], None]) -> None:
    """Print how well the ranker chooses, and write its weights if `fit`."""
    settings = Settings.from_environment()
    folds = {number: found for number in range(ENCODER_FOLDS) if (found := _unseen(settings, number))}
    if not folds:
        say(
            f"No adapters in {_folder(settings)} (docs/encoder.md): the sentence model was tuned on these questions, so "
            "the figures are too good. Nothing is written."
        )
    labelled = _read(settings, folds)
    say(f"{len(labelled)} labelled questions, {sum(each.answerable for each in labelled)} with an answer")
    rankers = [_fitted(labelled, but=fold) for fold in range(FOLDS)]
    chosen = [(each, *_best(rankers[each.fold], each)) for each in labelled]
    with_answer = [(likely, right) for each, likely, right in chosen if each.answerable]
    without = [likely for each, likely, _ in chosen if not each.answerable]
    say(f"the right claim stands first for {_share([right for _, right in with_answer])} of them")
    for least in (ANSWERS - 0.1, ANSWERS, ANSWERS + 0.1, ANSWERS + 0.2):
        said = [right for likely, right in with_answer if likely >= least]
        say(
            f"from {least:.2f}: right {len([one for one in said if one]) / len(with_answer):.1%}, "
            f"wrong {len([one for one in said if not one]) / len(with_answer):.1%}; "
            f"{_share([likely < least for likely in without])} of the others declined"
        )
    if fit and folds:
        lines = [
            f"{name}: [{', '.join(f'{one:.4f}' for one in row)}]"
            for name, row in _fitted(labelled, None).as_yaml().items()
        ]
        WEIGHTS.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
        say(f"wrote {WEIGHTS.relative_to(PROJECT_ROOT)}")


def _folder(settings: Settings) -> Path:
    return settings.var_dir / "encoder-folds"


def _unseen(settings: Settings, number: int) -> _Unseen | None:
    """Return what has not seen the questions of a fold, or None if its adapter was not made."""
    adapter, folder = _folder(settings) / f"{number}.safetensors", _folder(settings) / str(number)
    if not adapter.is_file():
        return None
    prepare(folder, settings.model_source, adapter)
    encoder = Encoder(folder, adapter)
    encode = VectorCache(encoder, folder).encode
    build(sources_dir(settings), folder / "knowledge.db", folder / "generated", encode)
    return _Unseen(encoder, open_knowledge(folder / "knowledge.db"))


def _read(settings: Settings, folds: dict[int, _Unseen]) -> list[Labelled]:
    """Return the labelled questions; those alone whose fold is known, if one is."""
    reader, knowledge = trained_reader(), open_knowledge(settings.knowledge_db)
    found: list[Labelled] = []
    for each in labelled_questions():
        unseen = folds.get(fold_of(each["ask"], each["answers"], ENCODER_FOLDS))
        if unseen or not folds:
            found.append(_labelled(reader, knowledge, unseen, each["ask"], each["answers"]))
    return found


def _labelled(reader: Reader, knowledge: Knowledge, unseen: _Unseen | None, ask: str, answers: list[str]) -> Labelled:
    reading, topic, names = read_message(reader, ask)
    if unseen:
        knowledge = unseen.knowledge
        reading = replace(reading, vector=unseen.encoder.encode([reader.corrected(reading.said or ask)])[0])
    near, features = with_features(knowledge, ask, reading, topic, names)
    answering = [f"{one.topic}#{one.number}" in answers for one in near]
    return Labelled(features, answering, bool(answers), fold_of(ask, answers, FOLDS))


def _fitted(labelled: Sequence[Labelled], but: int | None) -> ClaimRanker:
    """Return a ranker that was fitted on all questions, without those of one fold."""
    seen = [each for each in labelled if each.fold != but]
    features = np.concatenate([each.features for each in seen])
    return ClaimRanker.fitted(FEATURES, features, [one for each in seen for one in each.answers])


def _best(ranker: ClaimRanker, labelled: Labelled) -> tuple[float, bool]:
    """Return the highest probability among the near claims of a question, and whether that claim answers it."""
    likely = ranker.probabilities(labelled.features)
    best = int(np.argmax(likely))
    return float(likely[best]), labelled.answers[best]


def _share(which: Sequence[bool]) -> str:
    return f"{sum(which) / len(which):.1%}"
