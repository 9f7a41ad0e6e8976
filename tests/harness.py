"""What both suites use to start programs and to wait for them; the standard library alone."""

from __future__ import annotations

import fcntl
import itertools
import os
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

# Packages whose patterns are tried with hostile texts, by the environment in which they can be imported.
PATTERNS_OF_ENGINE = (
    "nlu",
    "actions",
    "knowledge",
    "bot.engine",
    "core",
    "own_programs.search",
    "training.lessons",
    "training.example_writer",
    "training.name_writer",
    "training.pack_examples",
)
PATTERNS_OF_FRONT = (
    "channels",
    "conversations",
    "console",
    "own_programs",
    "bot.front",
    "bot.ops",
    "bot.cli",
    "guide_import",
)
PATTERNS_OF_NOBODY = ("bench", "demo", "scripts")  # read what we write ourselves
PATIENCE = 30.0  # seconds after which a test gives up waiting; nothing should come near
# Below the ports that the kernel gives to outgoing connections (32768 and up), which would take one between two uses.
PORTS = range(20_000, 30_000)
_taken: list[IO[str]] = []  # locks on the ports that this process has handed out, held until it ends
_candidates = itertools.cycle(PORTS)


def free_port() -> int:
    """Return a port of the loopback address that no other test gets, in this process or another, until this one ends."""
    folder = Path(tempfile.gettempdir()) / f"advisor-test-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    if not _taken:  # several processes begin at different places
        next(itertools.islice(_candidates, os.getpid() * 37 % len(PORTS), None))
    for port in itertools.islice(_candidates, len(PORTS)):
        lock = (folder / str(port)).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            lock.close()
            continue
        _taken.append(lock)
        return port
    raise AssertionError(f"no port from {PORTS.start} to {PORTS.stop - 1} is free")


def until(happened: Callable[[], Any], what: str = "what was waited for", seconds: float = PATIENCE) -> Any:
    """Return the first true value of a question that is asked again and again; AssertionError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (value := happened()):
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds:g} s"
        time.sleep(0.02)
    return value
