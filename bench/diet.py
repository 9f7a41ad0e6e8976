"""Rasa's default NLU pipeline on a data set: trained by `rasa train nlu`, asked in a process of its own."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

from bench.figures import percentile
from bench.nlu import ACCEPTED, DataSet, Say, Score
from bench.peer import peer_python
from core.processes import last_line, run_to_end
from core.settings import Settings, process_environment
from training.evaluation.assistant import MeasurementFailed

CONFIG = "recipe: default.v1\nassistant_id: bench\nlanguage: en\npipeline:\n"  # empty: Rasa fills in its default


def bench_diet(data: DataSet, say: Say) -> Score:
    """Score Rasa's default pipeline in an environment that has TensorFlow, which is made if need be."""
    python = peer_python(Settings.from_environment(), say)
    say("Training Rasa's default pipeline (20 minutes for 77 intents; --limit makes a smaller set) ...")
    return score_diet(data, python)


def score_diet(data: DataSet, python: Path) -> Score:
    """Score Rasa's default pipeline, run by a Python that has Rasa and TensorFlow (bench/peer.py).

    Its threshold is the same share of its confidences in the training examples, the only ones it may know.
    """
    with tempfile.TemporaryDirectory(prefix="advisor-bench-") as scratch:
        folder = Path(scratch)
        names = {intent: f"intent_{number}" for number, intent in enumerate(sorted({one for _, one in data.train}))}
        (folder / "config.yml").write_text(CONFIG)
        (folder / "nlu.yml").write_text(_training_file(data, names))
        began = time.perf_counter()
        _run(
            python,
            folder,
            "-m",
            "rasa",
            "train",
            "nlu",
            "--config",
            "config.yml",
            "--nlu",
            "nlu.yml",
            "--out",
            "models",
        )
        seconds = time.perf_counter() - began
        texts = {
            "train": [text for text, _ in data.train],
            "test": [text for text, _ in data.test],
            "outside": data.outside,
        }
        (folder / "asked.json").write_text(json.dumps(texts))
        _run(python, folder, "-m", "bench.rasa_parser", "models", "asked.json", "parsed.json")
        parsed = json.loads((folder / "parsed.json").read_text())
    threshold = percentile([-sure for _, sure, _ in parsed["train"]], ACCEPTED) * -1
    right = [guess == names[intent] for (guess, _, _), (_, intent) in zip(parsed["test"], data.test, strict=True)]
    outside = [sure < threshold for _, sure, _ in parsed["outside"]]
    return Score(
        "rasa default",
        sum(right) / len(right),
        seconds,
        [ms for _, _, ms in parsed["test"]],
        sum(sure >= threshold for _, sure, _ in parsed["test"]) / len(right),
        sum(outside) / len(outside) if outside else None,
    )


def _training_file(data: DataSet, names: dict[str, str]) -> str:
    entries = [
        {"intent": name, "examples": [{"text": text} for text, label in data.train if label == intent]}
        for intent, name in names.items()
    ]
    return f'version: "3.1"\nnlu: {json.dumps(entries)}\n'  # JSON is YAML, but Rasa looks for a line that starts "nlu:"


def _run(python: Path, folder: Path, *arguments: str) -> None:
    log = Settings.from_environment().log_dir / "bench.log"
    root = Settings.from_environment().root
    code = run_to_end([str(python), *arguments], log, process_environment({"PYTHONPATH": str(root)}), folder)
    if code:
        raise MeasurementFailed(f"{' '.join(arguments[1:3])} failed: {last_line(log)} Its log: {log}")
