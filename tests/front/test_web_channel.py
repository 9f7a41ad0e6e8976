"""The web channel over HTTP: sessions, origins, consent, the stream; and what the widget costs over the wire."""

# ruff: noqa: F401, F811  # fixtures are imported, and named again where they are used

from __future__ import annotations

import gzip
import itertools
import json
import re
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone

import httpx
import pytest
from itsdangerous import TimestampSigner
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from channels.web.session_tokens import SessionExpired, SessionTokens
from channels.web.sse import SentMessages
from conversations.db import schema
from conversations.models import Message
from core.secrets import session_key
from core.settings import PROJECT_ROOT, Settings
from tests.front.web_fixtures import running_front, wait_for, web, well_again
from tests.harness import PATIENCE

ELSEWHERE = {"Origin": "https://evil.example"}
CALLS = [
    "settings",
    "session",
    "consent",
    "messages",
    "history",
    "stream",
    "typing",
    "feedback",
    "person",
    "contact",
    "transcript",
    "restart",
    "forget",
]


@contextmanager
def stream(web, token: str, after: int = 0) -> Iterator[list[dict]]:
    """Open a stream; yield the list of its events as they come, each with its kind and id."""
    events: list[dict] = []
    headers = {**web.origin, "Authorization": f"Bearer {token}"}
    with httpx.stream(
        "POST", f"{web.url}/web/demo/stream", json={"after": after}, headers=headers, timeout=30
    ) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        reading = threading.Thread(target=_read, args=(answer, events), daemon=True)
        reading.start()
        yield events


def _read(answer: httpx.Response, events: list[dict]) -> None:
    try:
        rest = ""
        for part in answer.iter_text():
            *whole, rest = (rest + part).split("\n\n")
            for one in whole:
                found = dict(line.split(": ", 1) for line in one.split("\n") if not line.startswith(":"))
                if found:
                    events.append({"kind": found["event"], "id": found.get("id"), **json.loads(found["data"])})
    except (httpx.HTTPError, httpx.StreamClosed):
        pass  # closed at the end of the block


def texts(events: list[dict]) -> list[str]:
    return [event["text"] for event in events if event["kind"] == "message"]


def said(web, token: str, text: str, client_id: str = "1") -> httpx.Response:
    return web.post("messages", {"id": client_id, "text": text}, token)


def history(web, token: str) -> list[str]:
    return [one["text"] for one in web.post("history", token=token).json()["messages"]]


# --- origins ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("call", CALLS)
def test_other_origins_get_nothing(web, call) -> None:
    token = web.session()
    for headers in (ELSEWHERE, {"Origin": "null"}, {"Origin": ""}):
        answer = web.post(call, {"id": "1", "text": "hello"}, token, **headers)
        assert answer.status_code == 403 and "token" not in answer.json()
        assert answer.headers.get("access-control-allow-origin") == ("*" if call == "settings" else None)


@pytest.mark.parametrize("call", CALLS)
def test_every_call_needs_an_origin(web, call) -> None:
    assert httpx.post(f"{web.url}/web/demo/{call}", json={}).status_code == 403
    assert httpx.get(f"{web.url}/web/demo/{call}", headers=web.origin).status_code == 405


def test_preflight_only_for_listed_origins(web) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    address = f"{web.url}/web/demo/messages"
    allowed = httpx.options(address, headers={**asked, "Origin": web.pages.url})
    assert allowed.status_code == 204 and allowed.headers["access-control-allow-origin"] == web.pages.url
    assert "authorization" in allowed.headers["access-control-allow-headers"]
    assert httpx.options(address, headers={**asked, **ELSEWHERE}).status_code == 403


def test_unknown_site_is_not_there(web) -> None:
    answer = web.post("settings", site="nobody", **ELSEWHERE)
    assert answer.status_code == 404 and "data-site" in answer.json()["error"]
    assert answer.headers["access-control-allow-origin"] == "*", "so that the page's console can say it"


def test_own_origin_is_the_public_address() -> None:
    assert Settings(public_url="https://advisor.example.org").own_origins == ("https://advisor.example.org",)
    assert "http://localhost:8080" in Settings().own_origins


# --- sessions ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("token", ["", "demo/guess", "e30.e30.e30"])
def test_guessed_session_gives_nothing(web, token) -> None:
    assert web.post("history", token=token).status_code == 401
    assert said(web, token, "hello").status_code == 401


def test_session_of_another_site_is_refused(web) -> None:
    token = web.session()
    answer = web.post("history", token=token, site="yellow", Origin=web.pages.url)
    assert answer.status_code == 401


def test_changed_session_is_refused(web) -> None:
    token = web.session()
    changed = ("A" if token[5] != "A" else "B").join([token[:5], token[6:]])
    assert web.post("history", token=changed).status_code == 401


def test_session_expires(monkeypatch) -> None:
    sessions = SessionTokens("key", days=1)
    token = sessions.token(sessions.new("demo"))
    assert sessions.read(token, "demo").site == "demo"
    later = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda signer: later(signer) + 2 * 24 * 60 * 60)
    with pytest.raises(SessionExpired, match="expired"):
        sessions.read(token, "demo")


def test_old_session_is_renewed_by_the_stream(web, monkeypatch) -> None:
    sessions = SessionTokens(session_key(web.front.settings), days=30)
    session = sessions.read(web.session(), "demo")
    now = TimestampSigner.get_timestamp
    with monkeypatch.context() as earlier:
        earlier.setattr(TimestampSigner, "get_timestamp", lambda signer: now(signer) - 2 * 24 * 60 * 60)
        old = sessions.token(session)
    with stream(web, old) as events:
        wait_for(lambda: events, "the fresh session")
        assert events[0]["kind"] == "session" and events[0]["token"] != old
        assert sessions.read(events[0]["token"], "demo").address == session.address


def test_session_key_is_made_once_for_its_owner(tmp_path) -> None:
    settings = Settings(var_dir=tmp_path / "var")
    key = session_key(settings)
    assert len(key) >= 40 and session_key(settings) == key
    assert stat.S_IMODE((settings.var_dir / "session.key").stat().st_mode) == 0o600
    assert session_key(replace(settings, web_session_key="own")) == "own"


def test_one_visitor_sees_nothing_of_another(web) -> None:
    one, other = web.session(), web.session()
    said(web, one, "visa")
    wait_for(lambda: len(history(web, one)) == 2, "the answer")
    found = web.post("history", token=one).json()["messages"][1]
    assert history(web, other) == []
    assert web.post("feedback", {"message": found["id"], "value": 1}, other).status_code == 404
    assert web.post("messages", {"id": "2", "button": found["buttons"][0]["token"]}, other).status_code == 400


# --- consent ----------------------------------------------------------------------------------------------------------
def test_nothing_is_taken_without_consent(web) -> None:
    token = web.session(consent="")
    for call in ("messages", "typing", "feedback", "person", "contact"):
        body = {"id": "1", "text": "hello", "contact": "a@example.org", "message": 1, "value": 1}
        assert web.post(call, body, token).status_code == 403
    assert history(web, token) == []
    assert web.post("consent", {"consent": "2026-11"}, token).status_code == 200
    assert said(web, token, "hello").status_code == 202


def test_consent_to_an_old_notice_is_refused(web) -> None:
    assert web.post("session", {"consent": "2020-01"}).status_code == 409
    assert web.post("consent", {"consent": "2020-01"}, web.session(consent="")).status_code == 409


# --- what is said -----------------------------------------------------------------------------------------------------
def test_same_id_is_one_message(web) -> None:
    token = web.session()
    first, second = (said(web, token, "hello").json() for _ in range(2))
    assert first["message"] == second["message"] and second["again"]
    wait_for(lambda: len(history(web, token)) == 2, "the answer")
    assert history(web, token) == ["hello", "Hello there."]


def test_slash_typed_is_text(web) -> None:
    said(web, web.session(), "/restart")
    wait_for(lambda: web.engine.asked and web.engine.asked[-1].get("text") == "/restart", "the engine to be asked")


@pytest.mark.parametrize(
    "body",
    [
        *({}, {"id": "1"}, {"id": "1", "text": " "}, {"id": "1", "text": 5}),
        *({"id": "a/b", "text": "x"}, {"id": "1", "button": "no"}),
    ],
)
def test_wrong_messages_are_said_to_be_wrong(web, body) -> None:
    answer = web.post("messages", body, web.session())
    assert answer.status_code == 400 and answer.json()["error"]
    assert answer.headers["access-control-allow-origin"] == web.url  # so that the widget can read why


def test_stream_resumes_in_order_and_once(web) -> None:
    token = web.session()
    with stream(web, token) as events:
        wait_for(lambda: any(event["kind"] == "state" for event in events), "the state")
        for number in range(5):
            said(web, token, f"n{number}", str(number))
        wait_for(lambda: len(texts(events)) == 10, "ten messages")
        ids = [int(event["id"]) for event in events if event["kind"] == "message"]
        assert ids == sorted(set(ids))
    for number in range(5, 8):
        said(web, token, f"n{number}", str(number))
    wait_for(lambda: len(history(web, token)) == 16, "the answers while nobody listened")
    with stream(web, token, after=ids[-1]) as events:
        wait_for(lambda: len(texts(events)) == 6, "what was missed")
        more = [int(event["id"]) for event in events if event["kind"] == "message"]
        assert more == sorted(set(more)) and more[0] > ids[-1]


def test_stream_ends_quietly_while_the_database_is_away(web, monkeypatch, caplog) -> None:
    """Its widget comes back by itself; a stream that broke off would be logged as a defect."""

    def away(*about: object) -> None:
        raise OperationalError("", {}, Exception("away"))

    token = web.session()
    headers = {**web.origin, "Authorization": f"Bearer {token}"}
    with httpx.stream("POST", f"{web.url}/web/demo/stream", json={}, headers=headers, timeout=PATIENCE) as answer:
        lines = answer.iter_lines()
        next(lines)
        monkeypatch.setattr("channels.web.sse._what_is_new", away)
        assert web.post("messages", {"id": "1", "text": "hello"}, token).status_code == 202
        list(lines)  # to its end
    assert "the database is away" in caplog.text and "Exception in ASGI" not in caplog.text


def test_stream_that_opens_as_the_front_stops_ends(tmp_path) -> None:
    with running_front(tmp_path) as web:
        token = web.session()
        web.front.channels["web"].end_requests()
        headers = {**web.origin, "Authorization": f"Bearer {token}"}
        with httpx.stream(
            "POST", f"{web.url}/web/demo/stream", json={"after": 0}, headers=headers, timeout=PATIENCE
        ) as answer:
            lines = []
            for line in answer.iter_lines():
                assert not line.startswith(": ping"), "it goes on"
                lines.append(line)
    assert "event: state" in lines


def test_late_commits_are_sent_once() -> None:
    """On PostgreSQL a lower id may be committed after a higher one: the next look still finds it."""
    seen = SentMessages(newest=0, overlap=100)
    assert [one.id for one in seen.new_of([message(5), message(7)])] == [5, 7]
    assert seen.after == 0
    assert [one.id for one in seen.new_of([message(5), message(6), message(7)])] == [6]
    seen.new_of([message(500)])
    assert seen.after == 400


def message(number: int) -> Message:
    return Message(number, "c", "web", "advisor", "text", datetime.now(timezone.utc), "said")


def test_stream_says_when_it_is_deleted(web) -> None:
    token = web.session()
    with stream(web, token) as events:
        wait_for(lambda: events, "the state")
        assert web.post("forget", token=token).json() == {"deleted": True}
        wait_for(lambda: events[-1]["kind"] == "gone", "the end")
    for call in ("history", "stream", "messages", "forget"):
        assert web.post(call, {"id": "1", "text": "hello"}, token).status_code == 410


def test_contact_details_are_stored_and_alerted(web) -> None:
    token = web.session()
    assert web.post("contact", {"contact": " "}, token).status_code == 400
    assert web.post("contact", {"contact": "ada@example.org", "name": "Ada", "text": "Fees"}, token).status_code == 201
    stored = web.front.store.run(lambda connection: connection.execute(select(schema.contact_request)).all()[-1])
    assert (stored.contact, stored.name, stored.text, stored.state) == ("ada@example.org", "Ada", "Fees", "open")
    assert "passed your details on" in history(web, token)[-1]


def test_person_is_asked_for_once(web) -> None:
    token = web.session()
    states = [web.post("person", token=token).json()["state"] for _ in range(2)]
    assert states == ["waiting", "waiting"] and len(history(web, token)) == 1


def test_nobody_waits_in_a_conversation_left(web) -> None:
    token = web.session()
    web.post("person", token=token)
    left = web.waiting()
    fresh = web.post("restart", token=token).json()["token"]
    assert left not in [one["conversation"] for one in web.staff("waiting", "GET").json()]
    assert said(web, fresh, "hello").status_code == 202  # what was agreed to holds


# --- limits -----------------------------------------------------------------------------------------------------------
def test_rates_are_kept_and_said(tmp_path) -> None:
    limits = {"messages_per_minute": 2, "web_sessions_per_minute": 3, "web_calls_per_minute": 12}
    with running_front(tmp_path, **limits) as front:
        token = front.session()
        answers = [said(front, token, "hello", str(number)) for number in range(3)]
        assert [one.status_code for one in answers] == [202, 202, 429]
        assert answers[-1].headers["retry-after"] == "60" and answers[-1].json()["error"]
        assert [front.post("session").status_code for _ in range(3)] == [201, 201, 429]
        assert [front.post("settings").status_code for _ in range(6)] == [200] * 5 + [429]


# --- files ------------------------------------------------------------------------------------------------------------
def wire(address: str, **more) -> tuple[int, httpx.Response]:
    """How many bytes of a body come over the wire."""
    headers = {"Accept-Encoding": "gzip", **more.pop("headers", {})}
    with httpx.stream(more.pop("method", "GET"), address, headers=headers, **more) as answer:
        return len(b"".join(answer.iter_raw())), answer


@pytest.mark.parametrize("language", ["en", "de"])
def test_widget_is_small_over_the_wire(web, language) -> None:
    loader, answer = wire(f"{web.url}/widget.js")
    assert answer.headers["content-encoding"] == "gzip"
    settings, _ = wire(f"{web.url}/web/demo/settings", method="POST", json={"language": language}, headers=web.origin)
    chat, _ = wire(f"{web.url}/widget/{_chat(web)}")
    assert loader + settings <= 10_000
    assert loader + settings + chat <= 24_000


def _chat(web) -> str:
    return re.search(r"chat-\w+\.js", httpx.get(f"{web.url}/widget.js").text).group()


def test_scripts_are_cached(web) -> None:
    loader = httpx.get(f"{web.url}/widget.js")
    again = httpx.get(f"{web.url}/widget.js", headers={"If-None-Match": loader.headers["etag"]})
    assert "max-age" in loader.headers["cache-control"] and again.status_code == 304
    part = httpx.get(f"{web.url}/widget/{_chat(web)}")
    assert "immutable" in part.headers["cache-control"]
    older = httpx.get(f"{web.url}/widget/chat-OLDER.js")
    assert older.text == part.text and older.headers["cache-control"] == "no-store"
    assert httpx.get(f"{web.url}/widget/other.js").status_code == 404


def test_built_files_are_packed_whole() -> None:
    for packed in (PROJECT_ROOT / "widget/dist").glob("*.gz"):
        assert gzip.decompress(packed.read_bytes()) == packed.with_suffix("").read_bytes()


def test_demo_pages_load_only_ours(web) -> None:
    for page in ("/demo", "/demo/privacy"):
        html = httpx.get(web.url + page).text
        assert re.findall(r"(?:src|href)=\"(?!/|#)[^\"]*", html) == []
    assert httpx.get(f"{web.url}/demo/..%2f..%2fpackage.json").status_code == 404
    assert httpx.get(f"{web.url}/demo/sites.yml").status_code == 404


def test_every_public_route_is_described(web) -> None:
    described = httpx.get(f"{web.url}/openapi.json").json()["paths"]
    for call in CALLS:
        about = described[f"/web/{{site}}/{call}"]
        assert list(about) == ["post"] and about["post"]["summary"] and about["post"]["responses"]
    assert {"/widget.js", "/widget/{name}", "/demo"} <= set(described)


# --- starting again, clocks, classes ----------------------------------------------------------------------------------
def test_start_again_ends_the_old_token(web) -> None:
    old = web.session()
    said(web, old, "my old question")
    with stream(web, old) as events:
        wait_for(lambda: [one for one in events if one["kind"] == "state"], "the stream to begin")
        new = web.post("restart", token=old).json()["token"]
        for call in ("history", "stream", "transcript", "data", "messages", "consent", "restart", "forget"):
            assert web.post(call, {"id": "9", "text": "x", "consent": "2026-11"}, old).status_code == 401, call
        said(web, new, "my new question")
        wait_for(lambda: len(history(web, new)) == 2, "the answer")
        assert "gone" not in {one["kind"] for one in events} and "my new question" not in texts(events)
    assert web.front.store.run(_addresses_left) > 0, "the conversation is kept, for staff"


def _addresses_left(connection) -> int:
    wanted = schema.conversation.c.address.startswith("left/")
    return len(connection.execute(select(schema.conversation.c.id).where(wanted)).all())


@pytest.mark.parametrize("ahead", [3600, 40 * 24 * 3600])
def test_clock_set_back_ends_no_session(monkeypatch, ahead) -> None:
    sessions = SessionTokens("key", days=30)
    usual = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda signer: usual(signer) + ahead)
    token = sessions.token(sessions.new("demo"))
    monkeypatch.undo()
    assert sessions.read(token, "demo").age == 0


@pytest.mark.parametrize(
    ("zone", "shown"),
    [("Asia/Kolkata", "IST"), ("America/Bogota", "-05"), ("Mars/Base", "UTC"), ("America", "UTC"), ("../etc", "UTC")],
)
def test_transcript_is_in_the_visitors_time(web, zone, shown) -> None:
    token = web.session()
    said(web, token, "visa **please**")
    wait_for(lambda: len(history(web, token)) == 2, "the answer")
    conversation = web.engine.asked[-1]["conversation"]
    with web.front.store.engine.begin() as connection:
        ours = schema.message.c.conversation_id == conversation
        at = datetime(2026, 11, 29, 22, 45, tzinfo=timezone.utc)
        connection.execute(schema.message.update().where(ours).values(at=at))
        answers = ours & (schema.message.c.author == "advisor")
        connection.execute(
            schema.message.update().where(answers).values(text="**Fees** are in the [guide](https://a.example/)")
        )
    text = web.post("transcript", {"zone": zone} if zone else {}, token).text
    local = {"IST": "2026-11-30 04:15 IST", "-05": "2026-11-29 17:45 -05", "UTC": "2026-11-29 22:45 UTC"}[shown]
    assert text.count(f"{local}, ") == 2
    assert "Fees are in the guide (https://a.example/)" in text and "visa **please**" in text, (
        "their own words as they are"
    )


def test_refusal_says_when_to_come_back(tmp_path) -> None:
    with running_front(tmp_path, web_sessions_per_minute=2) as web:
        answers = [web.post("session", {"consent": "2026-11"}) for _ in range(3)]
        assert [one.status_code for one in answers] == [201, 201, 429]
        assert 50 <= int(answers[-1].headers["retry-after"]) <= 60


def test_class_of_thirty_is_served(tmp_path) -> None:
    """Everything that a widget does in its first minute, by thirty visitors behind one address, with the usual limits."""
    usual = Settings()
    limits = {
        name: getattr(usual, name)
        for name in ("web_sessions_per_minute", "web_calls_per_minute", "messages_per_minute")
    }
    with running_front(tmp_path, **limits) as web, ThreadPoolExecutor(30) as room:
        answers = list(room.map(lambda number: _first_minute(web), range(30)))
    assert answers == [[200, 201, 200, 202, 200, 202, 202, 200]] * 30


def _first_minute(web) -> list[int]:
    settings, session = web.post("settings"), web.post("session", {"consent": "2026-11"})
    token = session.json()["token"]
    first = [settings, session, web.post("history", token=token), said(web, token, "visa", "1")]
    with stream(web, token) as events:
        wait_for(lambda: [one for one in events if one["kind"] == "message"], "the answer")
    more = [web.post("typing", token=token), said(web, token, "hello", "2"), said(web, token, "visa", "3")]
    return [one.status_code for one in [*first, *more, web.post("history", token=token)]]
