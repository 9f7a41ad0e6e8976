"""What is prepared before the engine starts, and when it is done again. Training itself is stood in for."""

from __future__ import annotations

import os
import time

import pytest

from core.settings import PROJECT_ROOT, Settings
from training import train

# `python -m bot.engine.start` finds this one, since training runs in the project's folder.
RASA = """
import pathlib, sys
arguments = sys.argv[1:]
assert arguments[:2] == ["train", "--force"]
out, name = (arguments[arguments.index(option) + 1] for option in ("--out", "--fixed-model-name"))
with open("trainings", "a") as file:
    file.write("once ")
if pathlib.Path("broken").exists():
    raise SystemExit("ValueError: the domain has no intents")
pathlib.Path(out).mkdir(parents=True, exist_ok=True)
(pathlib.Path(out) / f"{name}.tar.gz").write_text("model of " + pathlib.Path("config.yml").read_text())
"""


@pytest.fixture
def project(tmp_path) -> Settings:
    (tmp_path / "config.yml").write_text("one")
    for folder in ("data/generated", "nlu/extraction", "bot/engine"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "bot/engine/start.py").write_text(RASA)
    return Settings(root=tmp_path)


def _train(project: Settings) -> None:
    train.train(project, lambda line: None)


def test_trained_model_is_current(project) -> None:
    assert not train.model_is_current(project)
    _train(project)
    assert train.model_is_current(project)
    assert train.trained_model(project).read_text() == "model of one"


@pytest.mark.parametrize(
    "changed",
    [
        "config.yml",
        "data/nlu.yml",
        "data/generated/names.json",
        "nlu/extraction/entity_matcher.py",
        "bot/engine/turn.py",
    ],
)
def test_change_asks_for_training(project, changed) -> None:
    _train(project)
    (project.root / changed).write_text("two")
    assert not train.model_is_current(project)


def test_new_sentence_model_asks_for_training(project) -> None:
    _train(project)
    project.encoder_dir.mkdir(parents=True)
    (project.encoder_dir / "origin.json").write_text("{}")
    assert not train.model_is_current(project)


def test_other_files_ask_for_nothing(project) -> None:
    _train(project)
    (project.root / "README.md").write_text("two")
    (project.root / "config.yml").touch()
    assert train.model_is_current(project)


def test_failed_training_keeps_the_model(project) -> None:
    _train(project)
    (project.root / "config.yml").write_text("two")
    (project.root / "broken").touch()
    with pytest.raises(train.TrainingFailed, match="the domain has no intents.*train.log"):
        _train(project)
    assert train.trained_model(project).read_text() == "model of one"
    assert not train.model_is_current(project)


def test_only_our_model_is_served(project) -> None:
    _train(project)
    by_hand = project.models_dir / "20261129-rasa-interactive.tar.gz"
    by_hand.touch()
    os.utime(by_hand, (time.time() + 5, time.time() + 5))
    assert train.trained_model(project) == project.models_dir / "advisor.tar.gz"
    said = []
    train.say_what_is_not_served(project, said.append)
    assert len(said) == 1 and by_hand.name in said[0] and "not served" in said[0]


def test_older_models_are_not_mentioned(project) -> None:
    project.models_dir.mkdir()
    (project.models_dir / "old.tar.gz").touch()
    os.utime(project.models_dir / "old.tar.gz", (0, 0))
    _train(project)
    assert train.models_not_served(project) == []


@pytest.mark.parametrize(
    "lacking",
    [
        "utter_new: [{text: Hello}]",
        "utter_new: [{text: Hello, metadata: {}}]",
        "utter_new: [{text: Hello, metadata: {outcome: fine}}]",
        "utter_new: [{text: Hello, metadata: {outcome: smalltalk}}, {text: Hi}]",
    ],
)
def test_response_without_outcome_is_named(project, lacking) -> None:
    good = "utter_good: [{text: Hello, metadata: {outcome: smalltalk}}]"
    (project.root / "domain.yml").write_text(f"responses:\n  {good}\n  {lacking}\n")
    with pytest.raises(train.DomainRefused, match="domain.yml: the response 'utter_new' has no outcome. Add"):
        _train(project)
    assert not (project.root / "trainings").exists()


def test_response_without_outcome_fails_the_check(tmp_path) -> None:
    """As `./advisor knowledge build --check` does it, before anybody trains."""
    for name in ("knowledge", "data"):
        (tmp_path / name).symlink_to(PROJECT_ROOT / name)
    (tmp_path / "domain.yml").write_text("responses:\n  utter_new: [{text: Hello}]\n")
    with pytest.raises(train.DomainRefused, match="'utter_new'"):
        train.check_knowledge(Settings(root=tmp_path))


def test_every_response_states_its_outcome() -> None:
    train.check_responses(PROJECT_ROOT / "domain.yml")


def test_everything_current_is_quick(project, monkeypatch) -> None:
    _train(project)
    monkeypatch.setattr(train, "prepare_model_files", lambda settings, say: None)
    monkeypatch.setattr(train, "knowledge_is_current", lambda settings: True)
    said = []
    train.prepare_all(project, said.append)
    assert said == [] and (project.root / "trainings").read_text() == "once "
    train.prepare_all(project, said.append, force=True)
    assert (project.root / "trainings").read_text() == "once once "
