"""`advisor bench front`: what the front adds to a turn, asked over HTTP with the engine asked directly beside it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bench.figures import percentile, table
from bench.messages import mixed
from bench.pace import pace, pace_told
from bench.turns import SHORT, WARM_UP, converse
from core.services import front_service
from core.settings import Settings, env_name
from training.evaluation.assistant import Assistant, advisor, free_port, started

TURNS = 400


def bench_front(say: Callable[[str], None]) -> None:
    """Hold the same conversations with the engine and through the front, by turns, so that both see the same machine."""
    before = pace()
    with (
        tempfile.TemporaryDirectory(prefix="advisor-bench-") as scratch,
        advisor("in-process", Path(scratch)) as engine,
        front_before(engine, Path(scratch)) as front,
    ):
        for each in (engine, front):
            converse(each, mixed(WARM_UP))
        used = front.cpu_seconds()
        direct, through = _asked_in_turns(engine, front, mixed(TURNS))
        say(_figures(direct, through))
        say(f"CPU ms of the front a turn: {(front.cpu_seconds() - used) / TURNS * 1000:.1f}")
        say(table(("process", "MB", "at most"), [(name, *figures) for name, figures in front.memory().items()]))
    say(pace_told(before, pace()))


@contextmanager
def front_before(engine: Assistant, folder: Path) -> Iterator[Assistant]:
    """Run a front of its own before a running engine."""
    base = Settings.from_environment()
    settings = replace(base, front_host="127.0.0.1", front_port=free_port(), var_dir=folder)
    given = {
        **{name: getattr(settings, name) for name in ("front_host", "front_port", "var_dir", "knowledge_db")},
        **{
            "engine_port": engine.port,
            "operators_port": free_port(),
            "rest_key": "",
            "engine_key": "",
            "database_url": "",
        },
    }
    service = front_service(settings)
    environment = {**service.environment, **{env_name(name): str(value) for name, value in given.items()}}
    with started("front", settings.front_port, [replace(service, environment=environment)]) as assistant:
        yield assistant


def _asked_in_turns(engine: Assistant, front: Assistant, messages: list[str]) -> tuple[list[float], list[float]]:
    """Return the ms of each message, directly and through the front."""
    direct: list[float] = []
    through: list[float] = []
    for start in range(0, len(messages), SHORT):
        part = messages[start : start + SHORT]
        pairs = [(engine, direct), (front, through)]
        for assistant, latencies in pairs if start // SHORT % 2 else pairs[::-1]:
            latencies += converse(assistant, part)
    return direct, through


def _figures(direct: list[float], through: list[float]) -> str:
    added = [after - before for before, after in zip(direct, through, strict=True)]
    rows = [("the engine alone", direct), ("through the front", through), ("added, turn by turn", added)]
    return table(
        ("ms", "p50", "p95", "slowest"),
        [(name, percentile(ms, 0.5), percentile(ms, 0.95), max(ms)) for name, ms in rows],
    )
