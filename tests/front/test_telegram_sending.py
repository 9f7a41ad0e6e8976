"""How messages reach Telegram: rendered within its limits, and what happens when it refuses, is slow or breaks off."""

# ruff: noqa: F811  # fixtures are imported, and named as parameters
from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.telegram.commands import topic_of
from channels.telegram.rendering import render, thumb_in
from conversations.db.schema import now
from conversations.models import ADVISOR, FRONT, PERSON, Button, Message
from demo.stand_ins.telegram.faults import KINDS
from demo.stand_ins.telegram.limits import LONGEST_TEXT, read_html, units
from demo.stand_ins.telegram.world import World
from tests.front.telegram_fixtures import (  # noqa: F401  # fixtures
    bot_api,
    numbers,
    shared_telegram,
    talking_engine,
    telegram,
    telegram_running,
    titles_of,
    wait_for,
)

tokens = itertools.count()


def message(text: str = "", author: str = ADVISOR, **more) -> Message:
    return Message(7, "c", "telegram", author, text, now(), "said", **{"outcome": "smalltalk", **more})


def texts(of: Message) -> list[str]:
    return [read_html(part.html)[0] for part in render(of)]


@pytest.fixture
def says(telegram) -> Callable[..., list[dict[str, Any]]]:
    """Return a function that has the engine say something as the person writes, and returns what the bot said then."""

    def say(*messages: dict, count: int = 1) -> list[dict]:
        telegram.engine.reply = lambda asked: [{"metadata": {"outcome": "smalltalk"}, **one} for one in messages]
        telegram.write("hello")
        return telegram.answers(count)

    return say


# --- rendering ----------------------------------------------------------------------------------------------------
def test_markdown_becomes_html() -> None:
    [part] = render(message("**Bold** and *soft* and [here](https://a.org/?x=1&y=2)\n- one\n- two\n1. first"))
    assert part.html == (
        '<b>Bold</b> and <i>soft</i> and <a href="https://a.org/?x=1&amp;y=2">here</a>\n'
        "\u2022 one\n\u2022 two\n1. first"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**bold with *soft* in it**", "<b>bold with </b><b><i>soft</i></b><b> in it</b>"),
        ("un**believ**able, `f(**a, **b)`", "un<b>believ</b>able, <code>f(**a, **b)</code>"),
        ("[B](https://a.example/b_(c))", '<a href="https://a.example/b_(c)">B</a>'),
        ("**[the *form*](https://a.example/b)**", '<a href="https://a.example/b"><b>the </b><b><i>form</i></b></a>'),
        ("https://a.example/_b_/c", '<a href="https://a.example/_b_/c">https://a.example/_b_/c</a>'),
        ("a@b.example, [us](mailto:a@b.example)", "a@b.example, us (a@b.example)"),
        ("[click](javascript:alert(1))", "[click](javascript:alert(1))"),
    ],
)
def test_marks_are_written_for_telegram(text, shown) -> None:
    assert [part.html for part in render(message(text))] == [shown]


@pytest.mark.parametrize("length", [4090, 4094, 4096, 5000, 9000])
def test_name_does_not_stand_alone(length) -> None:
    first, *others = texts(message("word " * (length // 5), author=PERSON, author_name="Mira"))
    assert first.startswith("Mira\n\nword word") and units(first) > LONGEST_TEXT // 2
    assert sum(one.count("word") for one in (first, *others)) == length // 5


def test_markup_of_others_is_shown_not_obeyed(says) -> None:
    hostile = "<b>bold</b> & <script>alert(1)</script> &lt; <a href='evil.example'>x</a> _*[`"
    [said] = says({"text": hostile})
    assert said["text"] == hostile and said["entities"] == []


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=300))
def test_any_text_is_valid_html(text) -> None:
    for part in render(message(text, buttons=(Button("x", "/x", "t" * 16),))):
        read, _ = read_html(part.html)
        assert read.strip() and units(read) <= LONGEST_TEXT


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["word ", "\n", "\n\n", "\U0001f393" * 40, "x" * 3000, "**bold** ", "<&>"]), max_size=60)
)
def test_no_word_is_lost_in_parts(pieces) -> None:
    text = "".join(pieces)
    wanted = "".join(text.replace("**bold**", "bold").split())
    assert "".join("".join(texts(message(text))).split()) == wanted


def test_long_text_is_split_at_paragraphs(says) -> None:
    paragraphs = [f"{number} " + "word " * 290 for number in range(6)]  # about 1,450 units each
    said = says({"text": "\n\n".join(paragraphs)}, count=3)
    assert [one["text"].split()[0] for one in said] == ["0", "2", "4"]
    assert all("\n\n" in one["text"] for one in said)


def test_emoji_are_counted_as_telegram_does(says) -> None:
    said = says({"text": "\U0001f393" * 2049}, count=2)
    assert [units(one["text"]) for one in said] == [4096, 2]


def test_buttons_stand_under_the_last_part(says) -> None:
    long = "\n\n".join("word " * 600 for _ in range(2))
    first, last = says({"text": long, "buttons": [{"title": "More", "payload": "/more"}]}, count=2)
    assert titles_of(first) == [] and titles_of(last) == ["More"]


def test_bold_goes_on_in_next_part() -> None:
    parts = render(message("**" + "word " * 1000 + "end**"))
    assert len(parts) == 2 and all(part.html.startswith("<b>") and part.html.endswith("</b>") for part in parts)


def test_empty_text_is_not_sent(says, telegram) -> None:
    [said] = says({"text": "  \n\n "}, {"text": "words"})
    assert said["text"] == "words" and telegram.world.refused == []


@pytest.mark.parametrize("custom", [{"colour": "red"}, {"photo": "x", "text": "y", "cards": []}, {"cards": [{"x": 1}]}])
def test_odd_custom_part_does_not_hide_the_words(says, telegram, custom) -> None:
    [said] = says({"text": "words", "custom": custom})
    assert said["text"] == "words" and telegram.world.refused == []


def test_buttons_without_text_are_introduced() -> None:
    [part] = render(message("", buttons=(Button("Yes", "/affirm", "t" * 16),)))
    assert part.html == "Please choose:" and part.keyboard


def test_cards_are_text_with_link(says) -> None:
    card = {
        "title": "Data <Science>",
        "text": "Toronto, *online*",
        "lines": ["12 weeks", "C$ 900 & up"],
        "url": "https://a.org/x?a=1&b=2",
    }
    [said] = says({"text": "Found one:", "cards": [card]})
    assert said["text"] == "Found one:\n\nData <Science>\nToronto, online\n12 weeks\nC$ 900 & up"
    assert {"type": "text_link", "url": card["url"]}.items() <= said["entities"][0].items()


def test_card_with_odd_address_has_no_link() -> None:
    assert "<a" not in render(message(cards=({"title": "X", "url": "javascript:alert(1)"},)))[0].html


def test_mail_address_is_left_to_telegram() -> None:
    [part] = render(message("[write](mailto:a@b.org) or [a@b.org](mailto:a@b.org)"))
    assert part.html == "write (a@b.org) or a@b.org"


def test_sections_of_the_guide_are_named() -> None:
    sources = (
        {"section": "Overview", "key": "about"},
        {"section": "Overview", "key": "b"},
        {"section": "FAQ", "key": "c"},
    )
    assert texts(message("Yes.", sources=sources)) == ["Yes.\n\nFrom the guide: Overview, FAQ"]


def test_persons_words_carry_their_name() -> None:
    assert render(message("Hello <you>", author=PERSON, author_name="Anna & Co"))[0].html == (
        "<b>Anna &amp; Co</b>\n\nHello &lt;you&gt;"
    )


@pytest.mark.parametrize(
    ("author", "outcome", "rated"),
    [
        (ADVISOR, "answered", True),
        (ADVISOR, "declined", True),
        (ADVISOR, "clarify", False),
        (ADVISOR, "smalltalk", False),
        (FRONT, "failed", False),
        (PERSON, "", False),
    ],
)
def test_only_answers_are_rated(author, outcome, rated) -> None:
    keyboard = render(message("x", author=author, outcome=outcome))[0].keyboard
    assert bool(keyboard) == rated


def test_no_link_preview_is_asked_for(says, telegram, monkeypatch) -> None:
    seen = []
    bot = telegram.front.channels["telegram"]._client.bot
    send = type(bot).do_api_request

    async def noted(self, method, parameters, **more) -> Any:
        if method == "sendMessage":
            seen.append(parameters["link_preview_options"]["is_disabled"])
        return await send(self, method, parameters, **more)

    monkeypatch.setattr(type(bot), "do_api_request", noted)
    says({"text": "[x](https://a.org)"})
    assert set(seen) == {True}


def test_deep_link_names_a_topic() -> None:
    for key in ("challenges/visa", "not-stated/fees", "faq/1-what"):
        assert topic_of(key.replace("/", "_")) == key


def test_choices_are_no_thumbs() -> None:
    assert thumb_in("up:12") == (1, 12) and thumb_in("up-12-abcdefghij") is None


# --- feedback -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("title", "value"), [("Helpful", 1), ("Not helpful", -1)])
def test_thumbs_are_stored(telegram, says, title, value) -> None:
    from conversations.learning.feedback import feedback_by_message

    [said] = says({"text": "Yes.", "metadata": {"outcome": "answered"}})
    assert telegram.press(said, title) == "Thank you for telling us."
    assert list(telegram._read(feedback_by_message, telegram.conversation().id).values()) == [value]
    wait_for(lambda: titles_of(said) == [])


def test_thumbs_leave_choices_alone(telegram, says) -> None:
    [said] = says(
        {"text": "Yes.", "metadata": {"outcome": "answered"}, "buttons": [{"title": "More", "payload": "/more"}]}
    )
    telegram.press(said, "Helpful")
    wait_for(lambda: titles_of(said) == ["More"])


# --- trouble ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("fault", [*KINDS, "401"])
def test_answer_arrives_after(fault, telegram) -> None:
    telegram.write("hello")
    telegram.answers(1)
    telegram.world.faults.next.append(fault)
    telegram.write("again")
    telegram.answers(2)
    message = telegram.told()[-1]
    delivery = wait_for(lambda: (found := telegram.delivery(message))["state"] == "delivered" and found)
    assert delivery["attempts"] == 2
    twice = fault in ("502", "timeout", "reset", "taken then reset")  # those after which nobody can know
    assert delivery["maybe_twice"] == twice
    said = [one for one in telegram.answers(2) if one["text"] == "re: again"]
    assert len(said) == (2 if fault == "taken then reset" else 1)


def test_rate_limit_waits_as_told(telegram, monkeypatch) -> None:
    import time

    telegram.write("hello")
    telegram.answers(1)
    telegram.world.faults.next.append("429")
    began = time.monotonic()
    telegram.write("again")
    telegram.answers(2)
    assert time.monotonic() - began >= 1.0


def test_blocked_bot_ends_delivery(telegram) -> None:
    telegram.world.blocked.add(telegram.person)
    telegram.write("hello")
    for one in wait_for(lambda: len(found := telegram.told()) == 3 and found)[1:]:
        delivery = wait_for(lambda one=one: (found := telegram.delivery(one))["state"] == "failed" and found)
        assert delivery["attempts"] == 1 and "blocked" in delivery["failure"]


def test_unblocked_bot_answers_again(telegram) -> None:
    telegram.world.blocked.add(telegram.person)
    telegram.write("hello")
    wait_for(lambda: len(told := telegram.told()) == 3 and telegram.delivery(told[2])["state"] == "failed")
    telegram.world.blocked.discard(telegram.person)
    telegram.write("again")
    wait_for(lambda: [one["text"] for one in telegram.world.by_bot(telegram.person)] == ["re: again"])


def test_refused_message_does_not_hold_up_the_next(telegram) -> None:
    chat = -next(numbers) - 10**9
    telegram.write("@advisor_demo_bot one", chat, thread=5)
    telegram.answers(1, chat)
    telegram.world.topics[chat].discard(5)  # somebody deleted the topic
    telegram.write("@advisor_demo_bot two", chat, thread=5)
    telegram.world.topics[chat].discard(5)
    address = f"{telegram.person}/{chat}/5"
    wait_for(
        lambda: (
            len(told := telegram.told(address)) == 5
            and telegram.delivery(told[-1])["state"] == "failed"
            or "re: two" in [one["text"] for one in telegram.world.by_bot(chat)]
        )
    )


def test_group_that_moved_is_followed(telegram) -> None:
    chat, moved_to = -next(numbers) - 10**9, -next(numbers) - 10**9
    update = telegram.world.write(chat, telegram.person, "@advisor_demo_bot hello")
    telegram.world.moved[chat] = moved_to
    telegram.world.message(moved_to, telegram.person)
    telegram.world.keep(telegram.world.message(moved_to, telegram.person))
    assert telegram.call(update).status_code == 200
    assert telegram.answer(moved_to) == "re: hello"


def test_failed_press_answer_is_tried_again(telegram, says) -> None:
    [said] = says({"text": "Yes.", "buttons": [{"title": "More", "payload": "/more"}]})
    telegram.world.faults.methods = ("answerCallbackQuery",)
    telegram.world.faults.next.append("500")
    try:
        assert telegram.press(said, "More") == ""
    finally:
        telegram.world.faults.methods = ("sendMessage",)


def test_telegram_being_away_loses_nothing(tmp_path) -> None:
    """The front is told of a message while it cannot reach Telegram; the answer arrives once it can."""
    from demo.stand_ins.telegram.__main__ import application
    from tests.front.telegram_fixtures import serving

    world = World()
    with serving(application(world)) as url:
        port = int(url.rpartition(":")[2])
    with (
        talking_engine() as (engine, engine_port),
        telegram_running(tmp_path, world, url, engine, engine_port) as telegram,
    ):
        telegram.person = next(numbers)
        telegram.write("hello")
        wait_for(lambda: len(telegram.told()) == 3)
        with serving(application(world), port=port):
            assert telegram.answer() == "re: hello"
            assert not any(telegram.delivery(one)["maybe_twice"] for one in telegram.told()[1:])
