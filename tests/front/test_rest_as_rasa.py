"""REST as clients of Rasa use it: buttons sent back as messages, streams, the key in the address, pages of a browser."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import aiohttp
import httpx
import pytest

from tests.front.processes import RunningFront, ended_at_last

KEY = "rest-key-for-tests"
PAGE = "https://www.example.org"
PRESSED = '/ask_topic{"topic": "challenges/visa"}'


@pytest.fixture(scope="module")
def keyed(engine, tmp_path_factory) -> Iterator[RunningFront]:
    """Open to whoever has the key, and to one page."""
    running = RunningFront(
        tmp_path_factory.mktemp("keyed"), engine, rest_key=KEY, rest_origins=f"{PAGE}, http://b.example"
    )
    with ended_at_last([running]):
        yield running.start()


# --- buttons ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("sent", [PRESSED, f"  {PRESSED}\n"])
def test_payload_in_message_is_pressed(front, engine, sender, sent) -> None:
    front.ask("buttons", sender)
    front.ask(sent, sender)
    assert engine.ran[-1]["payload"] == PRESSED
    page = front.operate("GET", f"conversations/{front.conversation_of(sender)}").json()["messages"]
    assert page[-2]["text"] == "Visas", "staff read what was on the button"


def test_payload_of_others_is_text(front, engine, sender) -> None:
    front.ask("buttons", sender)
    for text, other in ((PRESSED, f"{sender}-other"), ("/restart", sender), (f"{PRESSED} please", sender)):
        front.ask(text, other)
        assert engine.ran[-1]["text"] == text and "payload" not in engine.ran[-1]


# --- without a sender -------------------------------------------------------------------------------------------------
def test_each_nameless_call_is_alone(front, engine) -> None:
    bodies = ({"message": "hello"}, {"sender": None, "message": "hello"})
    replies = [front.post(body).json()[0] for body in bodies]
    senders = [reply["recipient_id"] for reply in replies]
    assert len(set(senders)) == 2 and all(len(one) == 32 for one in senders)
    assert len({turn["conversation"] for turn in engine.ran[-2:]}) == 2
    again = front.ask("and now", senders[0])
    assert again[0]["recipient_id"] == senders[0] and engine.ran[-1]["conversation"] == engine.ran[-3]["conversation"]


# --- streams ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "lines"), [("?stream=true", True), ("?stream=True", True), ("?stream=false", False), ("", False)]
)
def test_stream_is_an_object_a_line(front, sender, asked, lines) -> None:
    one = front.conversation_of(sender) if front.ask("a person", sender) else ""
    front.operate("POST", f"conversations/{one}/take", person="Mira")
    front.operate("POST", f"conversations/{one}/reply", person="Mira", text="Two\nlines")
    answer = front.client.post(f"/webhooks/rest/webhook{asked}", json={"sender": sender, "message": "hello"})
    said = [json.loads(line) for line in answer.text.splitlines()] if lines else answer.json()
    assert len(said) == 3 and said[1]["text"] == "Two\nlines" and isinstance(said[0], dict)


def test_refused_stream_has_its_status(front) -> None:
    assert front.client.post("/webhooks/rest/webhook?stream=true", json={"sender": 7}).status_code == 400


def test_rasas_own_client_gets_on(keyed) -> None:
    """The requests of `rasa shell` work: rasa.core.channels.console of 3.6.21, line by line."""

    async def talk(url: str) -> list[dict]:
        found = []
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, json={"sender": "shell", "message": "buttons"}, raise_for_status=True) as answer,
        ):
            async for line in answer.content:
                found.append(json.loads(line.decode()))
        return found

    url = f"{keyed.url}/webhooks/rest/webhook?stream=true&token={KEY}"
    (said,) = asyncio.run(talk(url))
    assert said["text"] == "You said: buttons" and {"title", "payload"} <= set(said["buttons"][0])


# --- the key in the address -------------------------------------------------------------------------------------------
def test_token_opens_as_the_header_does(keyed, sender) -> None:
    def ask(token: str, **headers: str) -> int:
        answer = keyed.client.post(
            "/webhooks/rest/webhook", params={"token": token}, json={"sender": sender, "message": "x"}, headers=headers
        )
        return answer.status_code

    assert ask(KEY) == 200
    assert [ask(token) for token in ("", "wrong", KEY[:-1], KEY + "x", "\xe4")] == [401] * 5
    assert ask(KEY, Authorization="Bearer wrong") == 401, "the header counts where there is one"
    assert ask("wrong", Authorization=f"Bearer {KEY}") == 200
    assert KEY not in keyed.log and "wrong" not in keyed.log


def test_empty_token_is_none(front, sender) -> None:
    assert (
        front.client.post("/webhooks/rest/webhook?token=", json={"sender": sender, "message": "x"}).status_code == 200
    )


# --- pages of a browser -----------------------------------------------------------------------------------------------
def preflight(front, origin: str, path: str = "/webhooks/rest/webhook") -> httpx.Response:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    return front.client.options(path, headers={"Origin": origin, **asked})


def test_allowed_page_may_call(keyed, sender) -> None:
    allowed = preflight(keyed, PAGE)
    assert allowed.status_code == 200 and allowed.headers["access-control-allow-origin"] == PAGE
    headers = {"Origin": PAGE, "Authorization": f"Bearer {KEY}"}
    answer = keyed.post({"sender": sender, "message": "x"}, headers=headers)
    assert answer.status_code == 200 and answer.headers["access-control-allow-origin"] == PAGE
    refused = keyed.post({"sender": sender, "message": 7}, headers=headers)
    assert refused.status_code == 400 and refused.headers["access-control-allow-origin"] == PAGE, "errors can be read"
    assert "access-control-allow-credentials" not in allowed.headers


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", f"{PAGE}.evil.example", f"{PAGE}:444", "http://www.example.org"]
)
def test_other_pages_may_not(keyed, sender, origin) -> None:
    assert "access-control-allow-origin" not in preflight(keyed, origin).headers
    headers = {"Origin": origin, "Authorization": f"Bearer {KEY}"}
    assert "access-control-allow-origin" not in keyed.post({"sender": sender, "message": "x"}, headers=headers).headers


def test_no_page_may_by_default(front) -> None:
    answer = preflight(front, PAGE)
    assert answer.status_code in (400, 405) and "access-control-allow-origin" not in answer.headers


def test_only_rest_is_opened_to_pages(keyed) -> None:
    for path in ("/health", "/web/demo/session", "/openapi.json"):
        assert "access-control-allow-origin" not in keyed.client.get(path, headers={"Origin": PAGE}).headers


def test_page_needs_no_key_on_own_machine(engine, new_front, sender) -> None:
    front = new_front(engine, rest_origins=PAGE)
    body = {"sender": sender, "message": "x"}
    assert front.post(body, headers={"Origin": PAGE}).status_code == 200
    assert front.post(body, headers={"Origin": "https://evil.example"}).status_code == 403
    assert front.post(body, headers={"Origin": PAGE, "X-Forwarded-For": "203.0.113.7"}).status_code == 403


# --- what Rasa's server is asked --------------------------------------------------------------------------------------
def test_rasas_questions_are_answered(front, engine) -> None:
    assert front.client.get("/webhooks/rest/").json() == {"status": "ok"}
    assert front.client.get("/version").json() == {"version": "3.6.21", "minimum_compatible_version": "3.5.0"}
    assert front.client.get("/status").json()["num_active_training_jobs"] == 0
    engine.behave(ready=False)
    assert front.client.get("/status").status_code == 409
    engine.behave()


def test_version_is_the_engines() -> None:
    from channels.rest.channel import RASA
    from core.settings import PROJECT_ROOT

    assert f"rasa=={RASA['version']}\n" in (PROJECT_ROOT / "requirements/engine.in").read_text(encoding="utf-8")


def test_key_guards_rasas_questions(keyed) -> None:
    for path in ("/version", "/status", "/webhooks/rest/conversations/me/messages"):
        assert keyed.client.get(path).status_code == 401
        assert keyed.client.get(path, params={"token": KEY}).status_code in (200, 404)
