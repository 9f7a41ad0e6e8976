"""Starts fronts and commands as forks of a process that has imported all that they are made of (tests/fork_server.py).

How the very start goes is tested elsewhere, with `python -m bot.front.app`.
"""

from __future__ import annotations

import importlib
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from channels import registry
from conversations.db import store
from tests.fork_server import ForkServer, serve

NAME = "tests.front.fork_server"
PROGRAMS = ("bot.front.app", "bot.cli.main")
ALSO_IMPORTED = ("bot.ops.backup", "console.identity.invitations")  # what commands import when they are called

start = ForkServer(NAME).start  # for all tests that need no server of their own


class Command:
    """`advisor ARGUMENTS`, running."""

    def __init__(self, *arguments: Any, environment: dict[str, str], typed: str = "") -> None:
        self._folder = tempfile.TemporaryDirectory()
        files = [Path(self._folder.name) / name for name in ("in", "out", "err")]
        files[0].write_text(typed, encoding="utf-8")
        self._said = files[1:]
        self._process = start("bot.cli.main", [str(one) for one in arguments], environment, *files)
        self.poll, self.terminate = self._process.poll, self._process.terminate

    def ended(self, seconds: float) -> subprocess.CompletedProcess[str]:
        """Wait for its end; what it said, as subprocess.run has it."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise
        out, err = (file.read_text(encoding="utf-8") for file in self._said)
        self._folder.cleanup()
        return subprocess.CompletedProcess("advisor", code, out, err)


def run_command(*arguments: Any, environment: dict[str, str], typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run `advisor ARGUMENTS` to its end."""
    return Command(*arguments, environment=environment, typed=typed).ended(120)


def prepare() -> None:
    """Do once what each fork would do first."""
    for name in (*PROGRAMS, *ALSO_IMPORTED, *(f"{package}.setup" for package in registry.PACKAGES)):
        importlib.import_module(name)
    store.newest_revision()


if __name__ == "__main__":
    serve(prepare)
