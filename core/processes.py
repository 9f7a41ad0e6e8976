"""Child processes: each leads a process group of its own, which is ended as a whole."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

# Loaded before any fork: a child between fork and exec must not load libraries.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
LARGEST_LOG = 5_000_000  # bytes; a longer one is put aside as NAME.log.1 at the next start


def _end_with_parent() -> None:
    assert _LIBC
    _LIBC.prctl(1, signal.SIGTERM)  # 1 is PR_SET_PDEATHSIG


# Linux: a child gets SIGTERM when its parent is gone, even if that was killed outright. For Popen's preexec_fn.
END_WITH_PARENT = _end_with_parent if _LIBC else None


class PortTaken(Exception):
    """A port that the advisor needs cannot be used; the message says what to set."""


def start_process(
    argv: Sequence[str], log: Path, environment: Mapping[str, str], folder: Path
) -> subprocess.Popen[bytes]:
    """Start a program as the leader of a new process group; its output is appended to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        os.replace(log, log.with_name(log.name + ".1"))
    with log.open("ab") as out:
        return subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
            preexec_fn=END_WITH_PARENT,
        )


def run_to_end(
    argv: Sequence[str], log: Path, environment: Mapping[str, str], folder: Path, seconds: float | None = None
) -> int:
    """Run a program to its end and return its exit code; it is stopped if we are stopped meanwhile.

    Raises subprocess.TimeoutExpired if it takes longer than `seconds`.
    """
    process = start_process(argv, log, environment, folder)
    try:
        return process.wait(seconds)
    finally:
        end_group(process, seconds=5)


def end_group(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Ask a process group to stop, and kill it after `seconds`."""
    end_groups([process], seconds)


def end_groups(processes: Sequence[subprocess.Popen[bytes]], seconds: float) -> None:
    """Ask several process groups to stop, and kill what is left after `seconds` altogether."""
    for process in processes:
        if process.poll() is None:
            _signal_group(process, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while any(process.poll() is None for process in processes) and time.monotonic() < deadline:
        time.sleep(0.05)
    for process in processes:
        # Also if the leader is gone: what it started may still be there, and may hold its port.
        _signal_group(process, signal.SIGKILL)
        process.wait()


def last_line(log: Path) -> str:
    """Return the last line of a log that is not empty, or ""; after a traceback, that is the error."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


@contextlib.contextmanager
def hold_port(host: str, port: int) -> Iterator[None]:
    """Listen on a port for as long as the block lasts; raises OSError if that is not possible."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: a port whose last connections are only fading counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        probe.listen(1)  # else a second one could have it as well
        yield


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
