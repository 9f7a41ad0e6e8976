"""`advisor bench nlu`: the project's reader on a public data set, trained and tested from the files in a folder."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.figures import percentile, ratio, table
from core.settings import Settings
from training.evaluation.assistant import MeasurementFailed

Say = Callable[[str], None]
Example = tuple[str, str]
ACCEPTED = 0.95  # share of in-scope messages that the threshold is to let through


@dataclass(frozen=True)
class DataSet:
    """A data set of examples as (text, intent); `outside` are texts of no intent."""

    name: str
    train: list[Example]
    test: list[Example]
    outside: list[str]


@dataclass
class Score:
    """Scores and times of one reader on a data set."""

    name: str
    accuracy: float
    training_seconds: float
    parse_ms: list[float] = field(repr=False)
    accepted: float = 1.0
    refused_outside: float | None = None

    def row(self) -> tuple[object, ...]:
        """Return the row of a table under HEAD."""
        parse = percentile(self.parse_ms, 0.5), percentile(self.parse_ms, 0.95)
        outside = "-" if self.refused_outside is None else f"{self.refused_outside:.1%}"
        return self.name, f"{self.accuracy:.2%}", outside, f"{self.accepted:.1%}", self.training_seconds, *parse


HEAD = ("", "accuracy", "out of scope", "accepted", "training s", "parse p50 ms", "p95 ms")


def bench_nlu(folder: Path, score_peer: Callable[[DataSet], Score] | None, limit: int | None, say: Say) -> None:
    """Score ours, and the peer if one is asked for, on the data set in the folder; print a table."""
    data = read(folder, limit)
    intents = len({intent for _, intent in data.train})
    say(
        f"{data.name}: {len(data.train)} examples of {intents} intents, {len(data.test)} tests, {len(data.outside)} outside"
    )
    scores = [score_ours(data)]
    if score_peer:
        scores.append(score_peer(data))
    say(table(HEAD, [score.row() for score in scores]))
    if len(scores) == 2:
        ours, theirs = scores
        say(
            f"\n{theirs.name} / {ours.name}: training {ratio(theirs.training_seconds, ours.training_seconds)}, "
            f"parse p50 {ratio(percentile(theirs.parse_ms, 0.5), percentile(ours.parse_ms, 0.5))}"
        )


def read(folder: Path, limit: int | None = None) -> DataSet:
    """Read train_10.csv and test.csv (text, category), and oos_test.csv if it exists; of the first `limit` intents only."""
    train, test = _examples(folder / "train_10.csv"), _examples(folder / "test.csv")
    kept = set(sorted({intent for _, intent in train})[:limit])
    outside = folder / "oos_test.csv"
    return DataSet(
        folder.name,
        [example for example in train if example[1] in kept],
        [example for example in test if example[1] in kept],
        [text for text, _ in _examples(outside)] if outside.exists() else [],
    )


def score_ours(data: DataSet) -> Score:
    """Score the reader as the engine uses it, without entities.

    The reject rule's threshold comes from the scores of held-out training examples; the share of the test that it really
    accepts is reported beside the share that it refuses.
    """
    from threadpoolctl import threadpool_limits

    from nlu.classification.classifier import Recipe
    from nlu.encoding.encoder import open_encoder
    from nlu.phrasings import Phrasing
    from nlu.reader import Reader

    encoder = open_encoder(Settings.from_environment().encoder_dir)
    began = time.perf_counter()
    phrasings = [Phrasing(text, intent) for text, intent in data.train]
    reader = Reader.train(phrasings, [], encoder, Recipe(accepted=ACCEPTED))
    seconds = time.perf_counter() - began
    with threadpool_limits(1, user_api="blas"):  # as in the engine
        readings, parse_ms = _timed(reader.read, [text for text, _ in data.test])
        outside, _ = _timed(reader.read, data.outside)
    right = [reading.intents[0][0] == intent for reading, (_, intent) in zip(readings, data.test, strict=True)]
    return Score(
        "ours",
        _share(right),
        seconds,
        parse_ms,
        _share([reading.known for reading in readings]),
        _share([not reading.known for reading in outside]) if outside else None,
    )


def _timed(job: Callable[[str], Any], texts: list[str]) -> tuple[list[Any], list[float]]:
    results, taken = [], []
    for text in texts:
        began = time.perf_counter()
        results.append(job(text))
        taken.append((time.perf_counter() - began) * 1000)
    return results, taken


def _share(values: list[bool]) -> float:
    return sum(values) / len(values)


def _examples(path: Path) -> list[Example]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [(row["text"], row["category"]) for row in csv.DictReader(file)]
    except (OSError, KeyError) as error:
        raise MeasurementFailed(f"{path}: there is no CSV file with the columns text and category ({error})") from None
