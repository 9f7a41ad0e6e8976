"""In which form people want their answers, and that every kind of answer keeps to it; the last one is said in another form."""

from __future__ import annotations

from typing import Any

import pytest

from actions.forms.texts import clipped, enumerated, in_sentences, in_words, parts_of
from nlu.extraction.wanted.form import wanted_form


@pytest.fixture
def talk(advisor) -> Any:
    """Return a conversation of its own."""
    return advisor.conversation()


@pytest.mark.parametrize(
    ("text", "form", "question"),
    [
        ("Which kinds exist? Names only, please", {"shape": "names"}, "Which kinds exist?"),
        ("In one sentence: what is a badge?", {"shape": "sentences", "limit": 1}, "what is a badge?"),
        ("are they free, yes or no", {"shape": "yes-no"}, "are they free"),
        ("give me only 3 steps to begin", {"shape": "numbered", "count": 3}, "give me steps to begin"),
        ("the top 2 countries for nursing", {"count": 2, "ranked": True}, "the top countries for nursing"),
        ("tl;dr badges vs degrees", {"short": True}, "badges vs degrees"),
        ("explain stacking in plain words", {"plain": True}, "explain stacking"),
        ("compare Oslo and Bergen as a table?", {"shape": "table"}, "compare Oslo and Bergen?"),
        ("give us two-sentence advice", {"shape": "sentences", "limit": 2}, "give us advice"),
        ("a four-line text for the board", {"shape": "lines", "limit": 4}, "text for the board"),
        ("sum it up in 3 bullet points", {"shape": "lines", "limit": 3}, "sum it up"),
        ("ok three things to look at", {"count": 3}, "ok things to look at"),
        ("two short points for my landlord", {"count": 2}, "two short points for my landlord"),
        ("where is it taught? one name only", {"shape": "names", "count": 1}, "where is it taught?"),
    ],
)
def test_wish_for_a_form_is_taken_out_of_the_question(text, form, question) -> None:
    found = wanted_form(text)
    assert (found.as_message(), found.question) == (form, question)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("just the names pls", {"shape": "names"}),
        ("shorter", {"short": True}),
        ("ok now for my boss, in two sentences", {"shape": "sentences", "limit": 2}),
        ("only the two most important ones", {"count": 2, "ranked": True}),
        ("how many is that?", {"shape": "how-many"}),
        ("ok, just the first one please", {"count": 1}),
        ("one sentence pls for my husband", {"shape": "sentences", "limit": 1}),
        ("two lines for my sister", {"shape": "lines", "limit": 2}),
        ("only the fields", {"kind": "fields"}),
    ],
)
def test_wish_alone_is_about_the_last_answer(text, form) -> None:
    found = wanted_form(text)
    assert found.as_message() == {**form, "alone": True} and found.question == text


@pytest.mark.parametrize(
    "text",
    [
        "which is shorter?",
        "I have two kids and five hours a week",
        "is two weeks enough",
        "tell me about the first one",
        "which of the two is better",
        "compare the first two",
        "the difference between the first two",
        "is there anything simpler",
        "is there a waiting list?",
        "do you have a time table?",
        "does it make finding work easier?",
        "is there something for my child?",
        "the diploma is too long",
        "I want a short one",
        "a course with no essays",
    ],
)
def test_what_is_no_wish_for_a_form_is_left_alone(text) -> None:
    assert wanted_form(text).as_message() == {} and wanted_form(text).question == text


def test_places_of_the_question_are_found_in_the_message() -> None:
    text = "In one sentence, is RMIT in Australia, yes or no?"
    found = wanted_form(text)
    at = found.question.index("RMIT")
    assert text[found.place(at) :].startswith("RMIT")


def test_list_and_what_stands_around_it_are_told_apart() -> None:
    parts = parts_of("Good to know.\n\nThere are two:\n\n- **Oslo**: a city\n- **Bergen**: another\n\nWhich one?")
    assert (parts.lead, parts.after) == (("Good to know.", "There are two:"), ("Which one?",))
    assert [(one.name, one.text) for one in parts.points] == [("Oslo", ": a city"), ("Bergen", ": another")]


@pytest.mark.parametrize(
    ("sentence", "things"),
    [
        ("Oslo, Bergen and Tromsø are the towns.", ["Oslo", "Bergen", "Tromsø"]),
        ("The guide names red, green and blue.", ["red", "green", "blue"]),
        ("It is quick, cheap and it lets you go on with your work as before, if you want.", []),
        ("There are two ways: on paper or online, by hand, and by post.", []),
    ],
)
def test_enumeration_in_a_sentence_is_found(sentence, things) -> None:
    assert enumerated(sentence) == things


LIMITED = "At some places, yes: they take it. But not everywhere: some ask for more, and others for years of work."


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (in_sentences(parts_of(LIMITED), 1), LIMITED.replace(". But", "; but")),
        (in_words(parts_of(LIMITED), 1), "At some places, yes."),
        (clipped(in_sentences(parts_of(LIMITED), 1), 12), "At some places, yes: they take it; but not everywhere."),
        (in_words(parts_of("Many are, but not all. Some are good."), 1), "Many are, but not all."),
        (in_words(parts_of("Yes: but only for nurses who work."), 1), "Yes: but only for nurses who work."),
        (
            in_words(parts_of("They are real: schools give them. But some are bad."), 1),
            "They are real; but some are bad.",
        ),
        (in_words(parts_of("It is quick, so you can begin at once."), 2), "It is quick."),
        (in_words(parts_of("It is quick, so you needn't wait for it."), 2), "It is quick, so you needn't wait for it."),
    ],
)
def test_what_limits_an_answer_stays_in_its_short_form(said, text) -> None:
    assert said == text


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (
            "Which universities in Australia? names only",
            "University of Melbourne, RMIT University and University of Sydney.",
        ),
        ("How many destinations are there? Just the number.", "Five."),
        ("name 2 platforms that offer professional certificates", "edX and Coursera."),
        ("Which country is best for AI? Name one.", "The EU."),
    ],
)
def test_answer_has_nothing_but_what_was_asked_for(talk, question, text) -> None:
    assert talk.say(question).text == text


def test_answer_has_as_many_points_as_were_wanted(talk) -> None:
    assert talk.say("Just three benefits of micro-credentials please").text.count("\n") == 2
    assert talk.say("the two biggest challenges?").text.count(":") == 2


def test_sentence_and_verdict_stand_alone(talk) -> None:
    assert (
        talk.say("In one sentence, what is a digital badge?").text == "Digital badges recognise specific competencies."
    )
    said = talk.say("can I do it online, yes or no").text
    assert said.startswith("Yes") and said.count(".") == 1


def test_last_answer_is_said_in_another_form(talk) -> None:
    talk.say("What are the challenges of micro-credentials?")
    assert talk.say("just the names").text.splitlines()[:2] == ["Recognition and accreditation", "Quality"]
    assert talk.say("how many is that").text == "Ten."
    assert talk.say("only the first two, no more").text.count(":") == 2
    assert talk.say("and in one sentence?").text.startswith("The guide names ten challenges: recognition")


def test_what_is_not_known_is_said_in_a_sentence(talk) -> None:
    reply = talk.say("what does a bootcamp cost? just a number")
    assert reply.outcome == "declined" and reply.text == "The guide doesn't say what bootcamps cost."
    assert talk.say("in one sentence").text == reply.text


def test_only_things_of_one_kind_are_told_of_each(talk) -> None:
    talk.say("Compare Australia and Canada")
    lines = talk.say("only the fields").text.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["Australia", "Canada"]


def test_two_kinds_are_set_side_by_side_where_one_is_asked_about(talk) -> None:
    talk.say("What is a MicroMasters?")
    said = talk.say("How is that different from a bootcamp?").text
    assert "MicroMasters" in said and "Bootcamps" in said and "Degree" not in said


def test_wish_does_not_shorten_what_is_said_to_somebody_in_danger(talk) -> None:
    assert "emergency number" in talk.say("I want to kill myself. short answer please").text


def test_yes_without_its_limit_is_not_said(talk) -> None:
    talk.say("Are micro-credentials recognised in Germany?")
    said = talk.say("yes or no?").text
    assert said.startswith("There is no plain yes or no") and "not universally recognised" in said
    assert "not universally recognised" in talk.say("shorter").text


def test_what_is_not_said_of_the_thing_itself_stays(talk) -> None:
    assert talk.say("Is TOEFL accepted in Canada? yes or no").text.endswith("recognised in Canada isn't said.")
    assert talk.say("one word").text.endswith("recognised in Canada isn't said.")


def test_country_is_picked_amid_advice_and_no_program(talk) -> None:
    talk.say("I'm a nurse and I want to learn data science")
    said = talk.say("which country would you pick? one name only").text
    assert said.startswith("Australia.") and "Nothing is ranked" in said and "nanodegree" not in said.lower()
    assert "data science" in talk.say("in one sentence").text  # more than the name is kept of it


def test_pros_and_cons_are_both_told(talk) -> None:
    said = talk.say("What are the pros and cons of bootcamps?").text
    in_favour, against = said.split("Against it:")
    assert in_favour.startswith("For it:") and in_favour.count("\n") > 2 and "recognition" in against.lower()
    assert "not of bootcamps in particular" in said
    for form in ("in one sentence", "as a list", "shorter"):
        again = talk.say(form).text
        assert (
            "global industry exposure" in again
            and "recognition" in again
            and "not of bootcamps" in again.replace("**", "")
        )


def test_wish_for_a_form_without_an_answer_is_owned(talk) -> None:
    reply = talk.say("make that a bullet list")
    assert reply.outcome == "clarify" and reply.text.startswith("There is no answer yet")


def test_nothing_is_kept_of_an_answer_after_a_fresh_start(talk) -> None:
    talk.say("What are the challenges of micro-credentials?")
    talk.say("start over")
    assert "recognition" not in talk.say("shorter").text.lower()


def test_wish_that_reads_like_a_fresh_start_is_none(talk) -> None:
    talk.say("Which universities are there in Canada?")
    assert talk.say("top 2").text.startswith("University of Toronto and Humber College.")
    assert talk.say("how many is that?").text == "Three."
