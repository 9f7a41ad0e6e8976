"""Questions that are said back: the words of a question in their new order, and the declines that are made of them."""

from __future__ import annotations

import pytest

from nlu.extraction.entity_matcher import Name
from nlu.extraction.said_back.indirect_questions import indirect
from nlu.extraction.said_back.questions import said_back

TURNED = [
    ("can I pay later", "whether you can pay later"),
    ("do I need a deposit for my place", "whether you need a deposit for your place"),
    ("does the embassy charge for the second visit", "whether the embassy charges for the second visit"),
    ("is there a fee for late payers", "whether there is a fee for late payers"),
    ("are the slides included", "whether the slides are included"),
    ("is the grant tax free", "whether the grant is tax free"),
    ("is the fee tax deductible", "whether the fee is tax deductible"),
    ("am I too old for it", ""),
    ("how do I cancel my booking", "how to cancel your booking"),
    ("who do I write to about my marks", "whom to write to about your marks"),
    ("how much is the grant each month", "how much the grant is each month"),
    ("whats the fee if I fail", "what the fee is if you fail"),
    ("what mark do you need to pass", "what mark you need to pass"),
    ("when does the next intake start", "when the next intake starts"),
    ("does the course start date change", "whether the course start date changes"),
    ("how long is the queue for a visa appointment", "how long the queue for a visa appointment is"),
    ("who pays the fee if my firm sends me", "who pays the fee if your firm sends you"),
    ("what happens if I get ill", "what happens if you get ill"),
    ("who can sign the form", "who can sign the form"),
    ("does NASBA certify short courses", "whether NASBA certifies short courses"),
    ("why doesn't it load", "why it doesn't load"),
    ("can I start on monday", "whether you can start on Monday"),
    ("DO I NEED A VISA", "whether you need a visa"),
    ("are the lectures self paced", "whether the lectures are self paced"),
    ("are those workshops tutor led", "whether those workshops are tutor led"),
    ("is the workshop instructor led", "whether the workshop is instructor led"),
    ("are the exam fees refunded", "whether the exam fees are refunded"),
    ("are all lessons computer based", "whether all lessons are computer based"),
    ("are people admitted late", "whether people are admitted late"),
    ("is it paid monthly and can I stop it", "whether it is paid monthly and whether you can stop it"),
]


@pytest.mark.parametrize(("asked", "turned"), TURNED)
def test_question_is_turned_into_the_order_of_a_statement(asked: str, turned: str) -> None:
    assert indirect(asked) == turned


@pytest.mark.parametrize(
    "asked",
    [
        "can you send me the form",  # asks the advisor for something
        "what do you pay your staff",
        "which is worth more, a badge or a bootcamp",  # two things after a comma
        "fees in dollars",  # no question
        "does the school print the paper or send a file",  # of two verbs
        "zorble the quux when",
        "can I pay <b>later</b>",
        "does " + "very " * 30 + "much change",
    ],
)
def test_what_is_not_surely_a_question_is_not_turned(asked: str) -> None:
    assert indirect(asked) == ""


def test_names_are_marked_and_typing_mistakes_corrected() -> None:
    text = "I'm a cook. can i get a certifcate from leeds?"
    at = text.index("leeds")
    told = said_back(text, [Name("institution", "leeds", at, at + 5)], {"certifcate": "certificate"}.get)
    assert told == "whether you can get a certificate from {institution/leeds|leeds}"


def test_question_without_a_word_of_its_own_is_not_said_back() -> None:
    assert said_back("my account is locked, how do I get in?", [], str) == ""
    assert said_back("I need a stamp. Where is it made?", [], str) == "where it is made"


def test_price_of_a_visa_is_declined_as_that_with_the_authority_to_ask(advisor) -> None:
    reply = advisor.ask("what does the embassy charge for a canada study visa")
    assert reply.outcome == "declined" and "tuition" not in reply.text and "provider" not in reply.text
    assert reply.first_sentence == "The guide doesn't say what the embassy charges for a Canada study visa."
    assert "embassy or official immigration website" in reply.text


def test_number_in_the_name_of_a_course_is_not_what_is_asked(advisor) -> None:
    reply = advisor.ask("What does a 30-credit course at Deakin and at RMIT cost?")
    assert reply.outcome == "declined" and "how many credits" not in reply.text
    reply = advisor.ask("What does the 30-credit course at RMIT cost?")
    assert reply.first_sentence == "The guide doesn't say what the 30-credit course at RMIT costs."


def test_more_time_to_pay_gets_one_decline(advisor) -> None:
    reply = advisor.ask("Could they let me pay the rest of the tuition two weeks late?")
    assert reply.first_sentence == (
        "The guide doesn't say whether they could let you pay the rest of the tuition two weeks late."
    )
    assert "missed" not in reply.text and "instalments" not in reply.text


def test_unknown_name_stands_in_the_decline(advisor) -> None:
    reply = advisor.ask("does Lakeview College offer evening classes")
    assert (
        reply.first_sentence
        == "The guide doesn't say whether Lakeview College offers evening classes: that name isn't in it."
    )


def test_country_of_the_learner_is_no_place_of_study(advisor) -> None:
    reply = advisor.ask("As a Kenyan must I show an english score for a course in Spain?")
    assert reply.first_sentence == "The guide doesn't say whether you must show an English score for a course in Spain."
    assert "Kenya" not in reply.text


def test_comparison_with_an_unknown_certificate_tells_only_of_the_known_kind(advisor) -> None:
    reply = advisor.ask("Bootcamp vs CISA level 2, which one?")
    assert reply.outcome == "declined" and "only describes bootcamps" in reply.first_sentence
    assert "Digital badges" not in reply.text and len(reply.text.split("\n\n")) == 2


def test_silence_on_a_payment_is_no_no(advisor) -> None:
    reply = advisor.ask("Does Erasmus+ pay students?")
    assert not reply.text.startswith("No") and "doesn't say" in reply.first_sentence


def test_question_far_from_the_guide_is_offered_no_topics(advisor) -> None:
    reply = advisor.ask("how do I get moss off my roof")
    assert not any("ask_topic" in payload for payload in reply.payloads)


def test_employer_that_is_only_told_of_is_not_said_to_be_unknown(advisor) -> None:
    reply = advisor.ask("I am a diver at Seaworks, what are the benefits?")
    assert reply.outcome == "answered" and "Seaworks" not in reply.text


def test_charge_on_a_visa_is_no_price_of_a_course(advisor) -> None:
    reply = advisor.ask("how much is the health surcharge on a UK visa")
    assert "degrees" not in reply.text and "embassy or official immigration website" in reply.text


def test_grant_sends_to_whoever_gives_it(advisor) -> None:
    reply = advisor.ask("what is the stipend of a Fulbright")
    assert "the stipend of a Fulbright is: that name isn't in it." in reply.first_sentence
    assert "ask whoever gives the scholarship or grant" in reply.text
