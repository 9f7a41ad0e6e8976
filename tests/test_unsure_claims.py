"""What is told beside a claim, and where none surely answers: a whole topic, a decline, or what a statement implies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from actions.claims import choose_claims
from actions.context import DialogueState, Understanding
from actions.question_router import answer_question
from actions.replies.base import Reply
from actions.replies.claims.answers import Asked, answer_claims, without_said
from actions.topics import answer_topic
from knowledge.knowledge_base import Knowledge
from knowledge.models import TopicItem
from tests.test_claims import TOPIC, YES, a_claim, asked, built, near


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


# What the topic of a claim adds to it: the claim, what is asked beside it, and whether the topic's second sentence follows.
PROOF = "They look for proof of skill."
BESIDE = {
    "comes near to the question": (YES, Asked("yes_no", near=[PROOF]), True),
    "nothing of the kind was asked": (YES, Asked("yes_no", near=["Pears are green."]), False),
    "supports a bare yes": (YES, Asked("yes_no", is_short=True), False),  # with the sentence before it
    "the topic as a whole is asked about": (YES, Asked("yes_no", as_a_whole=True), True),
    "in spite of a no": (a_claim("No, pears are not sweet."), Asked("yes_no"), True),
}


@pytest.mark.parametrize(("claim", "asked", "follows"), BESIDE.values(), ids=BESIDE)
def test_topic_adds_only_what_was_asked_beside_a_claim(claim, asked, follows) -> None:
    topic = replace(TOPIC, answer=f"Firms of every size hire for it. {PROOF}", items=())
    added = replace(topic, answer=f"Trees of every size are firm. {PROOF}") if asked.near else topic
    assert (PROOF in answer_claims(added, [claim], asked).text) == follows


def test_a_list_of_the_topic_is_told_only_where_the_question_is_about_it() -> None:
    thing = replace(TOPIC, answer="One.", items=(TopicItem("Offered by", "two schools", None),))
    told = [answer_claims(thing, [YES], Asked("what", describes=each)).text for each in (True, False)]
    assert told == ["It helps you greatly.\n\n- **Offered by**: two schools", "It helps you greatly."]


def test_a_claim_that_means_the_same_is_not_told_beside_another() -> None:
    first = a_claim("Many apples are combined into a red basket of ripe winter fruit.")
    second = a_claim("Apples can be combined, wrapped, sold or given as larger gifts.", number=1)
    beside = [near(first), near(second, 0.6)]
    assert choose_claims(beside) == (first, second)
    assert choose_claims(beside, likeness=lambda one, other: 0.6) == (first,)


def test_sentences_that_were_said_are_left_out_of_a_second_answer() -> None:
    before, after = (
        Reply("Apples are red. Pears are not.", "answered"),
        Reply("Pears are not.\n\nPlums are.", "answered"),
    )
    assert without_said(after, before).text == "Plums are."
    assert without_said(before, before).text == ""
