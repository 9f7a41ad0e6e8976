"""What keeps a language model from being asked too much: the budget of a day, and the circuit breaker."""

from __future__ import annotations

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from core.contract.queries import MaskedMessage, ModelReading, UnsureTurn
from core.settings import Settings
from language_model.endpoint.budget import Budget
from language_model.endpoint.calls import FAILURES, MOST_AT_ONCE, PAUSE_SECONDS, CircuitBreaker
from language_model.model import build_model
from tests.front.model_endpoint import completion, running_endpoint

UNSURE: UnsureTurn = {"understanding": {}, "claims": [], "language": None, "state": {}}


def test_a_day_has_its_budget_and_the_next_another(tmp_path) -> None:
    days = ["2026-11-30"]
    budget = Budget(tmp_path / "spent.json", calls=2, tokens=0, day=lambda: days[-1])
    assert [budget.take_call() for _ in range(3)] == [True, True, False]
    days.append("2026-12-01")
    assert budget.take_call() and budget.spent.calls == 1


def test_tokens_end_a_day_as_well(tmp_path) -> None:
    budget = Budget(tmp_path / "spent.json", calls=0, tokens=100)
    assert budget.take_call()
    budget.add_tokens(100)
    assert not budget.take_call()
    budget.add_tokens(-500)  # an endpoint that counts oddly gives nothing back
    assert not budget.take_call()


def test_what_was_spent_is_read_again(tmp_path) -> None:
    file = tmp_path / "spent.json"
    Budget(file, calls=1, tokens=0).take_call()
    assert not Budget(file, calls=1, tokens=0).take_call()


def _taken(file: Path, tries: int) -> int:
    budget = Budget(file, calls=100, tokens=0)
    return sum(budget.take_call() for _ in range(tries))


def test_budget_is_one_for_all_processes(tmp_path) -> None:
    """Count in four processes at once, as fronts on one machine do: together they get the budget, and no call more."""
    file = tmp_path / "spent.json"
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as processes:
        taken = [each.result() for each in [processes.submit(_taken, file, 60) for _ in range(4)]]
    assert sum(taken) == 100 and Budget(file, calls=0, tokens=0).spent.calls == 100


def test_what_another_process_took_is_seen_at_once(tmp_path) -> None:
    one, other = (Budget(tmp_path / "spent.json", calls=2, tokens=50) for _ in range(2))
    assert [one.take_call(), other.take_call(), one.take_call()] == [True, True, False]
    other.add_tokens(50)
    assert one.spent.tokens == 50


def test_damaged_count_begins_anew(tmp_path) -> None:
    file = tmp_path / "spent.json"
    for content in ("", "[]", '{"day": "x"}', "\x00"):
        file.write_text(content)
        assert Budget(file, calls=1, tokens=0).take_call()


def test_count_goes_on_where_nothing_can_be_written(tmp_path) -> None:
    budget = Budget(tmp_path / "missing" / "spent.json", calls=1, tokens=0)
    assert [budget.take_call(), budget.take_call()] == [True, False]


def test_breaker_opens_and_lets_one_try() -> None:
    now = [0.0]
    breaker = CircuitBreaker(lambda: now[0])
    for _ in range(FAILURES - 1):
        breaker.note(went_well=False)
    breaker.note(went_well=True)  # failures count in a row
    for _ in range(FAILURES):
        assert breaker.lets_through()
        breaker.note(went_well=False)
    assert not breaker.lets_through()
    now[0] += PAUSE_SECONDS
    assert [breaker.lets_through(), breaker.lets_through()] == [True, False], "one alone tries it"
    breaker.note(went_well=True)
    assert breaker.lets_through()


def test_only_some_wait_for_it_at_once(tmp_path) -> None:
    settings = Settings(language_model_name="m", language_model_seconds=20, language_model_url="http://127.0.0.1:9/v1")

    async def all_at_once(url: str) -> list[ModelReading]:
        model = build_model(
            replace(settings, language_model_url=url), tmp_path, Settings().knowledge_db, Settings().encoder_dir
        )
        assert model is not None
        readings = await asyncio.gather(*(model.read(MaskedMessage("hi"), UNSURE) for _ in range(MOST_AT_ONCE + 2)))
        await model.close()
        return list(readings)

    with running_endpoint() as endpoint:
        endpoint.behaviour = {"seconds": 1.0, "body": completion("{}")}
        results = [reading.result for reading in asyncio.run(all_at_once(endpoint.url))]
    assert results.count("crowded") == 2 and len(endpoint.asked) == MOST_AT_ONCE
