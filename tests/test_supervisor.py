"""The supervisor with tiny real services: readiness, crashes, stopping, and nobody left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from bot.ops.supervisor import Patience, Supervisor
from core.http_client import fetch
from core.ports import require_free_port
from core.processes import PortTaken, last_line, run_to_end, start_process
from core.services import Service
from core.settings import PROJECT_ROOT
from tests import harness

# Answers 200 on a port, and has a child of its own that ignores SIGTERM, as a careless worker would.
SERVER = """
import http.server, os, subprocess, sys
port, pids = int(sys.argv[1]), sys.argv[2]
stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", stubborn])
with open(pids, "a") as file:
    file.write(f"{os.getpid()} {child.pid}\\n")
class Well(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", port), Well).serve_forever()
"""
# Runs a supervisor in a process of its own, as `advisor run` does.
KEEPER = """
import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whatever the tests were started with, as under nohup
from pathlib import Path
from bot.ops.supervisor import Patience, Supervisor
from core.services import Service
script, port, pids, log = sys.argv[1:]
argv, url = [sys.executable, script, port, pids], f"http://127.0.0.1:{port}/"
service = Service("Server", argv, url, Path(log), os.environ, Path("."), health_url=url)
supervisor = Supervisor([service], lambda line: print(line, flush=True), lambda: print("READY", flush=True),
                        Patience(waits=(0.1,), stop=1, look_every=0.1, answer_within=2, misses=2))
sys.exit(supervisor.run())
"""


@pytest.fixture
def free_port() -> int:
    return harness.free_port()


@pytest.fixture
def keeper(tmp_path, free_port) -> Any:
    """Return a running supervisor over the tiny server; ended with all it started when the test is over."""
    script, pids = tmp_path / "server.py", tmp_path / "pids"
    script.write_text(SERVER)
    arguments = [str(script), str(free_port), str(pids), str(tmp_path / "server.log")]
    process = subprocess.Popen(
        [sys.executable, "-c", KEEPER, *arguments], cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True
    )
    process.pids = pids
    yield process
    process.kill()
    process.wait()
    process.stdout.close()
    for pid in _pids(pids):
        if _alive(pid):
            os.kill(pid, signal.SIGKILL)


def _pids(record: Path) -> list[int]:
    return [int(pid) for pid in record.read_text().split()] if record.exists() else []


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _until(condition, seconds=harness.PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def _line(process, words) -> str:
    """Return the next line that holds these words."""
    for line in process.stdout:
        if words in line:
            return line
    raise AssertionError(f"it ended without saying {words!r}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_stop_leaves_nobody(keeper, number) -> None:
    _line(keeper, "READY")
    keeper.send_signal(number)
    assert keeper.wait(timeout=harness.PATIENCE) == 0
    pids = _pids(keeper.pids)
    assert len(pids) == 2
    _until(lambda: not any(_alive(pid) for pid in pids))


def test_crashed_service_comes_back(keeper) -> None:
    _line(keeper, "READY")
    first, child = _pids(keeper.pids)
    os.kill(first, signal.SIGKILL)
    assert "killed by SIGKILL" in _line(keeper, "starting it again")
    assert _line(keeper, "answers again")
    assert not _alive(child), "the dead service's own child must not keep its port"
    assert _alive(_pids(keeper.pids)[2])


def test_hung_service_is_killed_and_comes_back(keeper) -> None:
    _line(keeper, "READY")
    first, child = _pids(keeper.pids)
    os.kill(first, signal.SIGSTOP)
    assert "answers nothing any more" in _line(keeper, "killed")
    assert "starting it again" in _line(keeper, "SIGKILL") and _line(keeper, "answers again")
    assert not _alive(first) and not _alive(child)


def test_service_that_answers_is_left_alone(keeper) -> None:
    _line(keeper, "READY")
    time.sleep(1.5)
    assert len(_pids(keeper.pids)) == 2, "started once"


def test_short_silence_is_forgiven(keeper) -> None:
    _line(keeper, "READY")
    first, _ = _pids(keeper.pids)
    for _ in range(3):
        os.kill(first, signal.SIGSTOP)
        time.sleep(0.4)
        os.kill(first, signal.SIGCONT)
        time.sleep(0.8)
    assert _pids(keeper.pids)[0] == first and len(_pids(keeper.pids)) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
def test_killed_supervisor_ends_its_service(keeper) -> None:
    _line(keeper, "READY")
    keeper.kill()
    keeper.wait()
    _until(lambda: not _alive(_pids(keeper.pids)[0]))


def _service(tmp_path, code: str) -> Service:
    argv = [sys.executable, "-c", textwrap.dedent(code)]
    return Service("Server", argv, "http://127.0.0.1:9/", tmp_path / "server.log", os.environ, tmp_path)


def test_gives_up_on_what_never_starts(tmp_path) -> None:
    said = []
    service = _service(tmp_path, "print('no model here'); raise SystemExit(3)")
    code = Supervisor([service], said.append, patience=Patience(waits=(0.05,), first_tries=2)).run()
    assert code == 1
    assert "stopped (exit code 3)" in said[-1] and "no model here" in said[-1] and "server.log" in said[-1]


def test_waits_grow_between_restarts(tmp_path) -> None:
    said = []
    service = _service(tmp_path, "raise SystemExit(1)")
    Supervisor([service], said.append, patience=Patience(waits=(0.05, 0.3), first_tries=4)).run()
    assert [line.split(" in ")[1].split(" s.")[0] for line in said[:3]] == ["0.05", "0.3", "0.3"]


def test_run_to_end_gives_exit_code(tmp_path) -> None:
    log = tmp_path / "task.log"
    assert run_to_end([sys.executable, "-c", "print('hello'); exit(4)"], log, os.environ, tmp_path) == 4
    assert last_line(log) == "hello"


def test_long_log_is_put_aside(tmp_path) -> None:
    log = tmp_path / "task.log"
    log.write_bytes(b"x" * 5_000_001)
    start_process([sys.executable, "-c", "print('new')"], log, os.environ, tmp_path).wait()
    assert log.read_text() == "new\n" and (tmp_path / "task.log.1").stat().st_size == 5_000_001


def test_busy_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken) as error:
            require_free_port("127.0.0.1", port, "ADVISOR_ENGINE_PORT", "the engine")
    assert f"Port {port}" in str(error.value) and "ADVISOR_ENGINE_PORT" in str(error.value)
    assert "\n" not in str(error.value)


def test_free_port_passes(free_port) -> None:
    require_free_port("127.0.0.1", free_port, "ADVISOR_ENGINE_PORT", "the engine")


def test_nobody_answers_is_status_zero(free_port) -> None:
    assert fetch(f"http://127.0.0.1:{free_port}/") == (0, b"")
