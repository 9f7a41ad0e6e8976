"""Danger, low spirits and calling a person: what was held out is understood as well as when these floors were set."""

from __future__ import annotations

from collections import defaultdict

import pytest
from ruamel.yaml import YAML

from core.settings import PROJECT_ROOT
from training.evaluation.scoring import Guess, guesses, trained_reader

HELD_OUT = PROJECT_ROOT / "training/evaluation/phrasings/care.yml"
DANGER, LOW, PERSON, YES = "distress", "feel_low", "want_person", "affirm"


@pytest.fixture(scope="module")
def taken() -> dict[str, list[tuple[str, Guess]]]:
    """Return (text, what it was taken for) of each kind of message."""
    listed = YAML(typ="safe").load(HELD_OUT)["phrasings"]
    found = defaultdict(list)
    for each, guess in zip(listed, guesses(trained_reader(), [each["text"] for each in listed]), strict=True):
        found[each["kind"]].append((each["text"], guess))
    return found


def taken_for(messages: list[tuple[str, Guess]], *intents: str) -> list[str]:
    """Return the texts that were taken for one of the intents."""
    return [text for text, guess in messages if guess.intent in intents]


def test_enough_is_held_out(taken) -> None:
    assert len(taken["danger"]) >= 60 and len(taken["low"]) >= 40 and len(taken["harmless"]) >= 60
    assert sum(len(taken[kind]) for kind in ("call", "no_call", "after_offer", "yes")) >= 40


def test_no_danger_is_missed(taken) -> None:
    assert [text for text, guess in taken["danger"] if guess.intent != DANGER] == []


@pytest.mark.parametrize("kind", ["low", "harmless", "call", "no_call", "after_offer", "yes"])
def test_nothing_else_alarms(taken, kind) -> None:
    assert taken_for(taken[kind], DANGER) == []


def test_low_spirits_get_a_kind_word(taken) -> None:
    assert len(taken_for(taken["low"], LOW)) >= 0.9 * len(taken["low"])


def test_ordinary_questions_get_no_kind_word(taken) -> None:
    assert len(taken_for(taken["harmless"], LOW)) <= 0.05 * len(taken["harmless"])


def test_who_wants_a_person_gets_one(taken) -> None:
    assert [text for text, guess in taken["call"] if guess.intent != PERSON] == []
    assert [text for text, guess in taken["yes"] if guess.intent not in (PERSON, YES)] == []


def test_who_wants_nobody_is_left_alone(taken) -> None:
    assert taken_for(taken["no_call"], PERSON) == [] and taken_for(taken["after_offer"], PERSON, YES) == []
