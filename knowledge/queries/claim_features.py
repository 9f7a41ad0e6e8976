"""Describes how a claim stands to a question by numbers, from which a trained ranker tells whether it answers it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from core.contract.question_forms import STATEMENT, WHY, YES_NO, agreement
from knowledge.models import OPEN_SUBJECTS, Claim, NearClaim
from knowledge.queries.claim_names import Named, cost_of_names
from knowledge.queries.claims import ClaimQueries
from nlu.extraction.asked_words import stems

LEAST_SHARE = 0.01  # below which it tells nothing of a topic how much less likely it is
CLEAR = 0.75  # share of a topic that is clear
NEAR = 0.6  # cosine from which a question of the claim is near; what lies above counts again
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

    def part(self, held: frozenset[str]) -> float:
        """Return which part of what the question's words tell these words hold; 0.0 if it has none."""
        return sum(share for word, share in self.shares.items() if word in held)


def claim_features(knowledge: ClaimQueries, near: Sequence[NearClaim], asked: Asked) -> list[dict[str, float]]:
    """Return the features of each near claim, in their order; `near` are ranked, the best first."""
    words = _words(knowledge)
    scores = [one.score for one in near]
    of_question, telling = _question_features(asked), _Telling.of(asked, words)
    return [
        {
            **of_question,
            **_likeness(one),
            **_rank(scores, at),
            "held": telling.part(words.held[one.topic, one.number]),
            "held_by_text": telling.part(words.said[one.topic, one.number]),
            "held_by_none": telling.unheld,
            **_agreement(knowledge.claim(one.topic, one.number), asked),
        }
        for at, one in enumerate(near)
    ]


def part_held(knowledge: ClaimQueries, one: NearClaim, asked: Asked) -> float:
    """Return which part of a question's content words a claim and its questions hold; 1.0 if it has none."""
    held = _words(knowledge).held[one.topic, one.number]
    return len(asked.words & held) / len(asked.words) if asked.words else 1.0


def _question_features(asked: Asked) -> dict[str, float]:
    left_open = max((share for key, share in asked.shares.items() if _is_open(key)), default=0.0)
    of_guide = max((share for key, share in asked.shares.items() if not _is_open(key)), default=0.0)
    return {
        "answerable": max(-MOST_ODDS, min(MOST_ODDS, asked.answerable)),
        "is_answerable": float(asked.is_answerable),
        "left_open": left_open,
        "left_open_log": math.log(LEAST_SHARE + left_open),
        "of_guide_log": math.log(LEAST_SHARE + of_guide),
        "unknown": float(asked.unknown),
        "names": float(len(asked.named)),
        "other_words": float(asked.other_words),
        "yes_no": float(asked.form == YES_NO),
        "statement": float(asked.form == STATEMENT),
        "length": float(min(MOST_WORDS, asked.length)),
    }


def _likeness(one: NearClaim) -> dict[str, float]:
    return {
        "said": one.said,
        "asked": one.asked,
        "nearest": one.nearest,
        "nearer": max(0.0, one.nearest - NEAR),
        "score": one.score,
    }


def _rank(scores: Sequence[float], at: int) -> dict[str, float]:
    ahead = scores[0] - scores[1] if at == 0 and len(scores) > 1 else 0.0
    return {"rank": float(at), "behind": scores[0] - scores[at], "ahead": ahead}


def _agreement(claim: Claim, asked: Asked) -> dict[str, float]:
    agrees, cost = agreement(asked.form, claim.form), cost_of_names(claim, asked.named)
    share = asked.shares.get(claim.topic, 0.0)
    return {
        "share": share,
        "share_log": math.log(1 + share / LEAST_SHARE),
        "of_clear_topic": float(share >= CLEAR),
        "beside_clear_topic": float(share < CLEAR <= max(asked.shares.values(), default=0.0)),
        "forms_agree": float(agrees > 0),
        "forms_clash": float(agrees < 0),
        "reasons_clash": float((asked.form == WHY) != (claim.form == WHY)),
        "other_thing": float(cost is None),
        "names_cost": cost or 0.0,
        "names_shared": float(len(claim.about & asked.named)),
        "names_unasked": float(len(claim.about - asked.named)),
    }


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
