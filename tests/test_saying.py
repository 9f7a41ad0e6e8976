"""What is said after what was said before: nothing twice, an emergency text once, and acts only when they are clear."""

from __future__ import annotations

from typing import Any

import pytest

from bot.engine.act_costs import by_cost

EMERGENCY = "emergency number"


@pytest.fixture
def talk(advisor) -> Any:
    """Return a conversation of its own."""
    return advisor.conversation()


@pytest.mark.parametrize(
    "question",
    [
        "What is a digital badge good for?",
        "what would the visa cost me",
        "who won the election",
        "asdf qwer zxcv",
        "do you own a parrot",
    ],
)
def test_same_question_gets_no_answer_twice(talk, question) -> None:
    first, second = talk.say(question), talk.say(question)
    assert first.text != second.text
    assert second.outcome in (first.outcome, "clarify")


def test_same_question_later_is_answered_again(talk) -> None:
    first = talk.say("What is a digital badge good for?")
    for other in (
        "which countries are there",
        "how long do they take",
        "thanks a lot",
        "are they recognised in Canada",
    ):
        talk.say(other)
    assert talk.say("What is a digital badge good for?").text == first.text


def test_emergency_text_comes_once(talk) -> None:
    first = talk.say("I don't want to live any more")
    second = talk.say("I really want to die")
    assert EMERGENCY in first.text and EMERGENCY in second.text and len(second.text) < 0.7 * len(first.text)
    assert "misread" in second.text
    back = talk.say("no, that was a figure of speech. which countries can I choose from?")
    assert EMERGENCY not in back.text and "Australia" in back.text


@pytest.mark.parametrize("question", ["What is a digital badge good for?", "Will a nanodegree get me hired?"])
def test_complaint_offers_what_else_was_meant(talk, question) -> None:
    talk.say(question)
    reply = talk.say("that is not what I asked")
    assert reply.outcome == "clarify" and "Did you mean" in reply.text
    assert len(reply.payloads) >= 2 and any("ask_topic" in payload for payload in reply.payloads)


def test_complaint_at_the_start_asks(talk) -> None:
    reply = talk.say("you did not answer my question")
    assert reply.outcome == "clarify" and "in other words" in reply.text


@pytest.mark.parametrize(
    "text", ["do you have a hamster", "hold on, somebody is at the door", "so cold here tonight", "lol nice one"]
)
def test_small_talk_gets_a_friendly_word(talk, text) -> None:
    reply = talk.say(text)
    assert reply.outcome == "smalltalk" and "outside" not in reply.text


@pytest.mark.parametrize("text", ["oh fantastic, one more chatbot", "wow, another robot, this will be so useful"])
def test_sarcasm_is_no_praise(talk, text) -> None:
    assert "glad" not in talk.say(text).text


@pytest.mark.parametrize(
    "text, not_said",
    [
        ("my brother in law wants a course in data analytics", "**law**"),
        ("how many business days until I get the certificate", "Business"),
        ("do I need health insurance for a short course abroad", "healthcare"),
    ],
)
def test_word_of_a_fixed_phrase_names_nothing(talk, text, not_said) -> None:
    assert not_said not in talk.say(text).text


def ranked(**shares: float) -> list[dict]:
    return [{"name": name, "confidence": share} for name, share in shares.items()]


@pytest.mark.parametrize(
    "shares, first",
    [
        ({"goodbye": 0.4, "ask_topic": 0.3}, "ask_topic"),
        ({"goodbye": 0.7, "ask_topic": 0.3}, "goodbye"),
        ({"affirm": 0.31, "refine": 0.3}, "refine"),
        ({"praise": 0.5}, "praise"),
        ({"ask_topic": 0.6, "distress": 0.25}, "distress"),
        ({"distress": 0.15, "ask_topic": 0.14}, "ask_topic"),
        ({"feel_low": 0.45, "choose_help": 0.4}, "choose_help"),
        ({"ask_topic": 0.2, "compare": 0.1}, "ask_topic"),
    ],
)
def test_cost_of_a_mistake_decides(shares, first) -> None:
    ordered = by_cost(ranked(**shares))
    assert ordered[0]["name"] == first and sorted(map(str, ordered)) == sorted(map(str, ranked(**shares)))
