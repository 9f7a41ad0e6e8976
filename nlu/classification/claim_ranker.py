"""Tells how likely it is that a claim answers a question, from features of both; knows nothing of either.

A network with one hidden layer over named features (knowledge/queries/claim_features.py), since whether a claim of another form
serves depends on how near it is. Its weights are fitted on questions that people labelled with the claims that answer them
(bench/claim_ranking.py) and stand in nlu/data/claim_ranker.yml.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.data_files import read_weights

HIDDEN, PENALTY, STEPS = 16, 60.0, 150  # hidden units, strength of the penalty on weights, steps of the fit at most
SURE = 30.0  # log-odds beyond which nothing is surer
Numbers = NDArray[Any]


@dataclass(frozen=True)
class ClaimRanker:
    """The weights of each feature for the hidden units, a row each; the units' constants; what they add to the log-odds."""

    names: tuple[str, ...]
    weights: Numbers
    constants: Numbers
    outputs: Numbers
    constant: float

    @classmethod
    def fitted(cls, names: Sequence[str], features: Numbers, answers: Sequence[bool]) -> ClaimRanker:
        """Return the ranker that fits pairs of a question and a claim best, a row of `features` each.

        `answers` tells whether the claim answers. Penalised maximum likelihood on standardised features, always from the same
        start.
        """
        from scipy.optimize import minimize  # an engine that only answers starts faster without it

        means, spreads = features.mean(axis=0), features.std(axis=0)
        spreads[spreads == 0] = 1.0
        columns, wanted = (features - means) / spreads, np.asarray(answers, float)
        start = np.random.default_rng(0).normal(0.0, len(names) ** -0.5, (len(names) + 2) * HIDDEN + 1)
        found = minimize(_loss, start, (columns, wanted), method="L-BFGS-B", jac=True, options={"maxiter": STEPS})
        weights, constants, outputs, constant = _parts(found.x, len(names))
        plain = weights / spreads[:, None]
        return cls(tuple(names), plain, constants - means @ plain, outputs, float(constant))

    def probabilities(self, features: Numbers) -> Numbers:
        """Return the probability that each claim, a row of features, answers the question."""
        log_odds = np.tanh(features @ self.weights + self.constants) @ self.outputs + self.constant
        likely: Numbers = 1 / (1 + np.exp(-np.clip(log_odds, -SURE, SURE)))
        return likely

    def as_yaml(self) -> dict[str, list[float]]:
        """Return the weights as they are stored: those of each feature, then "constants", "outputs" and "constant"."""
        rows = {name: row.tolist() for name, row in zip(self.names, self.weights, strict=True)}
        return {
            **rows,
            "constants": self.constants.tolist(),
            "outputs": self.outputs.tolist(),
            "constant": [self.constant],
        }


def _parts(values: Numbers, features: int) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return what the fit changes as weights, constants, outputs and the last constant."""
    weights, constants, outputs, constant = np.split(values, np.cumsum([features * HIDDEN, HIDDEN, HIDDEN]))
    return weights.reshape(features, HIDDEN), constants, outputs, constant[0]


def _loss(values: Numbers, columns: Numbers, wanted: Numbers) -> tuple[float, Numbers]:
    """Return how badly the weights fit, and in which direction it gets worse."""
    weights, constants, outputs, constant = _parts(values, columns.shape[1])
    hidden = np.tanh(columns @ weights + constants)
    log_odds = np.clip(hidden @ outputs + constant, -SURE, SURE)
    loss = np.logaddexp(0.0, log_odds).sum() - wanted @ log_odds
    penalty = PENALTY / 2 * (np.sum(weights**2) + np.sum(outputs**2))
    slope = 1 / (1 + np.exp(-log_odds)) - wanted
    back = slope[:, None] * outputs * (1 - hidden**2)
    slopes = (columns.T @ back + PENALTY * weights, back.sum(axis=0), hidden.T @ slope + PENALTY * outputs, slope.sum())
    return float(loss + penalty), np.concatenate([np.ravel(part) for part in slopes])


@cache
def claim_ranker() -> ClaimRanker:
    """Return the ranker of nlu/data/claim_ranker.yml."""
    return ranker_of(read_weights("claim_ranker"))


def ranker_of(rows: dict[str, list[float]]) -> ClaimRanker:
    """Return the ranker whose weights `as_yaml` gave."""
    constants, outputs, constant = (np.array(rows.pop(name)) for name in ("constants", "outputs", "constant"))
    return ClaimRanker(tuple(rows), np.array(list(rows.values())), constants, outputs, float(constant[0]))
