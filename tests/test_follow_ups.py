"""A turn after others is answered for what it asks: the opposite, what is new, one of two, the side of a topic, the form."""

from __future__ import annotations

import pytest

from tests.engine_fixtures import Advisor, Conversation

# What is said, turn by turn, with what the last reply has in it and what not.
TALKS = {
    "where not, after a field": (
        ("Where is leadership popular?", "and where is it not?"),
        ("Australia", "isn't among their popular fields", "Only Canada"),
        ("points to",),
    ),
    "who doesn't, after industries": (
        ("In which industries are they recognised?", "and where are they not?"),
        ("Law, medicine and engineering prefer",),
        ("widely accepted",),
    ),
    "opposite that the guide doesn't tell": (
        ("What is stacking?", "Does every university allow it?", "Which ones don't?"),
        ("doesn't say which ones those are",),
        ("I have no answer",),
    ),
    "same question of another kind": (
        ("How long does a nanodegree take?", "and a digital badge?"),
        ("how long **digital badges** take",),
        ("Offered by", "nanodegree"),
    ),
    "only what is new is told": (
        ("Tell me about Canada", "what about Australia, is it better?"),
        ("doesn't say which is better", "Melbourne"),
        ("Toronto", "Which one is yours"),
    ),
    "one kind that may be better": (
        ("What is a nanodegree?", "are digital badges better?"),
        ("doesn't say which is better, **nanodegrees** or **digital badges**",),
        ("Udacity",),
    ),
    "two halves are one question": (
        ("Tell me about the EU", "what about Canada, do they have leadership?"),
        ("Yes, **leadership**",),
        ("colleges and universities",),
    ),
    "which of the two has it": (
        ("I am looking at the UK and New Zealand, please compare them", "Which one has AI?"),
        ("Neither",),
        ("anodegrees fit",),
    ),
    "a field does not stick": (
        ("Does the UK have AI?", "What is Canada good at?", "Which universities there?"),
        ("Toronto", "Humber"),
        ("AI",),
    ),
    "the side of a topic": (
        ("Can one do these courses online?", "What are the drawbacks of that?"),
        ("time zone",),
        ("ten challenges",),
    ),
    "which of two programs": (
        ("What programs does Google have?", "which of them takes longer"),
        ("Google Analytics Certification", "doesn't say how long"),
        (),
    ),
    "the first of a list, and its reason": (
        ("What should I look at before I choose?", "just the first one", "why does that matter?"),
        ("Because", "universally recognised"),
        ("I have no answer",),
    ),
    "a topic that is put right": (
        ("Is there something online?", "No, I meant meeting people, not the campus."),
        ("peers",),
        ("isn't wanted",),
    ),
    "no two sides once more": (
        ("In which industries are they recognised?", "and where are they not?", "what about cybersecurity then"),
        ("Yes: **cybersecurity**",),
        ("The guide says that",),
    ),
}


@pytest.mark.parametrize("name", TALKS)
def test_a_turn_after_others_is_answered_for_what_it_asks(advisor: Advisor, name: str) -> None:
    said, wanted, never = TALKS[name]
    talk = Conversation(advisor)
    text = "\n\n".join(one["text"] for one in [talk.say(one) for one in said][-1].messages)
    assert [one for one in wanted if one not in text] == [] and [one for one in never if one in text] == [], text


@pytest.mark.parametrize(
    ("wish", "lines"), [("in two lines please", 2), ("as 3 bullet points", 3), ("only the first one", 1)]
)
def test_a_list_is_said_in_as_many_lines_as_are_wanted(advisor: Advisor, wish: str, lines: int) -> None:
    talk = Conversation(advisor)
    talk.say("List what I should look at before I choose a course.")
    told = talk.say(wish).messages[0]["text"].splitlines()
    assert len(told) == lines and "Accreditation" in told[0]


def test_whoever_hands_a_kind_out_is_told_of_that_kind(advisor) -> None:
    talk = advisor.conversation()
    talk.say("What is a nanodegree?")
    reply = talk.say("and who is handing them out?")
    assert "Udacity" in reply.text and "Harvard" not in reply.text


def test_anything_besides_one_of_them_is_answered_with_the_others(advisor) -> None:
    talk = advisor.conversation()
    talk.say("Where can I show my badge?")
    reply = talk.say("Anything besides LinkedIn?")
    assert not reply.text.startswith("Yes. LinkedIn is one") and "portfolio" in reply.text


def test_anything_besides_one_point_of_a_list_is_answered_with_the_list(advisor) -> None:
    talk = advisor.conversation()
    talk.say("What should I check before I enrol?")
    reply = talk.say("Anything else besides accreditation?")
    assert not reply.text.startswith("Yes. Check that employers")


def test_the_cheapest_kind_is_asked_of_prices_alone(advisor) -> None:
    reply = advisor.conversation().say("Which kind of micro-credential is the cheapest?")
    assert "no fees or prices" in reply.text and "Bootcamps" not in reply.text
