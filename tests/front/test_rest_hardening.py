"""The REST address under bad input: always a 4xx with JSON, never a 500, never silence, and nobody gets what is not theirs."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.front.processes import RunningFront, ended_at_last
from tests.front.stand_in_engine import VISA

KEY = "rest-key-for-tests"
PRESSED = '/ask_topic{"topic": "challenges/visa"}'


def body(**fields) -> dict:
    return {"content": json.dumps({"sender": "bad", "message": "x", **fields}).encode()}


BAD = {
    "nothing": ({"content": b""}, 400),
    "half an object": ({"content": b"{"}, 400),
    "a list": ({"content": b"[1]"}, 400),
    "null": ({"content": b"null"}, 400),
    "a text": ({"content": b'"x"'}, 400),
    "a number": ({"content": b"12"}, 400),
    "a form": ({"data": {"sender": "a", "message": "x"}}, 400),
    "broken UTF-8": ({"content": b'{"sender": "a", "message": "\xff\xfe"}'}, 400),
    "UTF-16": ({"content": json.dumps({"sender": "a", "message": "x"}).encode("utf-16")}, 400),
    "NaN": ({"content": b'{"sender": "a", "message": NaN}'}, 400),
    "endless number": ({"content": b'{"sender": "a", "message": "x", "n": ' + b"9" * 5000 + b"}"}, 400),
    "deep lists": ({"content": b"[" * 60_000}, 400),
    "deep objects": ({"content": b'{"a":' * 10_000 + b"1" + b"}" * 10_000}, 400),
    "over 64 kB": ({"content": b'{"sender": "a", "message": "' + b"x" * 70_000 + b'"}'}, 413),
    "over 64 kB in pieces": ({"content": iter([b"x" * 40_000, b"x" * 40_000])}, 413),
    "message_id without sender": ({"content": b'{"message": "x", "message_id": "1"}'}, 400),
    "number as sender": (body(sender=7), 400),
    "object as sender": (body(sender={"a": 1}), 400),
    "list as sender": (body(sender=["a"]), 400),
    "empty sender": (body(sender=""), 400),
    "blank sender": (body(sender="  "), 400),
    "long sender": (body(sender="x" * 600), 400),
    "control character in sender": (body(sender="a\0b"), 400),
    "half a character in sender": (body(sender="a\ud800"), 400),
    "no message": ({"content": b'{"sender": "bad"}'}, 400),
    "null message": (body(message=None), 400),
    "number as message": (body(message=123), 400),
    "true as message": (body(message=True), 400),
    "list as message": (body(message=["x"]), 400),
    "object as message": (body(message={"text": "x"}), 400),
    "NUL in message": (body(message="a\0b"), 400),
    "escape in message": (body(message="\x1b[31m"), 400),
    "half a character in message": (body(message="\udfff"), 400),
    "text as metadata": (body(metadata="str"), 400),
    "list as metadata": (body(metadata=[1]), 400),
    "number as message_id": (body(message_id=5), 400),
    "long message_id": (body(message_id="x" * 200), 400),
    "number as payload": (body(payload=5), 400),
    "empty payload": (body(payload=""), 400),
    "long payload": (body(payload="/" + "x" * 3000), 400),
    "payload never sent": (body(payload=PRESSED), 400),
    "restart as payload": (body(payload="/restart"), 400),
    "external reply as payload": (body(payload='/EXTERNAL_reply{"reply": "x"}'), 400),
    "session start as payload": (body(payload="/session_start"), 400),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused(front, engine, name) -> None:
    request, status = BAD[name]
    ran = len(engine.ran)
    refused = front.post(**request)
    assert refused.status_code == status, refused.text
    assert refused.headers["content-type"] == "application/json" and refused.json()["error"]
    assert len(engine.ran) == ran, "the engine is not asked"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/webhooks/rest/webhook", 405),
        ("PUT", "/webhooks/rest/webhook", 405),
        ("POST", "/webhooks/turns", 404),
        ("GET", "/conversations/me/tracker", 404),
        ("PUT", "/model", 404),
        ("GET", "/metrics", 404),
        ("GET", "/%2e%2e/%2e%2e/etc/passwd", 404),
        ("GET", "/\ud83d".encode("utf-8", "surrogatepass").decode("latin-1"), 404),
    ],
)
def test_other_paths_are_json_errors(front, method, path, status) -> None:
    refused = front.client.request(method, path)
    assert refused.status_code == status and refused.json()["error"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("sender", "message", "payload", "message_id", "metadata", "input_channel"), JSON)
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
@given(content=st.binary(max_size=300) | FIELDS.map(lambda fields: json.dumps(fields).encode()))
def test_any_body_is_answered(front, content) -> None:
    answer = front.post(content=content)
    assert answer.status_code in (200, 400)
    assert answer.json()


def test_blank_text_is_a_turn(front, sender) -> None:
    for text in ("", "   ", "\n\t"):
        assert front.ask(text, sender)[0]["metadata"]["outcome"] == "answered"


def test_slash_is_text(front, engine, sender) -> None:
    front.ask("/restart", sender)
    assert engine.ran[-1]["text"] == "/restart" and "payload" not in engine.ran[-1]


def test_channel_cannot_be_claimed(front, engine, sender) -> None:
    front.ask("hello", sender, input_channel="slack", metadata={"channel": "telegram"})
    assert engine.ran[-1]["channel"] == "rest"


def test_longest_message_is_read(front, engine, sender) -> None:
    assert front.ask("ä" * 2000, sender)[0]["metadata"]["outcome"] == "answered"
    ran = len(engine.ran)
    (reply,) = front.ask("ä" * 2001, sender)
    assert reply["metadata"]["outcome"] == "clarify" and "2,000 characters" in reply["text"]
    assert len(engine.ran) == ran


def test_button_is_pressed_where_it_was_sent(front, engine, sender) -> None:
    (reply,) = front.ask("buttons", sender)
    assert [one["payload"] for one in reply["buttons"]] == [PRESSED, "/ask_person"]
    assert reply["custom"]["cards"] == [{"title": "A card", "lines": ["One line"]}]
    assert front.ask(payload=PRESSED, sender=sender)[0]["text"] == VISA
    assert engine.ran[-1]["payload"] == PRESSED
    elsewhere = front.post({"sender": f"{sender}-other", "payload": PRESSED})
    assert elsewhere.status_code == 400 and "in this conversation" in elsewhere.json()["error"]


def test_senders_see_their_own_only(front, engine, sender) -> None:
    front.ask("hello", sender, message_id="1")
    assert front.ask("other", f"{sender}2", message_id="1")[0]["text"] == "You said: other"


def test_only_this_machine_without_key(front) -> None:
    for headers in ({"X-Forwarded-For": "203.0.113.7"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        refused = front.post({"sender": "a", "message": "x"}, headers=headers)
        assert refused.status_code == 403 and refused.json()["error"]


def test_answers_carry_safe_headers(front) -> None:
    for answer in (front.client.get("/health"), front.client.get("/nowhere")):
        assert answer.headers["x-content-type-options"] == "nosniff" and "server" not in answer.headers


# --- with a key, and rates --------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def keyed(engine, tmp_path_factory) -> Iterator[RunningFront]:
    """Open to whoever has the key, with low limits; believes the proxy on this machine."""
    more = {"rest_key": KEY, "rest_messages_per_minute": 2, "messages_per_minute_per_address": 3}
    running = RunningFront(tmp_path_factory.mktemp("keyed"), engine, **more)
    with ended_at_last([running]):
        yield running.start()


def ask(keyed, sender: str, address: str = "", key: str = KEY) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}", **({"X-Forwarded-For": address} if address else {})}
    return keyed.post({"sender": sender, "message": "x"}, headers=headers)


def test_key_opens_and_nothing_else(keyed, sender) -> None:
    assert ask(keyed, sender, "203.0.113.1").status_code == 200
    for wrong in ("wrong", KEY + "x", KEY[:-1], "\xe4"):
        headers = {"Authorization": f"Bearer {wrong}".encode("latin-1"), "X-Forwarded-For": "203.0.113.2"}
        refused = keyed.post({"sender": sender, "message": "x"}, headers=headers)
        assert refused.status_code == 401 and refused.headers["www-authenticate"] == "Bearer"
    assert keyed.post({"sender": sender, "message": "x"}).status_code == 401


def test_conversation_has_its_rate(keyed, sender) -> None:
    answers = [ask(keyed, sender, f"203.0.113.{10 + number}").status_code for number in range(3)]
    assert answers == [200, 200, 429]
    refused = ask(keyed, sender, "203.0.113.20")
    assert refused.headers["retry-after"] == "60" and "wait a minute" in refused.json()["error"]
    assert ask(keyed, f"{sender}-other", "203.0.113.21").status_code == 200


def test_address_has_its_rate(keyed, sender) -> None:
    answers = [ask(keyed, f"{sender}{number}", "198.51.100.1").status_code for number in range(4)]
    assert answers == [200, 200, 200, 429]
    assert ask(keyed, f"{sender}5", "198.51.100.2").status_code == 200
    # What a visitor claims stands before what the proxy has seen.
    assert ask(keyed, f"{sender}6", "198.51.100.99, 198.51.100.1").status_code == 429


def test_unknown_proxy_is_not_believed(engine, new_front) -> None:
    front = new_front(engine, trusted_proxies="192.0.2.1", rest_key=KEY, messages_per_minute_per_address=1)
    assert ask(front, "a", "198.51.100.1").status_code == 200
    assert ask(front, "b", "198.51.100.2").status_code == 429
