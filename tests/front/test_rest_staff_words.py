"""What staff say reaches the people of REST: with the next reply, by asking for it, or at the operator's own address."""

from __future__ import annotations

import base64
import hmac
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from channels.rest.message_pages import MOST_WAITS
from channels.rest.setup import callback_from
from conversations.models import Inbound, Reply
from conversations.pipeline import inbox, message_store, outbox
from core.settings import Settings, SettingsError
from tests.front.processes import RunningFront, free_port, until

SECRET = "a-secret-of-more-than-24-characters"


def taken(front, sender: str, text: str = "a person please") -> str:
    """Begin a conversation that Mira takes over; return its id."""
    front.ask(text, sender)
    one = front.conversation_of(sender)
    assert front.operate("POST", f"conversations/{one}/take", person="Mira").status_code == 200
    return one


def say(front, one: str, text: str) -> None:
    front.operate("POST", f"conversations/{one}/reply", person="Mira", text=text).raise_for_status()


def messages(front, sender: str, channel: str = "rest", **asked) -> dict:
    return front.client.get(f"/webhooks/{channel}/conversations/{sender}/messages", params=asked).json()


# --- with the next reply ----------------------------------------------------------------------------------------------
def test_staff_words_come_with_next_reply(front, sender) -> None:
    one = taken(front, sender)
    say(front, one, "Hello from Mira")
    joined, hello, own = front.ask("are you there?", sender)
    assert "joined" in joined["text"] and joined["metadata"]["author"] == "front"
    assert hello["text"] == "Hello from Mira" and hello["recipient_id"] == sender
    assert hello["metadata"]["author"] == "person" and hello["metadata"]["author_name"] == "Mira"
    assert "author" not in own["metadata"]
    assert [reply["text"] for reply in front.ask("and now?", sender)] == [own["text"]], "each comes once"


@pytest.mark.parametrize(("what", "word"), [("release", "automated advisor again"), ("close", "is closed")])
def test_end_of_hand_over_is_told(front, sender, what, word) -> None:
    one = taken(front, sender)
    front.operate("POST", f"conversations/{one}/{what}", person="Mira").raise_for_status()
    replies = front.ask("hello?", sender)
    assert any(word in reply["text"] for reply in replies[:-1]) and replies[-1]["text"] == "You said: hello?"


def test_words_said_while_the_engine_works_come_with_its_reply(new_engine, new_front, sender) -> None:
    engine = new_engine()
    front = new_front(engine)
    assert [reply["text"] for reply in front.ask("hello", sender)] == ["You said: hello"], "nothing was held"
    engine.behave(seconds=2.0)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(front.ask, "visa?", sender)
        until(lambda: "visa?" in engine.asked, "the question at the engine")
        one = front.conversation_of(sender)
        front.operate("POST", f"conversations/{one}/take", person="Mira").raise_for_status()
        say(front, one, "I know about visas")
        replies = asked.result()
    assert "I know about visas" in [reply["text"] for reply in replies]
    assert "I know about visas" not in [reply["text"] for reply in front.ask("thanks", sender)], "it came once"


def test_same_message_id_brings_them_again(front, sender) -> None:
    one = taken(front, sender)
    say(front, one, "Once more")
    first = front.ask("still there?", sender, message_id="5")
    assert front.ask("still there?", sender, message_id="5") == first
    assert "Once more" not in [reply["text"] for reply in front.ask("next", sender, message_id="6")]


def test_late_answer_is_handed_over(new_engine, new_front, sender) -> None:
    engine = new_engine()
    front = new_front(engine)
    engine.behave(status=502)
    front.ask("visa?", sender)
    engine.behave()
    (failed,) = front.operate("GET", "failed").json()
    front.operate("POST", f"messages/{failed['message']}/retry").raise_for_status()
    until(lambda: not front.operate("GET", "failed").json() and len(engine.ran) == 1)
    time.sleep(0.2)
    assert [reply["text"] for reply in front.ask("thanks", sender)] == ["You said: visa?", "You said: thanks"]


def test_held_words_are_handed_over_once(store) -> None:
    """On both databases; what went with a message goes with it again, and what was fetched with none."""
    accepted = [store.run(inbox.accept, Inbound("rest", "me", "hello")) for _ in range(3)]
    said = store.run(message_store.add_message, accepted[0].conversation_id, "rest", Reply("Staff"), outbox.BY_FETCH)
    asked = [(accepted[0].conversation_id, one.message_id) for one in (accepted[1], accepted[2], accepted[1])]
    assert [[one.id for one in store.run(outbox.collect_held, *each)] for each in asked] == [[said.id], [], [said.id]]
    more = store.run(message_store.add_message, accepted[0].conversation_id, "rest", Reply("More"), outbox.BY_FETCH)
    assert [one.text for one in store.run(outbox.held_messages, accepted[0].conversation_id)] == ["More"]
    store.run(outbox.mark_fetched, [more.id, said.id])
    assert store.run(outbox.held_messages, accepted[0].conversation_id) == []
    assert store.run(outbox.collect_held, *asked[1]) == [], "what was read by asking is not repeated"


# --- asked for --------------------------------------------------------------------------------------------------------
def test_messages_are_read_page_by_page(front, sender) -> None:
    one = taken(front, sender)
    for number in range(120):
        say(front, one, f"word {number}")
    first = messages(front, sender)
    assert first["state"] == "person" and first["person"] == "Mira" and len(first["messages"]) == 100
    second = messages(front, sender, after=first["after"])
    said = [each["text"] for each in (*first["messages"], *second["messages"]) if each["author"] == "person"]
    assert said == [f"word {number}" for number in range(120)]
    end = messages(front, sender, after=second["after"])
    assert end["messages"] == [] and end["after"] == second["after"]


def test_fetched_words_are_not_repeated(front, sender) -> None:
    one = taken(front, sender)
    say(front, one, "Read by asking")
    assert messages(front, sender)["messages"][-1]["text"] == "Read by asking"
    assert "Read by asking" not in [reply["text"] for reply in front.ask("next", sender)]
    delivery = front.operate("GET", f"conversations/{one}").json()["messages"]
    assert next(each for each in delivery if each["text"] == "Read by asking")["delivery"]["state"] == "delivered"


def test_waiting_ends_with_staff_words(front, sender) -> None:
    one = taken(front, sender)
    after = messages(front, sender)["after"]
    threading.Timer(0.4, say, (front, one, "Here I am")).start()
    found = messages(front, sender, after=after, wait=20)
    assert [each["text"] for each in found["messages"]] == ["Here I am"]
    assert messages(front, sender, after=found["after"], wait=1)["messages"] == []


def test_front_stops_while_somebody_waits(engine, new_front, sender) -> None:
    front = new_front(engine)
    front.ask("hello", sender)
    after = messages(front, sender)["after"]

    def answer(wait: int) -> httpx.Response:
        address, asked = f"/webhooks/rest/conversations/{sender}/messages", {"after": after, "wait": wait}
        return front.client.get(address, params=asked)

    def waited() -> dict:
        return until(lambda: (found := answer(25)).status_code == 200 and found, "a place among those who wait").json()

    with ThreadPoolExecutor(MOST_WAITS) as pool:
        asked = [pool.submit(waited) for _ in range(MOST_WAITS)]
        until(lambda: answer(1).status_code == 429, "as many who wait as may")
        assert front.ends_by_itself()
        assert [one.result()["messages"] for one in asked] == [[]] * MOST_WAITS


@pytest.mark.parametrize(
    "asked", [{"after": "x"}, {"after": "-1"}, {"after": "9" * 30}, {"wait": "26"}, {"wait": "1.5"}]
)
def test_odd_numbers_are_refused(front, sender, asked) -> None:
    front.ask("hello", sender)
    refused = front.client.get(f"/webhooks/rest/conversations/{sender}/messages", params=asked)
    assert refused.status_code == 400 and "whole number" in refused.json()["error"]


def test_nobody_reads_other_conversations(front, sender) -> None:
    front.ask("mine", f"{sender}/a b")
    for other in (sender, f"{sender}/a", f"{sender}/a b/c", "%00"):
        assert front.client.get(f"/webhooks/rest/conversations/{other}/messages").status_code in (400, 404)
    mine = front.client.get(f"/webhooks/rest/conversations/{sender}%2Fa%20b/messages").json()["messages"]
    assert [each["text"] for each in mine] == ["mine", "You said: mine"]
    front.client.post("/webhooks/rest/forget", json={"sender": f"{sender}/a b"})
    assert front.client.get(f"/webhooks/rest/conversations/{sender}%2Fa%20b/messages").status_code == 404


# --- the operator's own address ---------------------------------------------------------------------------------------
class Address:
    """An address that notes the calls it gets and answers as it is told."""

    def __init__(self) -> None:
        self.calls: list[tuple[dict, bytes]] = []
        self.answers: list[int] = []
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/in?app=1"
        address = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                address.calls.append((dict(self.headers.items()), body))
                self.send_response(address.answers.pop(0) if address.answers else 204)
                self.send_header("Location", f"http://127.0.0.1:{address.port}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *words) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Door)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def said(self) -> list[dict]:
        return [json.loads(body) for _, body in self.calls]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def address() -> Iterator[Address]:
    opened = Address()
    yield opened
    opened.close()


@pytest.fixture
def called(engine, new_front, address) -> RunningFront:
    """Run a front that calls the address."""
    return new_front(engine, rest_callback_url=address.url, rest_callback_secret=SECRET)


def test_staff_words_are_sent_signed(called, address, sender) -> None:
    one = taken(called, sender)
    say(called, one, "Grüße from Mira")
    until(lambda: len(address.calls) == 2)
    headers, body = address.calls[1]
    said = json.loads(body)
    assert said["recipient_id"] == sender and said["text"] == "Grüße from Mira"
    assert said["metadata"]["author"] == "person" and said["metadata"]["author_name"] == "Mira"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    signature = base64.b64encode(hmac.digest(SECRET.encode(), signed, sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{signature}"
    assert abs(time.time() - int(headers["webhook-timestamp"])) < 60
    assert "Grüße from Mira" not in [reply["text"] for reply in called.ask("hm", sender)], "and comes no second time"
    assert len(address.calls) == 2, "a reply to a request is in its answer alone"


def test_callback_is_tried_until_taken(called, address, sender) -> None:
    address.answers = [500, 302, 401]
    taken(called, sender)
    until(lambda: len(address.calls) == 4, "the fourth call")
    assert len({headers["webhook-id"] for headers, _ in address.calls}) == 1
    shown = called.operate("GET", f"conversations/{called.conversation_of(sender)}").json()["messages"]
    assert until(lambda: shown[-1]["delivery"]["attempts"] >= 3)


def test_refused_for_good_is_given_up(called, address, sender) -> None:
    address.answers = [422]
    one = taken(called, sender)
    say(called, one, "the next one")
    until(lambda: len(address.calls) == 2)

    def states() -> list[str]:
        said = called.operate("GET", f"conversations/{one}").json()["messages"]
        return [each["delivery"]["state"] for each in said if each["delivery"]]

    until(lambda: states() == ["failed", "delivered"], "what became of both")


def test_callback_channel_answers_there(engine, called, address, sender) -> None:
    answer = called.client.post("/webhooks/callback/webhook", json={"sender": sender, "message": "buttons"})
    assert (answer.status_code, answer.text) == (200, "success")
    until(lambda: address.calls)
    assert address.said[0]["text"] == "You said: buttons"
    payload = address.said[0]["buttons"][1]["payload"]
    called.client.post("/webhooks/callback/webhook", json={"sender": sender, "message": payload})
    until(lambda: len(address.calls) == 2)
    assert engine.ran[-1]["payload"] == payload and engine.ran[-1]["channel"] == "callback"
    assert len(messages(called, sender, "callback")["messages"]) == 4
    assert called.client.post("/webhooks/callback/data", json={"sender": sender}).json()["conversations"]
    assert called.client.post("/webhooks/callback/forget", json={"sender": sender}).json() == {"deleted": True}


def test_no_callback_channel_without_address(front, sender) -> None:
    refused = front.client.post("/webhooks/callback/webhook", json={"sender": sender, "message": "x"})
    assert refused.status_code == 404 and "ADVISOR_REST_CALLBACK_URL" in refused.json()["error"]


def test_unreadable_secret_is_refused() -> None:
    with pytest.raises(SettingsError, match="ADVISOR_REST_CALLBACK_SECRET"):
        callback_from(Settings(rest_callback_url="https://app.example/in", rest_callback_secret="whsec_" + "?" * 24))


def test_log_keeps_callback_secret(called, address, sender) -> None:
    address.answers = [500]
    taken(called, sender, "Xylophone person")
    until(lambda: len(address.calls) == 2)
    for secret in (SECRET, "app=1", sender, "Xylophone"):
        assert secret not in called.log
