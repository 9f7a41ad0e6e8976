"""Words for what advice asks: for the field first, then for what is still missing."""

from __future__ import annotations

from collections.abc import Sequence

from actions.replies.advice.profile import Person, in_sentences, subject
from actions.replies.base import CLARIFY, PERSON, Button, Reply, listed, lower_first, paragraphs, payload, sources_of
from actions.replies.destinations import destination_button, in_sentence
from knowledge.models import Destination, Industry, Topic

QUESTIONS = {
    "where": "Would you rather study online, or is there a country you have in mind?",
    "other": "Do you want to stay in that line, or would you like to learn something new?",
    "goal": "What is it for: a promotion, a new career, a job abroad, or further study?",
    "level": "And what have you finished so far: school, a diploma, a bachelor's or a master's degree?",
}
QUESTIONS_FOR = {
    "other": "Should it stay in that line, or may it be something new?",
    "where": "Should it be online, or is there a country in mind?",
    "goal": "What is it for: a job, a new career, or further study?",
    "level": "What school or degree is finished so far?",
}


# What is offered to one who asks as no learner, by the role: nobody of them is asked what they would like to learn.
OF_ROLE = {
    "employer": "how employers see them, how good they are, which kinds there are, or what your staff could take",
    "adviser": "what they are, whom they suit, how to choose one, what to watch out for, or what there is for one person",
    "teacher": "what they are, whom they suit, how to choose one, what to watch out for, or what there is for one person",
    "writer": "what they are, why they are popular, what speaks for and against them, which kinds there are, or where",
}


def offer_by_role(role: str) -> Reply:
    """Offer what one who asks as no learner may want to know."""
    return Reply(f"Gladly. What would you like to know first: {OF_ROLE[role]}?", CLARIFY, buttons=(PERSON,))


def which_field_there(destination: Destination) -> Reply:
    """Ask for the field by what is popular in the place that was named for an answer."""
    popular = listed(in_sentence(field) for field in destination.fields)
    text = f"Noted, {destination.short}. Popular there: {popular}. Would you like to learn one of these, or something else?"
    return Reply(text, CLARIFY, None, sources_of(destination.source), (destination_button(destination), PERSON))


def ask_field(
    person: Person,
    industries: Sequence[Industry],
    again: bool,
    more: Sequence[str] = (),
    popular: Sequence[str] = (),
    choosing: Topic | None = None,
    asked_before: bool = False,
    for_work: bool = True,
    accepting: Sequence[str] = (),
) -> Reply:
    """Ask the question that decides most, which field, of the person of whom something was told.

    `more` comes before the question. Who was asked before chooses from the industries, then from the `popular` fields. Who
    learns for no work is asked what they would like to learn, and nothing more. `accepting` are the industries that take such
    credentials most widely, for who asks again what they could do.
    """
    told = bool(in_sentences(person, brief=asked_before))
    who, do = subject(person), "do" if for_work else "learn"
    would = "you'd" if who == "you" else f"{who} would"
    nearest = listed((lower_first(one.name) for one in industries), "or")
    if popular:
        text = (
            f"Then let me show you what people go abroad for: {listed(popular)}. Is there one that you'd like to try?"
        )
    elif again:
        widely = f"Employers accept such credentials most widely in {listed(map(lower_first, accepting))}."
        lead_in = widely if accepting and for_work else "No problem, let's make it easier."
        text = f"{lead_in} Which of these comes nearest to what {would} like to {do}: {nearest}?"
    elif asked_before:
        text = f"Which of these comes nearest to what {who} would like to {do}: {nearest}?"
    elif told:
        at_work = f", or what would {who} like to do at work" if for_work else ""
        whose = person.whose if person.of_other else who
        text = f"Which field would {whose} like to learn{at_work}?"
    else:
        at_work = ", or what would you like to do at work" if for_work else ""
        text = (
            f"Happy to help you choose. Which field are you interested in{at_work}? For example {nearest}. Tell me also if you "
            "have a country in mind, and whether you want to study online or in person."
        )
    return Reply(
        paragraphs(*more, text),
        CLARIFY,
        buttons=(
            *([Button("How to choose well", payload("ask_topic", topic=choosing.key))] if choosing else []),
            Button("Which fields are there?", payload("ask_best_destination")),
            PERSON,
        ),
    )
