"""Rasa without TensorFlow: its commands work, components that need it are refused in one line, another Rasa is left alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest

from bench import peer
from bot.engine.patches.installed import without_tensorflow
from core.settings import PROJECT_ROOT, Settings, process_environment
from training import train

STAND_IN = Path(without_tensorflow.__file__)
with_stand_in = pytest.mark.skipif(peer.has_tensorflow(), reason="TensorFlow is installed (make setup TENSORFLOW=no)")
with_tensorflow = pytest.mark.skipif(
    not peer.has_tensorflow(), reason="TensorFlow is not installed (make setup TENSORFLOW=yes)"
)
CONFIG = """\
recipe: default.v1
assistant_id: small
language: en
pipeline:
- name: WhitespaceTokenizer
- name: CountVectorsFeaturizer
- name: {component}
policies:
- name: {policy}
"""
DATA = """\
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hello
    - good morning
- intent: leave
  examples: |
    - bye
    - see you
rules:
- rule: hello
  steps:
  - intent: greet
  - action: utter_hello
stories:
- story: bye
  steps:
  - intent: leave
  - action: utter_hello
"""
DOMAIN = """\
version: "3.1"
intents: [greet, leave]
responses:
  utter_hello: [{text: Hello, metadata: {outcome: answered}}]
"""


def _project(folder: Path, component: str, policy: str) -> Path:
    (folder / "data").mkdir()
    (folder / "config.yml").write_text(CONFIG.format(component=component, policy=policy))
    (folder / "data/nlu.yml").write_text(DATA)
    (folder / "domain.yml").write_text(DOMAIN)
    return folder


def _rasa(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess:
    """Run the command `rasa` of the environment itself."""
    argv = [str(Path(sys.executable).with_name("rasa")), *arguments]
    return subprocess.run(argv, cwd=folder, env=process_environment(more), capture_output=True, text=True)


def _python(code: str, *path: Path) -> str:
    """Return the last line that a new Python says, with folders before those where packages are installed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip().splitlines()[-1]


@with_stand_in
@pytest.mark.parametrize(
    ("component", "policy", "named"),
    [
        ("DIETClassifier", "RulePolicy", "DIETClassifier"),
        ("LogisticRegressionClassifier", "UnexpecTEDIntentPolicy", "UnexpecTEDIntentPolicy"),
    ],
)
def test_rasa_refuses_in_one_line(tmp_path, component, policy, named) -> None:
    done = _rasa(_project(tmp_path, component, policy), "train")
    (said,) = [line for line in done.stdout.splitlines() if "TensorFlow" in line]
    assert done.returncode == 1 and "Traceback" not in done.stdout + done.stderr
    assert f"{named} needs TensorFlow" in said and "make setup TENSORFLOW=yes" in said
    assert not (tmp_path / "models").exists()


@with_stand_in
def test_advisor_refuses_in_one_line(tmp_path) -> None:
    """As ./advisor train and ./advisor run do it."""
    _project(tmp_path, "ResponseSelector", "RulePolicy")
    for room in ("bot", "core"):
        (tmp_path / room).symlink_to(PROJECT_ROOT / room)
    with pytest.raises(
        train.TrainingFailed, match="ResponseSelector needs TensorFlow.*make setup TENSORFLOW=yes"
    ) as no:
        train.train(Settings(root=tmp_path), lambda line: None)
    assert "\n" not in str(no.value)


@with_stand_in
def test_foreign_model_is_refused() -> None:
    """A model that was trained elsewhere, and a component of somebody's own that derives from Rasa's."""
    from rasa.core.policies.ted_policy import TEDPolicy
    from rasa.nlu.classifiers.diet_classifier import DIETClassifier
    from rasa.shared.exceptions import RasaException
    from rasa.utils.tensorflow.callback import RasaTrainingLogger

    own = type("Own", (TEDPolicy,), {})
    for ask, name in (
        (lambda: DIETClassifier.load({}, None, None, None), "DIETClassifier"),
        (own.required_packages, "Own"),
        (lambda: RasaTrainingLogger(1, silent=True), "RasaTrainingLogger"),
    ):
        with pytest.raises(RasaException, match=f"{name} needs TensorFlow"):
            ask()


def test_rasa_works_where_nothing_needs_it(tmp_path) -> None:
    project = _project(tmp_path, "LogisticRegressionClassifier", "MemoizationPolicy")
    trained = _rasa(project, "train", "--fixed-model-name", "small", TF_INTER_OP_PARALLELISM_THREADS="1")
    assert trained.returncode == 0 and (project / "models/small.tar.gz").is_file(), trained.stderr
    checked = _rasa(project, "data", "validate")
    assert checked.returncode == 0 and "No story structure conflicts found" in checked.stdout + checked.stderr


@with_stand_in
def test_set_up_put_it_there() -> None:
    assert Path(find_spec("tensorflow").origin).read_text("utf-8") == STAND_IN.read_text("utf-8"), "Run: make setup"


def test_another_rasa_is_left_alone(tmp_path) -> None:
    """Rasa with a changed line, and with a missing file, is not given the stand-in."""
    shutil.copy(STAND_IN, tmp_path / "tensorflow.py")
    installed = Path(find_spec("rasa").origin).parent
    (tmp_path / "rasa").mkdir()
    (tmp_path / "rasa/__init__.py").touch()
    for name in without_tensorflow.RELIED_ON:
        (tmp_path / "rasa" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(installed / name, tmp_path / "rasa" / name)
    assert without_tensorflow.digest(tmp_path / "rasa") == without_tensorflow.KNOWN
    changed = tmp_path / "rasa" / without_tensorflow.RELIED_ON[0]
    changed.write_text(changed.read_text() + "\n")
    for _ in range(2):
        said = _python("import rasa, tensorflow", tmp_path)
        assert (
            said.startswith("ModuleNotFoundError: No module named 'tensorflow'") and without_tensorflow.REMEDY in said
        )
        changed.unlink(missing_ok=True)


def test_others_are_told_that_there_is_none(tmp_path) -> None:
    shutil.copy(STAND_IN, tmp_path / "tensorflow.py")
    assert _python("import tensorflow", tmp_path) == "ModuleNotFoundError: No module named 'tensorflow'"


def test_tensorflow_itself_goes_first(tmp_path) -> None:
    shutil.copy(STAND_IN, tmp_path / "tensorflow.py")
    (tmp_path / "tensorflow").mkdir()
    (tmp_path / "tensorflow/__init__.py").write_text("print('the package')")
    assert _python("import rasa, tensorflow", tmp_path) == "the package"


@with_tensorflow
@pytest.mark.slow
def test_rasas_own_train_and_serve(tmp_path) -> None:
    peer.rasa_init(tmp_path)
    parts = {"component": "DIETClassifier\n  epochs: 2", "policy": "TEDPolicy\n  epochs: 2"}
    (tmp_path / "config.yml").write_text(CONFIG.format(**parts))
    done = _rasa(tmp_path, "train")
    assert done.returncode == 0, done.stderr[-2000:]
    with peer.running(Path(sys.executable), tmp_path, tmp_path) as assistant:
        asked = f"http://127.0.0.1:{assistant.port}/model/parse", json.dumps({"text": "hello"}).encode()
        assert json.load(urllib.request.urlopen(*asked, timeout=60))["intent"]["name"]
