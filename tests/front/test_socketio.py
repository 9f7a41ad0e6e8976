"""Socket.IO in the protocol of Rasa's own channel, with python-socketio's client over real sockets."""

from __future__ import annotations

import asyncio
import base64
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import httpx
import pytest
import socketio
from itsdangerous import TimestampSigner

from bot.front.connection_guard import Limits
from channels.socketio.session_ids import SessionIds
from tests.front.processes import RunningFront, ended_at_last, until
from tests.harness import PATIENCE

PAGE = "https://www.example.org"
PRESSED = '/ask_topic{"topic": "challenges/visa"}'


@pytest.fixture(scope="module")
def served(engine, tmp_path_factory) -> Iterator[RunningFront]:
    more = {"socketio_origins": f"{PAGE}, https://b.example", "messages_per_minute_per_address": 1000}
    running = RunningFront(tmp_path_factory.mktemp("served"), engine, **more)
    with ended_at_last([running]):
        yield running.start()


class Window:
    """A chat window as Rasa's are: asks for a session, says things, keeps what it is told."""

    def __init__(
        self, front, session_id: str | None = None, transports: list[str] | None = None, ask: bool = True
    ) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.said: list[dict] = []
        self.confirmed: list[str] = []
        self.client = socketio.AsyncClient(reconnection=False)  # the other kind has no websockets in this environment
        self.client.on("bot_uttered", self.said.append)
        self.client.on("session_confirm", self.confirmed.append)
        self.await_(self.client.connect(front.url, transports=transports or ["websocket"], headers={"Origin": PAGE}))
        if ask:
            self.emit("session_request", {"session_id": session_id})
            until(lambda: self.confirmed, "the session")

    @property
    def session(self) -> str:
        return self.confirmed[-1]

    @property
    def texts(self) -> list[str]:
        return [one.get("text", "") for one in self.said]

    def say(self, message: object, **more: object) -> dict:
        """Send a message and return the front's acknowledgement."""
        return self.call({"message": message, "session_id": self.session, **more})

    def call(self, data: object) -> dict:
        return self.await_(self.client.call("user_uttered", data, timeout=PATIENCE))

    def emit(self, event: str, data: object) -> None:
        self.await_(self.client.emit(event, data))

    def await_(self, what: Coroutine) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(30)

    def hears(self, text: str) -> None:
        until(lambda: any(text in one for one in self.texts), f"'{text}' in the window")

    def close(self) -> None:
        """Without waiting for the client, which ends its last poll first."""
        asyncio.run_coroutine_threadsafe(self.client.disconnect(), self._loop)
        until(lambda: not self.client.connected)


@pytest.fixture
def window(served) -> Iterator[Callable[..., Window]]:
    opened: list[Window] = []

    def open_one(*args, front=served, **more) -> Window:
        opened.append(Window(front, *args, **more))
        return opened[-1]

    yield open_one
    for one in opened:
        if one.client.connected:
            one.close()


def number_of(front, marker: str) -> str:
    """Return the id of the conversation in which this was said."""
    import contextlib
    import sqlite3

    with contextlib.closing(sqlite3.connect(front.folder / "conversations.db")) as database:
        return database.execute("SELECT conversation_id FROM message WHERE text = ?", (marker,)).fetchone()[0]


# --- saying something -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_question_is_answered(window, transport) -> None:
    one = window(transports=[transport])
    assert one.say("visa?")["message"] > 0
    one.hears("You said: visa?")
    assert one.said == [{"text": "You said: visa?"}]


def test_buttons_are_quick_replies(window, engine) -> None:
    one = window()
    one.say("buttons")
    one.hears("A card")
    replies = one.said[-1]["quick_replies"]
    assert replies[0] == {"content_type": "text", "title": "Visas", "payload": PRESSED}
    assert one.said[0]["quick_replies"] == []
    one.say(replies[0]["payload"])
    one.hears(f"You said: {PRESSED}")
    assert engine.ran[-1]["payload"] == PRESSED and engine.ran[-1]["channel"] == "socketio"
    other = window()
    other.say("hello")
    other.say(PRESSED)
    other.hears(f"You said: {PRESSED}")
    assert "payload" not in engine.ran[-1], "it was not sent there"


def test_first_payload_of_window_greets(window, engine) -> None:
    """rasa-webchat opens a conversation with /get_started; later, and with more words, it is text."""
    one = window()
    one.say("/get_started")
    until(lambda: engine.ran and engine.ran[-1].get("payload") == "/greet", "the greeting")
    one.say("/get_started")
    until(lambda: engine.ran[-1].get("text") == "/get_started" and "payload" not in engine.ran[-1], "the text")
    window().say("/restart please")
    assert "payload" not in engine.ran[-1]


def test_paragraphs_are_messages(window, engine) -> None:
    one = window()
    one.say("One.\n\nTwo.")
    one.hears("Two.")
    assert one.texts == ["You said: One.", "Two."]


def test_messages_stay_in_order(window, engine) -> None:
    one = window()
    for number in range(15):
        one.emit("user_uttered", {"message": f"n{number}", "session_id": one.session})
    until(lambda: len(one.said) == 15)
    assert one.texts == [f"You said: n{number}" for number in range(15)]


def test_same_message_id_is_one_message(window) -> None:
    one = window()
    first, again = one.say("hello", message_id="a"), one.say("hello", message_id="a")
    assert first["message"] == again["message"] and again["again"] and not first["again"]


def test_window_without_session_gets_one(window) -> None:
    one = window(ask=False)
    one.call({"message": "hello"})
    one.hears("You said: hello")
    assert one.confirmed


@pytest.mark.parametrize(
    "data", [None, [], "x", 7, {}, {"message": None}, {"message": ["x"]}, {"message": "x", "message_id": {}}]
)
def test_odd_messages_are_refused(window, engine, data) -> None:
    one = window()
    ran = len(engine.ran)
    answer = one.call(data)
    assert answer["error"] and len(engine.ran) == ran
    one.say("still here\x00\x1b")
    one.hears("You said: still here")


def test_too_large_packet_ends_connection(window, served) -> None:
    one = window()
    one.emit("user_uttered", {"message": "x" * 70_000, "session_id": one.session})
    until(lambda: not one.client.connected)
    again = window(one.session)
    again.say("hello")
    again.hears("You said: hello")


# --- sessions ---------------------------------------------------------------------------------------------------------
def test_session_goes_on_in_a_new_window(window, engine) -> None:
    one = window()
    one.say("first")
    one.hears("first")
    one.close()
    two = window(one.session)
    assert two.session == one.session, "else the client takes it for a new conversation"
    two.say("second")
    two.hears("second")
    assert engine.ran[-1]["conversation"] == engine.ran[-2]["conversation"]


@pytest.mark.parametrize(
    "forge", [lambda real: "me", lambda real: real[:-1], lambda real: real + "x", lambda real: {"id": real}]
)
def test_session_ids_cannot_be_made(window, engine, forge) -> None:
    real = window()
    real.say("secret")
    thief = window(forge(real.session))
    assert thief.session not in (real.session, forge(real.session))
    thief.call({"message": "let me in", "session_id": forge(real.session)})
    until(lambda: any(turn.get("text") == "let me in" for turn in engine.ran))
    conversations = [turn["conversation"] for turn in engine.ran if turn.get("text") in ("secret", "let me in")]
    assert len(set(conversations[-2:])) == 2
    thief.hears("let me in")


def test_session_of_a_front_whose_clock_is_ahead_goes_on(monkeypatch) -> None:
    """Another front, whose clock is right, takes it for a new one; what is too old is over all the same."""
    ids, usual = SessionIds("a key", days=30), TimestampSigner.get_timestamp
    with monkeypatch.context() as ahead:
        ahead.setattr(TimestampSigner, "get_timestamp", lambda signer: usual(signer) + 3600)
        made = ids.new()
    assert ids.address(made)
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda signer: usual(signer) + 31 * 24 * 3600)
    assert ids.address(made) is None


def test_two_windows_hear_the_same(window) -> None:
    one = window()
    two = window(one.session)
    one.say("hello")
    one.hears("You said: hello")
    two.hears("You said: hello")
    assert window().said == []


# --- a person ---------------------------------------------------------------------------------------------------------
def test_staff_words_are_pushed(window, served) -> None:
    one = window()
    one.say("a person please, 17")
    one.hears("asked the advice team")
    number = number_of(served, "a person please, 17")
    served.operate("POST", f"conversations/{number}/take", person="Mira")
    served.operate("POST", f"conversations/{number}/reply", person="Mira", text="Hello!")
    one.hears("**Mira:** Hello!")
    one.say("are you there?")
    served.operate("POST", f"conversations/{number}/release", person="Mira")
    one.hears("automated advisor again")
    assert len([text for text in one.texts if "Hello!" in text]) == 1


def test_closed_window_hears_it_later(window, served) -> None:
    one = window()
    one.say("a person please, 18")
    one.hears("asked")
    one.close()
    number = number_of(served, "a person please, 18")
    served.operate("POST", f"conversations/{number}/take", person="Mira")
    served.operate("POST", f"conversations/{number}/reply", person="Mira", text="While you were away")
    shown = served.operate("GET", f"conversations/{number}").json()["messages"]
    assert shown[-1]["delivery"]["state"] == "held"
    two = window(one.session)
    two.hears("While you were away")
    assert served.operate("GET", f"conversations/{number}").json()["messages"][-1]["delivery"]["state"] == "delivered"
    three = window(one.session)
    time.sleep(0.3)
    assert three.said == []


def test_acknowledged_is_answered_after_kill(new_engine, new_front, window) -> None:
    engine = new_engine()
    front = new_front(engine, socketio_origins=PAGE)
    engine.behave(seconds=2)
    one = window(front=front)
    assert one.say("keep this")["message"]
    front.kill()
    engine.behave()
    front.start()
    two = window(one.session, front=front)
    two.hears("You said: keep this")


# --- their data -------------------------------------------------------------------------------------------------------
def test_own_data_and_deletion(window, served, engine) -> None:
    one = window()
    one.say("my secret is 4711")
    one.hears("4711")
    found = served.client.post("/webhooks/socketio/data", json={"session_id": one.session}).json()["conversations"]
    assert found[0]["channel"] == "socketio" and "4711" in str(found[0]["messages"])
    assert served.client.post("/webhooks/socketio/data", json={"session_id": one.session + "x"}).status_code == 401
    gone = served.client.post("/webhooks/socketio/forget", json={"session_id": one.session})
    assert gone.json() == {"deleted": True}
    assert served.client.post("/webhooks/socketio/data", json={"session_id": one.session}).json()["conversations"] == []
    one.say("anew")
    one.hears("You said: anew")


# --- who may connect, how often ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{PAGE}.evil.example"])
def test_other_pages_cannot_connect(served, origin) -> None:
    handshake = {"EIO": "4", "transport": "polling"}
    refused = served.client.get("/socket.io/", params=handshake, headers={"Origin": origin})
    assert refused.status_code == 400 and "access-control-allow-origin" not in refused.headers
    allowed = served.client.get("/socket.io/", params=handshake, headers={"Origin": PAGE})
    assert allowed.status_code == 200 and allowed.headers["access-control-allow-origin"] == PAGE
    with pytest.raises(socketio.exceptions.ConnectionError):
        asyncio.run(socketio.AsyncClient().connect(served.url, transports=["websocket"], headers={"Origin": origin}))


def test_there_is_none_by_default(front) -> None:
    assert front.client.get("/socket.io/?EIO=4&transport=polling").status_code == 404
    assert front.client.get("/webhooks/socketio/").status_code == 404


def test_too_fast_is_told(engine, new_front, window) -> None:
    front = new_front(engine, socketio_origins=PAGE, messages_per_minute=2)
    one = window(front=front)
    answers = [one.say(f"n{number}") for number in range(4)]
    assert ["error" in answer for answer in answers] == [False, False, True, True]
    one.hears("n1")
    one.hears("a lot at once")
    assert len(one.said) == 3


def test_front_stops_with_open_windows(engine, new_front, window) -> None:
    front = new_front(engine, socketio_origins=PAGE)
    over_socket, polling = window(front=front), window(front=front, transports=["polling"])
    over_socket.say("hello")
    assert front.ends_by_itself()
    until(lambda: not (over_socket.client.connected or polling.client.connected))


def test_window_that_says_nothing_stays(served, window) -> None:
    one = window()
    threading.Event().wait(Limits().head_seconds + 2)  # the time in which a request must have come
    assert one.client.connected and one.say("hello") is not None


def test_windows_count_as_long_as_they_are_open(engine, new_front) -> None:
    front = new_front(engine, socketio_origins=PAGE, trusted_proxies="192.0.2.1", connections_per_address=8)
    for _ in range(30):
        upgraded(front).close()
    until(lambda: answer_of(front) == 200, "room after windows that were closed")
    held = [upgraded(front) for _ in range(8)]
    assert answer_of(front) == 503
    for way in held:
        way.close()
    until(lambda: answer_of(front) == 200, "room again")


def upgraded(front: RunningFront) -> socket.socket:
    """Return a connection that has become a websocket."""
    way = socket.create_connection(("127.0.0.1", front.port), timeout=PATIENCE)
    key = base64.b64encode(b"0123456789abcdef").decode()
    lines = ("Host: x", f"Origin: {PAGE}", "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}")
    path = "/socket.io/?EIO=4&transport=websocket"
    head = (f"GET {path} HTTP/1.1", *lines, "Sec-WebSocket-Version: 13", "", "")
    way.sendall("\r\n".join(head).encode())
    assert way.recv(100).startswith(b"HTTP/1.1 101")
    return way


def answer_of(front: RunningFront) -> int:
    """Return the status with which a connection of its own is answered."""
    return httpx.get(f"{front.url}/health").status_code


def test_log_holds_no_words(engine, new_front, window) -> None:
    front = new_front(engine, socketio_origins=PAGE)
    one = window(front=front)
    one.say("Xylophone4711")
    one.call({"message": {"Xylophone4711": 1}})
    one.emit("user_uttered", {"message": "Xylophone4711" * 7000})
    for query in ("EIO=3", "EIO=4&transport=polling&sid=Xylophone4711", "EIO=4&transport=Xylophone4711"):
        httpx.get(f"{front.url}/socket.io/?{query}")
        httpx.post(f"{front.url}/socket.io/?{query}", content=b"Xylophone4711")
    threading.Event().wait(0.3)
    for secret in ("Xylophone4711", one.session, "WebSocket"):
        assert secret not in front.log
