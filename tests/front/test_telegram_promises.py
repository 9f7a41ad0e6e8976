"""What every channel promises, on Telegram: once, in order, nothing lost; a person can take over; data goes on request."""

# ruff: noqa: F811  # fixtures are imported, and named as parameters
from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext

import httpx
import pytest

from bot.front.structured_logging import QUIET
from channels.telegram.api.client import secret_for
from conversations.models import Message
from core.settings import Settings, SettingsError, env_name, process_environment
from demo.stand_ins.telegram.__main__ import application
from demo.stand_ins.telegram.faults import KINDS
from demo.stand_ins.telegram.world import World
from tests.front.fork_server import Command
from tests.front.telegram_fixtures import (  # noqa: F401  # fixtures
    HEADERS,
    OPERATORS_KEY,
    SECRET,
    Telegram,
    bot_api,
    frame,
    numbers,
    serving,
    shared_telegram,
    talking_engine,
    telegram,
    telegram_running,
    titles_of,
    wait_for,
)


@pytest.fixture
def apart(tmp_path) -> Iterator[Callable[..., AbstractContextManager[Telegram]]]:
    """Return a function that runs a front of one test alone, over the same database each time.

    It has the `world`, the `engine`, its `engine_port` and the address of the Bot API (`api`) as attributes.
    """
    world = World()
    with serving(application(world)) as api, talking_engine() as (engine, port):

        def start(**more) -> AbstractContextManager[Telegram]:
            return telegram_running(tmp_path, world, api, engine, port, **more)

        start.world, start.engine, start.api, start.engine_port = world, engine, api, port
        yield start


def wants_person(asked: dict) -> list[dict]:
    outcome = "handoff" if asked.get("payload") == "/want_person" else "answered"
    return [{"text": f"re: {asked.get('text')}", "metadata": {"outcome": outcome}}]


# --- once -----------------------------------------------------------------------------------------------------------
def test_update_is_answered_once_after_restart(apart) -> None:
    with apart() as telegram:
        telegram.person = next(numbers)
        update = telegram.write("hello")
        telegram.answers(1)
    with apart() as telegram:
        telegram.person = update["message"]["from"]["id"]
        assert telegram.call(update).status_code == 200
        telegram.quiet()
        assert len(telegram.answers(1)) == 1 and len(apart.engine.asked) == 1


def test_unsent_answer_goes_out_after_restart(apart) -> None:
    apart.world.faults.every, apart.world.faults.kinds = 1, ("500",)
    person = next(numbers)
    with apart() as telegram:
        telegram.person = person
        telegram.write("hello")
        wait_for(lambda: len(telegram.told()) == 3)
    apart.world.faults.every = 0
    with apart() as telegram:
        telegram.person = person
        assert telegram.answer() == "re: hello"
        assert len(telegram.answers(1)) == 1


def test_long_answer_goes_on_where_it_was(apart) -> None:
    parts = "\n\n".join(f"{number} " + "word " * 600 for number in range(3))
    apart.engine.reply = lambda asked: [{"text": parts, "metadata": {"outcome": "smalltalk"}}]
    person = next(numbers)
    with apart() as telegram:
        telegram.person = person
        telegram.write("hello")
        telegram.answers(3)
        telegram.world.faults.next.extend(["", "500"])
        telegram.write("again")
        telegram.answers(6)
        assert [one["text"][0] for one in telegram.answers(6)] == list("012012")


def test_same_update_at_once_is_one(telegram) -> None:
    update = telegram.world.write(telegram.person, telegram.person, "hello")
    with ThreadPoolExecutor(8) as pool:
        statuses = [one.status_code for one in pool.map(telegram.call, [update] * 8)]
    assert statuses == [200] * 8
    telegram.answers(1)
    telegram.quiet()
    assert len(telegram.answers(1)) == 1 and len(telegram.told()) == 3


# --- the start -------------------------------------------------------------------------------------------------------
def test_webhook_is_set_at_start(apart) -> None:
    with apart(public_url="https://advisor.example.org/") as telegram:
        webhook = wait_for(lambda: telegram.world.webhook)
        assert webhook["url"] == "https://advisor.example.org/webhooks/telegram/webhook"
        assert webhook["secret_token"] == SECRET
        assert set(webhook["allowed_updates"]) == {"message", "edited_message", "callback_query"}


def test_start_does_not_wait_for_telegram(tmp_path) -> None:
    world = World()
    with (
        talking_engine() as (engine, port),
        telegram_running(tmp_path, world, "http://127.0.0.1:9", engine, port) as telegram,
    ):
        assert httpx.get(f"{telegram.url}/health").status_code == 200


def test_failed_start_is_tried_again(apart) -> None:
    apart.world.faults.methods = ("getMe", "setWebhook")
    apart.world.faults.next.extend(["500", "", "429"])
    with apart(public_url="http://127.0.0.1:1") as telegram:
        wait_for(lambda: telegram.world.webhook)


def test_bot_asks_who_it_is_once(apart) -> None:
    with apart() as telegram:
        wait_for(lambda: telegram.world.commands)
        telegram.person, chat = next(numbers), -next(numbers)
        for number in range(3):
            telegram.write(f"@advisor_demo_bot {number}", chat)
        telegram.answers(3, chat)
        assert telegram.world.calls["getMe"] == 1


def test_webhook_brings_messages(apart) -> None:
    """Telegram itself calls: with its secret, and again until it is told 200."""
    with apart(engine_seconds=60.0) as telegram, apart_webhook(telegram):
        telegram.person = next(numbers)
        telegram.world.send(telegram.world.write(telegram.person, telegram.person, "hello"))
        assert telegram.answer() == "re: hello"
        assert [status for _, status in telegram.world.delivered] == [200]


def apart_webhook(telegram) -> AbstractContextManager[None]:
    """Set the world's webhook to this front, whose port is not known before it runs; nothing is to be ended."""
    url = f"{telegram.url}/webhooks/telegram/webhook"
    api = f"{telegram.front.settings.telegram_api_url}/bot{telegram.world.token}/setWebhook"
    assert httpx.post(api, json={"url": url, "secret_token": SECRET}).json()["ok"]
    return nullcontext()


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"telegram_token": "not a token"}, "ADVISOR_TELEGRAM_TOKEN"),
        ({"telegram_token": "1:a", "telegram_secret": "with space"}, "ADVISOR_TELEGRAM_SECRET"),
    ],
)
def test_impossible_setting_stops_the_start(tmp_path, values, named) -> None:
    from bot.front.app import build

    with pytest.raises(SettingsError, match=named):
        build(Settings(var_dir=tmp_path, **values))


def test_secret_outlives_a_restart() -> None:
    assert secret_for("1:a") == secret_for("1:a") != secret_for("1:b")
    assert secret_for("1:a", "own") == "own"


def test_without_token_there_is_no_telegram(tmp_path) -> None:
    from bot.front.app import build

    front = build(Settings(var_dir=tmp_path))
    assert not any("telegram" in route.path for route in front.public.routes)
    front.store.close()


# --- polling ----------------------------------------------------------------------------------------------------------
def polling(telegram) -> Command:
    """Run `advisor telegram poll` for this front."""
    values = {"telegram_token": telegram.world.token, "telegram_secret": SECRET}
    values |= {
        "telegram_api_url": telegram.front.settings.telegram_api_url,
        "front_port": telegram.url.rpartition(":")[2],
    }
    return Command("telegram", "poll", environment=process_environment({env_name(n): v for n, v in values.items()}))


def test_polling_brings_messages(apart) -> None:
    with apart() as telegram:
        telegram.person = next(numbers)
        telegram.world.send(telegram.world.write(telegram.person, telegram.person, "first"))
        process = polling(telegram)
        try:
            assert telegram.answer() == "re: first"
            telegram.world.send(telegram.world.write(telegram.person, telegram.person, "second"))
            assert telegram.answers(2)[1]["text"] == "re: second"
            wait_for(lambda: not telegram.world.updates)
        finally:
            process.terminate()
            done = process.ended(20)
        assert "@advisor_demo_bot is answered by" in done.stdout


def test_polling_says_what_is_wrong(apart) -> None:
    with apart(telegram_secret="another") as telegram:
        telegram.person = next(numbers)
        telegram.world.send(telegram.world.write(telegram.person, telegram.person, "first"))
        done = polling(telegram).ended(30)
        assert done.returncode == 1 and "ADVISOR_TELEGRAM_TOKEN" in done.stderr and len(done.stderr.splitlines()) == 1
        assert telegram.world.updates, "what was not taken must not be confirmed"


# --- a person takes over ----------------------------------------------------------------------------------------------
def test_person_answers_in_the_right_chat(telegram) -> None:
    telegram.engine.reply = wants_person
    telegram.write("/human")
    assert "asked the advice team" in telegram.answer()
    conversation = telegram.conversation()
    assert conversation.state == "waiting"
    assert telegram.operate(f"{conversation.id}/take", person="Anna").status_code == 200
    assert telegram.operate(f"{conversation.id}/reply", person="Anna", text="How can I help?").status_code == 200
    assert telegram.answers(3)[2]["text"] == "Anna\n\nHow can I help?"
    asked = len(telegram.engine.asked)
    telegram.write("my visa")
    telegram.bring(voice={"file_id": "f", "file_unique_id": "u", "duration": 2})
    telegram.quiet()
    assert len(telegram.engine.asked) == asked and len(telegram.answers(3)) == 3
    telegram.operate(f"{conversation.id}/release", person="Anna")
    telegram.write("thanks")
    assert telegram.answers(5)[4]["text"] == "re: thanks"


def test_person_answers_in_the_right_topic(telegram) -> None:
    chat = -next(numbers) - 10**9
    telegram.write("@advisor_demo_bot hello", chat, thread=3)
    telegram.write("@advisor_demo_bot elsewhere", chat, thread=4)
    conversation = telegram.conversation(f"{telegram.person}/{chat}/3")
    telegram.operate(f"{conversation.id}/take", person="Anna")
    telegram.operate(f"{conversation.id}/reply", person="Anna", text="Here I am")
    said = wait_for(lambda: [one for one in telegram.world.by_bot(chat) if "Here I am" in one["text"]])
    assert [one["message_thread_id"] for one in said] == [3]


def test_nothing_from_visitor_ends_hand_over(telegram) -> None:
    telegram.write("hello")
    telegram.answers(1)
    conversation = telegram.conversation()
    telegram.operate(f"{conversation.id}/take", person="Anna")
    for typed in ("/restart", "/start", "/help", "/human"):
        telegram.write(typed)
    telegram.quiet()
    assert telegram.conversation().state == "person" and len(telegram.engine.asked[-1:]) == 1
    assert telegram.engine.asked[-1]["text"] == "hello"


# --- a person's data --------------------------------------------------------------------------------------------------
def test_delete_asks_first_then_deletes(telegram) -> None:
    chat = -next(numbers) - 10**9
    telegram.write("@advisor_demo_bot in the group", chat)
    telegram.write("in private")
    telegram.answers(1)
    ids = [telegram.conversation().id, telegram.conversation(f"{telegram.person}/{chat}").id]
    telegram.write("/delete")
    question = telegram.answers(2)[1]
    assert titles_of(question) == ["Delete everything", "Keep it"]
    assert telegram.press(question, "Delete everything") == "Deleted."
    assert telegram.conversation() is None and telegram.conversation(f"{telegram.person}/{chat}") is None
    wait_for(lambda: set(ids) <= set(telegram.engine.forgotten))
    wait_for(lambda: "has been deleted" in question["text"] and not titles_of(question))


def test_delete_can_be_thought_better_of(telegram) -> None:
    telegram.write("hello")
    telegram.answers(1)
    telegram.write("/delete")
    question = telegram.answers(2)[1]
    assert telegram.press(question, "Keep it") == "Nothing was deleted."
    wait_for(lambda: not titles_of(question))
    assert telegram.conversation()


def test_delete_spares_other_people(telegram) -> None:
    other = int(f"{telegram.person}0")  # whose number begins with this one's
    telegram.write("hello", other, other)
    telegram.write("hello")
    telegram.answers(1)
    telegram.write("/delete")
    telegram.press(telegram.answers(2)[1], "Delete everything")
    assert telegram.conversation(f"{other}/{other}")


def test_delete_works_while_person_answers(telegram) -> None:
    telegram.write("hello")
    telegram.answers(1)
    telegram.operate(f"{telegram.conversation().id}/take", person="Anna")
    telegram.write("/delete")
    telegram.press(telegram.answers(3)[2], "Delete everything")
    assert telegram.conversation() is None


def test_delete_by_stranger_stores_nothing(telegram) -> None:
    telegram.write("/delete")
    wait_for(lambda: [one["text"] for one in telegram.world.by_bot(telegram.person)])
    assert telegram.world.by_bot(telegram.person)[0]["text"] == "There is nothing stored about you here."
    assert telegram.conversation() is None


def test_deleted_person_can_begin_anew(telegram) -> None:
    telegram.write("hello")
    telegram.answers(1)
    telegram.write("/delete")
    telegram.press(telegram.answers(2)[1], "Delete everything")
    telegram.write("hello again")
    wait_for(lambda: telegram.world.by_bot(telegram.person)[-1]["text"] == "re: hello again")


# --- many at once -----------------------------------------------------------------------------------------------------
def test_three_hundred_messages_while_one_call_in_five_fails(apart) -> None:
    """30 people write 10 messages each; each is answered, in order, and twice only where nobody could know."""
    people = range(2_000, 2_030)
    with apart(engine_seconds=60.0) as telegram, apart_webhook(telegram):
        faults = telegram.world.faults
        faults.methods, faults.every, faults.kinds = (), 5, KINDS
        for number in range(10):
            for person in people:
                telegram.world.send(telegram.world.write(person, person, f"message {number}"))
        done = {}
        for person in people:
            done[person] = wait_for(
                lambda person=person: all_delivered(telegram, f"{person}/{person}", 21), seconds=120
            )
        faults.every = 0
        assert faults.met > 60 and not [one.failure for told in done.values() for one in told if one.failure]
        twice = defaultdict(list)
        for person, told in done.items():
            seen = [one["text"] for one in telegram.world.by_bot(person)]
            replies = [one for one in told if one.author == "advisor"]
            assert [one.text for one in replies] == [f"re: message {number}" for number in range(10)]
            assert list(dict.fromkeys(seen))[1:] == [one.text for one in replies], "each arrives, in order"
            twice[person] = [text for text in set(seen) if seen.count(text) > 1]
            allowed = {one.text for one in told if one.author != "visitor" and telegram.delivery(one)["maybe_twice"]}
            assert {html_free(one) for one in twice[person]} <= {html_free(one) for one in allowed}
        assert any(twice.values()), "the test must have met the case"


def all_delivered(telegram, address: str, count: int) -> list[Message] | None:
    """Return the conversation's messages once there are `count` and all of ours are with Telegram, else None."""
    if telegram.conversation(address) is None:
        return None
    told = telegram.told(address)
    ours = [one for one in told if one.author != "visitor"]
    done = len(told) == count and all(telegram.delivery(one)["state"] == "delivered" for one in ours)
    return told if done else None


def html_free(text: str) -> str:
    """Return a text's beginning, which has no marks: the greeting's link is markdown in the store, an entity at Telegram."""
    return text[:40]


def test_log_holds_no_words_and_no_token(telegram, caplog) -> None:
    caplog.set_level("INFO")
    for name in QUIET:  # as bot.front.structured_logging sets them
        caplog.set_level("WARNING", logger=name)
    telegram.world.faults.next.append("500")
    telegram.write("my very private question")
    telegram.answers(1)
    telegram.call(b'{"update_id": 1, "message": {"text": "my very private question"}}')
    everything = json.dumps([{**vars(one), "exc_info": None} for one in caplog.records], default=str)
    assert "private question" not in everything and telegram.world.token not in everything
