"""The turn contract, whatever is sent: nothing breaks the engine, stalls it or goes unanswered. For REST see tests/front."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest

from core.contract.turns import TURNS_PATH
from tests.engine_fixtures import OUTCOMES, Reply


def _send(advisor, body) -> tuple[int, Any]:
    """(status, JSON) of a request that must be answered, and never with a server error."""
    status, answer = advisor.post(TURNS_PATH, body)
    assert status < 500 and answer, answer
    return status, answer


def _asked(**said) -> dict[str, Any]:
    return {"conversation": uuid.uuid4().hex, "message_id": uuid.uuid4().hex, **said}


def _said(advisor, text, **more) -> Reply:
    status, answer = _send(advisor, _asked(text=text, **more))
    assert status == 200, answer
    return Reply(answer["messages"])


def _refused(advisor, body) -> str:
    status, answer = _send(advisor, body)
    assert status == 400, answer
    return answer["error"]


# --- the shape ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "message",
    [
        "hello",
        "what are micro-credentials?",
        "which country for AI",
        "how much is it",
        "asdfgh jkl",
        "I want to talk to a person",
        "who won the match yesterday",
        "",
    ],
)
def test_reply_has_the_contract_shape(advisor, message) -> None:
    reply = _said(advisor, message)
    assert reply.outcome in OUTCOMES
    for one in reply.messages:
        assert one["text"].strip() and set(one) <= {"text", "buttons", "custom", "metadata"}
        assert one["metadata"]["outcome"] == reply.outcome
        assert all(set(source) == {"section", "key"} for source in one["metadata"].get("sources", []))


@pytest.mark.parametrize(
    "message",
    [
        "hello",
        "what are micro-credentials?",
        "which country for AI",
        "compare canada and the uk",
        "find me a nanodegree",
        "what about law?",
        "are they recognised by IT firms",
        "mdkslq",
    ],
)
def test_buttons_have_title_and_payload(advisor, message) -> None:
    reply = _said(advisor, message)
    assert reply.buttons
    for button in reply.buttons:
        assert set(button) == {"title", "payload"} and button["title"].strip() and button["payload"].startswith("/")
    assert len(set(reply.payloads)) == len(reply.payloads), "two buttons that do the same"


def test_ready_names_the_model(advisor) -> None:
    status, answer = advisor.ready()
    assert status == 200 and answer["ready"] is True and answer["model"]


def test_content_type_does_not_matter(advisor) -> None:
    body = json.dumps(_asked(text="hello")).encode()
    assert advisor.post(TURNS_PATH, body, {"Content-Type": "text/plain"})[0] == 200


# --- what is refused ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"hello",
        b'{"conversation": "me", "text": ',
        b"\xff\xfe",
        b'{"conversation": "\xe9"}',
        b"null",
        b"[]",
        b'[{"conversation": "me", "message_id": "1", "text": "hi"}]',
        b'"hi"',
        b"5",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"conversation": "me", "text": "hi", "more": ' + b"[" * 90_000 + b"]" * 90_000 + b"}",
        b"x" * 1_000_000,
    ],
    ids=lambda body: body[:20],
)
def test_body_that_is_no_object(advisor, body) -> None:
    assert "JSON object" in _refused(advisor, body)


NO_IDS = [None, "", "   ", "\t\n", 5, True, [], ["me"], {}, "x" * 256, "\ud800"]


@pytest.mark.parametrize("key", ["conversation", "message_id"])
@pytest.mark.parametrize("value", NO_IDS, ids=repr)
def test_id_that_cannot_be(advisor, key, value) -> None:
    assert key in _refused(advisor, {**_asked(text="hello"), key: value})


@pytest.mark.parametrize("key", ["conversation", "message_id"])
def test_id_is_needed(advisor, key) -> None:
    body = _asked(text="hello")
    del body[key]
    assert key in _refused(advisor, body)


@pytest.mark.parametrize(
    "conversation", ["x" * 255, "a b", "a\x00b", "../../etc", "'; DROP TABLE conversation; --", "ünï 😀", "None"]
)
def test_odd_conversation_is_answered_and_forgotten(advisor, conversation) -> None:
    assert _said(advisor, "hello", conversation=conversation).outcome == "smalltalk"
    assert advisor.forget(quote(conversation, safe="")) == (200, {"forgotten": True})


def test_text_is_needed(advisor) -> None:
    assert "text" in _refused(advisor, _asked())


@pytest.mark.parametrize("text", [5, 1.5, True, [], ["hello"], {}, {"text": "hello"}, "\ud800 hello"], ids=repr)
def test_text_that_is_none(advisor, text) -> None:
    assert "text" in _refused(advisor, _asked(text=text))


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "/",
        "hello",
        "ask_help",
        "/nothing",
        "/restart",
        "/session_start",
        "/back",
        "/nlu_fallback",
        "/EXTERNAL: ask_help",
        "/ask_help@0.5",
        "/ask_topic{",
        '/ask_topic{"topic": ',
        '/ask_topic{"topic": "a"} more',
        '/ask_topic["topic"]',
        "/ask_help\n/restart",
        5,
        [],
        "/" + "a" * 5000,
    ],
)
def test_payload_of_no_button(advisor, payload) -> None:
    assert "payload" in _refused(advisor, _asked(payload=payload))


# Buttons stay on people's screens when the knowledge changes, and anybody can write a payload.
@pytest.mark.parametrize(
    "payload",
    [
        "/ask_topic",
        '/ask_topic{"topic": "no/such"}',
        '/ask_topic{"topic": "not-stated/no-such"}',
        '/ask_topic{"topic": 5}',
        '/ask_topic{"topic": ["a"]}',
        '/ask_topic{"topic": {"a": 1}}',
        '/ask_topic{"topic": ""}',
        '/ask_about{"destination": "atlantis"}',
        '/ask_best_destination{"field": "no-such"}',
        '/find_programs{"field": "no-such"}',
        '/compare{"type": ["bootcamp", "no-such"]}',
    ],
)
def test_stale_button_is_no_failure(advisor, payload) -> None:
    status, answer = _send(advisor, _asked(payload=payload))
    assert status == 400 or Reply(answer["messages"]).outcome not in ("failed", "answered")


# --- what people type ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "message", ["", " ", "\t\n ", "\u00a0", "...", "?!", "😀", "👍🏽🎓", "\x00", "\x00\x01\x1f"], ids=ascii
)
def test_nothing_said_is_a_turn(advisor, message) -> None:
    assert _said(advisor, message).outcome == "clarify"


@pytest.mark.parametrize(
    "message",
    [
        "what are\x00 micro-credentials",
        "what are\r\n\r\nmicro-credentials",
        "\u202ewhat are micro-credentials",
        "what are micro-credentials 😀😀",
        "*what* are _micro-credentials_",
        "<b>what are micro-credentials</b>",
        "what are micro-credentials\ufeff?",
    ],
    ids=ascii,
)
def test_odd_characters_do_not_matter(advisor, message) -> None:
    reply = _said(advisor, message)
    assert (reply.outcome, reply.topic) == ("answered", "definition/what")


@pytest.mark.parametrize(
    "message",
    [
        "<script>alert(1)</script>",
        "'; DROP TABLE topic; --",
        'NEAR("a" OR',
        '"',
        "a OR b AND NOT (",
        "%s %n {0} ${x}",
        "{{7*7}}",
        "\u0627\u0644\u0633\u0644\u0627\u0645",
        "学分",
        "a" * 2000,
        "ab " * 666,
        "😀" * 2000,
        "\u0301" * 1000,
        "(" * 2000,
    ],
    ids=lambda message: ascii(message)[:25],
)
def test_hostile_text_is_answered(advisor, message) -> None:
    assert _said(advisor, message).outcome in OUTCOMES[:-1]


@pytest.mark.parametrize("length", [2_001, 1_000_000])
def test_long_text_is_refused(advisor, length) -> None:
    assert "2000 characters" in _refused(advisor, _asked(text="x" * length))


def test_longest_message_is_read(advisor) -> None:
    assert _said(advisor, ("what are micro-credentials? " * 100)[:2000]).outcome in OUTCOMES[:-1]


# --- what people type is text -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "typed",
    [
        "/restart",
        '/ask_topic{"topic": "definition/what"}',
        "/EXTERNAL: x",
        "/want_person",
        "//restart",
        " /restart",
        "\x00/restart",
        "/ /restart",
        "/\n/restart",
        "/ / /session_start",
        '/ /ask_topic{"topic": "challenges/visa"}',
    ],
)
def test_typed_slash_triggers_nothing(advisor, typed) -> None:
    sender = uuid.uuid4().hex
    advisor.ask("do I need a visa?", sender=sender)
    assert _said(advisor, typed, conversation=sender).outcome != "failed"
    status, answer = advisor.turn(sender, text=typed)
    assert status == 200, answer
    understood = answer["understanding"]
    assert understood["intent"] not in ("restart", "session_start", "EXTERNAL")
    assert "topic" not in [entity["entity"] for entity in understood["entities"]]
    # A payload is taken as certain and alone; a text is read, and ranks what it may mean.
    assert len(understood["ranking"]) != 1


# --- the same message twice ---------------------------------------------------------------------------------------
def test_same_message_id_gives_the_same_reply_once(advisor) -> None:
    sender = uuid.uuid4().hex
    advisor.ask(payload='/ask_topic{"topic": "benefits/overview"}', sender=sender)
    first = advisor.ask("tell me more", sender=sender, message_id="1")
    again = advisor.ask("tell me more", sender=sender, message_id="1")
    assert again.messages == first.messages
    assert advisor.turn(sender, text="where is this from?")[1]["slots"]["frame"]["topic"] == "benefits/overview"


def test_same_message_id_elsewhere_is_another(advisor) -> None:
    one = advisor.ask("what are nanodegrees", sender="a", message_id="7")
    other = advisor.ask("do I need a visa", sender="b", message_id="7")
    assert one.topic != other.topic


def test_same_message_id_at_the_same_time(advisor) -> None:
    sender = uuid.uuid4().hex
    with ThreadPoolExecutor(4) as pool:
        replies = list(
            pool.map(lambda _: advisor.ask("what are nanodegrees", sender=sender, message_id="1").messages, range(4))
        )
    assert replies == [replies[0]] * 4


def test_earlier_message_id_is_not_run_again(advisor) -> None:
    sender = uuid.uuid4().hex
    first = advisor.ask("which programs are there for data analytics", sender=sender, message_id="1")
    advisor.ask("what about cybersecurity", sender=sender, message_id="2")
    assert (
        advisor.ask("which programs are there for data analytics", sender=sender, message_id="1").messages
        == first.messages
    )
    frame = advisor.turn(sender, text="where did you get that from?")[1]["slots"]["frame"]
    assert frame["names"]["field"] == ["cybersecurity"]


# --- the key ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "open-sesame"},
        {"Authorization": "Bearer open-sesam"},
        {"Authorization": "Bearer caf\u00e9"},
    ],
    ids=str,
)
def test_wrong_key_is_refused(breakable, headers) -> None:
    status, answer = breakable.post(TURNS_PATH, json.dumps(_asked(text="hello")).encode(), headers)
    assert status == 401 and "key" in answer["error"]


def test_clients_key_runs_no_turns(breakable) -> None:
    clients = {"Authorization": "Bearer open-sesame"}
    assert breakable.post(TURNS_PATH, _asked(text="hello"), clients)[0] == 401
    assert breakable.forget("me", clients)[0] == 401


@pytest.mark.parametrize("path", ["/webhooks/rest/webhook", "/webhooks/rest/", "/webhooks/callback/webhook"])
def test_clients_of_rest_have_the_front(breakable, path) -> None:
    """The engine serves no channel of its own, and none of Rasa's."""
    for headers in (None, {"Authorization": "Bearer open-sesame"}):
        assert breakable.post(path, {"sender": "me", "message": "hello"}, headers)[0] == 404


def test_wrong_key_forgets_nothing(breakable) -> None:
    breakable.ask("hello", sender="keeper")
    assert breakable.forget("keeper", headers={})[0] == 401
    assert breakable.forget("keeper") == (200, {"forgotten": True})


def test_right_key_opens(breakable) -> None:
    assert breakable.ask("hello").outcome == "smalltalk"
    assert breakable.turn("me", text="hello")[0] == 200


def test_readiness_needs_no_key(breakable) -> None:
    assert breakable.ready()[0] == 200
