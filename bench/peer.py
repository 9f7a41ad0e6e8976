"""Rasa's default assistant, `rasa init`, trained once into a folder and then run beside ours.

It needs TensorFlow, which the engine's environment has only if that was asked for; else it gets an environment of its own.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from shutil import copytree

from core.fingerprint import fingerprint, keep, recorded
from core.processes import last_line, run_to_end
from core.services import Service
from core.settings import Settings, process_environment
from training.evaluation.assistant import Assistant, MeasurementFailed, free_port, started

TRAINED_IN = "trained-in-seconds"
LONGEST_TRAINING = 30 * 60.0  # seconds; it takes two to five minutes
LOCK = "requirements/engine-tensorflow.lock"


def peer_python(settings: Settings, say: Callable[[str], None]) -> Path:
    """Return a Python with Rasa and TensorFlow: the engine's if it has both, else that of .venv/peer, made if need be."""
    if has_tensorflow():
        return Path(sys.executable)
    folder = settings.work_dir / ".venv/peer"
    made, wanted = folder / ".complete", fingerprint(settings.root, (LOCK,))
    if recorded(made) != wanted:
        say(f"Installing Rasa with TensorFlow into {folder} (3.3 GB, once) ...")
        uv, log = str(settings.work_dir / ".venv/tools/bin/uv"), settings.log_dir / "bench.log"
        into = ["--python", str(folder / "bin/python")]
        for step in (
            ["venv", "--clear", "--python", sys.executable, str(folder)],
            ["pip", "sync", "--compile-bytecode", *into, "--require-hashes", str(settings.root / LOCK)],
        ):
            if run_to_end([uv, *step], log, process_environment(), settings.root):
                raise MeasurementFailed(f"uv {step[0]} failed: {last_line(log)} Its log: {log}")
        keep(made, wanted)
    return folder / "bin/python"


def has_tensorflow() -> bool:
    """Tell whether TensorFlow is installed here; the stand-in of bot/engine/patches/installed, a single file, is not."""
    found = find_spec("tensorflow")
    return found is not None and bool(found.submodule_search_locations)


def prepare(python: Path, folder: Path, say: Callable[[str], None]) -> float:
    """Make and train the peer unless that is done; return the seconds that training took."""
    record = folder / TRAINED_IN
    if not record.exists():
        say(f"Training Rasa's default assistant into {folder} (some minutes, once) ...")
        folder.mkdir(parents=True, exist_ok=True)
        rasa_init(folder)
        began = time.monotonic()
        _rasa(python, folder, "train", "--force")
        record.write_text(f"{time.monotonic() - began:.1f}\n")
    return float(record.read_text())


def rasa_init(folder: Path) -> None:
    """Write the files of a default project; `rasa init` would train as well, and could not be timed."""
    spec = find_spec("rasa")
    assert spec and spec.submodule_search_locations
    package = Path(next(iter(spec.submodule_search_locations)))
    copytree(package / "cli/initial_project", folder, dirs_exist_ok=True)


@contextmanager
def running(python: Path, folder: Path, logs: Path) -> Iterator[Assistant]:
    """Run `rasa run` as its files say: rest channel, trackers in memory, no custom actions."""
    port = free_port()
    service = Service(
        name="Rasa's default",
        argv=[str(python), "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(port), "--enable-api"],
        ready_url=f"http://127.0.0.1:{port}/status",
        log=logs / "peer.log",
        environment=process_environment(),
        folder=folder,
    )
    with started("rasa init", port, [service]) as assistant:
        assistant.may_be_silent = True  # it often listens on without a word
        yield assistant


def _rasa(python: Path, folder: Path, *arguments: str) -> None:
    log = folder / "train.log"
    command = [str(python), "-m", "rasa", *arguments]
    try:
        code = run_to_end(command, log, process_environment(), folder, LONGEST_TRAINING)
    except subprocess.TimeoutExpired:
        raise MeasurementFailed(
            f"rasa {arguments[0]} took longer than {LONGEST_TRAINING / 60:.0f} minutes. Its log: {log}"
        ) from None
    if code:
        raise MeasurementFailed(f"rasa {arguments[0]} failed: {last_line(log)} Its log: {log}")
