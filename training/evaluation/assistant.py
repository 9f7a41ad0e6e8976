"""An assistant that runs for as long as it is measured: its processes, its replies, its CPU time and memory."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core.contract.turns import TURNS_PATH
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
    """Running processes that answer on a loopback port: our engine the turn contract, a front or a peer Rasa's REST channel."""

    name: str
    port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    started_in: float = 0.0  # seconds until the first answer
    is_engine: bool = False  # whether it is our engine
    may_be_silent: bool = False  # whether no message at all counts as a reply; ours never says nothing

    def connect(self) -> http.client.HTTPConnection:
        """Return a new connection to the assistant."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def say(self, connection: http.client.HTTPConnection, sender: str, text: str) -> float:
        """Send a text and return the seconds until the reply; raises MeasurementFailed if it is no reply."""
        path, said = self._request(sender, text)
        body = json.dumps(said)
        asked = time.perf_counter()
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        seconds = time.perf_counter() - asked
        if answer.status != 200 or not self._is_reply(json.loads(content)):
            raise MeasurementFailed(f"{self.name} did not answer '{text}': {answer.status} {content[:200]!r}")
        return seconds

    def _request(self, sender: str, text: str) -> tuple[str, dict[str, str]]:
        if self.is_engine:
            return TURNS_PATH, {"conversation": sender, "message_id": uuid.uuid4().hex, "text": text}
        return REST_PATH, {"sender": sender, "message": text}

    def _is_reply(self, answer: Any) -> bool:
        messages = answer["messages"] if self.is_engine else answer
        outcomes = [message.get("metadata", {}).get("outcome") for message in messages]
        return "failed" not in outcomes and (bool(messages) or self.may_be_silent)

    def cpu_seconds(self) -> float:
        """Return the CPU seconds of all its processes so far."""
        return sum(_cpu(process.pid) for process in self.processes.values())

    def memory(self) -> dict[str, tuple[float, float]]:
        """Return (MB now, most MB so far) of each process."""
        return {name: _memory(process.pid) for name, process in self.processes.items()}


@contextmanager
def advisor(actions: str, folder: Path, more: dict[str, str] | None = None) -> Iterator[Assistant]:
    """Run our own engine on free ports, with its state in the folder; raises MeasurementFailed if no model is trained."""
    base = Settings.from_environment()
    if trained_model(base) is None:
        raise MeasurementFailed(f"no trained model in {base.models_dir}: run make train")
    places: dict[str, Any] = {"var_dir": folder, "knowledge_db": base.knowledge_db, "encoder_dir": base.encoder_dir}
    ports: dict[str, Any] = {
        "engine_port": free_port(),
        "actions_port": free_port(),
        "host": "127.0.0.1",
        "rest_key": "",
        "engine_key": "",
    }
    settings = replace(base, actions=actions, **places, **ports)
    own = {env_name(name): str(getattr(settings, name)) for name in (*places, *ports, "actions")}
    wanted = [_with_environment(service, {**own, **(more or {})}) for service in services(settings)]
    with started(f"advisor, actions {actions}", settings.engine_port, wanted) as assistant:
        assistant.is_engine = True
        yield assistant


@contextmanager
def started(name: str, port: int, wanted: list[Service]) -> Iterator[Assistant]:
    """Run the services until the end of the block; each of them answers when the block begins."""
    assistant = Assistant(name, port)
    began = time.monotonic()
    try:
        for service in wanted:
            assistant.processes[service.name] = start_process(
                service.argv, service.log, service.environment, service.folder
            )
        for service in wanted:
            _wait_for(service, assistant.processes[service.name], began)
        assistant.started_in = time.monotonic() - began
        yield assistant
    finally:
        end_groups(list(assistant.processes.values()), seconds=5)


def free_port() -> int:
    """Return a port of the loopback address that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _with_environment(service: Service, more: dict[str, str]) -> Service:
    return replace(service, environment={**service.environment, **more})


def _wait_for(service: Service, process: subprocess.Popen[bytes], began: float) -> None:
    while fetch(service.ready_url)[0] != 200:
        if process.poll() is not None or time.monotonic() - began > START_SECONDS:
            raise MeasurementFailed(f"{service.name} did not start: {last_line(service.log)}")
        time.sleep(0.05)


def _cpu(pid: int) -> float:
    """Return the CPU seconds of a process and of its ended children; 0 if it is gone."""
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
    now, most = (int(lines[key].split()[0]) / 1000 for key in ("VmRSS", "VmHWM"))
    return now, most
