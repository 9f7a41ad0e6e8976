"""Labels a message by its sentence vector, its letter and word n-grams, and the kinds of names in it.

A kernel method: Gaussian similarity of the sentence vectors plus the dot products of n-grams and of the kinds of names,
with weights found by ridge or by logistic regression (kernel_solvers.py). Both solvers tell what each phrasing's scores
would be if it had not been in training; confidence, the reject rule and the margin of an answer are calibrated by these
scores. Knows nothing of Rasa and nothing of any guide.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nlu.classification.kernel import Kernel, gaussian, nearness
from nlu.classification.tfidf import Ngrams, itself, letter_grams, letters_of, words_of

if TYPE_CHECKING:
    from scipy import sparse

STATE, ARRAYS, LINEAR, GRAPH = "classifier.json", "classifier.npz", "classifier-linear.npy", "classifier.onnx"
CROWDED = 100  # phrasings of a label beyond which more of them change no calibration
RARE_LETTERS = 2  # phrasings that a letter n-gram must occur in to be a feature


@dataclass(frozen=True)
class Recipe:
    """Hyperparameters of training; the defaults were chosen on the project's development phrasings (docs/quality.md)."""

    sharpness: float = 2.5  # of the Gaussian over sentence vectors: exp(-sharpness * (1 - cosine))
    letters_weight: float = 0.35
    words_weight: float = 0.5
    kinds_weight: float = 0.35
    regularisation: float = 0.2
    balance: float = 0.5  # how much more a label with many phrasings is smoothed
    inverse_penalty: float = 30.0  # of logistic regression, if it is used
    accepted: float = 0.97  # share of known questions that the reject rule must let through
    # Share of questions with an answer that must stay answerable. Left-out phrasings are harder than what people ask: 93 % of
    # them are about 98 % of the test phrasings.
    answered: float = 0.94


@dataclass(frozen=True)
class Rivals:
    """Two groups of labels: those that an answer stands for, and those of questions that are known and have none."""

    answers: frozenset[str] = frozenset()
    left_open: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """The label probabilities of one message.

    `shares` is each label's probability, `order` the labels' numbers, best first. `nearness` is the mean cosine to the
    nearest phrasings. `known` is the calibrated verdict that the message is about something in the training phrasings.
    `answerable` are the log-odds of the best label that has an answer against the best that is left open, and
    `is_answerable` the calibrated verdict on them. Winning is not enough: what the advisor answered and does not know, it
    had nearly taken for something left open.
    """

    shares: list[float]
    order: list[int]
    nearness: float
    known: bool
    sureness: float
    answerable: float
    is_answerable: bool


class Classifier:
    """Classifier made by `train` or `load`; `judge` is thread-safe."""

    def __init__(
        self,
        labels: list[str],
        kinds: list[str],
        letters: Ngrams,
        words: Ngrams,
        calibration: dict[str, float],
        recipe: Recipe,
        rivals: Rivals = Rivals(),
    ) -> None:
        self.labels, self._rivals = labels, rivals
        self._answers = [number for number, label in enumerate(labels) if label in rivals.answers]
        self._left_open = [number for number, label in enumerate(labels) if label in rivals.left_open]
        self._kinds, self._letters, self._words = kinds, letters, words
        self._calibration, self._recipe = calibration, recipe
        letters.work_out(word for word in words.vocabulary if " " not in word)

    @classmethod
    def train(
        cls,
        texts: list[str],
        masked: list[str],
        kinds: list[set[str]],
        vectors: NDArray[Any],
        labels: list[str],
        recipe: Recipe = Recipe(),
        rivals: Rivals = Rivals(),
    ) -> Classifier:
        """Train on texts with one label each.

        `masked` are the texts with names replaced by their kind, `kinds` the kinds of names in them, `vectors` their
        unit sentence vectors, shape (texts, size).
        """
        # SciPy: 50 MB that a loaded model does without
        from nlu.classification.kernel_solvers import Penalties, add_products, solve

        names = sorted(set(labels))
        numbers = np.array([names.index(label) for label in labels])
        letters = Ngrams.seen_in(texts, letters_of, letter_grams, RARE_LETTERS)
        words = Ngrams.seen_in(masked, words_of, itself)
        self = cls(names, sorted(set().union(*kinds)), letters, words, {}, recipe, rivals)
        linear = self._linear(texts, masked, kinds)
        cosines = vectors @ vectors.T
        near = nearness(cosines)
        kernel = gaussian(cosines, recipe.sharpness)
        add_products(kernel, linear)
        penalties = Penalties(recipe.regularisation, recipe.balance, recipe.inverse_penalty)
        solution = solve(kernel, numbers, penalties)
        self._use(
            Kernel.of(vectors, solution.weights, recipe.sharpness),
            np.asarray(linear.T @ solution.weights, np.float32),
        )
        self._calibration = self._calibrated(solution.unseen, near, numbers)
        return self

    def judge(self, text: str, masked: str, kinds: set[str], vector: NDArray[Any]) -> Verdict:
        """Return the label probabilities of one message; `vector` is a unit vector of shape (size,)."""
        by_meaning, near = self._kernel.scores(vector)
        columns, weights = self._features(text, masked, kinds)
        scores = self._calibration["temperature"] * (by_meaning + weights @ self._linear_weights[columns])
        shares, margin = _softmax(scores), float(self._margin(scores))
        sureness = self._sureness(float(_certainty(shares)), near)
        known = sureness >= self._calibration["threshold"]
        answerable = margin >= self._calibration["answer_at"]
        return Verdict(shares.tolist(), np.argsort(-shares).tolist(), near, known, sureness, margin, answerable)

    def save(self, folder: Path) -> None:
        """Write the state as JSON, arrays and an ONNX graph; none of these runs code when it is loaded."""
        state = {
            "labels": self.labels,
            "kinds": self._kinds,
            "calibration": self._calibration,
            "recipe": asdict(self._recipe),
            "rivals": {group: sorted(labels) for group, labels in vars(self._rivals).items()},
            "letters": self._letters.vocabulary,
            "words": self._words.vocabulary,
        }
        (folder / STATE).write_text(json.dumps(state), encoding="utf-8")
        graph = self._kernel.graph
        (folder / GRAPH).write_bytes(graph if isinstance(graph, bytes) else graph.read_bytes())
        np.savez(folder / ARRAYS, letters_idf=self._letters.idf, words_idf=self._words.idf)
        np.save(folder / LINEAR, self._linear_weights)

    @classmethod
    def load(cls, folder: Path) -> Classifier:
        """Return the classifier that `save` wrote to a folder."""
        state = json.loads((folder / STATE).read_text(encoding="utf-8"))
        with np.load(folder / ARRAYS) as stored:
            arrays = {name: stored[name] for name in stored.files}
        letters = Ngrams(letters_of, letter_grams, state["letters"], arrays["letters_idf"])
        words = Ngrams(words_of, itself, state["words"], arrays["words_idf"])
        rivals = Rivals(**{group: frozenset(labels) for group, labels in state["rivals"].items()})
        recipe = Recipe(**state["recipe"])
        self = cls(state["labels"], state["kinds"], letters, words, state["calibration"], recipe, rivals)
        # A message needs a hundred rows of 20,000, so the file stays on disk; it may be deleted meanwhile.
        self._use(Kernel(folder / GRAPH), np.asarray(np.load(folder / LINEAR, mmap_mode="r")))
        return self

    def _use(self, kernel: Kernel, linear_weights: NDArray[Any]) -> None:
        """Take over a kernel and the weights of the linear features, shape (features, labels)."""
        self._kernel, self._linear_weights = kernel, linear_weights

    def _features(self, text: str, masked: str, kinds: set[str]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the columns and weights of one text's n-grams and kinds; the columns are those of `_linear`."""
        letters, letter_weights = self._letters.weights(text)
        words, word_weights = self._words.weights(masked)
        words_from = len(self._letters.vocabulary)
        kinds_from = words_from + len(self._words.vocabulary)
        present = [kinds_from + number for number, kind in enumerate(self._kinds) if kind in kinds]
        columns = np.concatenate([letters, words + words_from, np.array(present, np.intp)])
        weights: list[NDArray[Any]] = [
            self._recipe.letters_weight * letter_weights,
            self._recipe.words_weight * word_weights,
            np.full(len(present), self._recipe.kinds_weight, np.float32),
        ]
        return columns, np.concatenate(weights)

    def _linear(self, texts: list[str], masked: list[str], kinds: list[set[str]]) -> sparse.csr_matrix:
        """Return the weighted n-gram and kind features, shape (texts, features)."""
        from scipy import sparse

        rows = [self._features(*row) for row in zip(texts, masked, kinds, strict=True)]
        size = len(self._letters.vocabulary) + len(self._words.vocabulary) + len(self._kinds)
        ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        columns, weights = (np.concatenate(column) for column in zip(*rows, strict=True))
        return sparse.csr_matrix((weights, columns, ends), (len(texts), size))

    def _calibrated(self, unseen: NDArray[Any], near: NDArray[Any], numbers: NDArray[Any]) -> dict[str, float]:
        """Return temperature, scales and thresholds from the scores of phrasings left out of training, (phrasings, labels).

        `near` is the nearness of each phrasing to the others.
        """
        temperature = _temperature(unseen, numbers)
        certainty = _certainty(_softmax(temperature * unseen))
        self._calibration = {
            "temperature": temperature,
            "certainty_mean": float(certainty.mean()),
            "certainty_spread": float(certainty.std()) or 1.0,
            "near_mean": float(near.mean()),
            "near_spread": float(near.std()) or 1.0,
        }
        sureness = [self._sureness(*pair) for pair in zip(certainty, near, strict=True)]
        return {
            **self._calibration,
            "threshold": float(np.quantile(sureness, 1 - self._recipe.accepted)),
            "answer_at": self._answer_at(temperature * unseen, numbers),
        }

    def _answer_at(self, unseen: NDArray[Any], numbers: NDArray[Any]) -> float:
        """Return the margin from which a question is answered.

        All but the least certain of the left-out phrasings that have an answer reach it, of those whose own label is the
        best answer: a margin won by a wrong answer says nothing.
        """
        if not (self._answers and self._left_open):
            return 0.0
        best = np.array(self._answers)[unseen[:, self._answers].argmax(axis=1)]
        margins = self._margin(unseen[best == numbers])
        return float(np.quantile(margins, 1 - self._recipe.answered)) if len(margins) else 0.0

    def _margin(self, scores: NDArray[Any]) -> NDArray[Any]:
        """Return how far the best answer's score is above that of the best label left open; 0 without such labels."""
        if not (self._answers and self._left_open):
            return np.zeros(scores.shape[:-1])
        margin: NDArray[Any] = scores[..., self._answers].max(axis=-1) - scores[..., self._left_open].max(axis=-1)
        return margin

    def _sureness(self, certainty: float, nearness: float) -> float:
        """Return the sum of certainty and nearness, each standardised.

        Of several scores, this one told unknown messages best on a public data set (CLINC150).
        """
        scale = self._calibration
        return float(
            (certainty - scale["certainty_mean"]) / scale["certainty_spread"]
            + (nearness - scale["near_mean"]) / scale["near_spread"]
        )


def _temperature(scores: NDArray[Any], numbers: NDArray[Any]) -> float:
    """Return the factor of the scores that makes the true labels most likely under their softmax.

    A label counts no more than CROWDED phrasings: one that takes in hundreds of subjects is hard to tell for each phrasing
    left out, and would make all others seem less certain than they are.
    """
    from scipy.optimize import minimize_scalar

    weights = np.minimum(1.0, CROWDED / np.bincount(numbers)[numbers])

    def loss(factor: float) -> float:
        logs = np.log(_softmax(factor * scores)[np.arange(len(numbers)), numbers] + 1e-12)
        return -float(np.average(logs, weights=weights))

    return float(minimize_scalar(loss, bounds=(1.0, 60.0), method="bounded", options={"xatol": 0.1}).x)


def _softmax(scores: NDArray[Any]) -> NDArray[Any]:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: NDArray[Any] = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def _certainty(shares: NDArray[Any]) -> NDArray[Any]:
    """Return the negative entropy of each row of probabilities: 0 if one label has it all, lower the more labels share it."""
    certainty: NDArray[Any] = (shares * np.log(shares + 1e-12)).sum(axis=-1)
    return certainty
