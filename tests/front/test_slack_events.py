"""Every kind of call that Slack makes, in its documented shape: what becomes of it. The Web API is a strict stand-in."""

# ruff: noqa: F811  # fixtures are imported, and named as parameters
from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from demo.stand_ins.slack.limits import calls_in
from demo.stand_ins.slack.world import PRESS, Call, signed
from tests.front.slack_fixtures import (  # noqa: F401  # fixtures
    apart,
    buttons_of,
    numbers,
    shared_slack,
    slack,
    titles_of,
    wait_for,
    web_api,
)

FILE = {"id": "F1", "name": "cv.pdf", "mimetype": "application/pdf", "url_private": "https://files.slack.com/F1"}


def channel() -> str:
    """Return a channel of a test's own."""
    return f"C{next(numbers)}"


# --- direct messages -----------------------------------------------------------------------------------------------
def test_direct_message_is_answered(slack) -> None:
    slack.write("what is a micro-credential?")
    assert slack.answer() == "re: what is a micro-credential?"
    assert slack.world.refused == []


def test_two_messages_in_a_row(slack) -> None:
    slack.write("one")
    slack.write("two")
    slack.answers(2)
    assert slack.seen()[1:] == ["re: one", "re: two"]


def test_first_message_says_it_is_a_machine(slack) -> None:
    slack.write("hello")
    slack.answers(1)
    first = slack.world.by_bot(slack.dm)[0]
    assert "a machine and not a person" in slack.seen()[0]
    assert "<https://example.org/privacy|privacy notice>" in first["blocks"][0]["text"]["text"]


def test_greeting_comes_once(slack) -> None:
    slack.write("hello")
    slack.answers(1)
    slack.write("again")
    slack.answers(2)
    assert sum("a machine" in one for one in slack.seen()) == 1


def test_front_speaks_the_language_of_the_installation(apart) -> None:
    with apart(console_language="de") as slack:
        slack.person = f"U{next(numbers)}"
        slack.write("hello")
        slack.answers(1)
        assert "eine Maschine und kein Mensch" in slack.seen()[0]
        assert slack.command("data").startswith("Hier kann ich es nicht")


def test_thread_in_direct_message_is_answered_there(slack) -> None:
    ts = slack.write("hello")
    slack.answers(1)
    slack.write("in the thread", thread=ts)
    assert slack.answers(2)[1]["thread_ts"] == ts
    assert len({one.conversation_id for one in slack.told()}) == 1


def test_where_and_who_are_noted_with_message(slack) -> None:
    ts = slack.write("hello")
    said = slack.told()[0]
    assert said.context == {"ts": ts, "user": slack.person}
    assert said.external_id == f"{slack.world.team}:{slack.dm}:{ts}"


def test_long_message_is_refused_politely(slack) -> None:
    slack.write("a" * 2500)
    assert "longer than I can read" in slack.answer()


def test_hostile_characters_are_kept_out(slack) -> None:
    slack.world.messages[slack.dm]["1.1"] = {"user": slack.person, "ts": "1.1"}
    slack.event(type="message", user=slack.person, channel=slack.dm, ts="1.1", text="a\x00b \ud800 c")
    assert wait_for(slack.told)[0].text == "ab ? c"


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("<mailto:a@b.c|a@b.c>", "a@b.c"),
        ("<https://x.y>", "https://x.y"),
        ("see <https://x.y/z|x.y/z> or <https://x.y|here>", "see x.y/z (https://x.y/z) or here (https://x.y)"),
        ("R&amp;D &lt;b&gt; &amp;amp;", "R&D <b> &amp;"),
        ("ask <@U77|ana> in <#C5|general>", "ask @ana in #general"),
        ("<!here> <!subteam^S1|@team> <!date^1764000000^{date}|today>", "@here @team today"),
        ("<tel:+1555|+1555>", "+1555"),
        ("*bold* and _soft_", "*bold* and _soft_"),
        ("/restart", "/restart"),
        ('/ask_topic{"topic": "challenges/visa"}', '/ask_topic{"topic": "challenges/visa"}'),
    ],
)
def test_text_is_read_as_typed(slack, sent, read) -> None:
    slack.write(sent)
    slack.answers(1)
    assert slack.engine.asked[-1]["text"] == read and "payload" not in slack.engine.asked[-1]


def test_file_alone_is_asked_for_in_words(slack) -> None:
    slack.write("", subtype="file_share", files=[FILE])
    assert "text only, please" in slack.answer()


def test_text_with_file_is_answered(slack) -> None:
    slack.write("is my diploma enough?", subtype="file_share", files=[FILE])
    assert slack.answer() == "re: is my diploma enough?"


def test_too_many_messages_are_slowed_down(slack) -> None:
    events = slack.front.channels["slack"]._events
    events._per_minute = 2
    try:
        for number in range(3):
            slack.write(f"message {number}")
        slack.answers(3)
    finally:
        events._per_minute = 0
    assert slack.seen()[1:3] == ["re: message 0", "re: message 1"] and "a lot at once" in slack.seen()[3]


# --- what is let go by ---------------------------------------------------------------------------------------------
LET_GO = {
    "no user": {"type": "message", "text": "hi", "user": None},
    "bot": {"type": "message", "text": "hi", "bot_id": "B1"},
    "bot message": {"type": "message", "subtype": "bot_message", "text": "hi", "bot_id": "B1", "user": None},
    "edited": {"type": "message", "subtype": "message_changed", "message": {"text": "new", "user": "U1", "ts": "1.1"}},
    "deleted": {"type": "message", "subtype": "message_deleted", "deleted_ts": "1.1"},
    "joined": {"type": "message", "subtype": "channel_join", "text": "<@U1> has joined"},
    "left": {"type": "message", "subtype": "channel_leave", "text": "<@U1> has left"},
    "topic": {"type": "message", "subtype": "channel_topic", "text": "set the topic", "topic": "x"},
    "pinned": {"type": "message", "subtype": "pinned_item", "text": "pinned"},
    "me of a bot": {"type": "message", "subtype": "me_message", "text": "waves", "bot_id": "B1"},
    "bot profile": {"type": "message", "text": "hi", "bot_profile": {"id": "B1"}},
    "our own": {"type": "message", "text": "hi", "user": "U0ADVISOR"},
    "slackbot": {"type": "message", "text": "hi", "user": "USLACKBOT"},
    "empty": {"type": "message", "text": ""},
    "blank": {"type": "message", "text": "\n\n\n\n"},
    "text is a number": {"type": "message", "text": 7},
    "no ts": {"type": "message", "text": "hi", "ts": None},
    "channel is a list": {"type": "message", "text": "hi", "channel": ["D1"]},
    "reaction": {"type": "reaction_added", "reaction": "thumbsup", "item": {"type": "message", "ts": "1.1"}},
    "member joined": {"type": "member_joined_channel", "channel_type": "C"},
    "messages tab": {"type": "app_home_opened", "tab": "messages"},
    "kind of tomorrow": {"type": "thought_shared", "thought": {}},
}


@pytest.mark.parametrize("kind", LET_GO)
def test_event_is_let_go_by(slack, kind) -> None:
    event = {
        "user": slack.person,
        "channel": slack.dm,
        "ts": f"1.{next(numbers)}",
        "channel_type": "im",
        **LET_GO[kind],
    }
    assert slack.event(**event).status_code == 200
    assert slack.conversation() is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{not json", 400),
        (b"[1, 2]", 400),
        (b'{"event": null, "type": "event_callback", "team_id": "T1"}', 400),
        (b'{"authorizations": null, "type": "event_callback", "event": {"type": "message"}}', 200),
        (b'{"authorizations": [null], "type": "event_callback", "event": {"type": "message"}}', 400),
        (b'{"event": "x", "type": "event_callback"}', 400),
        (b'{"event": {"type": ["message"]}, "type": "event_callback"}', 200),
        (b'{"type": "block_actions", "actions": []}', 200),
        (b'{"type": "block_actions", "actions": [null], "user": {"id": "U1"}, "channel": 7}', 400),
        (b'{"type": "view_submission", "view": {"id": "V1"}, "user": {"id": "U1"}}', 200),
        (b'{"type": "shortcut", "callback_id": "x", "user": {"id": "U1"}}', 200),
        (b'{"type": "something_new"}', 200),
        (b"{}", 200),
        (b"", 200),
        (b"\xff\xfe", 400),
    ],
    ids=repr,
)
def test_odd_bodies_are_no_trouble(slack, body, status) -> None:
    assert slack.raw(body).status_code == status


def test_huge_body_is_refused(slack) -> None:
    assert slack.raw(b'{"x": "' + b"y" * 1_100_000 + b'"}').status_code == 413


def test_charset_in_content_type_is_read(slack) -> None:
    [call] = slack.world.write(slack.dm, slack.person, "h\u00e9llo")
    assert slack.raw(call.request()[0], "application/json; charset=utf-8").status_code == 200
    assert slack.answer() == "re: h\u00e9llo"


@pytest.mark.parametrize("authorizations", [None, [], [{"user_id": "U0PERSON", "is_bot": False}]], ids=repr)
def test_we_are_known_without_authorizations(slack, authorizations) -> None:
    where = channel()
    wait_for(lambda: slack.front.channels["slack"]._client.user_id)
    for call in slack.world.write(where, slack.person, f"{slack.us} which country?"):
        payload = {**call.payload, "authorizations": authorizations}
        slack.take(Call(call.kind, payload))
    assert slack.answer(where) == "re: which country?"


# --- whose call it is ----------------------------------------------------------------------------------------------
def test_address_is_verified(slack) -> None:
    answer = slack.raw(b'{"token": "x", "challenge": "abc", "type": "url_verification"}')
    assert answer.status_code == 200 and answer.json() == {"challenge": "abc"}


def wrong_headers(body: bytes, secret: str) -> dict[str, dict[str, str | bytes]]:
    right = signed(secret, body)
    return {
        "none": {},
        "no timestamp": {"X-Slack-Signature": right["X-Slack-Signature"]},
        "wrong signature": {**right, "X-Slack-Signature": "v0=" + "0" * 64},
        "no hex": {**right, "X-Slack-Signature": "nonsense"},
        "another secret": signed("0123456789abcdef", body),
        "old": signed(secret, body, time.time() - 301),
        "from the future": signed(secret, body, time.time() + 330),
        "garbage timestamp": {**right, "X-Slack-Request-Timestamp": "yesterday"},
        "endless timestamp": {**right, "X-Slack-Request-Timestamp": "9" * 5000},
        "not ascii": {**right, "X-Slack-Signature": "v0=\u00fc".encode()},
        "of another body": signed(secret, b"{}"),
    }


@pytest.mark.parametrize("case", wrong_headers(b"", "x"))
def test_call_without_signature_creates_nothing(slack, case) -> None:
    [call] = slack.world.write(slack.dm, slack.person, "hello")
    body, kind = call.request()
    assert slack.raw(body, kind, wrong_headers(body, slack.world.secret)[case]).status_code == 401
    assert slack.conversation() is None


def test_webhook_takes_no_get(slack) -> None:
    assert httpx.get(f"{slack.url}/webhooks/slack").status_code == 405


# --- once ----------------------------------------------------------------------------------------------------------
def test_exact_replay_is_answered_once(slack) -> None:
    [call] = slack.world.write(slack.dm, slack.person, "hello")
    body, kind = call.request()
    headers = signed(slack.world.secret, body)
    assert [slack.raw(body, kind, headers).status_code for _ in range(3)] == [200] * 3
    slack.answers(1)
    slack.quiet()
    assert len(slack.answers(1)) == 1 and len(slack.told()) == 3


@pytest.mark.parametrize(
    "reason", ["http_timeout", "http_error", "connection_failed", "too_many_redirects", "ssl_error", "unknown_error"]
)
def test_retry_is_answered_once(slack, reason) -> None:
    [call] = slack.world.write(slack.dm, slack.person, "hello")
    slack.take(call)
    again = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": reason}
    assert slack.call(call, **again).status_code == 200
    slack.answers(1)
    slack.quiet()
    assert len(slack.answers(1)) == 1


def test_retry_of_what_never_came_is_answered(slack) -> None:
    [call] = slack.world.write(slack.dm, slack.person, "hello")
    assert slack.call(call, **{"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}).status_code == 200
    assert slack.answer() == "re: hello"


def test_same_event_at_once_is_one(slack) -> None:
    [call] = slack.world.write(slack.dm, slack.person, "hello")
    with ThreadPoolExecutor(8) as pool:
        assert [one.status_code for one in pool.map(slack.call, [call] * 8)] == [200] * 8
    slack.answers(1)
    slack.quiet()
    assert len(slack.answers(1)) == 1 and len(slack.told()) == 3


# --- channels ------------------------------------------------------------------------------------------------------
def test_channel_talk_is_left_alone(slack) -> None:
    where = channel()
    slack.write("anybody here?", where)
    slack.write("<@U0ADVISORS> hello", where)
    ts = slack.write("a thread", where)
    slack.write("of others", where, thread=ts)
    slack.quiet()
    assert slack.world.by_bot(where) == [] and slack.world.refused == []


def test_mention_is_answered_once_in_thread(slack) -> None:
    where = channel()
    ts = slack.write(f"{slack.us} which country?", where)
    assert slack.answer(where, ts) == "re: which country?"
    slack.quiet()
    assert len(slack.world.by_bot(where)) == 2
    assert {one["thread_ts"] for one in slack.world.by_bot(where)} == {ts}


@pytest.mark.parametrize("first", [0, 1])
def test_twins_are_one_in_any_order(slack, first) -> None:
    where = channel()
    calls = slack.world.write(where, slack.person, f"{slack.us} hello")
    slack.take(calls[first], calls[1 - first])
    slack.answers(1, where)
    slack.quiet()
    assert len(slack.answers(1, where)) == 1


def test_mention_within_text_is_taken_out(slack) -> None:
    where = channel()
    slack.write(f"please {slack.us}, which country?", where)
    assert slack.answer(where) == "re: please , which country?"


def test_mention_alone_asks_for_help(slack) -> None:
    where = channel()
    slack.write(slack.us, where)
    assert slack.answer(where) == "re: /ask_help"


def test_thread_is_followed_without_mention(slack) -> None:
    where = channel()
    ts = slack.write(f"{slack.us} first", where)
    slack.answers(1, where)
    slack.write("and second?", where, thread=ts)
    assert slack.answers(2, where, ts)[1]["text"] == "re: and second?"


def test_mention_in_a_thread_is_answered_there(slack) -> None:
    where = channel()
    ts = slack.write("a thread of ours", where)
    slack.write(f"{slack.us} what do you say?", where, thread=ts)
    assert slack.answer(where) == "re: what do you say?"
    assert slack.world.by_bot(where)[1]["thread_ts"] == ts


def test_others_in_a_thread_are_not_answered(slack) -> None:
    where, other = channel(), f"U{next(numbers)}"
    ts = slack.write(f"{slack.us} first", where)
    slack.answers(1, where)
    slack.write("I think so, too", where, other, thread=ts)
    slack.quiet()
    assert len(slack.answers(1, where)) == 1 and slack.conversation(f"{where}/{ts}", other) is None


def test_threads_are_kept_apart(slack) -> None:
    where = channel()
    one = slack.write(f"{slack.us} one", where)
    two = slack.write(f"{slack.us} two", where)
    assert slack.answer(where, one) == "re: one" and slack.answer(where, two) == "re: two"
    assert slack.conversation(f"{where}/{one}").id != slack.conversation(f"{where}/{two}").id


def test_direct_and_channel_are_kept_apart(slack) -> None:
    where = channel()
    slack.write("my secret plan")
    ts = slack.write(f"{slack.us} hello", where)
    slack.answers(1, where)
    slack.command("another secret", where)
    slack.answers(2)
    assert "secret" not in json.dumps(slack.world.said(where))
    assert slack.conversation().id != slack.conversation(f"{where}/{ts}").id


def test_group_message_needs_a_mention(slack) -> None:
    group = f"G{next(numbers)}"
    slack.world.messages[group]  # noqa: B018  # the group is there
    event = {"user": slack.person, "channel": group, "channel_type": "mpim", "type": "message"}
    assert slack.event(**event, ts="5.1", text="between us").status_code == 200
    assert slack.conversation(f"{group}/5.1") is None
    slack.world.messages[group]["5.2"] = {"user": slack.person, "ts": "5.2"}
    slack.event(**event, ts="5.2", text=f"{slack.us} hello")
    assert slack.answer(group) == "re: hello"


def test_file_in_channel_is_let_go_by(slack) -> None:
    where = channel()
    ts = slack.write(slack.us, where, subtype="file_share", files=[FILE])
    slack.quiet()
    assert slack.conversation(f"{where}/{ts}") is None


# --- the slash command ---------------------------------------------------------------------------------------------
def test_command_is_answered_in_direct_message(slack) -> None:
    where = channel()
    assert "direct messages" in slack.command("which country?", where)
    assert slack.answer() == "re: which country?"
    assert slack.world.by_bot(where) == []


def test_command_in_direct_message_says_nothing_more(slack) -> None:
    assert slack.command("which country?") == ""
    assert slack.answer() == "re: which country?"


@pytest.mark.parametrize(
    ("typed", "payload"),
    [
        ("", "/ask_help"),
        ("help", "/ask_help"),
        (" HELP ", "/ask_help"),
        ("human", "/want_person"),
        ("Human", "/want_person"),
    ],
)
def test_commands_become_payloads(slack, typed, payload) -> None:
    slack.command(typed)
    slack.answers(1)
    assert slack.engine.asked[-1]["payload"] == payload


def test_same_command_is_answered_once(slack) -> None:
    call = slack.world.command(slack.dm, slack.person, "hello")
    slack.take(call, call)
    slack.answers(1)
    slack.quiet()
    assert len(slack.answers(1)) == 1


def test_command_and_messages_are_one_conversation(slack) -> None:
    slack.write("one")
    slack.answers(1)
    slack.command("two", channel())
    slack.answers(2)
    assert [one.text for one in slack.told() if one.author == "visitor"] == ["one", "two"]


def test_other_apps_command_is_let_go_by(slack) -> None:
    call = slack.world.command(slack.dm, slack.person, "hello")
    slack.take(Call(call.kind, {**call.payload, "command": "/weather"}))
    assert slack.conversation() is None


def test_ssl_check_is_answered(slack) -> None:
    answer = slack.raw(urlencode({"ssl_check": "1", "token": "x"}).encode(), "application/x-www-form-urlencoded")
    assert answer.status_code == 200


# --- the App Home --------------------------------------------------------------------------------------------------
def test_home_is_published(slack) -> None:
    slack.take(slack.world.home_opened(slack.person))
    home = wait_for(lambda: slack.world.homes.get(slack.person))
    text = json.dumps(home)
    assert "/advisor" in text and "machine" in text and "https://example.org/privacy" in text
    assert slack.conversation() is None


# --- buttons -------------------------------------------------------------------------------------------------------
def with_buttons(asked: dict) -> list[dict]:
    topic = '/ask_topic{"topic": "' + "challenges/visa-and-travel" * 4 + '"}'
    buttons = [{"title": "Visas & <travel>", "payload": topic}, {"title": "Fees", "payload": "/more"}]
    if asked.get("payload"):
        return [{"text": f"re: {asked['payload']}", "metadata": {"outcome": "answered"}}]
    return [{"text": "Choose.", "buttons": buttons, "metadata": {"outcome": "answered", "topic": "a/b"}}]


@pytest.fixture
def offered(slack) -> dict[str, Any]:
    """Return the message with buttons that the person was sent."""
    slack.engine.reply = with_buttons
    slack.write("hello")
    return slack.answers(1)[0]


def test_press_is_the_payload(slack, offered) -> None:
    slack.press(offered, "Fees")
    assert slack.answers(2)[1]["text"] == "re: /more"
    assert [one.text for one in slack.told() if one.payload] == ["Fees"]


def test_choice_shows_in_its_message(slack, offered) -> None:
    slack.press(offered, "Visas & <travel>")
    wait_for(lambda: titles_of(offered) == ["Helpful", "Not helpful"])
    assert "You chose: *Visas &amp; &lt;travel&gt;*" in json.dumps(offered) and "Choose." in json.dumps(offered)


def test_second_tap_is_one_choice(slack, offered) -> None:
    pressed = slack.world.press(slack.dm, slack.person, offered["ts"], buttons_of(offered)[1]["action_id"])
    slack.take(pressed, pressed)
    slack.answers(2)
    slack.quiet()
    assert len(slack.answers(2)) == 2


def test_press_in_thread_is_answered_there(slack) -> None:
    where = channel()
    slack.engine.reply = with_buttons
    ts = slack.write(f"{slack.us} hello", where)
    slack.press(slack.answers(1, where)[0], "Fees", where)
    assert slack.answers(2, where, ts)[1]["text"] == "re: /more"


def test_others_cannot_press(slack) -> None:
    where, other = channel(), f"U{next(numbers)}"
    slack.engine.reply = with_buttons
    slack.write(f"{slack.us} hello", where)
    message = slack.answers(1, where)[0]  # before the other is greeted, too
    slack.write(f"{slack.us} me too", where, other)
    slack.press(message, "Fees", where, other)
    notice = wait_for(lambda: slack.world.notices[other])[0]
    assert "somebody else" in notice["text"] and titles_of(message)[1] == "Fees"


FORGED = ["choose:no-such-token-00", "rate:up:1", "rate:up:x", "rate:down:" + "9" * 30, "rate:up:\u0661", "else"]


@pytest.mark.parametrize("action", FORGED)
def test_forged_press_does_nothing(slack, offered, action) -> None:
    call = slack.world.press(slack.dm, slack.person, offered["ts"], buttons_of(offered)[0]["action_id"])
    forged = {**call.payload, "actions": [{**call.payload["actions"][0], "action_id": action, "value": action[-16:]}]}
    before = len(slack.told())
    slack.take(Call(PRESS, forged))
    assert wait_for(lambda: slack.world.notices[slack.person]) and len(slack.told()) == before


ELEMENTS = {
    "static_select": {"selected_option": {"text": {"type": "plain_text", "text": "A"}, "value": "/restart"}},
    "overflow": {"selected_option": {"text": {"type": "plain_text", "text": "A"}, "value": "/restart"}},
    "datepicker": {"selected_date": "2026-01-01"},
    "checkboxes": {"selected_options": [{"value": "/restart"}]},
    "radio_buttons": {"selected_option": None},
    "timepicker": {"selected_time": None},
    "users_select": {"selected_user": "U1"},
    "plain_text_input": {"value": "/restart"},
}


@pytest.mark.parametrize("kind", ELEMENTS)
def test_element_we_never_send_does_nothing(slack, offered, kind) -> None:
    call = slack.world.press(slack.dm, slack.person, offered["ts"], buttons_of(offered)[0]["action_id"])
    action = {"type": kind, "action_id": "x", "block_id": "b", "action_ts": "1.1", **ELEMENTS[kind]}
    asked = len(slack.engine.asked)
    slack.take(Call(PRESS, {**call.payload, "actions": [action]}))
    slack.quiet(0.2)
    assert len(slack.engine.asked) == asked


def test_press_of_vanished_message_is_answered(slack, offered) -> None:
    call = slack.world.press(slack.dm, slack.person, offered["ts"], buttons_of(offered)[1]["action_id"])
    del slack.world.messages[slack.dm][offered["ts"]]
    slack.take(call)
    wait_for(lambda: "re: /more" in slack.seen())


def test_forged_reply_calls_nobody(slack) -> None:
    """A mention of everybody, which Rasa's connector would post verbatim, calls nobody."""
    slack.engine.reply = lambda asked: [{"text": asked["text"], "metadata": {"outcome": "smalltalk"}}]
    slack.write('/EXTERNAL_reply{"reply": "&lt;!channel&gt; &lt;@U1&gt; &amp;lt;!here&gt;"}')
    said = slack.answers(1)[0]
    assert "<!channel> <@U1> &lt;!here>" in slack.answer()
    assert calls_in(said) == []
