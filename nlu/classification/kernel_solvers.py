"""Two ways to find the weights of the classifier's phrasings, and the choice between them.

Kernel ridge regression solves one linear system, in seconds at thousands of phrasings, and its solution tells exactly what each
phrasing's scores would be had it been left out. Logistic regression in the same kernel takes minutes there; of few phrasings a
label it often makes more, of the advisor's own it makes less (docs/bench.md). So it is tried only where it is quick, and
taken only where it puts more phrasings that it has not seen under their label.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack, solve_triangular

FOLDS = 10  # of cross-validation; so many phrasings every label must have for logistic regression to be tried
QUICK = 2_000  # phrasings up to which it is tried: seconds
ROUNDS = 200  # of its solver at most; it took 20 to 30 on the sets of docs/bench.md
JITTER = 1e-3  # on the kernel's diagonal, where equal phrasings make it singular


@dataclass(frozen=True)
class Penalties:
    """`regularisation` and `balance` (how much more a crowded label is smoothed than a sparse one) of ridge regression;
    `inverse` of logistic regression, as scikit-learn's C."""

    regularisation: float
    balance: float
    inverse: float


@dataclass(frozen=True)
class Solution:
    """Both of shape (phrasings, labels): the `weights` in the kernel, and each phrasing's scores from weights that were found
    without it."""

    weights: np.ndarray
    unseen: np.ndarray


def solve(kernel: np.ndarray, numbers: np.ndarray, penalties: Penalties) -> Solution:
    """For a symmetric positive kernel of phrasings and their labels' numbers, 0 to the highest, each at least once."""
    crowds = np.bincount(numbers)
    if len(numbers) <= QUICK and len(crowds) > 2 and crowds.min() >= FOLDS:
        folds = _folds(numbers)
        unseen = _cross_validated(_logistic, kernel, numbers, penalties, folds)
        if _right(unseen, numbers) > _right(_cross_validated(_ridge, kernel, numbers, penalties, folds), numbers):
            return Solution(_logistic(kernel, numbers, penalties), unseen)
    return ridge(kernel, numbers, penalties)


def ridge(kernel: np.ndarray, numbers: np.ndarray, penalties: Penalties) -> Solution:
    """Kernel ridge regression on one target a label, with exact leave-one-out scores."""
    crowds = np.bincount(numbers)
    smoothing = penalties.regularisation * (crowds[numbers] / crowds.mean()) ** penalties.balance
    inverse, targets = _inverse(_raised(kernel, smoothing)), np.eye(len(crowds), dtype=np.float32)[numbers]
    weights = inverse @ targets
    return Solution(weights, targets - weights / np.diag(inverse)[:, None])


def _ridge(kernel: np.ndarray, numbers: np.ndarray, penalties: Penalties) -> np.ndarray:
    return ridge(kernel, numbers, penalties).weights


def _logistic(kernel: np.ndarray, numbers: np.ndarray, penalties: Penalties) -> np.ndarray:
    """Multinomial logistic regression on the rows of the kernel's triangular root, whose products are the kernel."""
    from sklearn.linear_model import LogisticRegression

    root, trouble = lapack.spotrf(_raised(kernel, JITTER), lower=1, clean=1, overwrite_a=1)
    if trouble:
        raise ArithmeticError("the phrasings' kernel has no root; equal phrasings weigh too much")
    model = LogisticRegression(C=penalties.inverse, fit_intercept=False, max_iter=ROUNDS).fit(root, numbers)
    return solve_triangular(root, model.coef_.T.astype(np.float32), lower=True, trans=1)


def _folds(numbers: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    from sklearn.model_selection import StratifiedKFold

    return list(StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(numbers, numbers))


def _cross_validated(find, kernel: np.ndarray, numbers: np.ndarray, penalties: Penalties, folds: list) -> np.ndarray:
    """The scores of each phrasing from the weights that `find` gives for the other folds."""
    scores = np.zeros((len(numbers), numbers.max() + 1), np.float32)
    for seen, unseen in folds:
        scores[unseen] = kernel[np.ix_(unseen, seen)] @ find(kernel[np.ix_(seen, seen)], numbers[seen], penalties)
    return scores


def _right(scores: np.ndarray, numbers: np.ndarray) -> float:
    return float((scores.argmax(axis=1) == numbers).mean())


def _raised(kernel: np.ndarray, by: np.ndarray | float) -> np.ndarray:
    """A copy with the diagonal raised, as LAPACK likes it."""
    raised = np.array(kernel, np.float32, order="F")
    raised[np.diag_indices_from(raised)] += by
    return raised


def _inverse(matrix: np.ndarray) -> np.ndarray:
    """Of a symmetric positive definite matrix, in single precision: a third of the work of a general inverse."""
    factor, trouble = lapack.spotrf(matrix, lower=1, clean=1, overwrite_a=1)
    half, more_trouble = lapack.spotri(factor, lower=1, overwrite_c=1)
    if trouble or more_trouble:
        raise ArithmeticError("the phrasings' kernel cannot be inverted; raise the recipe's regularisation")
    half = np.tril(half)
    return half + np.tril(half, -1).T
