"""How messages reach Slack: rendered within its limits, and what happens when it refuses, is slow or breaks off."""

# ruff: noqa: F811  # fixtures are imported, and named as parameters
from __future__ import annotations

import contextlib
import itertools
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.slack.rendering import rating_in, render
from conversations.db.schema import now
from conversations.learning.feedback import feedback_by_message
from conversations.models import ADVISOR, FRONT, PERSON, Button, Message
from demo.stand_ins.slack.__main__ import application
from demo.stand_ins.slack.limits import LONGEST_OBJECT, MOST_BLOCKS, calls_in, content_of, words_of
from demo.stand_ins.slack.world import World
from demo.stand_ins.telegram.faults import KINDS
from tests.front.slack_fixtures import (  # noqa: F401  # fixtures
    buttons_of,
    numbers,
    shared_slack,
    slack,
    slack_running,
    titles_of,
    wait_for,
    web_api,
)
from tests.front.telegram_fixtures import serving, talking_engine

tokens = itertools.count()


def message(text: str = "", author: str = ADVISOR, **more) -> Message:
    return Message(7, "c", "slack", author, text, now(), "said", **{"outcome": "smalltalk", **more})


def posted(of: Message) -> list[dict]:
    """As the strict stand-in takes the parts of a message."""
    return [content_of({"text": part.text, "blocks": list(part.blocks)}) for part in render(of)]


def mrkdwn(of: Message) -> str:
    return "\n".join(
        block["text"]["text"] for part in render(of) for block in part.blocks if block["type"] == "section"
    )


def buttons(count: int, title: str = "Choice") -> tuple[Button, ...]:
    return tuple(Button(f"{title} {number}", f"/x{number}", f"{number:016d}") for number in range(count))


@pytest.fixture
def says(slack) -> Callable[..., list[dict[str, Any]]]:
    """Return a function that has the engine say something as the person writes, and returns what the app said then."""

    def say(*messages: dict, count: int = 1) -> list[dict]:
        slack.engine.reply = lambda asked: [{"metadata": {"outcome": "smalltalk"}, **one} for one in messages]
        slack.write("hello")
        return slack.answers(count)

    return say


# --- rendering ----------------------------------------------------------------------------------------------------
def test_markdown_becomes_mrkdwn() -> None:
    text = "**Bold** and *soft* and [here](https://a.org/?x=1&y=2)\n- one\n- two\n1. first"
    assert mrkdwn(message(text)) == (
        "*Bold* and _soft_ and <https://a.org/?x=1&amp;y=2|here>\n\u2022 one\n\u2022 two\n1. first"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("un**believ**able", "un\u200b*believ*\u200bable"),
        ("\u8fd9\u662f**\u91cd\u8981**\u7684", "\u8fd9\u662f\u200b*\u91cd\u8981*\u200b\u7684"),
        ("**bold with *soft* in it**", "*bold with _soft_ in it*"),
        ("__x__ (**y**), `a*b`", "*x* (*y*), `a*b`"),
        ("apply at https://a.example/b_(c).", "apply at <https://a.example/b_(c)>."),
        ("write to a@b.example", "write to <mailto:a@b.example|a@b.example>"),
        ("**[the *form*](https://a.example/?x=1&y=2)**", "*<https://a.example/?x=1&amp;y=2|the form>*"),
        ("[click](javascript:alert(1))", "[click](javascript:alert(1))"),
    ],
)
def test_marks_are_written_for_slack(text, shown) -> None:
    assert mrkdwn(message(text)) == shown


def test_markup_of_others_is_shown_not_obeyed(says) -> None:
    hostile = "<!channel> <@U1> <https://evil.example|bank> & &lt; *_~`"
    [said] = says({"text": hostile})
    assert words_of(said) == hostile and calls_in(said) == []


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=300))
def test_any_text_is_taken(text) -> None:
    for taken in posted(message(text, buttons=buttons(1))):
        assert words_of(taken).strip() and calls_in(taken) == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["word ", "\n", "\n\n", "\U0001f393" * 40, "x" * 4000, "**bold** ", "<&>"]), max_size=60)
)
def test_no_word_is_lost_in_parts(pieces) -> None:
    text = "".join(pieces)
    wanted = "".join(text.replace("**bold**", "bold").split())
    shown = "".join(words_of(one) for one in posted(message(text)))
    assert "".join(shown.replace("*", "").replace("\u200b", "").split()) == wanted


def test_long_text_stays_within_sections() -> None:
    [taken] = posted(message("\n\n".join(f"{number} " + "word " * 300 for number in range(6))))
    lengths = [len(block["text"]["text"]) for block in taken["blocks"]]
    assert len(lengths) == 6 and max(lengths) <= LONGEST_OBJECT


def test_very_long_text_goes_in_parts(says) -> None:
    said = says({"text": "\n\n".join("word " * 590 for _ in range(60))}, count=2)
    assert [len(one["blocks"]) for one in said] == [MOST_BLOCKS, 10]


def test_escapes_are_never_cut() -> None:
    for taken in posted(message("&" * 5000)):
        for block in taken["blocks"]:
            assert block["text"]["text"].replace("&amp;", "") == ""


WITH_LINKS = [
    *("word " * 90, "wordwithoutspaces" * 30, "**bold words**", "&<>&", "\n", "\n\n"),
    *("[the form](https://a.org/form?x=1&y=2)", f"[{'a very long label & more ' * 60}](https://a.org)"),
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WITH_LINKS), min_size=1, max_size=60))
def test_no_section_ends_within_a_link_or_an_escape(pieces) -> None:
    text = "".join(pieces)
    parts = render(message(text))
    sections = [one["text"]["text"] for part in parts for one in part.blocks if one["type"] == "section"]
    for shown in [*sections, *(part.text for part in parts)]:
        assert len(shown) <= LONGEST_OBJECT
        assert not re.search(r"&(?!(?:amp|lt|gt);)", shown), "each ampersand begins a whole escape"
    for shown in sections:
        assert not re.sub(r"<https://[^<>|]+\|[^<>|]+>", "", shown).strip("<>").count("<"), (
            "each bracket is a whole link's"
        )
        assert shown.count("<") == shown.count(">")
    labels = "".join(re.findall(r"<https://a\.org/form[^|]*\|([^>]*)>", "".join(sections)))
    assert labels == "the form" * text.count("[the form](")


def test_link_too_long_to_be_one_is_words() -> None:
    address = "https://a.org/" + "x" * 2500
    shown = mrkdwn(message(f"[here]({address})"))
    assert "<" not in shown and "here" in shown and "x" * 2500 in shown.replace("\n", "")


def test_link_with_brackets_stays_one() -> None:
    assert mrkdwn(message("[x](https://a.org/b|c)")) == "<https://a.org/b%7Cc|x>"


@pytest.mark.parametrize("length", range(2990, 3004))
def test_notification_ends_with_a_whole_escape(length) -> None:
    [part] = render(message("x" * length + "&" * 20))
    assert re.fullmatch(r"x+(?:&amp;)*", part.text) and len(part.text) <= 3000


@pytest.mark.parametrize(("count", "rows"), [(1, [1]), (5, [5]), (6, [5, 1]), (12, [5, 5, 2])])
def test_buttons_stand_five_a_block(says, count, rows) -> None:
    given = [{"title": f"Choice {number}", "payload": f"/x{number}"} for number in range(count)]
    [said] = says({"text": "Choose.", "buttons": given})
    assert [len(block["elements"]) for block in said["blocks"] if block["type"] == "actions"] == rows
    assert titles_of(said) == [one["title"] for one in given]


def test_long_title_is_shortened(says, slack) -> None:
    [said] = says({"text": "Choose.", "buttons": [{"title": "t" * 80, "payload": "/more"}]})
    [title] = titles_of(said)
    assert len(title) == 75 and title.endswith("\u2026")
    slack.press(said, title)
    wait_for(lambda: slack.engine.asked[-1].get("payload") == "/more")


def test_empty_text_is_not_sent(says, slack) -> None:
    [said] = says({"text": "\n\n\n\n"}, {"text": "words"})
    assert words_of(said) == "words" and slack.world.refused == []


def test_buttons_without_text_are_introduced() -> None:
    [taken] = posted(message("", buttons=buttons(1)))
    assert words_of(taken) == "Please choose:" and titles_of(taken) == ["Choice 0"]


def test_cards_are_text_with_link(says) -> None:
    card = {
        "title": "Data <Science>",
        "text": "Toronto, *online*",
        "lines": ["12 weeks", "C$ 900 & up"],
        "url": "https://a.org/x?a=1&b=2",
    }
    [said] = says({"text": "Found one:", "cards": [card]})
    assert said["blocks"][0]["text"]["text"] == (
        "Found one:\n\n<https://a.org/x?a=1&amp;b=2|Data &lt;Science&gt;>\nToronto, _online_\n12 weeks\nC$ 900 &amp; up"
    )


def test_card_with_odd_address_has_no_link() -> None:
    assert mrkdwn(message(cards=({"title": "X", "url": "javascript:alert(1)"},))) == "*X*"


def test_sections_of_the_guide_are_named() -> None:
    sources = ({"section": "Overview", "key": "a"}, {"section": "Overview", "key": "b"}, {"section": "FAQ", "key": "c"})
    [taken] = posted(message("x", sources=sources))
    assert words_of(taken) == "x\nFrom the guide: Overview, FAQ"


def test_person_is_named() -> None:
    assert mrkdwn(message("Hello <you>", author=PERSON, author_name="Anna & Co")) == (
        "*Anna &amp; Co*\n\nHello &lt;you&gt;"
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
    [taken] = posted(message("x", author=author, outcome=outcome))
    assert bool(buttons_of(taken)) == rated


def test_no_link_is_unfolded(says) -> None:
    [said] = says({"text": "[x](https://a.org)"})
    assert said["unfurl"] is False


def test_notification_says_the_words(says) -> None:
    [said] = says({"text": "**Yes** & no"})
    assert said["text"] == "Yes &amp; no"


def test_choices_are_no_thumbs() -> None:
    assert rating_in("rate:up:12") == (1, 12) and rating_in("choose:up:12") is None


# --- feedback -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("title", "value"), [("Helpful", 1), ("Not helpful", -1)])
def test_thumbs_are_stored(slack, says, title, value) -> None:
    [said] = says({"text": "Yes.", "metadata": {"outcome": "answered"}})
    slack.press(said, title)
    wait_for(lambda: titles_of(said) == [])
    assert list(slack.read(feedback_by_message, slack.conversation().id).values()) == [value]
    assert "Thank you" in words_of(said) and "Yes." in words_of(said)


def test_thumbs_leave_choices_alone(slack, says) -> None:
    [said] = says(
        {"text": "Yes.", "metadata": {"outcome": "answered"}, "buttons": [{"title": "More", "payload": "/more"}]}
    )
    slack.press(said, "Helpful")
    wait_for(lambda: titles_of(said) == ["More"])


# --- trouble ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("fault", KINDS)
def test_answer_arrives_after(fault, slack) -> None:
    slack.write("hello")
    slack.answers(1)
    slack.world.faults.next.append(fault)
    slack.write("again")
    slack.answers(2)
    delivery = wait_for(lambda: (found := slack.delivery(slack.told()[-1]))["state"] == "delivered" and found)
    assert delivery["attempts"] == 2
    assert delivery["maybe_twice"] == (
        fault in ("502", "timeout", "reset", "taken then reset")
    )  # where nobody can know
    assert slack.seen().count("re: again") == (2 if fault == "taken then reset" else 1)


def test_rate_limit_waits_as_told(slack) -> None:
    slack.write("hello")
    slack.answers(1)
    slack.world.faults.next.append("429")
    began = time.monotonic()
    slack.write("again")
    slack.answers(2)
    assert time.monotonic() - began >= 1.0


def given_up(slack, where: str = "dm") -> str:
    """Why the last thing said in a conversation was given up, at the first try."""
    wait_for(lambda: len(slack.told(where)) >= 3)
    told = slack.told(where)[-1]
    delivery = wait_for(lambda: (found := slack.delivery(told))["state"] == "failed" and found)
    assert delivery["attempts"] == 1
    return delivery["failure"]


@pytest.mark.parametrize(("closed", "named"), [("not_in", "not_in_channel"), ("archived", "is_archived")])
def test_closed_channel_ends_delivery(slack, closed, named) -> None:
    where = f"C{next(numbers)}"
    getattr(slack.world, closed).add(where)
    ts = slack.write(f"{slack.us} hello", where)
    assert named in given_up(slack, f"{where}/{ts}")


def test_unknown_channel_ends_delivery(slack) -> None:
    where = f"D{next(numbers)}"
    slack.event(type="message", user=slack.person, channel=where, ts="1.1", text="hello")
    assert "channel_not_found" in given_up(slack)


def test_lost_token_is_told_to_staff(slack) -> None:
    slack.world.revoked = True
    try:
        slack.write("hello")
        assert "ADVISOR_SLACK_BOT_TOKEN" in given_up(slack)
    finally:
        slack.world.revoked = False
    slack.write("again")
    wait_for(lambda: slack.seen() == ["re: again"])


def test_refused_message_does_not_hold_up_the_next(slack) -> None:
    slack.world.archived.add(slack.dm)
    slack.write("one")
    given_up(slack)
    slack.world.archived.discard(slack.dm)
    slack.write("two")
    wait_for(lambda: slack.seen() == ["re: two"])


@pytest.mark.parametrize("fault", ["429", "500", "reset"])
def test_failed_update_is_tried_again(slack, says, fault) -> None:
    [said] = says({"text": "Yes.", "buttons": [{"title": "More", "payload": "/more"}]})
    slack.world.faults.methods = ("chat.update",)
    slack.world.faults.next.append(fault)
    try:
        slack.press(said, "More")
        wait_for(lambda: "You chose" in json.dumps(said))
    finally:
        slack.world.faults.methods = ("chat.postMessage",)


def test_slack_being_away_loses_nothing(tmp_path) -> None:
    """The front is told of a message while it cannot reach Slack; the answer arrives once it can."""
    world = World()
    with serving(application(world)) as url:
        port = int(url.rpartition(":")[2])
    with talking_engine() as (engine, engine_port), slack_running(tmp_path, world, url, engine, engine_port) as slack:
        slack.person = f"U{next(numbers)}"
        slack.write("hello")
        wait_for(lambda: len(slack.told()) == 3)
        with serving(application(world), port=port):
            assert slack.answer() == "re: hello"
            assert not any(slack.delivery(one)["maybe_twice"] for one in slack.told()[1:])


# --- what Slack has taken is taken ------------------------------------------------------------------------------------------
@contextlib.contextmanager
def answering(*answers: tuple[int, str, bytes]) -> Iterator[tuple[list[bytes], str]]:
    """Serve a Web API that gives these answers in turn, then the last again; yield what it got, and its address."""
    asked: list[bytes] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            status, kind, body = 200, "application/json", b'{"ok": true, "user_id": "U1"}'
            if "postMessage" in self.path:
                status, kind, body = answers[min(len(asked), len(answers) - 1)]
                asked.append(sent)
            self.send_response(status)
            if kind:
                self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield asked, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


TAKEN = {
    "no ts": ("application/json", b'{"ok": true}'),
    "ts of no kind": ("application/json", b'{"ok": true, "ts": {"x": 1}, "channel": 7}'),
    "cut off": ("application/json", b'{"ok": true, "channel": "D1", "ts": "17'),
    "ok at the end": ("application/json", b'{"channel": "D1", , "ok" : true}'),
    "not utf-8": ("application/json; charset=utf-8", b'{"ok":true,"ts":"1.1","message":{"text":"\xff\xfe"}}'),
    "half a character": ("application/json", rb'{"ok":true,"ts":"1.1","message":{"text":"\ud800"}}'),
    "byte order mark": ("application/json", b'\xef\xbb\xbf{"ok":true,"ts":"1.1"}'),
    "as a page": ("text/html", b'{"ok":true,"ts":"1.1"}'),
    "as plain text": ("text/plain", b'{"ok":true,"ts":"1.1"}'),
    "as an archive": ("application/gzip", b'{"ok":true,"ts":"1.1"}'),
    "of no kind": ("", b'{"ok":true,"ts":"1.1"}'),
    "deep": ("application/json", b'{"ok":true,"x":' + b"[" * 90_000 + b"]" * 90_000 + b"}"),
}


@pytest.mark.parametrize("case", TAKEN)
def test_taken_is_taken_however_it_is_said(tmp_path, case) -> None:
    with (
        answering((200, *TAKEN[case])) as (asked, url),
        talking_engine() as (engine, port),
        slack_running(tmp_path, World(), url, engine, port) as slack,
    ):
        slack.person = f"U{next(numbers)}"
        slack.write("hello")
        told = wait_for(lambda: len(found := slack.told()) == 3 and found)
        for one in told[1:]:
            delivery = wait_for(lambda one=one: (found := slack.delivery(one))["state"] == "delivered" and found)
            assert delivery["attempts"] == 1 and not delivery["maybe_twice"]
        assert len(asked) == 2, "the greeting and the answer"


NOT_TAKEN = {
    "page of a proxy": (200, "text/html", b"<html>Please sign in</html>"),
    "a list": (200, "application/json", b"[1]"),
    "nothing": (200, "application/json", b""),
    "refused and cut off": (200, "application/json", b'{"ok": false, "error": "x", "y": {"ok": true'),
    "bad gateway": (502, "text/html", b'"ok": true'),
}


@pytest.mark.parametrize("case", NOT_TAKEN)
def test_what_is_no_word_of_slack_is_tried_again(tmp_path, case) -> None:
    taken = (200, "application/json", b'{"ok": true, "ts": "1.1"}')
    with (
        answering(NOT_TAKEN[case], taken) as (asked, url),
        talking_engine() as (engine, port),
        slack_running(tmp_path, World(), url, engine, port) as slack,
    ):
        slack.person = f"U{next(numbers)}"
        slack.write("hello")
        told = wait_for(lambda: len(found := slack.told()) == 3 and found)
        delivery = wait_for(lambda: (found := slack.delivery(told[1]))["state"] == "delivered" and found)
        assert delivery["attempts"] == 2 and delivery["maybe_twice"]
