"""Tells how likely it is that a claim answers a question, from features of both; knows nothing of either.

A logistic regression over named features (knowledge/queries/claim_features.py). Its weights are fitted on questions that people
labelled with the claims that answer them (training/claim_ranking.py) and stand in nlu/data/claim_ranker.yml.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from nlu.data_files import read_numbers

ROUNDS, STEP_PENALTY = 50, 2.0  # Newton steps at most; strength of the penalty on weights


@dataclass(frozen=True)
class ClaimRanker:
    """Weights of features by name, and the constant that is added."""

    weights: Mapping[str, float]
    constant: float

    @classmethod
    def fitted(cls, features: Sequence[Mapping[str, float]], answers: Sequence[bool]) -> ClaimRanker:
        """Return the ranker that fits pairs of a question and a claim best; `answers` tells whether the claim answers it.

        Ridge-penalised maximum likelihood on standardised features, found by Newton's method.
        """
        names = sorted(features[0])
        values = np.array([[each[name] for name in names] for each in features], float)
        means, spreads = values.mean(axis=0), values.std(axis=0) + 1e-9
        columns = np.column_stack([(values - means) / spreads, np.ones(len(values))])
        weights = np.zeros(columns.shape[1])
        penalty = np.diag([*([STEP_PENALTY] * len(names)), 0.0])
        for _ in range(ROUNDS):
            likely = 1 / (1 + np.exp(-columns @ weights))
            slope = columns.T @ (np.asarray(answers, float) - likely) - penalty @ weights
            bend = (columns * (likely * (1 - likely))[:, None]).T @ columns + penalty
            step = np.linalg.solve(bend, slope)
            weights += step
            if np.abs(step).max() < 1e-6:
                break
        plain = weights[:-1] / spreads
        return cls(dict(zip(names, plain.tolist(), strict=True)), float(weights[-1] - plain @ means))

    def probability(self, features: Mapping[str, float]) -> float:
        """Return the probability that the claim with these features answers the question."""
        log_odds = self.constant + sum(weight * features[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


@cache
def claim_ranker() -> ClaimRanker:
    """Return the ranker of nlu/data/claim_ranker.yml."""
    numbers = read_numbers("claim_ranker")
    return ClaimRanker({name: number for name, number in numbers.items() if name != "constant"}, numbers["constant"])
