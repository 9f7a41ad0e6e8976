"""One message at a time: what a part asks that points back, what is asked of an unknown place, and what is only near."""

from __future__ import annotations

import pytest


def test_question_that_only_points_back_is_read_with_what_stands_before(advisor) -> None:
    reply = advisor.ask("I'd rather learn one single skill than a whole subject. Is that what they are for?")
    assert reply.outcome == "answered" and "specific skill" in reply.text


def test_part_that_adds_nothing_asks_no_question_of_its_own(advisor) -> None:
    reply = advisor.ask("Will states recognise them formally some day, and which ones?")
    assert "no answer" not in reply.text
    assert "Australia" in reply.text and "Canada" in reply.text


def test_reason_after_a_question_is_still_a_question_of_its_own(advisor) -> None:
    reply = advisor.ask("Do employers like them, and why?")
    assert "need" in reply.text


def test_whether_an_unknown_university_offers_any_is_not_answered_with_others(advisor) -> None:
    reply = advisor.ask("Does the University of Tokyo offer micro-credentials?")
    assert reply.outcome == "declined" and "Tokyo" in reply.text and "Harvard" not in reply.text


def test_class_times_of_a_place_are_named_as_unknown(advisor) -> None:
    reply = advisor.ask("Does McMaster have weekend classes?")
    assert reply.outcome == "declined" and "McMaster" in reply.text and "times of the day or week" in reply.text


def test_who_pays_is_no_question_of_worth(advisor) -> None:
    reply = advisor.ask("Does Austria pay for my bootcamp?")
    assert reply.outcome == "declined" and "worth" not in reply.text


def test_owner_of_a_platform_is_not_the_advisor(advisor) -> None:
    reply = advisor.ask("Who owns Coursera?")
    assert "automated advisor" not in reply.text


def test_renewal_is_no_question_of_validity(advisor) -> None:
    reply = advisor.ask("What are the steps to renew my Microsoft certification?")
    assert reply.outcome == "declined" and "renewed" in reply.text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Which famous universities have them, and on what websites?", ("Harvard", "edX")),
        ("Could I put a lot of money in and get nothing out?", ("expensive", "return")),
        ("Can certificates of two countries be compared more easily some day?", ("standards",)),
        ("Do I have to care how a course is delivered when I choose one?", ("mode of delivery",)),
        ("Does the certificate help me at home too or just in the country where I took it?", ("local", "global")),
    ],
)
def test_point_is_answered_and_not_its_topic_in_general(advisor, text: str, says: tuple[str, ...]) -> None:
    reply = advisor.ask(text)
    assert reply.outcome == "answered"
    assert all(word in reply.text for word in says)
