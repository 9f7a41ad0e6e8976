"""What a reply makes of the claims that answer: how they are said, and what of their topic stands beside them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.claims import choose_claims
from actions.replies.base import Reply
from actions.replies.claims import Asked, answer_claims, shared_words, without_said
from knowledge.models import Topic, TopicItem, TopicLink
from tests.test_claims import OTHER, SECTION, YES, a_claim, near

TOPIC = Topic(
    key="a/one",
    title="One",
    answer="Many do, but not all. Firms of every size hire for it. They look for proof of skill.",
    items=(TopicItem("Apples", "", None), TopicItem("Pears", "", None)),
    more="",
    sources=(SECTION,),
    related=(TopicLink("b/two", "Two"),),
    owner="Editors",
    reviewed=None,  # type: ignore[arg-type]  # of no use here
)
SAID = {
    "verdict of the card is left out": (
        [YES],
        "yes_no",
        "Yes, it helps you greatly.\n\nFirms of every size hire for it. They look",
    ),
    "no yes to another form": ([YES], "how", "It helps you greatly.\n\nFirms"),
    "no yes to a statement": ([YES], "statement", "It helps you greatly.\n\nFirms"),
    "what was said is not said again": (
        [a_claim("Yes, firms of every size hire for it.")],
        "yes_no",
        "Yes, firms of every size hire for it.\n\nThey look for proof of skill.",
    ),
    "names are enough": ([a_claim("Udacity.", form="who")], "who", "Udacity."),
    "a list that is asked for": (
        [a_claim("There are two.", form="list")],
        "list",
        "There are two.\n\n- **Apples**\n- **Pears**",
    ),
    "a list that was said": ([a_claim("Apples and pears.", form="list")], "list", "Apples and pears."),
    "two claims": (
        [YES, OTHER],
        "yes_no",
        "Yes, it helps you greatly.\n\nBecause the market wants such skills.",
    ),
    "no room": ([a_claim("word " * 58 + "end.")], "yes_no", "word " * 58 + "end."),
}


@pytest.mark.parametrize(("claims", "form", "text"), SAID.values(), ids=SAID)
def test_reply_leads_with_claims(claims, form, text) -> None:
    reply = answer_claims(TOPIC, claims, Asked(form, near=[TOPIC.answer]))
    assert reply.text.startswith(text)
    if not text.endswith(("Firms", "look")):
        assert reply.text == text
    assert (reply.topic, reply.outcome, reply.source_keys) == ("a/one", "answered", ("benefits",))


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
    first = a_claim("Many apples are combined into a red basket of fruit.")
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


def test_words_are_compared_by_their_stems() -> None:
    assert shared_words("Many credentials", "one credential here") == 1
    assert shared_words("apples and pears", "pears") == 0.5
    assert shared_words("the", "anything") == 1
