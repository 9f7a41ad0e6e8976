"""Starts engines as forks of a process that has imported what they are made of (tests/fork_server.py): two seconds of CPU less.

The engine as it is delivered (the fixture `advisor`), those of `make run`, of the demo and of the small server start
as always.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from core.settings import PROJECT_ROOT, process_environment
from tests.fork_server import ForkedProcess, ForkServer, serve

PROGRAM = "bot.engine.start"
ALSO_IMPORTED = ("rasa.core.run", "rasa.server", "bot.engine.nlu_component", "bot.engine.http_api", "onnxruntime")

_server = ForkServer("tests.engine_fork_server", process_environment({}, {}))


def start_engine(argv: list[str], log: Path, environment: Mapping[str, str]) -> ForkedProcess:
    """Start an engine as the leader of a new process group; its output is appended to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    return _server.start(PROGRAM, argv, dict(environment), os.devnull, log, log, leads=True)


def prepare() -> None:
    """Import what an engine imports, leaving out what it leaves out."""
    start = import_module(PROGRAM)
    for package in start.UNUSED:
        sys.modules.setdefault(package, None)
    start._prepare(PROJECT_ROOT, ["run"])
    for name in ALSO_IMPORTED:
        import_module(name)


if __name__ == "__main__":
    serve(prepare)
