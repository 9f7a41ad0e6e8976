"""The bench that asks the same questions through each channel: its questions, its verdicts, what it prints."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bench.__main__ import app as bench_app
from bench.channels import WAYS, bench_channels, verdicts_of
from bench.questions import Heard, NoQuestions, is_good, questions_in, words_of
from demo.__main__ import app as demo_app
from demo.run import DEMOS

QUESTION = {
    "id": "q1",
    "text": "how long?",
    "kind": "facts",
    "must": ["weeks"],
    "must_not": ["years"],
    "outcome": ["answered"],
}
TALK = {
    "id": "c1",
    "turns": [{"user": "hi", "must": [], "must_not": []}, {"user": "and?", "must": ["more"], "must_not": []}],
}


@pytest.fixture
def questions(tmp_path) -> Any:
    file = tmp_path / "some.jsonl"
    file.write_text(f"{json.dumps(QUESTION)}\n\n{json.dumps(TALK)}\n", encoding="utf-8")
    return questions_in([file])


@pytest.mark.parametrize(
    ("words", "outcomes", "good"),
    [
        ("A few *Weeks*.", {"answered"}, True),
        ("A few weeks,\nnot years.", {"answered"}, False),
        ("It depends.", {"answered"}, False),
        ("A few weeks.", {"declined"}, False),
        ("A few weeks.", {"answered", "declined"}, False),
        ("A few weeks.", set(), False),
    ],
)
def test_verdict_heeds_words_and_outcome(questions, words, outcomes, good) -> None:
    question = questions[0]
    assert is_good(question.turns[0], question.outcomes, Heard(words, frozenset(outcomes))) == good


def test_conversation_keeps_its_turns(questions) -> None:
    assert questions[1].kind == "conversation" and [turn.text for turn in questions[1].turns] == ["hi", "and?"]


def test_words_include_cards_not_buttons() -> None:
    card = {"title": "Data", "text": "Toronto", "lines": ["12 weeks"], "url": "https://a.org"}
    said = {"text": "Found:", "custom": {"cards": [card]}, "buttons": [{"title": "More", "payload": "/more"}]}
    assert words_of(said) == "Found:\nData\nToronto\n12 weeks"


@pytest.mark.parametrize("line", ['{"id": "x"}', "not json", '{"id": "x", "text": "y", "must": null, "must_not": []}'])
def test_wrong_line_is_named(tmp_path, line) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(NoQuestions, match="some.jsonl:2"):
        questions_in([file])


class Parrot:
    """A way that answers every turn of a conversation alike."""

    def __init__(self, words: str) -> None:
        self._words = words

    def ask(self, conversation: int, text: str) -> Heard:
        return Heard(f"{self._words} {conversation}", frozenset({"answered"}))


def test_each_question_is_a_conversation(questions) -> None:
    assert verdicts_of(Parrot("more weeks"), questions) == {("q1", 0): True, ("c1", 0): True, ("c1", 1): True}


def test_differing_verdicts_are_named(questions, monkeypatch) -> None:
    from contextlib import nullcontext

    monkeypatch.setattr("bench.channels.advisor_on", lambda name, folder: nullcontext(name))
    monkeypatch.setattr(
        "bench.channels.WAYS", {"rest": lambda _: Parrot("weeks"), "telegram": lambda _: Parrot("more")}
    )
    said = []
    assert not bench_channels(questions, ["telegram"], said.append)
    assert "2 of 3" not in said[0] and "on 1 of 3 turns" in said[1]
    assert said[2:] == ["  q1, turn 1: good over REST only", "  c1, turn 2: good over telegram only"]


def test_every_stand_in_has_a_way() -> None:
    assert set(WAYS) == {"rest", *DEMOS}


@pytest.mark.parametrize(
    ("app", "arguments"), [(demo_app, ["letters"]), (bench_app, ["channels", "no-such-file.jsonl"])]
)
def test_wrong_usage_is_named(app, arguments) -> None:
    from typer.testing import CliRunner

    assert CliRunner().invoke(app, arguments).exit_code == 2
