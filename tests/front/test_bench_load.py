"""`advisor bench load`: Locust's visitors talk to a real front, what fails is counted by kind, memory is followed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench import load
from bench.load import Course, Plan
from training.evaluation.assistant import MeasurementFailed

SHORT = Plan(visitors=4, seconds=1.0)


@pytest.fixture(autouse=True)
def short_warm_up(monkeypatch) -> None:
    monkeypatch.setattr(load, "WARM_UP_SECONDS", 1.0)


def test_visitors_are_answered(front, engine, tmp_path) -> None:
    before = len(engine.ran)
    turns = load._asked(SHORT, [front.port], tmp_path / "kinds.json")
    assert turns["num_requests"] > 0 and turns["num_failures"] == 0 and turns["kinds"] == {}
    ran = engine.ran[before:]
    assert len(ran) >= turns["num_requests"], "those while the visitors come are not counted"
    by_conversation: dict[str, int] = {}
    for turn in ran:
        by_conversation[turn["conversation"]] = by_conversation.get(turn["conversation"], 0) + 1
    assert max(by_conversation.values()) <= 8 and len(by_conversation) >= 4


def test_apologies_are_failures(new_engine, new_front, tmp_path) -> None:
    engine = new_engine()
    front = new_front(engine)
    engine.behave(status=500, body={"error": "broken", "retry": False})
    turns = load._asked(SHORT, [front.port], tmp_path / "kinds.json")
    assert turns["num_failures"] == turns["num_requests"] > 0
    [kind] = turns["kinds"]
    assert "an apology" in kind
    with pytest.raises(MeasurementFailed, match=r"\d+ of \d+ turns failed"):
        load._tell(SHORT, turns, {"front 1": 1.0}, {"front 1": Course([1.0])}, print)


def test_each_visitor_keeps_to_one_front(front, new_front, engine, tmp_path) -> None:
    other = new_front(engine)
    turns = load._asked(replace(SHORT, visitors=2), [front.port, other.port], tmp_path / "kinds.json")
    assert turns["num_failures"] == 0
    assert other.client.get("/health").status_code == 200
    import httpx

    for each in (front, other):
        assert 'advisor_messages_received_total{channel="rest"}' in httpx.get(f"{each.operators_url}/metrics").text


def test_several_need_postgresql(tmp_path) -> None:
    with pytest.raises(MeasurementFailed, match="--on postgresql"), load._database(Plan(engines=2), tmp_path):
        pass


def test_growth_leaves_out_the_start() -> None:
    assert Course([100.0, 200.0, 300.0, 300.0, 300.0, 300.0, 301.0, 303.0]).growth == 2.0
    assert Course([100.0]).growth == 0.0
