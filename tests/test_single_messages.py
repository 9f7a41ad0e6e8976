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
    assert reply.outcome == "declined" and reply.topic == "not-stated/renewal"
    assert "renew your Microsoft certification" in reply.first_sentence


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


@pytest.mark.parametrize(
    "text",
    [
        "Is the AWS architect certificate as good as the Azure one?",
        "Is the Google project management certificate on a par with a PRINCE2?",
        "Is IBM's data science badge as good as a bootcamp?",
    ],
)
def test_weighing_two_things_is_no_question_of_what_one_is(advisor, text: str) -> None:
    reply = advisor.ask(text)
    assert reply.outcome == "declined" and not reply.text.startswith(("Yes", "No"))


@pytest.mark.parametrize(
    "text",
    [
        "I have zero experience. Will they accept me?",
        "No prior knowledge at all, can I still sign up?",
        "Without any background, may I enrol?",
    ],
)
def test_who_knows_nothing_yet_is_not_told_no(advisor, text: str) -> None:
    reply = advisor.ask(text)
    assert "open to beginners" in reply.text and not reply.text.startswith(("No", "Often not"))
    assert "For what the guide leaves open" not in reply.text


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("What does it cost to do an Australian short course from Japan?", "Japan"),
        ("How much is a UK course for someone living in India?", "India"),
        ("Are there scholarships to study in Canada if I live in Brazil?", "Brazil"),
        ("Do New Zealand courses give grants to people in Peru?", "Peru"),
    ],
)
def test_where_the_learner_lives_is_no_place_of_the_course(advisor, text: str, home: str) -> None:
    reply = advisor.ask(text)
    assert reply.outcome == "declined" and home not in reply.text


def test_a_place_to_study_beside_another_is_one(advisor) -> None:
    reply = advisor.ask("How much is a certificate in Canada or from Japan?")
    assert "Japan" in reply.text


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("Is it right that some courses are of low quality?", "Yes"),
        ("Are some of these a waste of cash?", "Yes"),
        ("Is it true that many employers have never heard of them?", "Many employers are still unfamiliar"),
    ],
)
def test_what_is_asked_for_its_bad_side_is_not_denied(advisor, text: str, begins: str) -> None:
    assert advisor.ask(text).text.startswith(begins)


def test_the_same_is_not_said_twice_as_two_sides(advisor) -> None:
    assert advisor.ask("Is it so that a few give poor value for what one pays?").text.count("expensive") == 1


@pytest.mark.parametrize(
    ("text", "unsaid"),
    [
        ("Could MicroMasters courses be credited to a full master's afterwards?", "Offered by"),
        ("My badge came by mail today. Where do I show it?", "claimed"),
        ("If I earn one here and move away, will people abroad accept it?", "salaries"),
    ],
)
def test_answer_has_no_card_or_decline_that_was_not_asked_for(advisor, text: str, unsaid: str) -> None:
    reply = advisor.ask(text)
    assert reply.outcome == "answered" and unsaid not in reply.text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("What does the visa for a summer course in Canada cost to apply for?", "visa"),
        ("How many euros does KU Leuven ask for a 6 ECTS course?", "cost"),
        ("What mark is the least I need at RMIT, 45 or 65 percent?", "pass"),
    ],
)
def test_decline_is_about_what_was_asked(advisor, text: str, says: str) -> None:
    reply = advisor.ask(text)
    assert reply.outcome == "declined" and says in reply.text.split("\n\n")[0]


def test_name_of_a_department_is_no_type_of_credential(advisor) -> None:
    reply = advisor.ask("What do I need to get into a course of Oxford's continuing education office?")
    assert "University of Oxford" in reply.text and "CPD" not in reply.text


def test_where_one_works_is_not_what_is_studied(advisor) -> None:
    reply = advisor.ask("I'm a chef on late shifts. How many weeks would one of them take me?")
    assert reply.text.startswith("A few weeks")
