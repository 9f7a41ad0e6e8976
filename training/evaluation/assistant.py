"""An assistant that runs for as long as it is measured: its processes, what it answers, what it uses."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.http_client import fetch
from core.processes import end_groups, last_line, start_process
from core.served_model import trained_model
from core.services import REST_PATH, Service, services
from core.settings import Settings, env_name

START_SECONDS = 180
TICKS = os.sysconf("SC_CLK_TCK")


class MeasurementFailed(Exception):
    """A measurement cannot be made; the message says why."""


@dataclass
class Assistant:
    """Running processes that answer Rasa's REST channel on a loopback port."""

    name: str
    port: int
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)
    started_in: float = 0.0  # seconds until the first answer
    may_be_silent: bool = False  # whether no message at all counts as a reply; ours never says nothing

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def say(self, connection: http.client.HTTPConnection, sender: str, text: str) -> float:
        """The seconds until the reply; MeasurementFailed where it is no reply."""
        body = json.dumps({"sender": sender, "message": text})
        asked = time.perf_counter()
        connection.request("POST", REST_PATH, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        said = answer.read()
        seconds = time.perf_counter() - asked
        if answer.status != 200 or not self._is_reply(json.loads(said)):
            raise MeasurementFailed(f"{self.name} did not answer '{text}': {answer.status} {said[:200]!r}")
        return seconds

    def _is_reply(self, messages: list[dict]) -> bool:
        outcomes = [one.get("metadata", {}).get("outcome") for one in messages]
        return "failed" not in outcomes and (bool(messages) or self.may_be_silent)

    def cpu_seconds(self) -> float:
        """What all its processes have used so far."""
        return sum(_cpu(process.pid) for process in self.processes.values())

    def memory(self) -> dict[str, tuple[float, float]]:
        """MB of each process: (now, at most so far)."""
        return {name: _memory(process.pid) for name, process in self.processes.items()}


@contextmanager
def advisor(actions: str, folder: Path, more: dict[str, str] | None = None) -> Iterator[Assistant]:
    """Our own, on free ports, with its state in the folder."""
    base = Settings.from_environment()
    if trained_model(base) is None:
        raise MeasurementFailed(f"no trained model in {base.models_dir}: run make train")
    places = {"var_dir": folder, "knowledge_db": base.knowledge_db, "encoder_dir": base.encoder_dir}
    doors = {
        "engine_port": free_port(),
        "actions_port": free_port(),
        "host": "127.0.0.1",
        "rest_key": "",
        "engine_key": "",
    }
    settings = replace(base, actions=actions, **places, **doors)
    given = {env_name(name): str(getattr(settings, name)) for name in (*places, *doors, "actions")}
    wanted = [_with_environment(one, {**given, **(more or {})}) for one in services(settings)]
    with started(f"advisor, actions {actions}", settings.engine_port, wanted) as assistant:
        yield assistant


@contextmanager
def started(name: str, port: int, wanted: list[Service]) -> Iterator[Assistant]:
    """The services, until the end of the block; they are up when the last one's address answers."""
    assistant = Assistant(name, port)
    began = time.monotonic()
    try:
        for one in wanted:
            assistant.processes[one.name] = start_process(one.argv, one.log, one.environment, one.folder)
        for one in wanted:
            _wait_for(one, assistant.processes[one.name], began)
        assistant.started_in = time.monotonic() - began
        yield assistant
    finally:
        end_groups(list(assistant.processes.values()), seconds=5)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _with_environment(service: Service, more: dict[str, str]) -> Service:
    return replace(service, environment={**service.environment, **more})


def _wait_for(service: Service, process: subprocess.Popen, began: float) -> None:
    while fetch(service.ready_url)[0] != 200:
        if process.poll() is not None or time.monotonic() - began > START_SECONDS:
            raise MeasurementFailed(f"{service.name} did not start: {last_line(service.log)}")
        time.sleep(0.05)


def _cpu(pid: int) -> float:
    """Seconds of a process and of those children of it that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS


def _memory(pid: int) -> tuple[float, float]:
    try:
        lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    except OSError:
        return 0.0, 0.0
    return tuple(int(lines[key].split()[0]) / 1000 for key in ("VmRSS", "VmHWM"))
