"""Fits the ranker of claims on labelled questions, and tells how well it does on those that it was not fitted on.

A labelled question (training/claim_questions/) names the claims that by themselves answer it, or no claim if nothing near it
is known. The ranker is cross-validated over questions, and its weights are written if that is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from actions.claims import ANSWERS
from bot.engine.near_claims import with_features
from bot.engine.nlu_component import read_message
from core.settings import PROJECT_ROOT, Settings
from knowledge.knowledge_base import Knowledge, open_knowledge
from knowledge.queries.claim_features import FEATURES
from nlu.classification.claim_ranker import ClaimRanker
from nlu.reader import Reader
from training.evaluation.scoring import trained_reader

QUESTIONS = PROJECT_ROOT / "training" / "claim_questions"
WEIGHTS = PROJECT_ROOT / "nlu" / "data" / "claim_ranker.yml"
HEADER = "# Weights of nlu/classification/claim_ranker.py, written by advisor bench claims --fit"
FOLDS = 5


@dataclass(frozen=True)
class Labelled:
    """The near claims of one question: the features of each, and whether it answers; `answerable` if some claim does."""

    features: NDArray[Any]
    answers: list[bool]
    answerable: bool


def bench_claims(fit: bool, say: Callable[[str], None]) -> None:
    """Print how well the ranker chooses, and write its weights if `fit`."""
    labelled = _read()
    say(f"{len(labelled)} labelled questions, {sum(each.answerable for each in labelled)} with an answer")
    rankers = [_fitted(labelled, but=fold) for fold in range(FOLDS)]
    chosen = [(each, *_best(rankers[number % FOLDS], each)) for number, each in enumerate(labelled)]
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
    if fit:
        lines = [
            f"{name}: [{', '.join(f'{one:.4f}' for one in row)}]"
            for name, row in _fitted(labelled, None).as_yaml().items()
        ]
        WEIGHTS.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
        say(f"wrote {WEIGHTS.relative_to(PROJECT_ROOT)}")


def _read() -> list[Labelled]:
    reader, knowledge = trained_reader(), open_knowledge(Settings.from_environment().knowledge_db)
    yaml = YAML(typ="safe")
    questions = [each for path in sorted(QUESTIONS.glob("*.yml")) for each in yaml.load(path)["questions"]]
    return [_labelled(reader, knowledge, each["ask"], each["answers"]) for each in questions]


def _labelled(reader: Reader, knowledge: Knowledge, ask: str, answers: list[str]) -> Labelled:
    near, features = with_features(knowledge, ask, *read_message(reader, ask))
    return Labelled(features, [f"{one.topic}#{one.number}" in answers for one in near], bool(answers))


def _fitted(labelled: Sequence[Labelled], but: int | None) -> ClaimRanker:
    """Return a ranker that was fitted on all questions, without those of one fold."""
    seen = [each for number, each in enumerate(labelled) if number % FOLDS != but]
    features = np.concatenate([each.features for each in seen])
    return ClaimRanker.fitted(FEATURES, features, [one for each in seen for one in each.answers])


def _best(ranker: ClaimRanker, labelled: Labelled) -> tuple[float, bool]:
    """Return the highest probability among the near claims of a question, and whether that claim answers it."""
    likely = ranker.probabilities(labelled.features)
    best = int(np.argmax(likely))
    return float(likely[best]), labelled.answers[best]


def _share(which: Sequence[bool]) -> str:
    return f"{sum(which) / len(which):.1%}"
