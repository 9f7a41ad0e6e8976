"""Queries of the guide's claims, and which of them answer a question best."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.contract.question_forms import FORMS, agreement
from knowledge.db_format import AXES, REBUILD, VECTOR_LENGTH, WITH_WORDS
from knowledge.errors import KnowledgeDamaged, UnknownKey
from knowledge.hashed_words import hashed_words
from knowledge.models import Claim, NearClaim
from knowledge.queries.db import Reader

# What makes a claim fit a question, in cosines along the claims' axes. Chosen on the labelled questions of
# training/claim_questions/: the right claim comes first for 72 % of them, and is among the first 16 for 97 %.
ASKED, NEAREST, SAID = (
    1.0,
    1.0,
    0.5,
)  # likeness to its questions on average, to the nearest of them, and to what it says
FORMS_AGREE, FORMS_CLASH = 0.18, 0.13
SHARE, LEAST_SHARE = 0.08, 0.01  # of the logarithm of the topic's share
_VECTORS = (
    "SELECT topic, number, position + 1 AS place, vector FROM claim_ask WHERE vector IS NOT NULL "
    "UNION ALL SELECT topic, number, 0, vector FROM claim WHERE vector IS NOT NULL ORDER BY topic, number, place"
)
LEAST_LENGTH = 1e-9  # of a vector that is divided by it
ClaimKey = tuple[str, int]


@dataclass(frozen=True)
class _Index:
    """The vectors of all claims: each claim's text and then its questions, from its number in `starts` on."""

    keys: list[ClaimKey]
    rows: NDArray[Any]
    axes: NDArray[Any]  # what turns a sentence vector into one that is compared with the rows
    starts: NDArray[Any]
    questions: NDArray[Any]  # how many of its questions each claim has
    topics: dict[str, slice]  # where a topic's claims stand in `keys`
    agreements: dict[str, NDArray[Any]]  # for each form of a question, what each claim's form is worth


class ClaimQueries(Reader):
    """Queries for claims; `claim` raises UnknownKey if there is no such claim."""

    def claim(self, topic: str, number: int) -> Claim:
        """Return one claim of a topic."""
        try:
            return self._claims[topic, number]
        except KeyError:
            raise UnknownKey("claim", f"{topic}#{number}") from None

    def has_claim(self, topic: str, number: int) -> bool:
        """Return whether a topic has a claim of this number."""
        return (topic, number) in self._claims

    def claims(self, topic: str) -> list[Claim]:
        """Return the claims of a topic in the guide's order."""
        return [claim for (owner, _), claim in self._claims.items() if owner == topic]

    def texts_of_claims(self) -> Mapping[ClaimKey, tuple[str, ...]]:
        """Return for each claim, by topic and number, what it says and the questions that it answers."""
        return self._claim_texts

    def rank_claims(
        self, vector: NDArray[Any], form: str, shares: Mapping[str, float], limit: int = 16, text: str = ""
    ) -> list[NearClaim]:
        """Return the claims that fit a question, best first; none if the database was built without vectors.

        `vector` is the question's sentence vector, `form` its form, `shares` the probability of each likely topic,
        `text` the question itself, whose words count beside the vector.
        """
        index = self._index
        if not index.keys:
            return []
        asked = np.asarray(vector, dtype=np.float32).reshape(-1)
        if asked.shape != (VECTOR_LENGTH,):
            raise ValueError(f"the vector has {asked.size} numbers, a sentence's {VECTOR_LENGTH}")
        cosines = _cosines(index, asked, hashed_words(text))
        said, mean, nearest = _of_claims(index, cosines)
        likeness = ASKED * mean + NEAREST * nearest + SAID * said
        scores = likeness + index.agreements[form]
        for topic, share in shares.items():
            scores[index.topics.get(topic, slice(0))] += SHARE * np.log(1 + share / LEAST_SHARE)
        best = np.argsort(-scores, kind="stable")[:limit]
        numbers = np.stack([scores, likeness, said, mean, nearest], axis=1)[best].tolist()
        return [
            _near_claim(index.keys[at], *row, question=_nearest_question(index, cosines, at))
            for at, row in zip(best.tolist(), numbers, strict=True)
        ]

    @cached_property
    def _claims(self) -> dict[ClaimKey, Claim]:
        """Every claim by topic and number: some hundreds, of which each question needs a few."""
        names: dict[ClaimKey, tuple[set[tuple[str, str]], ...]] = defaultdict(lambda: (set(), set()))
        for row in self.rows("SELECT topic, number, kind, name, about FROM claim_name"):
            names[row["topic"], row["number"]][row["about"]].add((row["kind"], row["name"]))
        sources = {
            section.key: section for section in map(self.source, self.column("SELECT key FROM section")) if section
        }
        found: dict[ClaimKey, Claim] = {}
        for row in self.rows("SELECT topic, number, say, form, source FROM claim ORDER BY topic, number"):
            key = row["topic"], row["number"]
            mentions, about = map(frozenset, names[key])
            found[key] = Claim(*key, row["say"], row["form"], sources[row["source"]], about, mentions)
        return found

    @cached_property
    def _claim_texts(self) -> dict[ClaimKey, tuple[str, ...]]:
        texts: dict[ClaimKey, list[str]] = {key: [claim.say] for key, claim in self._claims.items()}
        for row in self.rows("SELECT topic, number, text FROM claim_ask ORDER BY topic, number, position"):
            texts[row["topic"], row["number"]].append(row["text"])
        return {key: tuple(each) for key, each in texts.items()}

    @cached_property
    def _index(self) -> _Index:
        rows = self.rows(_VECTORS)
        axes = self.column("SELECT vector FROM claim_axis ORDER BY position")
        if (
            rows
            and len(axes) != WITH_WORDS
            or any(len(each) != AXES * 4 for each in (*axes, *(row["vector"] for row in rows)))
        ):
            raise KnowledgeDamaged(f"{self.path}: a claim's vector has the wrong length. {REBUILD}")
        starts: dict[ClaimKey, int] = {}
        for at, row in enumerate(rows):
            starts.setdefault((row["topic"], row["number"]), at)
        keys, begins = list(starts), np.array(list(starts.values()), np.intp)
        return _Index(
            keys,
            _vectors(row["vector"] for row in rows),
            _vectors(axes),
            begins,
            np.diff(begins, append=len(rows)) - 1,
            _stretches([topic for topic, _ in keys]),
            {asked: _agreements(asked, [self._claims[key].form for key in keys]) for asked in FORMS},
        )


def _near_claim(key: ClaimKey, *numbers: float, question: int) -> NearClaim:
    """Return a claim with its score, likeness and cosines, and which of its questions is the nearest."""
    score, likeness, said, asked, nearest = [round(number, 3) for number in numbers]
    return NearClaim(*key, score, likeness, said=said, asked=asked, nearest=nearest, question=question)


def _cosines(index: _Index, asked: NDArray[Any], words: NDArray[Any]) -> NDArray[Any]:
    """Return the cosine of a question with each row of the index."""
    there = np.flatnonzero(words)  # a tenth of the places
    along = asked @ index.axes[:VECTOR_LENGTH] + words[there] @ index.axes[VECTOR_LENGTH + there]
    return np.asarray(index.rows @ (along / max(float(np.linalg.norm(along)), LEAST_LENGTH)))


def _of_claims(index: _Index, cosines: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return each claim's cosines with a question: of what it says, of its questions on average, and of the nearest one."""
    said = cosines[index.starts]
    mean = (np.add.reduceat(cosines, index.starts) - said) / index.questions
    return said, mean, np.maximum.reduceat(cosines, index.starts + 1)


def _nearest_question(index: _Index, cosines: NDArray[Any], at: int) -> int:
    """Return which of a claim's questions is nearest, counted from 0."""
    end = index.starts[at + 1] if at + 1 < len(index.starts) else len(cosines)
    return int(np.argmax(cosines[index.starts[at] + 1 : end]))


def _vectors(each: Iterable[bytes]) -> NDArray[Any]:
    return np.frombuffer(b"".join(each), dtype="<f4").reshape(-1, AXES)


def _agreements(asked: str, forms: list[str]) -> NDArray[Any]:
    worth = {1: FORMS_AGREE, 0: 0.0, -1: -FORMS_CLASH}
    return np.array([worth[agreement(asked, form)] for form in forms], np.float32)


def _stretches(topics: list[str]) -> dict[str, slice]:
    """Return where each topic stands in a list that holds the same ones in a row."""
    return {
        topic: slice(topics.index(topic), topics.index(topic) + topics.count(topic)) for topic in dict.fromkeys(topics)
    }
