"""Actions in the engine's process: time limits, failures, and that none delays another."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError
from rasa_sdk.interfaces import ActionExecutionRejection

from actions.base import Answer
from actions.rasa_actions import AnswerAction
from actions.replies.topics import no_longer_known
from actions.thread_pool import QUICK, TwoLanes
from bot.engine import rasa_integration
from bot.engine.action_client import InProcessActions, InProcessResult
from bot.engine.action_runner import ActionRunner
from bot.engine.current_turn import CURRENT_TURN, TurnInProgress
from core.loop_pool import LoopPool
from core.services import services
from core.settings import PROJECT_ROOT, Settings, SettingsError

released = threading.Event()


async def quick(dispatcher, tracker, domain) -> list[dict[str, Any]]:
    dispatcher.utter_message(text=tracker.latest_message["text"])
    return [{"event": "slot", "name": "frame", "value": 1}]


def blocked(dispatcher, tracker, domain) -> None:
    released.wait(20)


class Hanging(AnswerAction):
    def name(self) -> str:
        return "test_hanging"

    def answer(self, knowledge, said, frame, catalogue) -> Answer:
        released.wait(20)
        return Answer(no_longer_known(), frame)


async def broken(dispatcher, tracker, domain) -> NoReturn:
    words = "a visitor's words"
    raise KeyError(words)


async def unwilling(dispatcher, tracker, domain) -> NoReturn:
    raise ActionExecutionRejection("test_unwilling", "not now")


@pytest.fixture
def runner() -> Iterator[ActionRunner]:
    released.clear()
    made = ActionRunner()
    for function in (quick, blocked, broken, unwilling):
        made._executor.register_function(f"test_{function.__name__}", function)
    made._executor.register_action(Hanging)
    yield made
    released.set()


def _call(name: str) -> dict:
    tracker = DialogueStateTracker.from_events(
        "me", [ActionExecuted("action_listen"), UserUttered("hi", {"name": "ask"})]
    )
    return {"next_action": name, "tracker": {**tracker.current_state(), "events": []}}


def _asked(runner, name: str, seconds: float = 5.0) -> tuple[object, list[str]]:
    """Return the reply or the error, and the recorded failures."""

    async def ask() -> Any:
        CURRENT_TURN.set(turn := TurnInProgress("me", None))
        try:
            return await InProcessActions(runner, seconds).request(json=_call(name)), turn.failures
        except Exception as error:
            return error, turn.failures

    return asyncio.run(ask())


def test_action_answers_as_on_the_server(runner) -> None:
    reply, failures = _asked(runner, "test_quick")
    assert isinstance(reply, InProcessResult) and failures == []
    assert reply["events"] == [{"event": "slot", "name": "frame", "value": 1}] and reply["responses"][0]["text"] == "hi"


def test_failing_action_is_recorded(runner) -> None:
    error, failures = _asked(runner, "test_broken")
    assert isinstance(error, KeyError) and failures == ["test_broken could not be run (KeyError)"]


def test_log_says_where_an_action_failed(runner, caplog) -> None:
    _asked(runner, "test_broken")
    assert "in broken" in caplog.text and "a visitor's words" not in caplog.text


def test_slow_action_is_given_up(runner) -> None:
    error, failures = _asked(runner, "test_blocked", 0.1)
    assert isinstance(error, RuntimeError) and failures == ["test_blocked took longer than 0.1 s"]


def test_missing_action_is_recorded(runner) -> None:
    assert "ActionNotFound" in _asked(runner, "test_nobody")[1][0]


def test_rejection_is_no_failure(runner) -> None:
    error, failures = _asked(runner, "test_unwilling")
    assert isinstance(error, ClientResponseError) and error.status == 400 and failures == []
    assert json.loads(error.text) == {"action_name": "test_unwilling", "error": "not now"}


def test_blocked_action_delays_nobody(runner) -> None:
    async def both() -> Any:
        endpoint = InProcessActions(runner, 10.0)
        waiting = asyncio.ensure_future(endpoint.request(json=_call("test_blocked")))
        reply = await endpoint.request(json=_call("test_quick"))
        still_blocked = not waiting.done()
        released.set()
        await waiting
        return reply["responses"], still_blocked

    responses, still_blocked = asyncio.run(both())
    assert responses and still_blocked


def test_hanging_answer_delays_nobody(runner) -> None:
    async def both() -> Any:
        endpoint = InProcessActions(runner, 10.0)
        waiting = [asyncio.ensure_future(endpoint.request(json=_call("test_hanging"))) for _ in range(QUICK - 1)]
        reply = await endpoint.request(json=_call("action_help_choose"))
        still_hanging = not any(one.done() for one in waiting)
        released.set()
        await asyncio.gather(*waiting)
        return reply["responses"], still_hanging

    responses, still_hanging = asyncio.run(both())
    assert responses and still_hanging


def test_every_action_of_the_domain_has_code() -> None:
    agent = SimpleNamespace(processor=SimpleNamespace(domain=Domain.load(str(PROJECT_ROOT / "domain.yml"))))
    missing = rasa_integration.custom_actions(agent) - ActionRunner().names
    assert missing == set() and len(rasa_integration.custom_actions(agent)) > 10


def test_actions_need_no_server_unless_set() -> None:
    assert [one.name for one in services(Settings())] == ["The engine"]
    assert [one.name for one in services(Settings(actions="server"))] == ["The action server", "The engine"]


@pytest.mark.parametrize("name", ["ADVISOR_ACTIONS", "ADVISOR_RASA_PATCHES"])
def test_unknown_choice_is_refused(name) -> None:
    with pytest.raises(SettingsError, match=f"{name} must be"):
        Settings.from_environment({name: "somewhere"})


def test_slow_answers_leave_threads_for_quick_ones() -> None:
    lanes, ends = TwoLanes(TimeoutError), []

    def endless(until: float) -> None:
        ends.append(until)
        while time.monotonic() < until:
            time.sleep(0.01)
        raise TimeoutError

    async def flood() -> Any:
        until = time.monotonic() + 6
        slow = [asyncio.ensure_future(lanes.run(endless, until)) for _ in range(2 * QUICK)]
        while not lanes.figures()["slow_waiting"]:
            await asyncio.sleep(0.01)
        reply = await lanes.run(lambda end: "hi", until)
        return reply, [one.done() for one in slow], await asyncio.gather(*slow, return_exceptions=True), until

    reply, done, errors, until = asyncio.run(flood())
    assert reply == "hi" and not any(done) and {type(error) for error in errors} == {TimeoutError}
    assert min(ends) < until == max(ends)
    assert set(lanes.figures().values()) == {0}


def test_threads_that_hang_are_told() -> None:
    lanes, release = TwoLanes(), threading.Event()

    async def hang() -> dict[str, float]:
        until = time.monotonic() + 30
        stuck = [asyncio.ensure_future(lanes.run(lambda end: release.wait(), until)) for _ in range(QUICK + 1)]
        while not lanes.quick.all_busy_seconds():
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        found = lanes.figures()
        release.set()
        await asyncio.gather(*stuck)
        return found

    found = asyncio.run(hang())
    assert found["quick_waiting"] == 1 and found["quick_busy_seconds"] > 0


def test_pool_hands_back_what_its_threads_made() -> None:
    """Results, errors, no more threads than wanted, and nothing of what was given up before its turn."""
    pool, done, go_on = LoopPool(2, "tried"), [], threading.Event()

    def hold(number: int) -> tuple[int, str]:
        go_on.wait(20)
        done.append(number)
        return number, threading.current_thread().name

    async def ask() -> list[tuple[int, str]]:
        with pytest.raises(ZeroDivisionError):
            await pool.run(lambda: 1 // 0)
        asked = [pool.run(hold, number) for number in range(6)]
        asked.pop().cancel()
        go_on.set()
        return await asyncio.gather(*asked)

    numbers, names = zip(*asyncio.run(ask()), strict=True)
    assert list(numbers) == sorted(done) == [0, 1, 2, 3, 4] and len(set(names)) <= 2
