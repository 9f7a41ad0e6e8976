"""What a claim surely answers is answered, whatever the message was taken for; and what only looks like an answer is not."""

from __future__ import annotations

import pytest

from nlu.extraction.contact_details import holds_contact


def test_course_that_may_have_ended_is_not_said_to_run(advisor) -> None:
    reply = advisor.ask("does the google project management certificate still exist or was it discontinued")
    assert reply.outcome == "declined" and "still offered" in reply.text and not reply.text.startswith("Yes")


def test_credential_is_never_out_of_scope(advisor) -> None:
    reply = advisor.ask("What do I do with my badge once the class is over?")
    assert reply.outcome == "answered" and "LinkedIn" in reply.text


def test_open_subject_is_declined_though_a_country_is_named(advisor) -> None:
    reply = advisor.ask("could i do a micro credential in australia and have a part time job meanwhile")
    assert reply.outcome == "declined" and "work while you study" in reply.text


def test_question_about_a_thing_is_not_answered_with_what_it_is(advisor) -> None:
    reply = advisor.ask("In a Nanodegree, how are the project reviews organised?")
    assert reply.outcome == "declined"


def test_name_and_age_are_not_passed_on(advisor) -> None:
    reply = advisor.ask("good day, i am Lupe and 29 years old")
    assert reply.outcome != "handoff" and "passed" not in reply.text


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("I am Lupe, 29 years old", False),
        ("my name is Ann and I live in Cork", False),
        ("ann@example.org", True),
        ("0917 555 0123", True),
        ("ann at gmail dot com", True),
        ("you can reach me on WhatsApp", True),
    ],
)
def test_contact_is_an_address_a_number_or_a_word_for_one(text: str, holds: bool) -> None:
    assert holds_contact(text) is holds


def test_why_names_claims_with_their_probability(advisor) -> None:
    _, turn = advisor.turn("why", text="why do people bother going to another country for such a tiny course")
    claims = turn["understanding"]["claims"]
    assert claims and all(0 <= one["fit"] <= 1 for one in claims)
    assert [one["fit"] for one in claims] == sorted((one["fit"] for one in claims), reverse=True)


def test_later_part_is_about_the_thing_of_the_one_before_it(advisor) -> None:
    reply = advisor.ask("What are CPD units and why do they matter?")
    assert "keep" in reply.text and "no answer" not in reply.text
    reply = advisor.ask("What are stackable credentials, and why are they useful?")
    assert "small steps" in reply.text and "no answer" not in reply.text


@pytest.mark.parametrize(
    ("text", "named", "other"),
    [
        ("A bachelor's or a bootcamp?", ("Bootcamps", "Degree"), "Nanodegrees"),
        ("An MBA or a MicroMasters in business?", ("MicroMasters", "Degree"), "Bootcamps"),
        (
            "What's a nanodegree and what's a certificate, what is the difference?",
            ("Nanodegrees", "certificates"),
            "Badges",
        ),
        (
            "Coding certificates and coding bootcamps look alike. How do they differ?",
            ("Bootcamps", "certificates"),
            "Badges",
        ),
    ],
)
def test_both_things_that_are_named_are_compared(advisor, text, named, other) -> None:
    reply = advisor.ask(text)
    assert all(name in reply.text for name in named) and other not in reply.text


@pytest.mark.parametrize("text", ["Is there any downside?", "What are the drawbacks?"])
def test_what_is_a_list_is_told_as_one(advisor, text) -> None:
    reply = advisor.ask(text)
    assert reply.topic == "challenges/overview"
    assert all(name in reply.text for name in ("Recognition and accreditation", "Quality", "Limited networks"))


@pytest.mark.parametrize(
    ("text", "names"),
    [("What is a Mobility Top-Up Grant?", ["Mobility Top-Up Grant"]), ("Is telc or DSH accepted?", ["telc", "DSH"])],
)
def test_what_is_unknown_is_named_in_the_words_of_the_question(advisor, text, names) -> None:
    assert all(name in advisor.ask(text).first_sentence for name in names)


def test_not_all_do_is_said_first(advisor) -> None:
    reply = advisor.ask("Do all employers take them seriously?")
    assert "not all" in reply.first_sentence and not reply.text.startswith("Yes")
