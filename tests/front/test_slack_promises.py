"""What every channel promises, on Slack: once, in order, nothing lost; a person can take over; data goes on request."""

# ruff: noqa: F811  # fixtures are imported, and named as parameters
from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import NoReturn

import httpx
import pytest

from bot.front.app import build
from conversations.models import Accepted, Message
from core.settings import Settings, SettingsError, env_name, process_environment
from demo.stand_ins.slack.desk import call_webhook
from demo.stand_ins.slack.limits import words_of
from demo.stand_ins.slack.sockets import socket_door
from demo.stand_ins.slack.world import EVENT, Call, World
from demo.stand_ins.telegram.faults import KINDS
from tests.front.fork_server import Command
from tests.front.slack_fixtures import (  # noqa: F401  # fixtures
    apart,
    numbers,
    shared_slack,
    slack,
    slack_running,
    titles_of,
    wait_for,
    web_api,
)
from tests.front.telegram_fixtures import talking_engine
from tests.harness import PATIENCE


def wants_person(asked: dict) -> list[dict]:
    outcome = "handoff" if asked.get("payload") == "/want_person" else "answered"
    return [{"text": f"re: {asked.get('text')}", "metadata": {"outcome": outcome}}]


@contextlib.contextmanager
def called(slack) -> Iterator[None]:
    """Slack itself calls this front: signed, and again until it is told 200."""
    import asyncio

    loop = asyncio.new_event_loop()
    task = loop.create_task(call_webhook(slack.world, f"{slack.url}/webhooks/slack"))

    def run() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(PATIENCE)


# --- once -----------------------------------------------------------------------------------------------------------
def test_event_is_answered_once_after_restart(apart) -> None:
    person = f"U{next(numbers)}"
    with apart() as slack:
        slack.person = person
        [call] = slack.world.write(slack.dm, person, "hello")
        slack.take(call)
        slack.answers(1)
    with apart() as slack:
        slack.person = person
        slack.take(call)
        slack.quiet()
        assert len(slack.answers(1)) == 1 and len(apart.engine.asked) == 1


def test_unsent_answer_goes_out_after_restart(apart) -> None:
    apart.world.faults.every, apart.world.faults.kinds = 1, ("500",)
    person = f"U{next(numbers)}"
    with apart() as slack:
        slack.person = person
        slack.write("hello")
        wait_for(lambda: len(slack.told()) == 3)
    apart.world.faults.every = 0
    with apart() as slack:
        slack.person = person
        assert slack.answer() == "re: hello"
        assert len(slack.answers(1)) == 1


def test_long_answer_goes_on_where_it_was(apart) -> None:
    text = "\n\n".join(f"{number} " + "word " * 590 for number in range(60))
    apart.engine.reply = lambda asked: [{"text": text, "metadata": {"outcome": "smalltalk"}}]
    with apart() as slack:
        slack.person = f"U{next(numbers)}"
        slack.write("hello")
        slack.answers(2)
        slack.world.faults.next.extend(["", "500"])
        slack.write("again")
        assert [words_of(one).split()[0] for one in slack.answers(4)] == ["0", "50", "0", "50"]


def test_database_away_is_no_200(apart, monkeypatch) -> None:
    """Slack is to call again: what could not be written was not taken."""
    from sqlalchemy.exc import OperationalError

    with apart() as slack:
        slack.person = f"U{next(numbers)}"
        [call] = slack.world.write(slack.dm, slack.person, "hello")
        events = slack.front.channels["slack"]._events

        async def away(inbound) -> NoReturn:
            raise OperationalError("insert", {}, Exception("away"))

        with monkeypatch.context() as patched:
            patched.setattr(events, "receive", away)
            assert slack.call(call).status_code == 503
        slack.take(call)
        assert slack.answer() == "re: hello"


# --- the start -------------------------------------------------------------------------------------------------------
def test_start_does_not_wait_for_slack(tmp_path) -> None:
    with (
        talking_engine() as (engine, port),
        slack_running(tmp_path, World(), "http://127.0.0.1:9", engine, port) as slack,
    ):
        assert httpx.get(f"{slack.url}/health").status_code == 200


def test_failed_start_is_tried_again(apart) -> None:
    apart.world.faults.methods = ("auth.test",)
    apart.world.faults.next.extend(["500"])
    with apart() as slack:
        wait_for(lambda: slack.front.channels["slack"]._client.user_id == slack.world.bot_user)


RIGHT = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "0123456789abcdef"}


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({**RIGHT, "slack_bot_token": "xoxp-1"}, "ADVISOR_SLACK_BOT_TOKEN"),
        ({**RIGHT, "slack_signing_secret": ""}, "ADVISOR_SLACK_SIGNING_SECRET"),
        ({**RIGHT, "slack_signing_secret": "with some spaces"}, "ADVISOR_SLACK_SIGNING_SECRET"),
    ],
)
def test_impossible_setting_stops_the_start(tmp_path, values, named) -> None:
    with pytest.raises(SettingsError, match=named):
        build(Settings(var_dir=tmp_path, **values))


def test_without_token_there_is_no_slack(tmp_path) -> None:
    front = build(Settings(var_dir=tmp_path))
    assert not any("slack" in route.path for route in front.public.routes)
    front.store.close()


# --- Socket Mode -------------------------------------------------------------------------------------------------------
def socket_mode(slack, **more: str) -> Command:
    """`advisor slack socket`, run for this front."""
    values = {
        "slack_bot_token": slack.world.bot_token,
        "slack_signing_secret": slack.world.secret,
        "slack_app_token": slack.world.app_token,
        "slack_api_url": slack.front.settings.slack_api_url,
        "front_port": slack.url.rpartition(":")[2],
        **more,
    }
    return Command("slack", "socket", environment=process_environment({env_name(n): v for n, v in values.items()}))


def test_socket_brings_messages_presses_and_commands(apart) -> None:
    apart.engine.reply = lambda asked: [
        {
            "text": f"re: {asked.get('payload') or asked['text']}",
            "buttons": [{"title": "More", "payload": "/more"}],
            "metadata": {"outcome": "smalltalk"},
        }
    ]
    with apart() as slack, socket_door(slack.world):
        slack.person = f"U{next(numbers)}"
        slack.world.send(*slack.world.write(slack.dm, slack.person, "h\u00e9llo & first"))
        process = socket_mode(slack)
        try:
            said = slack.answers(1)[0]
            assert words_of(said) == "re: h\u00e9llo & first"
            [action] = [one["action_id"] for block in said["blocks"][1:] for one in block["elements"]]
            slack.world.send(slack.world.press(slack.dm, slack.person, said["ts"], action))
            assert words_of(slack.answers(2)[1]) == "re: /more"
            slack.world.send(slack.world.command("C1", slack.person, "which country?"))
            assert words_of(slack.answers(3)[2]) == "re: which country?"
            notice = wait_for(lambda: slack.world.notices[slack.person])[0]
            assert "direct messages" in notice["text"] and notice["response_type"] == "ephemeral"
            wait_for(lambda: not slack.world.waiting)
        finally:
            process.terminate()
            done = process.ended(20)
        assert "Slack is answered by" in done.stdout


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"slack_signing_secret": "another-secret-of-theirs"}, "ADVISOR_SLACK_SIGNING_SECRET"),
        ({"slack_app_token": "xapp-wrong"}, "ADVISOR_SLACK_APP_TOKEN"),
        ({"slack_app_token": ""}, "ADVISOR_SLACK_APP_TOKEN"),
    ],
)
def test_socket_says_what_is_wrong(apart, more, named) -> None:
    with apart() as slack, socket_door(slack.world):
        slack.world.send(*slack.world.write("D1", "U1", "first"))
        done = socket_mode(slack, **more).ended(30)
        assert done.returncode == 1 and named in done.stderr and len(done.stderr.splitlines()) == 1
        assert slack.world.waiting, "what was not taken must not be acknowledged"


REFUSED = {
    "400": {"type": "event_callback", "event": ["odd"]},
    "413": {"type": "event_callback", "event": {"type": "message", "text": "x" * 1_100_000}},
}


@pytest.mark.parametrize("status", REFUSED)
def test_refused_envelope_holds_up_nothing(apart, status) -> None:
    with apart() as slack, socket_door(slack.world):
        slack.person = f"U{next(numbers)}"
        slack.world.send(Call(EVENT, REFUSED[status]), *slack.world.write(slack.dm, slack.person, "hello"))
        process = socket_mode(slack)
        try:
            assert slack.answer() == "re: hello"
            wait_for(lambda: not slack.world.waiting)
        finally:
            process.terminate()
            done = process.ended(20)
        assert f"refused a call of Slack's ({status})" in done.stdout


# --- a person takes over ----------------------------------------------------------------------------------------------
def test_person_answers_in_direct_messages(slack) -> None:
    slack.engine.reply = wants_person
    slack.command("human")
    assert "asked the advice team" in slack.answer()
    conversation = slack.conversation()
    assert conversation.state == "waiting"
    assert slack.operate(f"{conversation.id}/take", person="Anna").status_code == 200
    assert slack.operate(f"{conversation.id}/reply", person="Anna", text="How can I help?").status_code == 200
    assert words_of(slack.answers(3)[2]) == "*Anna*\n\nHow can I help?"
    asked = len(slack.engine.asked)
    slack.write("my visa")
    slack.write("", subtype="file_share", files=[{"id": "F1"}])
    slack.command("which country?")
    slack.quiet()
    assert len(slack.engine.asked) == asked and len(slack.answers(3)) == 3
    slack.operate(f"{conversation.id}/release", person="Anna")
    slack.write("thanks")
    assert words_of(slack.answers(5)[4]) == "re: thanks"


def test_person_answers_in_the_right_thread(slack) -> None:
    where = f"C{next(numbers)}"
    one, two = slack.write(f"{slack.us} here", where), slack.write(f"{slack.us} elsewhere", where)
    slack.answers(1, where, one)
    slack.answers(1, where, two)
    conversation = slack.conversation(f"{where}/{one}")
    slack.operate(f"{conversation.id}/take", person="Anna")
    slack.operate(f"{conversation.id}/reply", person="Anna", text="Here I am")
    said = wait_for(lambda: [each for each in slack.world.by_bot(where) if "Here I am" in words_of(each)])
    assert [each["thread_ts"] for each in said] == [one]
    asked = len(slack.engine.asked)
    slack.write("and now?", where, thread=one)
    slack.quiet()
    assert len(slack.engine.asked) == asked, "the advisor is silent where a person answers"
    slack.write("and you?", where, thread=two)
    wait_for(lambda: "re: and you?" in slack.seen(where))


def test_nothing_from_visitor_ends_hand_over(slack) -> None:
    slack.write("hello")
    slack.answers(1)
    slack.operate(f"{slack.conversation().id}/take", person="Anna")
    for typed in ("/restart", "restart", "/session_start"):
        slack.write(typed)
    for typed in ("help", "human"):
        slack.command(typed)
    slack.quiet()
    assert slack.conversation().state == "person" and slack.engine.asked[-1]["text"] == "hello"


# --- a person's data --------------------------------------------------------------------------------------------------
def question_after_delete(slack, count: int = 2) -> dict:
    assert slack.command("delete") == ""
    return slack.answers(count)[count - 1]


def test_delete_asks_first_then_deletes(slack) -> None:
    where = f"C{next(numbers)}"
    ts = slack.write(f"{slack.us} in the channel", where)
    slack.write("in private")
    slack.answers(1)
    ids = [slack.conversation().id, slack.conversation(f"{where}/{ts}").id]
    question = question_after_delete(slack)
    assert titles_of(question) == ["Delete everything", "Keep it"]
    slack.press(question, "Delete everything")
    assert slack.conversation() is None and slack.conversation(f"{where}/{ts}") is None
    wait_for(lambda: set(ids) <= set(slack.engine.forgotten))
    wait_for(lambda: "has been deleted" in words_of(question) and not titles_of(question))


def test_delete_can_be_thought_better_of(slack) -> None:
    slack.write("hello")
    slack.answers(1)
    question = question_after_delete(slack)
    slack.press(question, "Keep it")
    wait_for(lambda: words_of(question) == "Nothing was deleted.")
    assert slack.conversation()


def test_delete_spares_other_people(slack) -> None:
    other = f"{slack.person}0"  # whose id begins with this one's
    slack.write("hello", "D" + other[1:], other)
    slack.write("hello")
    slack.answers(1)
    slack.press(question_after_delete(slack), "Delete everything")
    assert slack.conversation(person=other)


def test_delete_works_while_person_answers(slack) -> None:
    slack.write("hello")
    slack.answers(1)
    slack.operate(f"{slack.conversation().id}/take", person="Anna")
    slack.answers(2)
    slack.press(question_after_delete(slack, 3), "Delete everything")
    assert slack.conversation() is None


def test_delete_by_stranger_stores_nothing(slack) -> None:
    assert slack.command("delete") == "There is nothing stored about you here."
    assert slack.conversation() is None


def test_deleted_person_can_begin_anew(slack) -> None:
    slack.write("hello")
    slack.answers(1)
    slack.press(question_after_delete(slack), "Delete everything")
    slack.write("hello again")
    wait_for(lambda: slack.seen()[-1] == "re: hello again")


# --- many at once -----------------------------------------------------------------------------------------------------
def test_three_hundred_messages_while_one_call_in_five_fails(apart) -> None:
    """30 people write 10 messages each; each is answered, in order, and twice only where nobody could know."""
    people = [f"U{number}" for number in range(2_000, 2_030)]
    with apart(engine_seconds=60.0) as slack, called(slack):
        faults = slack.world.faults
        faults.methods, faults.every, faults.kinds = (), 5, KINDS
        for number in range(10):
            for person in people:
                slack.world.send(*slack.world.write("D" + person[1:], person, f"message {number}"))
        done = {}
        for person in people:
            done[person] = wait_for(lambda person=person: all_delivered(slack, person, 21), seconds=120)
        faults.every = 0
        assert faults.met > 60 and not [one.failure for told in done.values() for one in told if one.failure]
        twice = []
        for person, told in done.items():
            seen = slack.seen("D" + person[1:])
            replies = [one for one in told if one.author == "advisor"]
            assert [one.text for one in replies] == [f"re: message {number}" for number in range(10)]
            assert list(dict.fromkeys(seen))[1:] == [one.text for one in replies], "each arrives, in order"
            repeated = {beginning(text) for text in seen if seen.count(text) > 1}
            ours = [one for one in told if one.author != "visitor"]
            assert repeated <= {beginning(one.text) for one in ours if slack.delivery(one)["maybe_twice"]}
            twice += repeated
        assert twice, "the test must have met the case"


def all_delivered(slack, person: str, count: int) -> list[Message] | None:
    """Return the conversation's messages once there are `count` and all of ours are with Slack, else None."""
    told = slack.told(person=person)
    ours = [one for one in told if one.author != "visitor"]
    return told if len(told) == count and all(slack.delivery(one)["state"] == "delivered" for one in ours) else None


def beginning(text: str) -> str:
    """Return a text's beginning, which is the same everywhere: the greeting's link is markdown in the store, words at Slack."""
    return text[:40]


def test_call_that_breaks_off_comes_again(apart) -> None:
    """The app is slow once; Slack gives up after three seconds and calls again: one answer."""
    with apart() as slack, called(slack):
        slack.person = f"U{next(numbers)}"
        events, receive = slack.front.channels["slack"]._events, slack.front.channels["slack"]._events.receive
        tries = []

        async def slow(inbound) -> Accepted:
            import asyncio

            tries.append(inbound)
            await asyncio.sleep(4 if len(tries) == 1 else 0)
            return await receive(inbound)

        events.receive = slow
        slack.world.send(*slack.world.write(slack.dm, slack.person, "hello"))
        slack.answers(1)
        wait_for(lambda: len(tries) == 2)
        slack.quiet(1.5)
        assert len(slack.answers(1)) == 1 and [status for _, status in slack.world.delivered] == [0, 200]
