"""The customer's three questions, each in ten wordings, asked of the running advisor."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from core.settings import PROJECT_ROOT

QUESTIONS = YAML(typ="safe").load(PROJECT_ROOT / "training/evaluation/phrasings/customer.yml")
DEFINITION, DESTINATION, RECOGNITION = (
    [question, *asked["wordings"]] for question, asked in QUESTIONS.items()
)  # in the file's order


def test_every_question_has_ten_wordings() -> None:
    assert [len(wordings) for wordings in (DEFINITION, DESTINATION, RECOGNITION)] == [10, 10, 10]


@pytest.mark.parametrize("wording", DEFINITION)
def test_micro_credentials_are_explained(advisor, wording) -> None:
    reply = advisor.ask(wording)
    assert (reply.outcome, reply.topic) == ("answered", "definition/what")
    assert all(part in reply.text.lower() for part in ("short", "skill", "credential"))


@pytest.mark.parametrize("wording", DESTINATION)
def test_data_analytics_leads_to_australia(advisor, wording) -> None:
    reply = advisor.ask(wording)
    assert reply.outcome == "answered" and "Australia" in reply.first_sentence
    assert all(name in reply.text for name in ("University of Melbourne", "RMIT", "University of Sydney"))


@pytest.mark.parametrize("wording", RECOGNITION)
def test_recognition_has_both_sides(advisor, wording) -> None:
    reply = advisor.ask(wording)
    assert (reply.outcome, reply.topic) == ("answered", "challenges/recognition")
    assert "widely accept" in reply.text and "not universally" in reply.text
