"""Starts programs as processes of their own without importing all that they are made of each time.

A front imports for more than a second of CPU before it does anything, an engine for two. A module with a `prepare()` that
imports it and ends with `serve(prepare)` is a server: tests/front/fork_server.py of fronts and commands,
tests/engine_fork_server.py of engines. Each program is a fork of it, with arguments, environment and files of its own, and runs
its `main()` as `python -m` does. It reads lines of JSON: {"module", "argv", "environment", "files", "leads"} starts a program,
which leads a process group if `leads`, and says {"pid"}; {"ended": pid} says {"code"}, which is null while it runs. How the
very start goes is tested elsewhere, with `python -m`.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from core.processes import END_WITH_PARENT
from core.settings import PROJECT_ROOT


class ForkedProcess:
    """A program that the server started, with what tests use of subprocess.Popen."""

    def __init__(self, pid: int, server: ForkServer) -> None:
        self.pid, self.returncode, self._server = pid, None, server
        self._ending = os.pidfd_open(pid)  # readable once it has ended

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal, or None while it runs."""
        if self.returncode is None:
            self.returncode = self._server.ask({"ended": self.pid})["code"]
            if self.returncode is not None:
                os.close(self._ending)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code once it has ended."""
        if self.returncode is None and not select.select([self._ending], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        code = self.poll()
        assert code is not None
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class ForkServer:
    """The way to the server that a module is, which is started at the first use and ends with this process.

    `environment` is added to its own.
    """

    def __init__(self, module: str, environment: dict[str, str] | None = None) -> None:
        self._module, self._environment = module, environment or {}
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()  # tests start and end programs in threads, too

    def start(
        self, module: str, argv: list[str], environment: dict[str, str], *files: Path | str, leads: bool = False
    ) -> ForkedProcess:
        """Start a program; `files` are its standard input, which is read, and its output and errors, which are added to."""
        said = {"module": module, "argv": argv, "environment": environment, "files": [str(file) for file in files]}
        said["leads"] = leads
        return ForkedProcess(self.ask(said)["pid"], self)

    def ask(self, what: dict[str, Any]) -> dict[str, Any]:
        """Tell the server something and return what it says."""
        with self._lock:
            if self._process is None:
                argv, pipe = [sys.executable, "-m", self._module], subprocess.PIPE
                environment = {**os.environ, **self._environment}
                self._process = subprocess.Popen(
                    argv, cwd=PROJECT_ROOT, env=environment, stdin=pipe, stdout=pipe, text=True
                )
                atexit.register(self._process.communicate)  # at the end of its input it ends
            assert self._process.stdin and self._process.stdout
            self._process.stdin.write(json.dumps(what) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())


# --- in the server ----------------------------------------------------------------------------------------------------
def _be(told: dict[str, Any]) -> NoReturn:
    """Be that program, to its end."""
    if told["leads"]:
        os.setpgid(0, 0)
    if END_WITH_PARENT:
        END_WITH_PARENT()
    reading, adding = os.O_RDONLY, os.O_WRONLY | os.O_CREAT | os.O_APPEND
    for number, (file, how) in enumerate(zip(told["files"], (reading, adding, adding), strict=True)):
        opened = os.open(file, how, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (open(number, how, closefd=False) for number, how in enumerate("rww"))  # noqa: SIM115
    os.environ.clear()
    os.environ.update(told["environment"])
    sys.argv = [told["module"], *told["argv"]]
    code: Any = 1
    try:
        sys.modules[told["module"]].main()
        code = 0
    except SystemExit as end:
        code = end.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
    if isinstance(code, str):
        print(code, file=sys.stderr)
        code = 1
    with contextlib.suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code or 0)


def freeze() -> None:
    """Keep what is loaded out of the collector's way, so that collecting garbage in a fork copies no memory."""
    gc.collect()
    gc.freeze()


def serve(prepare: Callable[[], None]) -> None:
    """Do once what each program would do first, then start those that are asked for, until the input ends."""
    prepare()
    freeze()
    running: set[int] = set()
    for line in sys.stdin:
        told = json.loads(line)
        if "ended" in told:
            pid, status = os.waitpid(told["ended"], os.WNOHANG)
            running.discard(pid)
            answer = {"code": os.waitstatus_to_exitcode(status) if pid else None}
        elif pid := os.fork():
            running.add(pid)
            if told["leads"]:  # said on both sides, so that it holds whichever comes first
                with contextlib.suppress(OSError):
                    os.setpgid(pid, pid)
            answer = {"pid": pid}
        else:
            _be(told)
        print(json.dumps(answer), flush=True)
    for pid in running:
        os.kill(pid, signal.SIGKILL)
