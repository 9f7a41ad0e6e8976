"""Single questions: the thing that was asked comes first, once, and with nothing glued on; what is left open bears its name."""

from __future__ import annotations

import pytest


def test_two_platforms_stand_in_one_remark(advisor) -> None:
    reply = advisor.ask("Do employers value certificates from edX and FutureLearn?")
    assert "said in general" not in reply.text and reply.text.count("isn't said") == 1
    assert "a course on edX or FutureLearn" in reply.text


def test_hours_far_away_are_no_remark_on_a_country(advisor) -> None:
    reply = advisor.ask("I live in Brazil; would a course in Australia be held at awkward hours for me?")
    assert "time zone" in reply.text and "in particular" not in reply.text


def test_country_of_residence_is_not_said_back_beside_a_question(advisor) -> None:
    reply = advisor.ask("I live in Kenya. Are micro-credentials cheaper than a degree?")
    assert reply.outcome == "answered" and "from Kenya" not in reply.text and "keep in mind" not in reply.text


def test_work_is_kept_and_not_said_back_beside_a_question(advisor) -> None:
    talk = advisor.conversation()
    assert "nurse" not in talk.say("I'm a nurse from Kenya. Are micro-credentials cheaper than a degree?").text
    assert "you are a nurse from Kenya" in talk.say("what did you note about me?").text


def test_when_one_passes_is_what_is_declined(advisor) -> None:
    reply = advisor.ask("What pass mark is needed for a short course at Humber College?")
    assert reply.outcome == "declined" and "pass" in reply.first_sentence


def test_hours_of_further_training_are_what_is_declined(advisor) -> None:
    reply = advisor.ask("How many CPD hours does the General Medical Council want each year?")
    assert reply.outcome == "declined" and "CPD hours" in reply.first_sentence


def test_points_that_a_body_gives_are_no_count_of_programs(advisor) -> None:
    reply = advisor.ask("How many CPD points will Engineers Australia give me for one course?")
    assert reply.outcome == "declined" and "None" not in reply.text


def test_number_of_things_does_not_cut_off_whom_to_ask(advisor) -> None:
    reply = advisor.ask("Which three online courses belong to the MITx MicroMasters in SCM?")
    assert reply.outcome == "declined" and "talk to a person" in reply.text


def test_whom_to_ask_is_named_once(advisor) -> None:
    reply = advisor.ask("Can I get a refund and until when can I withdraw from an edX course?")
    assert reply.text.count("the provider") == 1


def test_whom_they_are_for_is_told_once(advisor) -> None:
    reply = advisor.ask("Who are short courses like these made for?")
    assert reply.text.count("are for students and professionals") == 1


def test_answered_question_is_not_said_to_have_no_answer(advisor) -> None:
    reply = advisor.ask(
        "I'm a teacher and have to keep my licence alive. Is there some kind of small course abroad for that?"
    )
    assert reply.text.startswith("Yes") and "no answer" not in reply.text


@pytest.mark.parametrize(
    "text",
    [
        "I'm 52, work in a warehouse and want to move into IT. Would a micro-credential be any use to me?",
        "I'm 35, a waiter and want to work in cybersecurity. Would a short course help me?",
        "I'm an accountant. Would a micro-credential help me in my job?",
        "Would it help me at my age, I'm 60?",
    ],
)
def test_whether_it_helps_is_answered_before_any_course(advisor, text: str) -> None:
    reply = advisor.ask(text)
    assert reply.outcome == "answered" and reply.text.startswith("It can.")
    assert "promises no job" in reply.text


def test_employers_of_the_field_belong_to_whether_it_helps(advisor) -> None:
    told = advisor.conversation()
    first = told.say("I'm 45, a baker and want to get into software development. Would a micro-credential help me?")
    assert "tend to accept" in first.text
    assert "software development" in told.say("yes please").text


def test_age_belongs_to_whether_it_helps(advisor) -> None:
    assert "no age limits" in advisor.ask("Would it help me at my age, I'm 60?").text


def test_help_towards_something_is_another_question(advisor) -> None:
    reply = advisor.ask("Would a micro-credential help me get a remote job?")
    assert "remote roles" in reply.text


def test_no_half_of_a_question_is_passed_over(advisor) -> None:
    reply = advisor.ask("Can I pay with a Pell Grant for a micro-credential at Arizona State?")
    assert reply.outcome == "declined" and "Arizona State" in reply.text
    assert "anything on Pell Grant" in reply.text and "who could pay" in reply.text


def test_test_of_one_language_comes_first(advisor) -> None:
    assert advisor.ask("Which test proves my French?").first_sentence == "For French, it is DELF."
    assert advisor.ask("Which certificate shows that I speak German?").first_sentence == "For German, it is TestDaF."


def test_language_without_a_test_is_named_as_such(advisor) -> None:
    reply = advisor.ask("Which exam can I sit to show how good my Spanish is?")
    assert reply.first_sentence == "The guide names none for other languages."


@pytest.mark.parametrize(
    "text",
    ["In which industries are micro-credentials not accepted?", "Which sectors don't care for micro-credentials?"],
)
def test_industries_that_do_not_accept_come_first(advisor, text: str) -> None:
    assert advisor.ask(text).text.startswith("Law, medicine and engineering")


def test_industries_that_accept_still_come_first_where_they_are_asked_for(advisor) -> None:
    text = advisor.ask("In which industries are micro-credentials accepted?").text
    assert text.startswith("Micro-credentials are widely accepted in IT, data science")


def test_from_home_is_a_yes_with_its_limit(advisor) -> None:
    reply = advisor.ask("Can I do it from home?")
    assert reply.text.startswith("Yes") and "Not all" in reply.text


@pytest.mark.parametrize("text", ["Can I do a micro-credential on my phone?", "Does a short course run on my tablet?"])
def test_what_one_learns_on_is_declined_by_its_name(advisor, text: str) -> None:
    reply = advisor.ask(text)
    assert reply.outcome == "declined" and reply.topic == "not-stated/technical-requirements"
    assert reply.first_sentence.endswith(f"on your {text.rstrip('?').split()[-1]}.")


def test_two_sentences_that_begin_alike_are_said_once(advisor) -> None:
    reply = advisor.ask("Who is the target group of these short courses?")
    assert reply.text.count("are for students and professionals who") == 1


def test_only_the_industries_that_are_asked_for_are_named(advisor) -> None:
    assert "IT" not in advisor.ask("In which industries are micro-credentials not accepted?").text.split()


def test_pass_rate_is_no_description_of_the_course(advisor) -> None:
    assert advisor.ask("What is the pass rate of the Udacity Nanodegree?").outcome == "declined"


def test_examples_of_a_kind_are_named(advisor) -> None:
    text = advisor.ask("give me an example of a bootcamp").text
    assert "software development" in text and "UX/UI design" in text
