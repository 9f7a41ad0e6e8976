"""The yes, no or "often" of a claim: when it is said, left out, or put for what was asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.claims import Asking, choose_claim
from nlu.extraction.question_form import asked_clause, asked_sentence
from nlu.text.negation import tone_of
from tests.test_claims import BARE_YES, YES, a_claim, near, said


def test_a_no_that_the_claims_own_question_has_too_turns_no_yes() -> None:
    assert said([near(YES, 0.85)], asking=Asking(False, denies=True)) == YES.say
    assert choose_claim([replace(near(YES, 0.85), turned=True)], asking=Asking(False)) == BARE_YES


def test_not_always_answers_only_who_asks_for_always() -> None:
    often = a_claim("Often, yes: big firms plant apple trees.")
    bounded = a_claim("No, not always. Firms in towns have no room for trees.", number=1)
    assert choose_claim([near(often), near(bounded, 0.75)], asking=Asking(False)) == often
    sure = a_claim("Yes. Big firms plant apple trees.")
    assert choose_claim([near(bounded), near(sure, 0.65)], asking=Asking(False)) == sure
    assert choose_claim([near(bounded), near(sure, 0.65)], asking=Asking(True)) == bounded


def test_how_something_is_done_affirms_that_it_is() -> None:
    how = a_claim("By watering them at night, you keep apple trees alive.", form="how")
    assert said([near(how)], asking=Asking(False)).startswith("Yes, by watering")
    assert said([near(how)], asking=Asking(False, doubts=True)) == how.say
    assert said([near(how)]) == how.say


def test_whether_all_do_is_told_by_a_claim_of_many_that_names_the_others() -> None:
    many = a_claim("Yes, many do: leading firms eat pears. Others don't know them.")
    assert said([near(many)], asking=Asking(True, of_each=True)).startswith("Not all: leading firms")
    assert said([near(many)], asking=Asking(False)) == many.say


def test_what_may_hold_is_no_yes_to_whether_it_surely_does() -> None:
    may = a_claim("It can: pears may ripen early.")
    assert said([near(may)], asking=Asking(True, of_all=True)) == "Not necessarily: pears may ripen early."


def test_many_but_not_all_answers_whether_all_do() -> None:
    weighing = a_claim("Many do, but not all. Leading firms eat pears.")
    assert choose_claim([near(weighing)], asking=Asking(True, of_all=True, of_each=True)) == weighing


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("I know nobody there. Would a month change that for me?", "would a month change that for me"),
        ("Nobody helps me, can I learn it alone", "can i learn it alone"),
        ("Isn't it a waste of money?", "is it a waste of money"),
        ("Do small firms not take it?", "do small firms take it"),
        ("So it's not a diploma?", "it's a diploma"),
        ("It's only for coders, isn't it?", "it's only for coders"),
        ("I hope to become a baker. Could it?", "i hope to become a baker. could it?"),
        ("In which trades does it not count?", "in which trades does it not count"),
    ],
)
def test_words_that_ask_stand_without_what_is_told_before_and_without_their_own_no(text, clause) -> None:
    assert asked_clause(text) == clause


def test_what_is_only_told_turns_no_question() -> None:
    assert not tone_of(asked_clause("My uncle has no job. Would a course bring him one?"))["denies"]
    assert tone_of(asked_clause("Can my uncle join without a diploma?"))["denies"]


def test_sentence_that_asks_is_said_back_as_it_was_written() -> None:
    assert asked_sentence("Hi there. I live in Oslo. Is RMIT old? Thanks.") == "Is RMIT old?"
    assert asked_sentence("I live in Oslo.") == ""


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("do universities give bootcamps", "Yes"),
        ("I know nobody in Perth. Is there a hub for contacts in such a program?", "Yes"),
        ("Isn't the market flooded with them?", "Yes"),
        ("Could it happen that I pay and gain nothing?", "Yes"),
        ("Does everybody struggle in live sessions?", "Not necessarily"),
        ("Is agribusiness something for Canada?", "Not that I know"),
        ("Is public health a thing in Britain?", "Yes"),
        ("Which exam is there for German?", "For German"),
        ("Which EU scheme stands behind such courses?", "Erasmus+"),
    ],
)
def test_first_words_are_what_was_asked_for(advisor, text: str, begins: str) -> None:
    assert advisor.ask(text).first_sentence.startswith(begins)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Is the University of Bologna haunted?", "haunted"),
        ("Does Udacity own a castle?", "castle"),
        ("Do they give student cards at Massey?", "student cards"),
    ],
)
def test_decline_names_what_was_asked(advisor, text: str, named: str) -> None:
    reply = advisor.ask(text)
    assert reply.outcome == "declined" and named in reply.first_sentence


def test_what_a_question_says_of_the_person_is_not_said_back_after_its_answer(advisor) -> None:
    assert "keep in mind" not in advisor.ask("Can I work in a cafe while I am there on a student visa?").text
