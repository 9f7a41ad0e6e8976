# ruff: noqa: F811  # fixtures are imported, and named as parameters
"""The stand-in of the Bot API is as strict as the documentation: what it lets pass is not proven to be right otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.responses import Response

from demo.stand_ins.telegram.__main__ import application
from demo.stand_ins.telegram.faults import Rates
from demo.stand_ins.telegram.limits import Refusal
from demo.stand_ins.telegram.world import World, entities_of
from tests.front.telegram_fixtures import bot_api, serving  # noqa: F401  # fixtures

PERSON = 77


def markup(*buttons: dict) -> str:
    return json.dumps({"inline_keyboard": [[one] for one in buttons]})


BUTTON = {"text": "x", "callback_data": "y"}
REFUSED = {
    "empty text": ({"text": " \n"}, "message text is empty"),
    "long text": ({"text": "a" * 4097}, "message is too long"),
    "long in units": ({"text": "\U0001f393" * 2049}, "message is too long"),
    "open tag": ({"text": "<b>x"}, "can't find end tag"),
    "crossed tags": ({"text": "<b><i>x</b></i>"}, "unexpected end tag"),
    "unknown tag": ({"text": "<p>x</p>"}, "unsupported start tag"),
    "bare ampersand": ({"text": "a & b"}, "must be escaped"),
    "unknown entity": ({"text": "a&nbsp;b"}, "must be escaped"),
    "bare less-than": ({"text": "1 < 2"}, "must be escaped"),
    "long data": ({"reply_markup": markup({**BUTTON, "callback_data": "\u00e4" * 33})}, "BUTTON_DATA_INVALID"),
    "empty data": ({"reply_markup": markup({**BUTTON, "callback_data": ""})}, "BUTTON_DATA_INVALID"),
    "button without title": ({"reply_markup": markup({**BUTTON, "text": ""})}, "must not be empty"),
    "button without use": ({"reply_markup": markup({"text": "x"})}, "text buttons are unallowed"),
    "too many buttons": ({"reply_markup": markup(*[BUTTON] * 101)}, "REPLY_MARKUP_TOO_LONG"),
    "broken markup": ({"reply_markup": "{"}, "can't parse reply keyboard"),
    "unknown chat": ({"chat_id": 123456}, "chat not found"),
    "unknown topic": ({"message_thread_id": 9}, "message thread not found"),
    "unknown reply": ({"reply_parameters": '{"message_id": 1}'}, "message to be replied not found"),
}


@pytest.fixture
def call(bot_api) -> Callable[..., dict[str, Any]]:
    world, url = bot_api
    world.rates.on = False
    world.write(PERSON, PERSON, "hello")

    def ask(method: str, token: str = world.token, **params) -> dict:
        return httpx.post(f"{url}/bot{token}/{method}", data=params).json()

    ask.world = world
    return ask


@pytest.mark.parametrize("case", REFUSED)
def test_message_is_refused(call, case) -> None:
    params, why = REFUSED[case]
    answer = call("sendMessage", **{"chat_id": PERSON, "text": "x", "parse_mode": "HTML", **params})
    assert answer["error_code"] == 400 and why in answer["description"]


@pytest.mark.parametrize(
    "text", ["a" * 4096, "\U0001f393" * 2048, "<b>" + "a" * 4096 + "</b>", "a &amp; b &#x27;c&#x27;"]
)
def test_message_is_taken(call, text) -> None:
    assert call("sendMessage", chat_id=PERSON, text=text, parse_mode="HTML")["ok"]


def test_entities_are_counted_in_units(call) -> None:
    sent = call("sendMessage", chat_id=PERSON, text="\U0001f393 <b>b</b>", parse_mode="HTML")["result"]
    assert sent["entities"] == [{"type": "bold", "offset": 3, "length": 1}]


def test_blocked_bot_is_forbidden(call) -> None:
    call.world.blocked.add(PERSON)
    answer = call("sendMessage", chat_id=PERSON, text="x")
    call.world.blocked.discard(PERSON)
    assert answer["error_code"] == 403 and "blocked" in answer["description"]


def test_press_is_answered_once(call) -> None:
    sent = call("sendMessage", chat_id=PERSON, text="x", reply_markup=markup(BUTTON))["result"]
    query = call.world.press(PERSON, PERSON, sent["message_id"], "y")["callback_query"]["id"]
    assert "MESSAGE_TOO_LONG" in call("answerCallbackQuery", callback_query_id=query, text="a" * 201)["description"]
    assert call("answerCallbackQuery", callback_query_id=query)["ok"]
    assert "query is too old" in call("answerCallbackQuery", callback_query_id=query)["description"]


def test_edit_must_change_something(call) -> None:
    sent = call("sendMessage", chat_id=PERSON, text="x", reply_markup=markup(BUTTON))["result"]
    where = {"chat_id": PERSON, "message_id": sent["message_id"]}
    assert "not modified" in call("editMessageReplyMarkup", **where, reply_markup=markup(BUTTON))["description"]
    assert "reply_markup" not in call("editMessageReplyMarkup", **where)["result"]
    assert "not found" in call("editMessageReplyMarkup", chat_id=PERSON, message_id=1)["description"]


def test_wrong_token_is_unauthorised(call) -> None:
    assert call("getMe", token="1:wrong")["error_code"] == 401


def test_unknown_method_is_not_there(call) -> None:
    assert call("sendTelegram")["error_code"] == 404


def test_webhook_needs_https(call) -> None:
    assert "HTTPS" in call("setWebhook", url="http://example.org/hook")["description"]


def test_webhook_and_polling_exclude_each_other(call) -> None:
    assert call("setWebhook", url="https://example.org/hook")["ok"]
    assert call("getUpdates")["error_code"] == 409
    call("deleteWebhook")
    assert call("getUpdates")["ok"]


@pytest.mark.parametrize(("name", "text"), [("Start", "x"), ("a" * 33, "x"), ("ok", "")])
def test_odd_commands_are_refused(call, name, text) -> None:
    commands = json.dumps([{"command": name, "description": text}])
    assert "BOT_COMMAND_INVALID" in call("setMyCommands", commands=commands)["description"]


@pytest.mark.parametrize(("chats", "most"), [([1] * 11, 10), ([-1] * 21, 20), (list(range(1, 32)), 30)])
def test_published_rates_hold(chats, most) -> None:
    rates = Rates()
    for chat in chats[:most]:
        rates.require(chat)
    with pytest.raises(Refusal) as refused:
        rates.require(chats[most])
    assert refused.value.code == 429 and refused.value.more["retry_after"] >= 1


def test_typed_text_is_marked_as_telegram_does() -> None:
    found = entities_of("/start@a_bot \U0001f393 ask @b_bot about /x and a/b")
    assert [(one["type"], one["offset"], one["length"]) for one in found] == [
        ("bot_command", 0, 12),
        ("mention", 20, 6),
        ("bot_command", 33, 2),
    ]


def test_update_is_brought_until_it_is_taken(call) -> None:
    from starlette.applications import Starlette
    from starlette.responses import Response
    from starlette.routing import Route

    from tests.front.telegram_fixtures import wait_for

    calls = []

    async def hook(request) -> Response:
        calls.append((await request.json())["update_id"])
        return Response(status_code=500 if len(calls) < 3 else 200)

    world = World()
    with serving(application(world)) as api, serving(Starlette(routes=[Route("/", hook, methods=["POST"])])) as url:
        httpx.post(f"{api}/bot{world.token}/setWebhook", json={"url": url})
        written = httpx.post(f"{api}/phone/write", json={"chat": 1, "person": 1, "text": "hi"}).json()["update"]
        wait_for(lambda: not world.updates)
    assert calls == [written] * 3
