"""Fits the ranker of topics that are known by their texts alone, and tells how well it does on questions that it has not seen.

The project's guide stands in for pages of organisations: again and again some of its topics are taken with one question each
and their answers. Asked are labelled questions and other ways of asking; those to topics that were left out are near, and have
no answer there.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from bench.claim_ranking import QUESTIONS
from core.guide_pack import sources_dir
from core.settings import PROJECT_ROOT, Settings
from knowledge.building.load import collect
from knowledge.building.sources import Findings
from nlu.classification.claim_ranker import ClaimRanker
from nlu.classification.topic_matcher import FEATURES, TextsOfGuide, TopicMatcher
from nlu.encoding.encoder import open_encoder
from nlu.encoding.vector_cache import VectorCache
from training.pack_examples import texts_of

WEIGHTS = PROJECT_ROOT / "nlu" / "data" / "topic_ranker.yml"
HEADER = "# Weights of nlu/classification/topic_matcher.py, written by advisor bench topics --fit"
PAGES, ASKED = 12, 200  # pages made up, questions of each kind asked of each
TOPICS = (10, 20, 40, 60)  # topics of a page, of which one is drawn
NEAREST = 8  # topics of a page that are looked at for a question; that others don't answer is easily told
WAYS = 12  # ways of asking of a topic that are questions
WAYS_TAUGHT = (1, 1, 1, 2, 5)  # ways of asking that a topic of a page has, of which one is drawn
FOLDS = 4
Question = tuple[str, frozenset[str]]


@dataclass(frozen=True)
class Asked:
    """One question to one page: the features of the nearest topics, whether each answers, and whether any topic does."""

    features: NDArray[Any]
    answers: NDArray[Any]
    answerable: bool


def bench_topics(fit: bool, say: Callable[[str], None]) -> None:
    """Print how well the ranker chooses among topics, and write its weights if `fit`."""
    pages = _pages()
    held = [
        (_fitted([page for other, page in enumerate(pages) if other % FOLDS != fold]), fold) for fold in range(FOLDS)
    ]
    best = [_best(ranker, one) for ranker, fold in held for page in pages[fold::FOLDS] for one in page]
    with_answer = [(likely, right) for likely, right, has in best if has]
    without = [likely for likely, _, has in best if not has]
    say(f"the right topic stands first for {np.mean([right for _, right in with_answer]):.1%}")
    for least in (0.2, 0.25, 0.3, 0.35, 0.4, 0.5):
        right = np.mean([right and likely >= least for likely, right in with_answer])
        wrong = np.mean([not right and likely >= least for likely, right in with_answer])
        declined = np.mean([likely < least for likely in without])
        say(f"from {least:.2f}: right {right:.1%}, wrong {wrong:.1%}; {declined:.1%} of the others declined")
    if fit:
        rows = _fitted(pages).as_yaml().items()
        lines = [f"{name}: [{', '.join(f'{one:.4f}' for one in row)}]" for name, row in rows]
        WEIGHTS.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
        say(f"wrote {WEIGHTS.relative_to(PROJECT_ROOT)}")


def _pages() -> list[list[Asked]]:
    """Return what is asked of each page that the guide stands in for."""
    settings = Settings.from_environment()
    rows = collect(sources_dir(settings), Findings()).of("topic")
    encode = VectorCache(open_encoder(settings.encoder_dir), settings.encoder_dir).encode
    questions = [*_labelled(), *((text, frozenset([row["key"]])) for row in rows for text in row["ask"][:WAYS])]
    return [_page(random.Random(number), rows, questions, encode) for number in range(PAGES)]


def _labelled() -> list[Question]:
    yaml = YAML(typ="safe")
    read = [each for path in sorted(QUESTIONS.glob("*.yml")) for each in yaml.load(path)["questions"]]
    return [(each["ask"], frozenset(claim.partition("#")[0] for claim in each["answers"])) for each in read]


def _page(chance: random.Random, rows: Sequence[Any], questions: Sequence[Question], encode: Any) -> list[Asked]:
    chosen = chance.sample(rows, chance.choice(TOPICS))
    # Ways of asking beyond the first ones, so that none is asked that is taught.
    taught = [texts_of(row, chance.sample(row["ask"][WAYS:], chance.choice(WAYS_TAUGHT))) for row in chosen]
    matcher, keys = TopicMatcher.of(TextsOfGuide(tuple(taught)), encode), [row["key"] for row in chosen]
    there = [each for each in questions if each[1] & set(keys)]
    near = [each for each in questions if not each[1] & set(keys)]
    asked = [*chance.sample(there, min(ASKED, len(there))), *chance.sample(near, min(ASKED, len(there)))]
    vectors = encode([text for text, _ in asked])
    return [_asked(matcher, keys, *each) for each in zip(asked, vectors, strict=True)]


def _asked(matcher: TopicMatcher, keys: Sequence[str], question: Question, vector: NDArray[Any]) -> Asked:
    features = matcher.features(vector, len(question[0].split()))
    nearest = np.argsort(features[:, FEATURES.index("behind")])[:NEAREST]
    return Asked(
        features[nearest],
        np.array([keys[at] in question[1] for at in nearest]),
        any(key in question[1] for key in keys),
    )


def _fitted(pages: Sequence[Sequence[Asked]]) -> ClaimRanker:
    asked = [one for page in pages for one in page]
    features, answers = (
        np.concatenate(column) for column in ([one.features for one in asked], [one.answers for one in asked])
    )
    return ClaimRanker.fitted(FEATURES, features, answers.tolist())


def _best(ranker: ClaimRanker, one: Asked) -> tuple[float, bool, bool]:
    """Return the highest probability among the topics, whether that topic answers, and whether one does."""
    likely = ranker.probabilities(one.features)
    at = int(np.argmax(likely))
    return float(likely[at]), bool(one.answers[at]), one.answerable
