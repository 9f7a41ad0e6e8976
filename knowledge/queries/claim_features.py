"""Describes how a claim stands to a question by numbers, from which a trained ranker tells whether it answers it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.contract.question_forms import CLAIM_FORMS, FORMS, WHY, agreement
from knowledge.models import OPEN_SUBJECTS, Claim, NearClaim
from knowledge.queries.claim_names import Named, cost_of_names
from knowledge.queries.claims import ClaimQueries
from nlu.extraction.asked_words import stems

# The names of the features: first what tells of the question alone, then what tells of a claim beside it.
FEATURES = (
    *("answerable", "is_answerable", "left_open", "left_open_log", "of_guide_log", "unknown", "names", "other_words"),
    "length",
    *(f"asked_{form}" for form in FORMS),
    *(
        "held_by_none",
        "said",
        "asked",
        "nearest",
        "score",
        "behind",
        "ahead",
        "rank",
        "held",
        "held_by_text",
        "missing",
    ),
    *("share", "share_log", "of_clear_topic", "beside_clear_topic", "forms_agree", "forms_clash", "reasons_clash"),
    *("other_thing", "names_cost", "names_shared", "names_unasked"),
    *(f"claim_{form}" for form in CLAIM_FORMS),
)
_AS_NUMBERS = {
    form: tuple(float(form == each) for each in FORMS) for form in FORMS
}  # a form is 1 in its place, 0 elsewhere
LEAST_SHARE = 0.01  # below which it tells nothing of a topic how much less likely it is
CLEAR = 0.75  # share of a topic that is clear
MOST_ODDS, MOST_WORDS = 6.0, 30  # beyond which more of them tells nothing


@dataclass(frozen=True)
class Asked:
    """A question as the features see it.

    `words` are the stems of its content words (nlu/extraction/asked_words.py), `shares` the probability of each likely topic,
    `answerable` the log-odds of the best topic against the best open subject, `unknown` is how many names in it are unknown,
    `length` how many words it has. `other_words` tells that it asks something that no attribute stands for.
    """

    words: frozenset[str]
    form: str
    shares: Mapping[str, float] = field(default_factory=dict)
    named: frozenset[Named] = frozenset()
    answerable: float = 0.0
    is_answerable: bool = True
    unknown: int = 0
    other_words: bool = False
    length: int = 0


@dataclass(frozen=True)
class _Words:
    """The stems that each claim holds: in its text, and with its questions; and how much each stem tells."""

    said: dict[tuple[str, int], frozenset[str]]
    held: dict[tuple[str, int], frozenset[str]]
    weights: dict[str, float]
    rare: float  # the weight of a stem that no claim holds


@dataclass(frozen=True)
class _Telling:
    """How much of what a question's words tell each of them tells, together 1; `unheld` is the part of those in no claim."""

    shares: dict[str, float]
    unheld: float

    @classmethod
    def of(cls, asked: Asked, words: _Words) -> _Telling:
        """Return what the words of a question tell: the fewer claims hold a word, the more."""
        weights = {word: words.weights.get(word, words.rare) for word in asked.words}
        total = sum(weights.values())
        shares = {word: weight / total for word, weight in weights.items()}
        return cls(shares, sum(share for word, share in shares.items() if word not in words.weights))

    def parts(self, held: frozenset[str], said: frozenset[str]) -> tuple[float, float, float]:
        """Return which part of what the words tell stands in `held` and in `said`, and in the word that `held` lacks most."""
        missing = [share for word, share in self.shares.items() if word not in held]
        of_said = sum(share for word, share in self.shares.items() if word in said)
        return sum(self.shares.values()) - sum(missing), of_said, max(missing, default=0.0)


def claim_features(knowledge: ClaimQueries, near: Sequence[NearClaim], asked: Asked) -> NDArray[Any]:
    """Return the features of each near claim, a row each in their order; `near` are ranked, the best first."""
    words = _words(knowledge)
    telling = _Telling.of(asked, words)
    of_question = (*_of_question(asked), telling.unheld)
    best, runner_up = (near[0].score, near[1].score) if len(near) > 1 else (near[0].score,) * 2 if near else (0.0, 0.0)
    rows = [
        (
            *of_question,
            *(one.said, one.asked, one.nearest, one.score, best - one.score),
            best - runner_up if at == 0 else 0.0,
            float(at),
            *telling.parts(words.held[one.topic, one.number], words.said[one.topic, one.number]),
            *_agreement(knowledge.claim(one.topic, one.number), asked),
        )
        for at, one in enumerate(near)
    ]
    return np.array(rows).reshape(-1, len(FEATURES))


def part_held(knowledge: ClaimQueries, one: NearClaim, asked: Asked) -> float:
    """Return which part of a question's content words a claim and its questions hold; 1.0 if it has none."""
    held = _words(knowledge).held[one.topic, one.number]
    return len(asked.words & held) / len(asked.words) if asked.words else 1.0


def _of_question(asked: Asked) -> tuple[float, ...]:
    left_open = max((share for key, share in asked.shares.items() if _is_open(key)), default=0.0)
    of_guide = max((share for key, share in asked.shares.items() if not _is_open(key)), default=0.0)
    return (
        max(-MOST_ODDS, min(MOST_ODDS, asked.answerable)),
        float(asked.is_answerable),
        left_open,
        math.log(LEAST_SHARE + left_open),
        math.log(LEAST_SHARE + of_guide),
        float(asked.unknown),
        float(len(asked.named)),
        float(asked.other_words),
        float(min(MOST_WORDS, asked.length)),
        *_AS_NUMBERS[asked.form],
    )


def _agreement(claim: Claim, asked: Asked) -> tuple[float, ...]:
    agrees, cost = agreement(asked.form, claim.form), cost_of_names(claim, asked.named)
    share = asked.shares.get(claim.topic, 0.0)
    return (
        share,
        math.log(1 + share / LEAST_SHARE),
        float(share >= CLEAR),
        float(share < CLEAR <= max(asked.shares.values(), default=0.0)),
        float(agrees > 0),
        float(agrees < 0),
        float((asked.form == WHY) != (claim.form == WHY)),
        float(cost is None),
        cost or 0.0,
        float(len(claim.about & asked.named)),
        float(len(claim.about - asked.named)),
        *_AS_NUMBERS[claim.form][: len(CLAIM_FORMS)],
    )


def _is_open(topic: str) -> bool:
    return topic.startswith(f"{OPEN_SUBJECTS}/")


@lru_cache(maxsize=2)
def _words(knowledge: ClaimQueries) -> _Words:
    """Return the words of all claims; kept, since a rebuilt knowledge base is another object."""
    said: dict[tuple[str, int], frozenset[str]] = {}
    held: dict[tuple[str, int], frozenset[str]] = {}
    for key, texts in knowledge.texts_of_claims().items():
        said[key] = stems(texts[0].lower())
        held[key] = stems(" ".join(texts).lower())
    count = Counter(word for each in held.values() for word in each)
    weights = {word: math.log((len(held) + 1) / (number + 0.5)) for word, number in count.items()}
    return _Words(said, held, weights, max(weights.values(), default=1.0))
