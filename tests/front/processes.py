"""Real processes for the front's tests: a front, and the small engine behind it, on free ports of this machine."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from core.settings import PROJECT_ROOT
from tests.fork_server import ForkedProcess
from tests.front import fork_server
from tests.harness import PATIENCE, free_port, until

STAND_IN = Path(__file__).with_name("stand_in_engine.py")
OPERATORS_KEY = "operators-key-for-tests"


class Program:
    """A process on a port, with its words in a file."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.log_file = folder, folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | ForkedProcess | None = None

    def run(self, argv: list[str], environment: dict[str, str]) -> None:
        """Start the process."""
        with self.log_file.open("ab") as out:
            self.process = subprocess.Popen(argv, cwd=PROJECT_ROOT, env=environment, stdout=out, stderr=out)

    def kill(self) -> None:
        """End the process at once, by SIGKILL."""
        self.end(signal.SIGKILL)

    def end(self, number: int = signal.SIGTERM, seconds: float = PATIENCE) -> int | None:
        """Send a signal and wait for the end; return the exit code, or None if it does not run."""
        if self.process is None:
            return None
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        code = self.process.wait(seconds)
        self.process = None
        return code

    @property
    def log(self) -> str:
        """Return what the process has written."""
        return self.log_file.read_text(encoding="utf-8") if self.log_file.exists() else ""


class StandInEngine(Program):
    """The small engine: stand_in_engine.py."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "engine")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> StandInEngine:
        """Start the engine and wait until it answers."""
        argv = [sys.executable, "-S", str(STAND_IN), str(self.port), str(self.folder / "engine-memory.jsonl")]
        self.run(argv, {"PATH": os.environ["PATH"]})
        until(lambda: answers(self.url), "the engine's start")
        return self

    def behave(self, **how: Any) -> None:
        """Set its behaviour: seconds, status, body, ready, key, installation; what is not named is well again."""
        httpx.post(f"{self.url}/behave", json=how).raise_for_status()

    @property
    def ran(self) -> list[dict[str, Any]]:
        """Return the turns that it ran, in order: conversation, message_id, text or payload, channel, metadata."""
        return httpx.get(f"{self.url}/told").json()["ran"]

    @property
    def asked(self) -> list[str]:
        """Return every text that it was asked about, even if it failed."""
        return httpx.get(f"{self.url}/told").json()["asked"]

    @property
    def forgotten(self) -> list[str]:
        """Return the conversations that it was told to forget."""
        return httpx.get(f"{self.url}/told").json()["forgotten"]


class RunningFront(Program):
    """The front as a service manager runs it, over a database in `folder`. Settings by name: `front_port=...`."""

    def __init__(self, folder: Path, engine: StandInEngine, **settings: Any) -> None:
        super().__init__(folder, "front")
        self.port, self.operators_port = free_port(), free_port()
        self.url, self.operators_url = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.operators_port}"
        self.settings = {
            "var_dir": folder,
            "knowledge_db": PROJECT_ROOT / "var" / "knowledge.db",
            "engine_port": engine.port,
            "front_port": self.port,
            "operators_port": self.operators_port,
            "operators_key": OPERATORS_KEY,
            **settings,
        }
        self.client = httpx.Client(base_url=self.url, timeout=PATIENCE, trust_env=False)
        self._operators = httpx.Client(
            base_url=self.operators_url, timeout=PATIENCE, headers={"Authorization": f"Bearer {OPERATORS_KEY}"}
        )

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment variables of the settings."""
        ours = {f"ADVISOR_{name.upper()}": str(value) for name, value in self.settings.items()}
        return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **ours}

    def start(self, wait: bool = True) -> RunningFront:
        """Start the front and, unless told otherwise, wait until it answers."""
        self.process = fork_server.start(
            "bot.front.app", [], self.environment, os.devnull, self.log_file, self.log_file
        )
        if wait:
            until(self._up, f"the front's start; its log: {self.log}")
        return self

    def ends_by_itself(self) -> bool:
        """End the front by SIGTERM; return True if it ended well and had to cut off no request that it waited for in vain."""
        return self.end() == 0 and "graceful shutdown exceeded" not in self.log

    def ask(self, text: str = "", sender: str = "me", **more: Any) -> list[dict[str, Any]]:
        """Say something over REST and return the reply; `payload=` presses a button."""
        body = {"sender": sender, **({} if "payload" in more else {"message": text}), **more}
        answer = self.post(body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, body: Any = None, **more: Any) -> httpx.Response:
        """Send a request to the REST address, as it is."""
        return self.client.post("/webhooks/rest/webhook", **({"json": body} if body is not None else {}), **more)

    def operate(self, method: str, path: str, **body: Any) -> httpx.Response:
        """Call the operators' API: "POST", "conversations/ID/take", person="Ada"."""
        return self._operators.request(method, f"/operators/{path}", **({"json": body} if body else {}))

    def conversation_of(self, sender: str = "me") -> str:
        """Return the id of a REST conversation."""
        import sqlite3

        with contextlib.closing(sqlite3.connect(self.folder / "conversations.db")) as database:
            return database.execute("SELECT id FROM conversation WHERE address = ?", (sender,)).fetchone()[0]

    def _up(self) -> bool:
        assert self.process is not None and self.process.poll() is None, f"the front stopped: {self.log}"
        return answers(f"{self.url}/health") and answers(f"{self.operators_url}/metrics")


def answers(url: str) -> bool:
    """Tell whether an address answers, with anything but an error of the server."""
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(url, timeout=2, trust_env=False).status_code < 500
    return False


@contextlib.contextmanager
def ended_at_last(programs: list[Program]) -> Iterator[None]:
    """Kill the programs at the end of the block."""
    try:
        yield
    finally:
        for program in programs:
            program.kill()
