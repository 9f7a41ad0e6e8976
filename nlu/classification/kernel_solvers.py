"""Finds the weights of the classifier's phrasings in two ways and chooses the better one.

Kernel ridge regression solves one linear system, in seconds for thousands of phrasings, and its solution gives exact
leave-one-out scores. Logistic regression in the same kernel takes minutes for as many. With few phrasings a label it is
often more accurate, with the advisor's own phrasings less (docs/bench.md). So it is tried only if it is quick, and used
only if it labels more left-out phrasings correctly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack, solve_triangular

FOLDS = 10  # of cross-validation; a label with fewer phrasings rules out logistic regression
COMMON = 200  # phrasings that a feature stands in from which products are quicker with all zeros written out
QUICK = 2_000  # phrasings up to which logistic regression takes seconds and is tried
ROUNDS = 200  # iterations at most; it took 20 to 30 on the data sets of docs/bench.md
JITTER = 1e-3  # added to the kernel's diagonal, which equal phrasings would make singular


@dataclass(frozen=True)
class Penalties:
    """Strength of regularisation of the solvers.

    Ridge regression takes `regularisation` and `balance`, how much more a label with many phrasings is smoothed than
    one with few; logistic regression takes `inverse`, scikit-learn's C.
    """

    regularisation: float
    balance: float
    inverse: float


@dataclass(frozen=True)
class Solution:
    """Weights in the kernel, and each phrasing's scores from weights found without it; both of shape (phrasings, labels)."""

    weights: NDArray[Any]
    unseen: NDArray[Any]


def add_products(kernel: NDArray[Any], features: sparse.csr_matrix) -> None:
    """Add to a kernel the dot products of the phrasings' features, shape (phrasings, features).

    One feature in fifty stands in hundreds of phrasings; these make for nearly all of the work of a sparse product.
    """
    counts = np.bincount(features.indices, minlength=features.shape[1])
    common = features[:, counts >= COMMON].toarray()
    kernel += common @ common.T
    rare = features[:, counts < COMMON]
    products = (rare @ rare.T).tocoo()
    kernel[products.row, products.col] += products.data


def solve(kernel: NDArray[Any], numbers: NDArray[Any], penalties: Penalties) -> Solution:
    """Return the better of both solutions.

    `kernel` is symmetric and positive, `numbers` are the phrasings' label numbers, from 0 to the highest, each at least
    once.
    """
    crowds = np.bincount(numbers)
    if len(numbers) <= QUICK and len(crowds) > 2 and crowds.min() >= FOLDS:
        folds = _folds(numbers)
        unseen = _cross_validated(_logistic, kernel, numbers, penalties, folds)
        if _right(unseen, numbers) > _right(_cross_validated(_ridge, kernel, numbers, penalties, folds), numbers):
            return Solution(_logistic(kernel, numbers, penalties), unseen)
    return ridge(kernel, numbers, penalties)


def ridge(kernel: NDArray[Any], numbers: NDArray[Any], penalties: Penalties) -> Solution:
    """Solve kernel ridge regression with one target a label; the leave-one-out scores are exact."""
    crowds = np.bincount(numbers)
    smoothing = penalties.regularisation * (crowds[numbers] / crowds.mean()) ** penalties.balance
    targets = np.eye(len(crowds), dtype=np.float32)[numbers]
    weights, diagonal = _solved(_raised(kernel, smoothing), targets)
    return Solution(weights, targets - weights / diagonal[:, None])


def _ridge(kernel: NDArray[Any], numbers: NDArray[Any], penalties: Penalties) -> NDArray[Any]:
    return ridge(kernel, numbers, penalties).weights


def _logistic(kernel: NDArray[Any], numbers: NDArray[Any], penalties: Penalties) -> NDArray[Any]:
    """Return the weights of multinomial logistic regression in the kernel.

    It is solved on the rows of the kernel's triangular root, whose products are the kernel.
    """
    from sklearn.linear_model import LogisticRegression

    root, trouble = lapack.spotrf(_raised(kernel, JITTER), lower=1, clean=1, overwrite_a=1)
    if trouble:
        raise ArithmeticError("the phrasings' kernel has no root; equal phrasings weigh too much")
    model = LogisticRegression(C=penalties.inverse, fit_intercept=False, max_iter=ROUNDS).fit(root, numbers)
    weights: NDArray[Any] = solve_triangular(root, model.coef_.T.astype(np.float32), lower=True, trans=1)
    return weights


def _folds(numbers: NDArray[Any]) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    from sklearn.model_selection import StratifiedKFold

    return list(StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(numbers, numbers))


def _cross_validated(
    find: Callable[[NDArray[Any], NDArray[Any], Penalties], NDArray[Any]],
    kernel: NDArray[Any],
    numbers: NDArray[Any],
    penalties: Penalties,
    folds: list[tuple[NDArray[Any], NDArray[Any]]],
) -> NDArray[Any]:
    """Return the scores of each phrasing from the weights that `find` gives for the other folds."""
    scores = np.zeros((len(numbers), numbers.max() + 1), np.float32)
    for seen, unseen in folds:
        scores[unseen] = kernel[np.ix_(unseen, seen)] @ find(kernel[np.ix_(seen, seen)], numbers[seen], penalties)
    return scores


def _right(scores: NDArray[Any], numbers: NDArray[Any]) -> float:
    return float((scores.argmax(axis=1) == numbers).mean())


def _raised(kernel: NDArray[Any], by: NDArray[Any] | float) -> NDArray[Any]:
    """Return a copy with a raised diagonal, in the memory order of LAPACK."""
    raised = np.array(kernel, np.float32, order="F")
    raised[np.diag_indices_from(raised)] += by
    return raised


def _solved(matrix: NDArray[Any], targets: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the inverse of a symmetric positive definite matrix times the targets, and the inverse's diagonal.

    In single precision, from the inverse of the triangular root: the inverse itself would take half as much work again.
    """
    root, trouble = lapack.spotrf(matrix, lower=1, clean=1, overwrite_a=1)
    inverse, more_trouble = lapack.strtri(root, lower=1, overwrite_c=1)
    if trouble or more_trouble:
        raise ArithmeticError("the phrasings' kernel cannot be inverted; raise the recipe's regularisation")
    weights: NDArray[Any] = inverse.T @ (inverse @ targets)
    return weights, np.einsum("ij,ij->j", inverse, inverse)
