"""Telegram's JSON in shapes that no version of a library knows: nothing is lost, sent twice, held up or a failure of ours."""

# ruff: noqa: F811  # fixtures are imported, and named as parameters
from __future__ import annotations

import contextlib
import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from channels.telegram import WEBHOOK_PATH
from demo.stand_ins.telegram.world import chat_of, user
from tests.front.telegram_fixtures import (  # noqa: F401  # fixtures
    HEADERS,
    bot_api,
    frame,
    numbers,
    shared_telegram,
    telegram,
    wait_for,
)
from tests.front.test_telegram_promises import apart, polling  # noqa: F401  # fixture
from tests.harness import PATIENCE

PHOTO = [{"file_id": "p1", "file_unique_id": "u1", "width": 90, "height": 60}]
OLD_POLL = {"id": "1", "question": "visa?", "options": [{"text": "yes", "voter_count": 0}], "is_anonymous": True}
SECRET_WORDS = "zyxwords"
MEDIA = {  # contents that are newer or older than the library, or not in its list
    "poll of an older server": {"poll": OLD_POLL},
    "poll of a newer server": {"poll": {**OLD_POLL, "description": "x", "media": {"kind": "hologram"}, "limit": [1]}},
    "poll without anything": {"poll": {"id": 5}},
    "checklist": {"checklist": {"title": "to do", "tasks": [{"id": 1, "text": "apply"}]}},
    "rich message": {"rich_message": {"blocks": [{"type": "paragraph", "text": "hello"}]}},
    "live photo": {"live_photo": {"file_id": "x"}, "photo": PHOTO},
    "sticker without size": {"sticker": {"file_id": "x"}},
}
READABLE = {  # what is said in them is answered
    "no sender": lambda message: message.pop("from"),
    "no date": lambda message: message.pop("date"),
    "date of another type": lambda message: message.update(date="yesterday"),
    "chat without type": lambda message: message["chat"].pop("type"),
    "chat of an unknown type": lambda message: message["chat"].update(type=["private"]),
    "entity of unknown form": lambda message: message.update(entities=[{"kind": "x"}, 7, None, {"offset": "a"}]),
    "entities of another type": lambda message: message.update(entities={"type": "mention"}),
    "markup without keyboard": lambda message: message.update(reply_markup={"rows": []}),
    "reply to what is unreadable": lambda message: message.update(reply_to_message={"entities": [{"kind": "x"}]}),
    "unknown origin": lambda message: message.update(forward_origin={"type": "moon"}),
    "name of another type": lambda message: message["from"].update(first_name=5, last_name=["x"], language_code={}),
    "sender chat of another type": lambda message: message.update(sender_chat="x"),
    "thread of another type": lambda message: message.update(message_thread_id="7", is_topic_message="yes"),
    "fields of tomorrow": lambda message: message.update(mood={"type": "sunny"}, link_preview_options=[1]),
}
UNREADABLE = {
    "message without number": lambda message: message.pop("message_id"),
    "message without chat": lambda message: message.pop("chat"),
    "chat that is a text": lambda message: message.update(chat="here"),
    "chat number that is a text": lambda message: message["chat"].update(id="5"),
    "chat number beyond counting": lambda message: message["chat"].update(id=10**30),
    "number that is true": lambda message: message.update(message_id=True),
}
ODD = {  # whole updates, as `advisor telegram poll` fetches them
    "poll of an older server": lambda person: {"message": frame(person, poll=OLD_POLL)},
    "message without date": lambda person: {"message": {k: v for k, v in frame(person).items() if k != "date"}},
    "poll answer without ids": lambda person: {"poll_answer": {"user": user(person), "option_ids": [0]}},
    "chat without type": lambda person: {"message": frame(person, chat={"id": -person})},
    "entity of unknown form": lambda person: {"message": frame(person, sticker={}, entities=[{"kind": "x"}])},
    "markup without keyboard": lambda person: {"message": frame(person, sticker={}, reply_markup={})},
    "press without from": lambda person: {"callback_query": {"id": "1", "chat_instance": "1", "data": "x"}},
    "press without date": lambda person: {
        "callback_query": {
            "id": "1",
            "from": user(person),
            "chat_instance": "1",
            "data": "x",
            "message": {"chat": chat_of(person), "message_id": 1},
        }
    },
    "unknown kind": lambda person: {"thought_message": {"x": SECRET_WORDS}},
    "nothing but its number": lambda person: {},
    "message that is a text": lambda person: {"message": SECRET_WORDS},
    "edited message that is a list": lambda person: {"edited_message": [SECRET_WORDS]},
    "message without chat": lambda person: {"message": {"message_id": 1, "text": SECRET_WORDS}},
    "halves of characters": lambda person: {"message": {"message_id": 1, "text": "\ud800", "\ud800": "\x00"}},
    "numbers beyond counting": lambda person: {"message": {"message_id": 10**40, "chat": {"id": 1e308 * 10}}},
    "deep nesting": lambda person: {"message": json.loads('{"chat":' * 200 + "1" + "}" * 200)},
}
OK_BUT = {  # answers that say that a call was taken, and of which no more can be made
    "quote of unknown form": b'{"ok":true,"result":{"message_id":%d,"date":0,"reply_to_message":{"entities":[{"kind":"x"}]}}}',
    "no message": b'{"ok":true,"result":true}',
    "no number": b'{"ok":true,"result":{"date":0}}',
    "number of another type": b'{"ok":true,"result":{"message_id":"x"}}',
    "no result": b'{"ok":true}',
    "list": b'{"ok":true,"result":[1]}',
    "broken JSON": b'{"ok": true, "result": {"message_id": 1, "text": "',
    "deep nesting": b'{"ok":true,"result":' + b"[" * 9000 + b"]" * 9000 + b"}",
    "endless number": b'{"ok":true,"result":{"message_id":' + b"9" * 5000 + b"}}",
    "not UTF-8": b'{"ok":true,"result":{"message_id":1,"text":"\xff\xfe"}}',
}
HOSTILE = (
    *("\ud800", "a\udfffb", "\x00", "x" * 3000, "\u202e\u0000\ud83d", "", 0, -1, 2**63, -(2**70), 10**300),
    *(1.5, 1e300, True, None, [], {}, [[]], {"\ud800": "\x00"}, ["\ud800"]),
)


# --- updates ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", MEDIA)
def test_unknown_content_is_asked_for_in_words(telegram, kind) -> None:
    telegram.bring(**MEDIA[kind])
    assert "text only, please" in telegram.answer()


@pytest.mark.parametrize("kind", READABLE)
def test_words_in_odd_shapes_are_answered(telegram, kind) -> None:
    message = frame(telegram.person, text="visa?")
    READABLE[kind](message)
    telegram.world.keep(frame(telegram.person))
    assert telegram.call({"update_id": next(numbers), "message": message}).status_code == 200
    if kind == "chat of an unknown type":  # perhaps a group: let go by, as whatever does not name us there
        message["chat"]["type"] = "private"
        telegram.call({"update_id": next(numbers), "message": message})
    assert telegram.answer() == "re: visa?"


@pytest.mark.parametrize("kind", UNREADABLE)
def test_unreadable_update_is_noted_by_kind(telegram, kind, caplog) -> None:
    message = frame(telegram.person, text=SECRET_WORDS)
    UNREADABLE[kind](message)
    assert telegram.call({"update_id": next(numbers), "message": message}).status_code == 200
    [noted] = [one for one in caplog.records if one.getMessage() == "an update could not be read"]
    assert noted.kinds == ["message"]
    assert SECRET_WORDS not in caplog.text and telegram.conversation() is None


def paths_in(value, path=()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every place in a JSON value."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield from paths_in(one, (*path, key))


def put(value, path, what) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = what


def full_updates(person: int) -> list[dict]:
    """Return updates that hold every field that is read."""
    mention = {"type": "text_mention", "offset": 0, "length": 3, "user": user(42)}
    group = {"id": -person, "type": "supergroup", "title": "Study"}
    whole = {
        "entities": [mention],
        "sender_chat": group,
        "is_topic_message": True,
        "message_thread_id": 5,
        "direct_messages_topic": {"topic_id": 5},
        "reply_to_message": frame(42, text="x"),
        "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]},
    }
    album = {"photo": PHOTO, "caption": "bot?", "caption_entities": [mention], "media_group_id": "7"}
    press = {"id": "1", "from": user(person), "message": frame(person), "data": "up:1", "chat_instance": "1"}
    return [
        {"update_id": 1, "message": frame(person, text="bot which country?", **whole)},
        {"update_id": 1, "message": frame(person, **{**whole, **album, "chat": group})},
        {"update_id": 1, "message": frame(person, photo=PHOTO, media_group_id="8")},
        {"update_id": 1, "edited_message": frame(person, text="/start x", edit_date=1764000002, entities=[mention])},
        {"update_id": 1, "message": {**frame(person), "migrate_to_chat_id": -5, "chat": group}},
        {"update_id": 1, "callback_query": press},
    ]


def test_no_body_is_a_failure_of_ours(telegram) -> None:
    """Every field of every kind of update, with every hostile value: taken or let go by, and never a 500."""
    rnd, failed = random.Random(18), []
    with httpx.Client(headers=HEADERS, timeout=PATIENCE) as client:
        for update in full_updates(telegram.person):
            for path in list(paths_in(update))[1:]:
                for what in rnd.sample(HOSTILE, 4):
                    odd = {**copy.deepcopy(update), "update_id": next(numbers)}
                    put(odd, path, what)
                    answer = client.post(telegram.url + WEBHOOK_PATH, content=json.dumps(odd).encode())
                    if answer.status_code != 200:
                        failed.append((answer.status_code, path, what))
    assert failed == []


@pytest.mark.parametrize("half", ["\ud800", "\udc00x", "a\x00b"])
def test_odd_characters_are_stored_without(telegram, half) -> None:
    message = frame(telegram.person, text=f"visa {half}?")
    message["from"] |= {"first_name": f"An{half}", "last_name": half, "language_code": half}
    telegram.world.keep(frame(telegram.person))
    assert telegram.call({"update_id": next(numbers), "message": message}).status_code == 200
    assert telegram.answer().startswith("re: visa")
    assert telegram.conversation().person_name.startswith("An")


# --- polling ------------------------------------------------------------------------------------------------------
def test_polling_outlives_odd_updates(apart) -> None:
    """Each of them is handed on as it is, skipped or taken, and confirmed; what comes later is answered."""
    with apart() as telegram:
        telegram.person = next(numbers)
        for odd in ODD.values():
            telegram.world.send({"update_id": telegram.world.number(), **odd(next(numbers))})
        telegram.world.send(telegram.world.write(telegram.person, telegram.person, "at last"))
        process = polling(telegram)
        try:
            assert telegram.answer() == "re: at last"
            wait_for(lambda: not telegram.world.updates)
            assert process.poll() is None
        finally:
            process.terminate()
            done = process.ended(20)
        assert SECRET_WORDS not in done.stdout + done.stderr and "Traceback" not in done.stderr


def test_update_too_large_for_front_is_skipped(apart) -> None:
    with apart() as telegram:
        telegram.person = next(numbers)
        telegram.world.send(telegram.world.write(telegram.person, telegram.person, SECRET_WORDS * 200_000))
        telegram.world.send(telegram.world.write(telegram.person, telegram.person, "at last"))
        process = polling(telegram)
        try:
            assert telegram.answer() == "re: at last"
        finally:
            process.terminate()
            done = process.ended(20)
        said = done.stdout + done.stderr
        assert "(message) is skipped" in said and SECRET_WORDS not in said


@pytest.mark.parametrize("answer", [b'{"ok":true}', b'{"ok":true,"result":{}}', b"<html>", b"[]"])
def test_polling_outlives_odd_answers(apart, answer) -> None:
    with apart() as telegram:
        telegram.person = next(numbers)
        telegram.world.odd_answers["getUpdates"] = answer
        telegram.world.send(telegram.world.write(telegram.person, telegram.person, "hello"))
        process = polling(telegram)
        try:
            wait_for(lambda: telegram.world.calls["getUpdates"] >= 2)
            telegram.world.odd_answers.clear()
            assert telegram.answer() == "re: hello"
        finally:
            process.terminate()
            process.ended(20)


# --- answers of Telegram ------------------------------------------------------------------------------------------
@contextlib.contextmanager
def answering(telegram, method: str, kind: str) -> Iterator[None]:
    answer = OK_BUT[kind]
    telegram.world.odd_answers[method] = answer % 9 if b"%d" in answer else answer
    try:
        yield
    finally:
        telegram.world.odd_answers.clear()


def choices(asked: dict) -> list[dict]:
    return [{"text": f"re: {asked.get('text')}", "buttons": [{"title": "More", "payload": "/more"}]}]


@pytest.mark.parametrize("kind", OK_BUT)
def test_taken_reply_goes_out_once(telegram, kind) -> None:
    with answering(telegram, "sendMessage", kind):
        telegram.write("visa?")
        for said in wait_for(lambda: len(found := telegram.told()) == 3 and found)[1:]:
            delivery = wait_for(lambda one=said: (found := telegram.delivery(one))["state"] == "delivered" and found)
            assert (delivery["attempts"], delivery["maybe_twice"], delivery["failure"]) == (1, False, "")
    telegram.quiet()
    assert len(telegram.answers(1)) == 1


@pytest.mark.parametrize("kind", OK_BUT)
@pytest.mark.parametrize("method", ["answerCallbackQuery", "editMessageReplyMarkup"])
def test_taken_press_is_told_once(telegram, method, kind) -> None:
    telegram.engine.reply = choices
    telegram.write("visa?")
    said = telegram.answers(1)[0]
    with answering(telegram, method, kind):
        before = telegram.world.calls[method]
        telegram.press(said, "More")
        wait_for(lambda: telegram.world.calls[method] > before)
        telegram.quiet(0.8)
        assert telegram.world.calls[method] == before + 1


@pytest.mark.parametrize("lost", ["date", "message_id", "from", "text", "reply_markup"])
def test_press_in_odd_shape_counts(telegram, lost) -> None:
    telegram.engine.reply = choices
    telegram.write("visa?")
    said = telegram.answers(1)[0]
    data = said["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    message = {key: value for key, value in said.items() if key != lost}
    telegram.world.queries["77"] = {}
    press = {"id": 77, "from": {"id": telegram.person}, "message": message, "data": data}
    assert telegram.call({"update_id": next(numbers), "callback_query": press}).status_code == 200
    wait_for(lambda: telegram.engine.asked[-1].get("payload") == "/more")
    wait_for(lambda: "answer" in telegram.world.queries["77"])


@pytest.mark.parametrize("kind", OK_BUT)
def test_typing_does_not_mind_odd_answers(telegram, kind) -> None:
    with answering(telegram, "sendChatAction", kind):
        telegram.engine.seconds = 0.2
        telegram.write("visa?")
        assert telegram.answer() == "re: visa?"


@pytest.mark.parametrize("kind", OK_BUT)
def test_start_does_not_mind_odd_answers(apart, kind) -> None:
    for method in ("getMe", "setMyCommands", "setWebhook"):
        apart.world.odd_answers[method] = OK_BUT[kind] % 9 if b"%d" in OK_BUT[kind] else OK_BUT[kind]
    with apart(public_url="http://127.0.0.1:1") as telegram:
        wait_for(lambda: telegram.world.webhook)
        telegram.quiet()
        assert telegram.world.calls["setWebhook"] == 1


@pytest.mark.parametrize("answer", [b'{"ok":false,"description":7}', b'{"ok":false}', b"[]", b'"x"', b"<html>"])
def test_answer_that_is_not_ok_is_tried_again(telegram, answer) -> None:
    telegram.write("hello")
    telegram.answers(1)
    telegram.world.odd_answers["sendMessage"] = answer
    telegram.write("again")
    wait_for(lambda: len(told := telegram.told()) == 5 and telegram.delivery(told[-1])["attempts"] > 1)
    telegram.world.odd_answers.clear()
    wait_for(lambda: telegram.delivery(telegram.told()[-1])["state"] == "delivered")
