"""What is told where no claim surely answers: the whole of a clear topic, a decline, or what a statement implies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from actions.context import DialogueState, Understanding
from actions.question_router import answer_question
from actions.replies.claims import Asked, answer_claims
from actions.topics import answer_topic
from knowledge.knowledge_base import Knowledge
from knowledge.models import TopicItem
from tests.test_claims import TOPIC, a_claim, asked, built


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
    ("form", "fit", "outcome"),
    [("how_long", 0.5, "declined"), ("how_long", 0.65, "answered"), ("statement", 0.3, "answered")],
)
def test_open_subject_asks_for_a_surer_claim_but_of_statements(claimed, form, fit, outcome) -> None:
    open_first = Understanding.from_message({"topic": {"ranking": [{"key": "not-stated/fees", "confidence": 0.3}]}})
    understanding = asked(form=form, topics=open_first.topics, is_answerable=False)
    claims = tuple(replace(one, fit=fit) for one in understanding.claims)
    answer = answer_question(claimed, replace(understanding, claims=claims), DialogueState())
    assert answer.reply.outcome == outcome


LISTED = "- **Apples**\n- **Pears**"
FRUITS = (("Apples", "some red"), ("Pears", "mostly green"), ("Plums", "rather blue"), ("Cherries", "darker"))


def test_topic_as_a_whole_follows_with_all_that_was_not_said() -> None:
    whole = answer_claims(TOPIC, [a_claim("Yes, apples are.")], Asked("yes_no", is_sure=False, as_a_whole=True))
    assert (
        whole.text == f"Yes, apples are.\n\nFirms of every size hire for it. They look for proof of skill.\n\n{LISTED}"
    )
    fruits = replace(TOPIC, answer="There are four:", items=tuple(TopicItem(*one, None) for one in FRUITS))
    first = answer_claims(fruits, [a_claim("Yes, some are red.")], Asked("yes_no", is_sure=False, as_a_whole=True))
    assert first.text.count("- **") == len(FRUITS)  # a list with gaps would look like all there is
