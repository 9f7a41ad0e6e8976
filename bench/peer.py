"""Rasa's default assistant, `rasa init`, trained once into a folder and then run beside ours."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.processes import last_line, run_to_end
from core.services import Service
from core.settings import process_environment
from training.evaluation.assistant import Assistant, MeasurementFailed, free_port, started

TRAINED_IN = "trained-in-seconds"
LONGEST_TRAINING = 30 * 60.0  # seconds; it takes two to five minutes


def prepare(folder: Path, say: Callable[[str], None]) -> float:
    """Make and train the peer unless that is done; return the seconds that training took."""
    record = folder / TRAINED_IN
    if not record.exists():
        say(f"Training Rasa's default assistant into {folder} (some minutes, once) ...")
        folder.mkdir(parents=True, exist_ok=True)
        rasa_init(folder)
        began = time.monotonic()
        _rasa(folder, "train", "--force")
        record.write_text(f"{time.monotonic() - began:.1f}\n")
    return float(record.read_text())


def rasa_init(folder: Path) -> None:
    """Write the files of a default project; `rasa init` would train as well, and could not be timed."""
    from importlib.util import find_spec
    from shutil import copytree

    spec = find_spec("rasa")
    assert spec and spec.submodule_search_locations
    package = Path(next(iter(spec.submodule_search_locations)))
    copytree(package / "cli/initial_project", folder, dirs_exist_ok=True)


@contextmanager
def running(folder: Path, logs: Path) -> Iterator[Assistant]:
    """Run `rasa run` as its files say: rest channel, trackers in memory, no custom actions."""
    port = free_port()
    service = Service(
        name="Rasa's default",
        argv=[sys.executable, "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(port), "--enable-api"],
        ready_url=f"http://127.0.0.1:{port}/status",
        log=logs / "peer.log",
        environment=process_environment(),
        folder=folder,
    )
    with started("rasa init", port, [service]) as assistant:
        assistant.may_be_silent = True  # it often listens on without a word
        yield assistant


def _rasa(folder: Path, *arguments: str) -> None:
    log = folder / "train.log"
    command = [sys.executable, "-m", "rasa", *arguments]
    try:
        code = run_to_end(command, log, process_environment(), folder, LONGEST_TRAINING)
    except subprocess.TimeoutExpired:
        raise MeasurementFailed(
            f"rasa {arguments[0]} took longer than {LONGEST_TRAINING / 60:.0f} minutes. Its log: {log}"
        ) from None
    if code:
        raise MeasurementFailed(f"rasa {arguments[0]} failed: {last_line(log)} Its log: {log}")
