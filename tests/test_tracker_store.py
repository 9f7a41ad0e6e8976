"""The engine's working memory: bounded, versioned, never silently replaced."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import subprocess
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.engine import rasa_integration
from bot.engine.current_turn import CURRENT_TURN, TurnInProgress
from bot.engine.errors import TurnFailed
from bot.engine.state_db import StateChanged, StateDatabase
from bot.engine.tracker_store import KEPT_TURNS, SnapshotStore
from bot.engine.turn import run_turn
from core.services import services
from core.settings import Settings
from tests.engine_fixtures import free_port

DOMAIN = Domain.from_dict({"intents": ["ask"], "slots": {"frame": {"type": "any", "mappings": [{"type": "custom"}]}}})


def _store(tmp_path) -> SnapshotStore:
    return SnapshotStore(DOMAIN, db=str(tmp_path / "engine.db"))


async def _take_turn(store: SnapshotStore, number: int) -> DialogueStateTracker:
    tracker = await store.get_or_create_tracker("me")
    if not tracker.applied_events():
        tracker.update_with_events(
            [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")], DOMAIN
        )
    said = {"text": f"turn {number}", "intent": {"name": "ask"}, "entities": [], "nearest": ["left out"]}
    events = [UserUttered(said["text"], said["intent"], [], said), ActionExecuted("action_x"), SlotSet("frame", number)]
    tracker.update_with_events([*events, ActionExecuted("action_listen")], DOMAIN)
    await store.save(tracker)
    return tracker


def _shape(tracker: DialogueStateTracker) -> list[dict]:
    left_out = ("timestamp", "parse_data")  # of which nothing is read later but what the event holds besides
    return [{key: value for key, value in event.as_dict().items() if key not in left_out} for event in tracker.events]


def test_held_tracker_is_what_was_written(tmp_path) -> None:
    async def scenario() -> None:
        store = _store(tmp_path)
        for number in range(40):
            await _take_turn(store, number)
            read_back = await _store(tmp_path).retrieve("me")
            held = await store.retrieve("me")
            assert _shape(held) == _shape(read_back) and held.get_slot("frame") == number
            store._hold(held, read_back._advisor_version)
            assert sum(isinstance(event, UserUttered) for event in held.events) <= 2 * KEPT_TURNS

    asyncio.run(scenario())


def test_held_tracker_is_not_read_again(tmp_path) -> None:
    async def scenario() -> None:
        store = _store(tmp_path)
        tracker = await _take_turn(store, 1)
        assert await store.retrieve("me") is tracker
        assert await store.retrieve("me") is not tracker  # it belongs to whom it was given

    asyncio.run(scenario())


def test_other_engines_turn_is_seen(tmp_path) -> None:
    async def scenario() -> None:
        one, other = _store(tmp_path), _store(tmp_path)
        await _take_turn(one, 1)
        await _take_turn(other, 2)
        assert (await one.retrieve("me")).get_slot("frame") == 2

    asyncio.run(scenario())


def test_overtaken_turn_is_refused(tmp_path) -> None:
    async def scenario() -> None:
        one, other = _store(tmp_path), _store(tmp_path)
        await _take_turn(one, 1)
        tracker = await one.retrieve("me")
        await _take_turn(other, 2)
        with pytest.raises(StateChanged):
            await one.save(tracker)
        assert (await one.retrieve("me")).get_slot("frame") == 2

    asyncio.run(scenario())


def test_failed_turn_is_not_kept(tmp_path) -> None:
    async def scenario() -> None:
        store = _store(tmp_path)
        await _take_turn(store, 1)
        CURRENT_TURN.set(turn := TurnInProgress("me", "m-2"))
        turn.failures.append("action_x failed")
        await _take_turn(store, 2)
        assert (await store.retrieve("me")).get_slot("frame") == 1

    asyncio.run(scenario())


def test_new_domain_forgets_held_trackers(tmp_path) -> None:
    async def scenario() -> None:
        store = _store(tmp_path)
        tracker = await _take_turn(store, 1)
        store.domain = DOMAIN
        assert await store.retrieve("me") is not tracker

    asyncio.run(scenario())


def test_file_outlives_the_engine(tmp_path) -> None:
    asyncio.run(StateDatabase(tmp_path / "engine.db").write("me", 0, "[1]", "m-1", '{"messages": []}'))
    reopened = StateDatabase(tmp_path / "engine.db")
    assert asyncio.run(reopened.read("me", 0)) == (1, "[1]")
    assert asyncio.run(reopened.read("me", 1)) == (1, None)
    assert asyncio.run(reopened.reply("me", "m-1")) == '{"messages": []}'
    assert asyncio.run(reopened.keys()) == ["me"]


def test_locked_file_fails_writers_and_no_readers(tmp_path) -> None:
    file = StateDatabase(tmp_path / "engine.db")
    asyncio.run(file.write("me", 0, "[1]"))
    with contextlib.closing(sqlite3.connect(file.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        async def many() -> Any:
            writes = [asyncio.ensure_future(file.write(f"w{number}", 0, "[]")) for number in range(20)]
            assert await file.read("me", 0) == (1, "[1]")
            assert not any(write.done() for write in writes)  # the reader waited for none of them
            return await asyncio.gather(*writes, file.check_writable(), file.forget("me"), return_exceptions=True)

        assert {type(one) for one in asyncio.run(many())} == {sqlite3.OperationalError}
        other.execute("ROLLBACK")
    asyncio.run(file.write("me", 1, "[2]"))
    assert asyncio.run(file.read("me", 0)) == (2, "[2]")


def test_only_last_replies_are_kept(tmp_path) -> None:
    file = StateDatabase(tmp_path / "engine.db")
    for number in range(30):
        asyncio.run(file.write("me", number, "[]", f"m-{number}", str(number)))
    assert [asyncio.run(file.reply("me", f"m-{number}")) for number in (9, 10, 29)] == [None, "10", "29"]


@pytest.mark.parametrize("given", [{"url": "postgresql://here"}, {"dbb": "engine.db"}], ids=str)
def test_unknown_setting_of_the_store_is_refused(tmp_path, given) -> None:
    configured = EndpointConfig.from_dict({"type": "bot.engine.tracker_store.SnapshotStore", **given})
    with pytest.raises(ValueError, match=f"unknown settings of the tracker store: {next(iter(given))}"):
        TrackerStore.create(configured, DOMAIN)


def test_other_tracker_store_is_refused() -> None:
    with pytest.raises(TurnFailed, match="endpoints.yml loads InMemoryTrackerStore"):
        rasa_integration.store_of(SimpleNamespace(tracker_store=InMemoryTrackerStore(DOMAIN)))


def test_unreachable_memory_fails_the_turn(tmp_path) -> None:
    (tmp_path / "taken").write_text("no folder")
    store = SnapshotStore(DOMAIN, db=str(tmp_path / "taken" / "engine.db"))
    agent = SimpleNamespace(tracker_store=store, processor=SimpleNamespace(_advisor_installed=True))
    with pytest.raises(TurnFailed, match="memory cannot be used") as failed:
        asyncio.run(run_turn(SimpleNamespace(ctx=SimpleNamespace(agent=agent)), "me", "hello", "m-1"))
    assert failed.value.status == 503


def test_rasa_that_hides_errors_is_refused(tmp_path) -> None:
    class Hiding(FailSafeTrackerStore):
        def on_tracker_store_error(self, error) -> None:
            pass

    rasa_integration._raise_errors_of_the_store(FailSafeTrackerStore(_store(tmp_path)))
    with pytest.raises(TurnFailed, match="hides errors"):
        rasa_integration._raise_errors_of_the_store(Hiding(_store(tmp_path)))


def test_engine_with_another_store_does_not_start(tmp_path) -> None:
    file = tmp_path / "endpoints.yml"
    file.write_text("tracker_store: {type: bot.engine.tracker_store.SnapshotStor}\n")
    one = services(Settings(engine_port=free_port()))[0]
    argv = [str(file) if argument.endswith("endpoints.yml") else argument for argument in one.argv]
    ended = subprocess.run(argv, env=dict(one.environment), cwd=one.folder, capture_output=True, text=True, timeout=150)
    assert ended.returncode == 1 and "endpoints.yml loads InMemoryTrackerStore" in ended.stderr
