"""What staff see of a language model: who understood a turn, both readings, time and cost; and what is kept of it."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

from typing import Any

import pytest

from conversations.review.understanding import read_understanding, without_personal_data
from tests.front.console_fixtures import store
from tests.front.test_console_why import VISA, console, page_of, turn

QUESTION: dict[str, Any] = {
    "act": "ask_topic",
    "topic": VISA,
    "claims": [f"{VISA}#1"],
    "things": [{"thing": "destination:canada", "left_out": False}],
    "unknown": ["Zedtech"],
    "answerable": False,
}
MODEL: dict[str, Any] = {
    "result": "understood",
    "taken": True,
    "name": "small-<b>",
    "ms": 612.4,
    "tokens_in": 7100,
    "tokens_out": 85,
    "cost": 0.00119,
    "own": {"intent": "nlu_fallback", "topic": None, "confidence": 0.31, "claims": [{"topic": VISA, "number": 4}]},
    "questions": [QUESTION],
}


def test_model_and_built_in_reading_stand_side_by_side(console) -> None:
    page = page_of(console, turn(console.store, model=MODEL))
    told = page[page.index("Understood by") :]
    assert "The language model <code>small-&lt;b&gt;</code>" in told
    for part in (
        "Not understood",
        "31 %",
        f"{VISA}#4",
        "Asks about a topic",
        f"{VISA}#1",
        "Canada",
        "cannot be answered",
    ):
        assert part in told, part
    assert "7100 tokens read, 85 written, cost 0.00119" in told


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ("late", "it came too late"),
        ("invalid", "its answer was not of the list"),
        ("understood", "its query could not be"),
    ],
)
def test_built_in_reading_is_told_where_the_model_was_of_no_use(console, result, words) -> None:
    page = page_of(console, turn(console.store, model={**MODEL, "result": result, "taken": False, "questions": []}))
    assert f"The built-in understanding; a language model was asked, but {words}" in page


def test_nothing_is_told_without_a_model(console) -> None:
    assert "Understood by" not in page_of(console, turn(console.store))


@pytest.mark.parametrize(
    "odd", ["x", 5, {"result": 5}, {"result": "late", "own": 5, "questions": [5], "ms": "x", "cost": "x"}]
)
def test_odd_reports_do_not_break_a_page(console, odd) -> None:
    assert "Some courses need a visa." in page_of(console, turn(console.store, model=odd))


def test_retention_keeps_figures_and_no_words() -> None:
    kept = without_personal_data({"model": MODEL, "form": "what"})
    assert "Zedtech" not in str(kept) and "own" not in kept["model"]
    report = read_understanding(kept).model
    assert report is not None and (report.taken, report.tokens_in, report.questions) == (True, 7100, ())
