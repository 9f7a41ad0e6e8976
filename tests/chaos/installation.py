"""Three fronts and two engines on one PostgreSQL database, behind nginx, with wires between them, and two platforms."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from conversations.db.store import Store
from core.settings import PROJECT_ROOT
from demo.stand_ins.slack.__main__ import application as slack_api
from demo.stand_ins.slack.world import World as Workspace
from demo.stand_ins.telegram.__main__ import application as bot_api
from demo.stand_ins.telegram.world import World as Messenger
from tests.chaos.machine import Clock, DatabaseServer, Disk, preloading
from tests.chaos.wires import Wire
from tests.fork_server import ForkServer
from tests.front import fork_server
from tests.front.processes import Program, RunningFront, StandInEngine, answers
from tests.front.telegram_fixtures import SECRET, serving
from tests.front.test_deploy import DISTRIBUTIONS, NAME, PACKAGED, Site
from tests.harness import free_port, until

KEY = "key-of-the-chaos"
SITES = "sites:\n  demo:\n    origins: [self]\n    consent: {version: first}\n"
NO_LIMIT = ("messages_per_minute", "messages_per_minute_per_address", "web_sessions_per_minute", "web_calls_per_minute")
# What the site leaves out, since programs of the organisation call it inside its network.
REST_TOO = "    location = /webhooks/rest/webhook { proxy_pass http://advisor_front; }\n"
BEFORE_REST = "    location / { return 404; }"


class RealEngine(Program):
    """The engine as a service manager runs it, with the trained model and its memory in the database."""

    def __init__(self, folder: Path, database_url: str) -> None:
        super().__init__(folder, "engine")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._settings = {
            **{"var_dir": folder, "engine_port": self.port, "host": "127.0.0.1", "actions": "in-process"},
            **{"database_url": database_url, "engine_key": KEY},
            **{"knowledge_db": PROJECT_ROOT / "var/knowledge.db", "encoder_dir": PROJECT_ROOT / "var/encoder"},
        }

    def start(self) -> RealEngine:
        """Start the engine; it answers when it has loaded its model."""
        given = {f"ADVISOR_{name.upper()}": str(value) for name, value in self._settings.items()}
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "OPENBLAS_CORETYPE") if name in os.environ}
        argv = [str(PROJECT_ROOT / "advisor"), "engine"]
        with self.log_file.open("ab") as out:  # in a group of its own, so that all of it is killed
            self.process = subprocess.Popen(
                argv, cwd=PROJECT_ROOT, env={**kept, **given}, stdout=out, stderr=out, start_new_session=True
            )
        return self

    def kill(self) -> None:
        """End the engine and all that it started, by SIGKILL."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        super().kill()


class ClockedFront(RunningFront):
    """A front whose clock can be set, if libfaketime is here."""

    def __init__(self, folder: Path, engine: Any, server: ForkServer, clock: Clock, **settings: Any) -> None:
        super().__init__(folder, engine, **settings)
        self._server, self.clock = server, clock

    def start(self, wait: bool = False) -> ClockedFront:
        """Start the front, without waiting for it."""
        environment = {**self.environment, **self.clock.environment, **preloading()}
        self.process = self._server.start("bot.front.app", [], environment, os.devnull, self.log_file, self.log_file)
        return self


class Installation:
    """All processes, the wires between them, and the platforms' sides; `folder` is for what stands on no small disk."""

    def __init__(self, folder: Path, fronts: int, engines: int, with_real_engines: bool) -> None:
        self.disk, self.is_real = Disk(), with_real_engines
        self.messenger, self.workspace = Messenger(), Workspace()
        self.wires: list[Wire] = []
        with ExitStack() as stack:
            stack.callback(self.disk.remove)
            self.database = DatabaseServer(self._on_disk("database"))
            self.engines = [self._engine(folder, number) for number in range(engines)]
            served = stack.enter_context(serving(bot_api(self.messenger), slack_api(self.workspace)))
            apis = [self._to_platform(name, url) for name, url in zip(("Telegram", "Slack"), served, strict=True)]
            server = ForkServer(fork_server.NAME, preloading())
            self.fronts = [
                self._front(number, server, apis, Clock(folder / f"clock{number}")) for number in range(fronts)
            ]
            ways = [self._wire(f"nginx - front {number}", front.port) for number, front in enumerate(self.fronts)]
            self.site = _site(folder / "nginx", [wire.port for wire in ways])
            self._ending = stack.pop_all()  # from here on, `end` does it

    @property
    def programs(self) -> dict[str, Program]:
        """Return all processes by name, in the order in which they are started."""
        engines = {f"engine {number}": each for number, each in enumerate(self.engines)}
        fronts = {f"front {number}": each for number, each in enumerate(self.fronts)}
        return {"database": self.database, **engines, **fronts, "nginx": self.site}

    def turns(self, store: Store) -> list[str]:
        """Return the texts of the turns that the engines remember, those of a conversation in order."""
        if not self.is_real:
            return [turn["text"] for turn in self.engines[0].ran]
        kept = store.run(lambda connection: connection.exec_driver_sql("SELECT events FROM engine_conversation").all())
        return [each["text"] for row in kept for each in json.loads(row.events) if each["event"] == "user"]

    async def start(self) -> None:
        """Start everything and wait until it answers."""
        for wire in self.wires:
            await wire.start()
        for program in self.programs.values():
            await asyncio.to_thread(program.start)
            if program is self.database:
                await asyncio.to_thread(until, self.database.answers, f"the database's start; {self.database.log}")
        for program in (*self.engines, *self.fronts):
            await asyncio.to_thread(until, lambda url=program.url: answers(url + "/"), f"a start; {program.log}", 120)

    def keep_logs(self, folder: Path) -> None:
        """Copy what the processes have written to a folder that remains."""
        folder.mkdir(exist_ok=True)
        for name, program in self.programs.items():
            (folder / f"{name}.log").write_text(program.log, encoding="utf-8")

    async def end(self) -> None:
        """End everything."""
        await asyncio.to_thread(self.site.end)  # by SIGTERM, so that its workers end, too
        for program in (*self.fronts, *self.engines, self.database):
            await asyncio.to_thread(program.kill)
        for wire in self.wires:
            await wire.stop()
        await asyncio.to_thread(self._ending.close)

    def _on_disk(self, name: str) -> Path:
        folder = self.disk.folder / name
        folder.mkdir(mode=0o755)
        return folder

    def _wire(self, name: str, target: int | Path) -> Wire:
        self.wires.append(Wire(name, target))
        return self.wires[-1]

    def _to_platform(self, name: str, url: str) -> str:
        """Return a platform's address behind a wire."""
        wire = self._wire(f"fronts - {name}", int(url.rpartition(":")[2]))
        return f"http://127.0.0.1:{wire.port}"

    def _to_database(self, who: str) -> str:
        """Return the database's URL behind a wire of its own."""
        wire = self._wire(f"{who} - database", self.database.socket_file)
        return f"postgresql+psycopg://postgres:@127.0.0.1:{wire.port}/postgres"

    def _engine(self, folder: Path, number: int) -> RealEngine | StandInEngine:
        if self.is_real:
            return RealEngine(self._on_disk(f"engine{number}"), self._to_database(f"engine {number}"))
        return StandInEngine(folder / "engine")  # one folder, and so one memory

    def _front(self, number: int, server: ForkServer, apis: list[str], clock: Clock) -> ClockedFront:
        ways = [self._wire(f"front {number} - engine {other}", one.port) for other, one in enumerate(self.engines)]
        folder = self._on_disk(f"front{number}")
        (folder / "sites.yml").write_text(SITES, encoding="utf-8")
        settings = {
            **{"database_url": self._to_database(f"front {number}"), "sites_file": folder / "sites.yml"},
            **{"engine_addresses": ",".join(f"http://127.0.0.1:{wire.port}" for wire in ways), "engine_key": KEY},
            **{"public_url": f"https://{NAME}", "rest_key": KEY, "web_session_key": KEY, **dict.fromkeys(NO_LIMIT, 0)},
            **{"telegram_token": self.messenger.token, "telegram_secret": SECRET, "telegram_api_url": apis[0]},
            **{"slack_bot_token": self.workspace.bot_token, "slack_signing_secret": self.workspace.secret},
            **{"slack_api_url": f"{apis[1]}/api/", "telegram_seconds": 3, "slack_seconds": 3},
        }
        return ClockedFront(folder, self.engines[0], server, clock, **settings)


def _site(folder: Path, ports: list[int]) -> Site:
    """Return nginx with deploy/nginx-site.conf before these ports, which is handed REST, too."""
    site = Site(folder, *ports, program=DISTRIBUTIONS or PACKAGED)
    for name, old, new in (
        ("site.conf", BEFORE_REST, REST_TOO + BEFORE_REST),
        ("nginx.conf", "worker_connections 256", "worker_connections 4096"),
    ):
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text, old
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    return site
