"""What the engine leaves out when it starts, and when it does not; what training keeps of the sentence model's work."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bot.engine.patches.starting import unused_packages
from core.settings import PROJECT_ROOT, Settings, process_environment
from nlu.encoding.encoder import open_encoder
from nlu.encoding.vector_cache import FILE, VectorCache

# Imports what the engine imports, as its command would, and says which packages are really there.
START = """
import json, sys
from pathlib import Path
from bot.engine.patches.starting import unused_packages as unused
done = unused.leave_out(Path(sys.argv[1]), ["run", *sys.argv[2:]])
import rasa.core.channels, rasa.core.tracker_store
left = [name for name in unused.PACKAGES if isinstance(sys.modules.get(name), unused._StandIns)]
unused.close()
try:
    from slack_sdk import WebClient
    WebClient(); called = "answered"
except RuntimeError as error:
    called = str(error)
print(json.dumps([done, left, called]))
"""
# Imports all that `rasa run` does, and says which modules that are not Rasa's own got a stand-in.
HOLDERS = """
import json, sys
from pathlib import Path
from bot.engine.patches.starting import unused_packages as unused
assert unused.leave_out(Path.cwd(), ["run"])
import rasa.__main__, rasa.core.run, rasa.server, bot.engine.http_api, bot.engine.nlu_component, bot.engine.tracker_store
kinds = (unused._StandIns, unused._Class)
modules = {name: module for name, module in sys.modules.items() if not isinstance(module, unused._StandIns)}
print(json.dumps([name for name, module in modules.items() if any(isinstance(each, kinds) for each in vars(module).values())]))
"""
FILES = ("credentials.yml", "endpoints.yml", "config.yml")


@pytest.fixture
def project(tmp_path) -> Path:
    """Return a folder with the files of the project that Rasa reads."""
    for name in FILES:
        (tmp_path / name).write_bytes((PROJECT_ROOT / name).read_bytes())
    return tmp_path


def _start(project: Path, *arguments: str) -> tuple[bool, list[str], str]:
    argv = [sys.executable, "-c", START, str(project), *arguments]
    done = subprocess.run(argv, cwd=PROJECT_ROOT, env=process_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return tuple(json.loads(done.stdout.splitlines()[-1]))


def test_unused_packages_are_left_out(project) -> None:
    done, left, called = _start(project)
    assert done and {"boto3", "sqlalchemy", "aiogram", "slack_sdk"} <= set(left)
    assert called.startswith("slack_sdk.WebClient was left out when the engine started; start it with ADVISOR_RASA")


def test_only_modules_of_rasas_hold_stand_ins() -> None:
    """A library that is used while the engine answers would call them: the log's, for one.

    Portalocker's lock in Redis is a class that nothing here uses.
    """
    argv = [sys.executable, "-c", HOLDERS]
    done = subprocess.run(argv, cwd=PROJECT_ROOT, env=process_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    holders = json.loads(done.stdout.splitlines()[-1])
    assert holders and {name for name in holders if not name.startswith("rasa.")} <= {"portalocker.redis"}


def test_whatever_else_is_named_brings_all_back(project) -> None:
    (project / "credentials.yml").open("a").write("slack:\n  slack_token: a\n")
    assert _start(project) == (False, [], "answered")


@pytest.mark.parametrize(
    ("name", "added"),
    [
        ("endpoints.yml", "event_broker:\n  type: SQL\n"),
        ("endpoints.yml", "models:\n  url: http://127.0.0.1:9\n"),
        ("config.yml", "  - name: TEDPolicy\n"),
        ("config.yml", "not: [yaml\n"),
    ],
)
def test_every_file_of_rasas_is_looked_at(project, name, added) -> None:
    with (project / name).open("a") as file:
        file.write(added)
    assert not unused_packages.leave_out(project, ["run"])


def test_files_named_on_the_command_line_count(project) -> None:
    (project / "mine.yml").write_text("telegram: {}\n")
    mine = str(project / "mine.yml")
    for named in (["--credentials", mine], [f"--credentials={mine}"]):
        assert not unused_packages.leave_out(project, ["run", *named])


def test_vectors_are_encoded_once(tmp_path) -> None:
    encoder = open_encoder(Settings.from_environment().encoder_dir)
    for name in ("encoder.onnx", "tokenizer.json", "origin.json"):
        (tmp_path / name).symlink_to(Settings.from_environment().encoder_dir / name)
    asked: list[str] = []

    class Counting:
        def encode(self, texts: list[str]) -> np.ndarray:
            asked.extend(texts)
            return encoder.encode(texts)

    cache = VectorCache(Counting(), tmp_path)
    first = cache.encode(["one", "two", "one"])
    assert asked == ["one", "two"] and (first == encoder.encode(["one", "two", "one"])).all()
    again = VectorCache(Counting(), tmp_path).encode(["two", "three"])
    assert asked == ["one", "two", "three"] and (again == encoder.encode(["two", "three"])).all()


def test_vectors_that_cannot_be_kept_leave_nothing_behind(tmp_path) -> None:
    (tmp_path / "encoder.onnx").write_bytes(b"a model")
    (tmp_path / FILE).mkdir()
    encoder = open_encoder(Settings.from_environment().encoder_dir)
    assert VectorCache(encoder, tmp_path).encode(["one"]).shape == (1, 384)
    assert {path.name for path in tmp_path.iterdir()} == {"encoder.onnx", FILE}


def test_broken_file_of_vectors_is_as_good_as_none(tmp_path) -> None:
    encoder = open_encoder(Settings.from_environment().encoder_dir)
    (tmp_path / "encoder.onnx").write_bytes(b"a model")
    (tmp_path / FILE).write_bytes(b"PK\x03\x04 no archive")
    assert VectorCache(encoder, tmp_path).encode(["one"]).shape == (1, 384)
    (tmp_path / "encoder.onnx").write_bytes(b"another model")
    assert VectorCache(encoder, tmp_path)._read() == {}, "vectors of another model are not used"
