"""A reply says what was asked and stops: no card, no caveat and no second side that nobody asked for."""

from __future__ import annotations

import pytest

from actions.base import Answer
from actions.context import DialogueState, Understanding
from actions.how_much import no_more_than_asked
from actions.replies.base import ANSWERED, DECLINED, Reply

CARD = "Looms weave.\n\n- **Offered by**: two guilds"
FACT = "In Peru: **Lima School**.\n\nNothing is said of its courses."


def asked(form: str = "yes_no", **more) -> Understanding:
    return Understanding("ask_topic", 1.0, form=form, **more)


def told(
    text: str, understanding: Understanding, of_facts: bool = False, act: str = "ask_topic", outcome=ANSWERED
) -> str:
    answer = Answer(Reply(text, outcome), DialogueState(act))
    return no_more_than_asked(understanding, answer, of_facts).reply.text


def test_card_is_not_told_to_who_asks_for_a_yes_or_no() -> None:
    assert told(CARD, asked()) == "Looms weave."
    assert told(CARD, asked("what")) == CARD
    assert told(CARD, asked("who")) == CARD  # which may be told in it
    assert told(CARD, asked(attributes=("all",))) == CARD  # "can you tell me about looms?"


def test_fact_is_told_without_what_is_not_said_beside_it() -> None:
    assert told(FACT, asked("which"), of_facts=True) == "In Peru: **Lima School**."
    assert told(FACT, asked("what"), of_facts=True) == FACT  # "what is it?"
    assert told(FACT, asked("which", second="a/two"), of_facts=True) == FACT


def test_denial_keeps_what_comes_nearest() -> None:
    denied = "No loom is named for Peru.\n\nClose to it: mills."
    assert told(denied, asked(), of_facts=True) == denied
    assert told(FACT, asked(), of_facts=True, outcome=DECLINED) == FACT


def test_both_sides_of_recognition_stay() -> None:
    assert told(FACT, asked(), act="ask_recognition") == FACT


def test_verdict_stands_without_the_list_that_follows_it() -> None:
    assert told("Yes, it can. It does so in two ways:\n\n- **Wool**\n- **Silk**", asked()) == "Yes, it can."
    assert told("It does so in two ways:\n\n- **Wool**", asked()).endswith("**Wool**")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Does Udacity have nanodegrees?", "Udacity"),
        ("What is Germany known for?", "engineering"),
        ("Which industries are there apart from IT?", "healthcare"),
        ("Do such courses cost less than going for a degree in another country?", "affordable"),
    ],
)
def test_reply_stops_with_the_answer(advisor, text: str, said: str) -> None:
    reply = advisor.ask(text).text
    assert said in reply and "\n\n" not in reply


def test_whole_topic_is_a_button(advisor) -> None:
    reply = advisor.ask("Can several of them be put together?")
    assert reply.topic and any(f'"topic": "{reply.topic}"' in button["payload"] for button in reply.buttons)
