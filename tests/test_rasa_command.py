"""Rasa's own commands, called by ./advisor rasa, keep what the project has in training data and say what they leave out."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bot.engine.rasa_command import MODEL_NOTE, TOPICS_NOTE, note_for
from bot.engine.training_phrasings import MANY, MergedTopics, _need_topics
from core.settings import process_environment
from nlu.phrasings import Phrasing

DATA = """\
version: "3.1"
nlu:
- intent: ask_topic
  metadata:
    topic: challenges/visa
  examples: |
    - do I need a visa
    - visa rules
    - visa for a short stay
    - who needs a visa
- intent: ask_topic
  metadata:
    topic: not-stated/fees
  examples: |
    - how much is it
    - price of a course
    - what are the fees
    - is it dear
- intent: refine
  metadata:
    topic: refine/exclude
  examples: |
    - not the uk
    - no bootcamps
- intent: refine
  examples: |
    - and in canada
    - cheaper ones
"""


def _topics(*files: Path) -> Counter:
    """How many (text, intent, topic) the files hold."""
    from rasa.shared.nlu.training_data.loading import load_data

    return Counter(
        (example.get("text"), example.get("intent"), ((example.get("metadata") or {}).get("intent") or {}).get("topic"))
        for file in files
        for example in load_data(str(file)).training_examples
    )


def _rasa(*arguments: str, folder: Path) -> subprocess.CompletedProcess:
    """Run the command `rasa` of the environment; scripts/setup has put ours there."""
    argv = [str(Path(sys.executable).with_name("rasa")), *arguments]
    return subprocess.run(argv, cwd=folder, env=process_environment(), capture_output=True, text=True)


@pytest.fixture
def nlu(tmp_path) -> Path:
    path = tmp_path / "nlu.yml"
    path.write_text(DATA, encoding="utf-8")
    return path


def test_split_keeps_topics(nlu) -> None:
    done = _rasa("data", "split", "nlu", "--nlu", str(nlu), "--out", "split", folder=nlu.parent)
    halves = [nlu.parent / f"split/{name}_data.yml" for name in ("training", "test")]
    assert _topics(*halves) == _topics(nlu), done.stderr


def test_convert_keeps_topics(nlu) -> None:
    there, back = nlu.parent / "nlu.json", nlu.parent / "back.yml"
    for source, out, form in ((nlu, there, "json"), (there, back, "yaml")):
        done = _rasa("data", "convert", "nlu", "--data", str(source), "--out", str(out), "-f", form, folder=nlu.parent)
        assert out.is_file(), done.stderr
    assert _topics(back) == _topics(nlu)


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        (["test", "nlu", "--nlu", "x.yml"], TOPICS_NOTE),
        (["test"], TOPICS_NOTE),
        (["test", "--fail-on-prediction-errors"], TOPICS_NOTE),
        (["test", "core"], ""),
        (["interactive"], MODEL_NOTE),
        (["train", "--fixed-model-name", "x"], MODEL_NOTE),
        (["data", "split", "nlu"], ""),
        ([], ""),
    ],
)
def test_command_says_what_it_leaves_out(arguments, note) -> None:
    assert note_for(arguments) == note


def test_merged_topics_are_refused() -> None:
    merged = [Phrasing(f"question {number}", "ask_topic", "challenges/visa") for number in range(MANY)]
    with pytest.raises(MergedTopics, match="./advisor rasa"):
        _need_topics(merged)
    _need_topics([*merged, Phrasing("how much", "ask_topic", "not-stated/fees")])
