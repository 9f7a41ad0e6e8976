"""What is told where no claim surely answers: a whole topic, a decline, or what a statement implies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from actions.context import DialogueState, Understanding
from actions.question_router import answer_question
from actions.replies.base import Reply
from actions.replies.claims.answers import without_said
from actions.topics import answer_topic
from knowledge.knowledge_base import Knowledge
from tests.test_claims import asked, built


@pytest.fixture
def claimed(tmp_path: Path) -> Knowledge:
    return built(tmp_path)


def test_clear_topic_is_told_instead_of_a_claim_that_is_unlikely(claimed) -> None:
    def told(fit: float, **more) -> str:
        understanding = asked(form="how_long", **more)
        claims = tuple(replace(one, fit=fit) for one in understanding.claims)
        return answer_topic(claimed, replace(understanding, claims=claims), DialogueState()).reply.text

    topic = claimed.topic("benefits/language").answer
    assert told(0.7) == "A few weeks, in Canada."
    assert told(0.15) == topic
    unclear = replace(asked().topics[0], share=0.4)
    assert topic not in told(0.65, topics=(unclear,))


@pytest.mark.parametrize(
    ("form", "fit", "covered", "outcome"),
    [
        ("how_long", 0.5, 0.5, "declined"),
        ("how_long", 0.5, 0.8, "answered"),
        ("how_long", 0.65, 0.5, "answered"),
        ("statement", 0.3, 0.5, "answered"),
    ],
)
def test_open_subject_asks_for_a_surer_claim_but_of_statements(claimed, form, fit, covered, outcome) -> None:
    open_first = Understanding.from_message({"topic": {"ranking": [{"key": "not-stated/fees", "confidence": 0.3}]}})
    understanding = asked(form=form, topics=open_first.topics, is_answerable=False)
    claims = tuple(replace(one, fit=fit, covered=covered) for one in understanding.claims)
    answer = answer_question(claimed, replace(understanding, claims=claims), DialogueState())
    assert answer.reply.outcome == outcome


def test_sentences_that_were_said_are_left_out_of_a_second_answer() -> None:
    before, after = (
        Reply("Apples are red. Pears are not.", "answered"),
        Reply("Pears are not.\n\nPlums are.", "answered"),
    )
    assert without_said(after, before).text == "Plums are."
    assert without_said(before, before).text == ""
