"""Whole conversations over REST in which later messages lean on earlier ones, in words that are in no training data."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def talk(advisor) -> Any:
    """Return a conversation of its own."""
    return advisor.conversation()


def test_colleges_of_the_country_that_was_recommended(talk) -> None:
    talk.say("Where would you go for leadership?")
    assert "Humber" in talk.say("colleges?").text


def test_place_is_kept_through_topics_and_small_talk(talk) -> None:
    talk.say("Tell me something on Canada")
    talk.say("thank you so much")
    talk.say("What do these short courses cost?")
    assert "McMaster" in talk.say("ok and which universities are they?").text
    assert "healthcare management" in talk.say("what do they offer there in health?").text


def test_question_is_asked_of_another_institution(talk) -> None:
    assert "Bologna" in talk.say("does Bologna offer AI?").text
    reply = talk.say("and nursing at Auckland?")
    assert "Auckland" in reply.text and "Bologna" not in reply.text


def test_question_about_the_other_side_of_the_ocean(talk) -> None:
    talk.say("Which country would suit data analytics?")
    reply = talk.say("and the us?")
    assert "none of the destinations" in reply.text and "points to" not in reply.text


def test_ordinal_keeps_its_question(talk) -> None:
    talk.say("Put Canada and Australia side by side")
    talk.say("thx")
    reply = talk.say("is the second one good for cybersecurity?")
    assert "Australia" in reply.text and "cybersecurity" in reply.text.lower() and "Toronto" not in reply.text
    assert "Toronto" in talk.say("and tell me more about the first").text


def test_ordinal_chooses_a_university(talk) -> None:
    talk.say("Tell me about Canada")
    assert talk.say("the second university").text.count("Humber") >= 1
    assert "McMaster University is" in talk.say("and the third?").text


def test_why_gives_reasons_and_agrees_to_nothing(talk) -> None:
    talk.say("Where should I study public health?")
    reply = talk.say("why there?")
    assert reply.outcome != "handoff" and reply.text.startswith("Because public health")
    assert talk.say("how come?").outcome != "handoff"


def test_search_goes_on_after_a_detour(talk) -> None:
    assert "IBM" in talk.say("Any programs in cloud computing?").text
    talk.say("What is a digital badge?")
    reply = talk.say("not IBM")
    assert "AWS" in reply.text and "IBM Digital Badge" not in reply.text


def test_last_step_is_taken_back(talk) -> None:
    talk.say("Tell me about Canada")
    talk.say("Tell me about Australia")
    assert "Humber" in talk.say("scratch that").text


def test_starting_over_forgets_the_place(talk) -> None:
    talk.say("Tell me about Canada")
    assert "afresh" in talk.say("start over please").text
    assert "McMaster" not in talk.say("which universities are they?").text


@pytest.mark.parametrize("said", ["it", "IT", "in it"])
def test_one_word_answers_the_question_back(talk, said) -> None:
    assert talk.say("help me choose").outcome == "clarify"
    reply = talk.say(said)
    assert "technology" in reply.text and reply.outcome != "smalltalk"


def test_fresh_question_stands_by_itself(talk) -> None:
    talk.say("Tell me about Canada")
    reply = talk.say("What is a nanodegree?")
    assert "Nanodegrees concentrate on technology" in reply.text and "Canada" not in reply.text


def test_correction_excludes_nothing(talk) -> None:
    talk.say("Tell me about bootcamps")
    assert "Udacity" in talk.say("no, nanodegrees").text


def test_field_somewhere_else(talk) -> None:
    reply = talk.say("I want to study public health but not in the UK")
    assert "Leaving out the UK" in reply.text


def test_short_course_of_an_institution_outside(talk) -> None:
    assert "Georgia Tech isn't in the guide" in talk.say("georgia tech micromasters").text


def test_towns_of_one_name(talk) -> None:
    assert "Canada" in (reply := talk.say("what can I study in London Ontario").text) and "Oxford" not in reply


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("whats the cost and can i get a visa", ["no fees", "visa"]),
        ("tell me about bootcamps and compare them with nanodegrees", ["fast-paced", "Nanodegrees"]),
        ("thanks! which unis are in Canada? and can i work there after?", ["McMaster", "right to stay"]),
        (
            "any online programs in data analytics and how much do they cost",
            ["Data Analyst", "doesn't say what the Data Analyst Nanodegree costs"],
        ),
        (
            "is it recognised in germany, how long does it take and what does it cost?",
            ["Erasmus", "weeks", "Germany cost"],
        ),
    ],
)
def test_every_question_of_a_message_is_answered(talk, text, parts) -> None:
    reply = talk.say(text).text
    assert [part for part in parts if part not in reply] == []
    assert [reply.index(part) for part in parts] == sorted(reply.index(part) for part in parts)


def test_numbered_questions_come_before_advice(talk) -> None:
    reply = talk.say(
        "I buy training for our staff. Advise me: 1) which types are there 2) how long do they take 3) is it online"
    )
    said = reply.text.lower()
    assert said.index("nine types") < said.index("few weeks") < said.index("online")
    assert "Which field" not in reply.text


def test_choice_of_a_country_is_made_for_the_field_told(talk) -> None:
    talk.say("where is agribusiness popular?")
    reply = talk.say("Australia or New Zealand, which would you pick if you were me?").text
    assert reply.startswith("For agribusiness, New Zealand fits better") and "Which one is yours" not in reply


def test_refused_field_is_gone_with_what_it_stands_for(talk) -> None:
    talk.say("any courses by Google?")
    reply = talk.say("I said no computers. engineering, please").text
    assert "engineering" in reply and "Germany" in reply
    assert not [name for name in ("cloud", "software", "digital technology") if name in reply]


def test_second_of_two_that_are_not_ranked_can_be_pointed_at(talk) -> None:
    talk.say("which is better, coursera or edx")
    assert talk.say("the second one").text.startswith("edX")


@pytest.mark.parametrize(
    ("before", "told"),
    [("programs in canada", "holds no such one"), ("are there scholarships", "haven't just listed")],
)
def test_what_was_not_listed_is_asked_for(talk, before, told) -> None:
    talk.say(before)
    reply = talk.say("the second one")
    assert reply.outcome == "clarify" and told in reply.text


def test_why_gives_the_reason_or_says_that_there_is_none(talk) -> None:
    talk.say("Do law firms accept such certificates?")
    assert talk.say("Why is that so?").text.startswith("Because some fields")
    assert "Challenges" in talk.say("is that about law from your source or your own opinion?").text


def test_question_of_a_format_is_no_wish(talk) -> None:
    talk.say("I'd like to learn supply chain management")
    reply = talk.say("the MIT course, is it online, yes or no?").text
    assert "doesn't say whether courses by MIT are online" in reply


def test_chat_before_a_request_does_not_hide_it(talk) -> None:
    talk.say("I'd like to work in cybersecurity")
    assert "IBM Digital Badge" in talk.say("what a grey day. ok, give me one thing to do").text


def test_yes_is_left_out_where_less_is_said(talk) -> None:
    assert not talk.say("will my niece meet many people on such a short course?").text.startswith("Often, yes")


def test_greeting_is_long_only_once(talk) -> None:
    assert "automated assistant" in talk.say("good morning").text
    assert "automated assistant" not in talk.say("hello again").text


def test_wish_for_a_good_day_ends_a_conversation(talk) -> None:
    talk.say("what is a nanodegree?")
    assert talk.say("Have a lovely evening.").text.startswith("Goodbye")


def test_thanks_beside_chat_are_thanks(talk) -> None:
    talk.say("what is a nanodegree?")
    assert talk.say("ok thanks a lot, my cat is asleep on the keyboard").text.startswith("You're welcome")


def test_complaint_of_no_use_gets_one_thing_to_do(talk) -> None:
    talk.say("are there courses in leadership?")
    reply = talk.say("Useless. Nothing here I could use.").text
    assert "leadership" in reply and "accreditation" in reply


def test_advice_uses_the_field_that_was_talked_about(talk) -> None:
    talk.say("where is AI popular?")
    reply = talk.say("and which would you take if you were in my place?").text
    assert "AI" in reply and "Which field" not in reply


def test_summary_for_somebody_is_a_summary(talk) -> None:
    talk.say("where is AI popular?")
    reply = talk.say("please write down everything you told me, I want to print it for my aunt").text
    assert "AI" in reply and "Before you choose" in reply


def test_field_that_is_left_is_not_wished_for(talk) -> None:
    reply = talk.say("I'd like to switch from retail into cybersecurity").text
    assert "look first at IBM Digital Badge in cybersecurity" in reply


def test_field_that_is_given_up_is_advised_no_more(talk) -> None:
    talk.say("I'd like to learn nursing abroad")
    talk.say("hm, forget nursing, cloud computing is more my thing")
    reply = talk.say("ok what would you pick for me").text
    assert "cloud computing" in reply and "nurs" not in reply


def test_field_that_nothing_replaces_is_asked_for_again(talk) -> None:
    talk.say("I'd like to learn leadership")
    talk.say("forget leadership")
    assert "Which field" in talk.say("what would you pick for me?").text


def test_names_of_colleges_are_not_those_of_courses(talk) -> None:
    talk.say("I'd like to learn law")
    reply = talk.say("please give me only the names of the Canadian colleges").text
    assert "Humber" in reply and "law" not in reply


def test_place_that_is_known_for_a_field_is_a_reason(talk) -> None:
    talk.say("Where should I go for finance?")
    assert talk.say("why the U.K.?").text.startswith("Because the UK is named as known for finance")
    reply = talk.say("compare the U.K. with Canada for me").text
    assert "the UK fits better" in reply and "Canada" in reply and "closest" not in reply


def test_number_of_things_and_their_names_are_one_question(talk) -> None:
    reply = talk.say("how many kinds of certificates are there, and could you simply name them?").text
    assert "CPD" in reply and "Short-term diplomas" in reply and "no answer" not in reply


def test_field_one_is_in_gives_way_to_the_one_wished_for(talk) -> None:
    reply = talk.say(
        "I'm in marketing here in Lima and I'm thinking of switching to UX design, what's out there for me?"
    ).text
    assert "Bootcamp in UX/UI design" in reply and "arketing" not in reply


def test_country_that_is_asked_about_is_nobodys_home(talk) -> None:
    assert "you are from" not in talk.say("can i study health in canada?").text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("price and start dates at McMaster?", ["cost", "start"]),
        (
            "I'm a refugee without documents, can I still join a course for free?",
            ["join a course for free", "which papers"],
        ),
    ],
)
def test_each_half_of_a_question_is_answered(talk, text, parts) -> None:
    reply = talk.say(text).text
    assert [part for part in parts if part not in reply] == []


def test_place_after_an_open_question_asks_the_same_there(talk) -> None:
    talk.say("how do i apply in new zealand?")
    assert talk.say("ok n canada?").text.startswith("The same goes for Canada.")


@pytest.mark.parametrize(
    "text", ["compare the two", "compare the UX/UI bootcamp and the project management certificate"]
)
def test_two_programs_are_compared(talk, text) -> None:
    talk.say("what is the bootcamp in UX/UI design?")
    talk.say("and the Google Project Management certificate?")
    reply = talk.say(text).text
    assert "Bootcamp in UX/UI design" in reply and "Google Project Management" in reply and "offered by" in reply


def test_name_of_several_fields_names_them(talk) -> None:
    reply = talk.say("Analytics: which of the two, Australia or the UK?").text
    assert "data analytics" in reply and "business analytics" in reply and "Neither" not in reply


def test_field_is_kept_for_another_country_and_for_both(talk) -> None:
    talk.say("can i study health in canada?")
    assert "healthcare" in talk.say("and the UK?").text
    reply = talk.say("which of the two for me?").text
    assert "Canada" in reply and "UK" in reply


def test_correction_asks_the_same_of_the_thing_that_was_meant(talk) -> None:
    talk.say("Compare the Google Analytics Certification and the digital marketing certificate from Canada")
    assert "Google" in talk.say("how long does the Google one take?").text
    reply = talk.say("no no, the Canadian certificate, not Google's")
    assert "how long" in reply.text and "Canadian university" in reply.text and "leaving out" not in reply.text


def test_question_that_was_missed_is_answered_the_second_time(talk) -> None:
    talk.say("We are a firm in Peru. Do law firms accept such certificates?")
    reply = talk.say("I didn't ask about Peru. I asked why law prefers degrees.")
    assert "law" in reply.text.lower() and "Peru" not in reply.text


def test_both_countries_are_those_that_were_recommended(talk) -> None:
    talk.say("Where should one study finance?")
    talk.say("and business analytics?")
    talk.say("and what about leadership?")
    reply = talk.say("compare both countries")
    assert reply.outcome == "answered" and "Canada" in reply.text and "United Kingdom" in reply.text


def test_length_is_asked_of_what_was_advised(talk) -> None:
    talk.say("I'm a waiter without a degree and I'd love to learn UX design")
    reply = talk.say("n how long?")
    assert "UX/UI" in reply.text and "few weeks" in reply.text


def test_field_stays_for_another_place(talk) -> None:
    talk.say("Where is sustainability popular?")
    reply = talk.say("is it the same in New Zealand?")
    assert "sustainability" in reply.text.lower() and "environmental science" in reply.text


def test_advice_says_something_to_each_condition(talk) -> None:
    reply = talk.say("I'm a cleaner, broke, no degree, and I want to get into cloud computing")
    assert "On a tight budget" in reply.text and "ithout a degree" in reply.text and "AWS" not in reply.text
    steps = talk.say("so what do I do first?")
    assert "1. Look for" in steps.text and "IBM" in steps.text


def test_nothing_more_is_known_and_that_is_said_once(talk) -> None:
    talk.say("My wife did accounting and wants to work again")
    first, second = talk.say("what would be good for her?"), talk.say("and what else would be good for her?")
    assert first.text != second.text
