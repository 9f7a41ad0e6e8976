"""No word, name, number or token of anybody is logged or counted: marked ones go through every channel of a running front."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx
import pytest
import socketio

from channels.slack import WEBHOOK_PATH as SLACK
from channels.telegram import WEBHOOK_PATH as TELEGRAM
from core.library_logs import MOST_A_MINUTE
from core.settings import PROJECT_ROOT
from demo.stand_ins.slack.__main__ import application as slack_api
from demo.stand_ins.slack.world import World as SlackWorld
from demo.stand_ins.slack.world import signed
from demo.stand_ins.telegram.__main__ import application as telegram_api
from demo.stand_ins.telegram.world import World as TelegramWorld
from tests.front.processes import RunningFront, StandInEngine, ended_at_last, until
from tests.front.telegram_fixtures import serving
from tests.harness import PATIENCE, free_port

MARK = "m4rk"  # in all that is sent; looked for whatever its capitals
WORDS = "m4rked words of somebody"
PERSON, CHANNEL, NUMBER = "U0M4RK", "D0M4RK", 4_447_444_744  # Telegram's people have numbers alone
SECRET = "m4rk-secret-of-telegram"
FORM = "application/x-www-form-urlencoded"
WINDOWS = "https://www.example.org"  # whose pages may open Socket.IO


@dataclass
class Sent:
    """A front that got it all, and the statuses of its answers by what was sent."""

    front: RunningFront
    statuses: dict[str, int]

    @property
    def said(self) -> str:
        metrics = httpx.get(f"{self.front.operators_url}/metrics", timeout=PATIENCE, trust_env=False).text
        return self.front.log + metrics


@pytest.fixture(scope="module")
def sent(tmp_path_factory) -> Iterator[Sent]:
    folder = tmp_path_factory.mktemp("logs")
    slack = SlackWorld(team="T0M4RK", bot_token="xoxb-m4rk-token", secret="m4rk-secret-of-slack")
    telegram = TelegramWorld(token="4242:m4rk-token-of-telegram-0123456789ab")
    slack.messages[CHANNEL]  # noqa: B018  # the direct messages are there
    slack.faults.next.extend(["500", "", "reset", "502"])
    telegram.faults.next.extend(["500", "", "reset", "502"])
    engine = StandInEngine(folder)
    with serving(slack_api(slack), telegram_api(telegram)) as (slack_url, telegram_url), ended_at_last([engine]):
        engine.start()
        front = RunningFront(
            folder,
            engine,
            rest_key="m4rk-key",
            rest_callback_url=f"http://127.0.0.1:{free_port()}/m4rk?app=m4rk",  # where nobody listens
            rest_callback_secret="whsec_bTRyay1zZWNyZXQtb2YtY2FsbGJhY2tz",
            socketio_origins=WINDOWS,
            slack_bot_token=slack.bot_token,
            slack_signing_secret=slack.secret,
            slack_api_url=f"{slack_url}/api/",
            slack_seconds=2.0,
            telegram_token=telegram.token,
            telegram_secret=SECRET,
            telegram_api_url=telegram_url,
            telegram_seconds=2.0,
            engine_seconds=2.0,
        )
        with ended_at_last([front]):
            front.start()
            yield Sent(front, everything(front, engine, slack))


def everything(front: RunningFront, engine: StandInEngine, slack: SlackWorld) -> dict[str, int]:
    """Good and bad calls at every door; then again with an engine and with a database that are of no use."""
    statuses: dict[str, int] = {}
    # A connection a call: the front may close one that is idle just when the next call is sent on it.
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=front.url, timeout=PATIENCE, trust_env=False, limits=limits) as http:
        own = {"Origin": front.url}
        consent = http.post("/web/demo/settings", json={}, headers=own).json()["consent"]["version"]
        token = http.post("/web/demo/session", json={"consent": consent, "page": "/m4rk"}, headers=own).json()["token"]
        visitor = {**own, "Authorization": f"Bearer {token}"}
        said = {"id": "m4rk-1", "text": WORDS, "page": "/m4rk"}
        statuses["visitor"] = http.post("/web/demo/messages", json=said, headers=visitor).status_code
        left = {"contact": "m4rk@m4rk.example", "name": "M4rk", "text": WORDS}
        statuses["visitor's contact"] = http.post("/web/demo/contact", json=left, headers=visitor).status_code
        statuses["windows"] = asyncio.run(windows(front))

        def send(named: str, number: int) -> None:
            for name, request in calls(slack, number).items():
                method, path, more = request
                statuses[f"{named}: {name}"] = http.request(method, path, **more).status_code
            asyncio.run(windows(front))

        send("well", 1)
        time.sleep(2)  # what could not be delivered is tried again
        engine.behave(body={"messages": [{"text": WORDS, "buttons": WORDS}], "understanding": WORDS})
        send("odd answers", 2)
        engine.behave(status=503)
        send("no engine", 3)
        with sqlite3.connect(front.folder / "conversations.db", timeout=PATIENCE) as database:
            database.execute("ALTER TABLE message RENAME TO gone")
            database.execute("ALTER TABLE staff RENAME TO gone_too")
        send("no table", 4)
        garbage(front)
        until(lambda: "the database could not be used" in front.log)
    return statuses


async def windows(front: RunningFront) -> int:
    """Say good and bad things over Socket.IO; return how many replies a window got."""
    said: list[dict] = []
    own = {"session_id": "m4rk-window"}
    odd = (
        {"message": {WORDS: WORDS}, "session_id": [WORDS]},
        {"session_id": "m4rk"},
        WORDS,
        [WORDS],
        {"message": WORDS},
    )
    good = ({"message": f"/{WORDS}", **own}, {"message": WORDS * 200, **own}, {"message": f"person {WORDS}", **own})
    async with socketio.AsyncSimpleClient(reconnection=False) as window:
        address = f"{front.url}?m4rk=m4rk"
        await window.connect(address, transports=["websocket"], headers={"Origin": WINDOWS}, auth={"token": MARK})
        window.client.on("bot_uttered", said.append)
        await window.emit("session_request", {**own, "customData": {MARK: MARK}})
        await window.emit(MARK, WORDS)
        for one in (*odd, *good):
            await window.emit("user_uttered", one)
        await window.client.call("user_uttered", {"message": WORDS, **own}, timeout=PATIENCE)
        for _ in range(200):
            if said:
                break
            await asyncio.sleep(0.05)
    return len(said)


def calls(slack: SlackWorld, number: int) -> dict[str, tuple[str, str, dict]]:
    rest, key = "/webhooks/rest/webhook", {"Authorization": "Bearer m4rk-key"}
    told = {"sender": f"m4rk-{number}", "message": WORDS, "metadata": {"x": WORDS}}
    browser = {"Origin": "https://m4rk.example", "Authorization": "Bearer m4rk-session-token"}
    own_page = {"Sec-Fetch-Site": "same-origin"}
    found = {
        "rest": ("POST", rest, {"json": told, "headers": key}),
        "rest person": ("POST", rest, {"json": {**told, "message": f"person {WORDS}"}, "headers": key}),
        "rest contact": ("POST", rest, {"json": {**told, "message": "m4rk@m4rk.example"}, "headers": key}),
        "rest wrong key": ("POST", rest, {"json": told, "headers": {"Authorization": "Bearer m4rk-wrong"}}),
        "rest malformed": ("POST", rest, {"content": f'{{"message": "{WORDS}'.encode(), "headers": key}),
        "rest wrong types": ("POST", rest, {"json": {"sender": [WORDS], "message": {WORDS: 1}}, "headers": key}),
        "rest surrogate": ("POST", rest, {"content": rb'{"sender": "m4rk", "message": "m4rk \ud800"}', "headers": key}),
        "rest long": ("POST", rest, {"json": {**told, "message": WORDS * 4000}, "headers": key}),
        "rest payload": ("POST", rest, {"json": {"sender": "m4rk-p", "payload": f"/{WORDS}"}, "headers": key}),
        "rest text plain": ("POST", rest, {"content": WORDS.encode(), "headers": {**key, "Content-Type": "text/m4rk"}}),
        "callback": ("POST", "/webhooks/callback/webhook", {"json": {**told, "sender": "m4rk-c"}, "headers": key}),
        "callback wrong types": (
            "POST",
            "/webhooks/callback/webhook",
            {"json": {"sender": {WORDS: 1}}, "headers": key},
        ),
        "callback malformed": ("POST", "/webhooks/callback/webhook", {"content": WORDS.encode(), "headers": key}),
        "callback wrong key": ("POST", "/webhooks/callback/webhook", {"json": told}),
        "socket.io": ("GET", "/socket.io/?EIO=4&transport=m4rk&sid=m4rk", {"headers": browser}),
        "web session": ("POST", "/web/demo/session?m4rk=m4rk", {"json": {"consent": WORDS}, "headers": browser}),
        "web words": ("POST", "/web/demo/messages", {"json": {"id": "m4rk", "text": WORDS}, "headers": browser}),
        "web malformed": ("POST", "/web/demo/contact", {"content": WORDS.encode(), "headers": browser}),
        "nowhere": ("GET", f"/m4rk/{number}?token=m4rk", {}),
        "own data": ("POST", "/my-data/m4rk-token", {}),
        "sign-in": ("POST", "/staff/sign-in", {"data": {"name": "m4rk", "password": WORDS}, "headers": own_page}),
        "sign-in elsewhere": ("POST", "/staff/sign-in", {"data": {"name": "m4rk"}, "headers": browser}),
        "console": ("GET", "/staff/conversations?words=m4rk", {"headers": {"Cookie": "advisor_staff=m4rk"}}),
        "method": ("M4RK", "/health", {}),
    }
    return {**found, **slack_calls(slack, number), **telegram_calls(number)}


def slack_calls(slack: SlackWorld, number: int) -> dict[str, tuple[str, str, dict]]:
    event = {"type": "message", "user": PERSON, "channel": CHANNEL, "channel_type": "im", "ts": f"{number}.1"}
    body = json.dumps(slack.event({**event, "text": WORDS}).payload).encode()
    command, kind = slack.command("C0M4RK", PERSON, WORDS).request()
    right, late = signed(slack.secret, body), signed(slack.secret, body, time.time() - 400)
    wrong = {**right, "X-Slack-Signature": "v0=" + "0" * 64}
    bodies = {
        "wrong types": {"type": "event_callback", "team_id": [WORDS], "event": {"type": "message", "user": {WORDS: 1}}},
        "odd event": {"type": "event_callback", "event": WORDS},
        "surrogate": {"type": "event_callback", "event": {**event, "ts": f"{number}.2", "text": "m4rk \ud800\x00"}},
        "press": {"type": "block_actions", "user": {"id": PERSON}, "actions": [{"action_id": WORDS, "value": WORDS}],
                  "channel": {"id": CHANNEL}, "message": {"ts": "1.1", "text": WORDS}, "team": {"id": "T0M4RK"}},
        "unknown": {"type": WORDS, WORDS: WORDS},
        "rate limited": {"type": "app_rate_limited", "team_id": "T0M4RK", "token": "m4rk"},
    }  # fmt: skip
    found = {
        "slack": (body, right),
        "slack unsigned": (body, {}),
        "slack wrong signature": (body, wrong),
        "slack odd signature": (body, {**right, "X-Slack-Signature": "m4rk \xfc".encode()}),
        "slack late": (body, late),
        "slack malformed": (b'{"m4rk', signed(slack.secret, b'{"m4rk')),
        "slack huge": (b'"m4rk' * 300_000, {}),
        "slack command": (command, {**signed(slack.secret, command), "Content-Type": kind}),
        "slack unsigned command": (command, {"Content-Type": FORM}),
    }
    for name, each in bodies.items():
        content = json.dumps(each).encode()
        found[f"slack {name}"] = content, signed(slack.secret, content)
        form = urlencode({"payload": json.dumps(each)}).encode()
        found[f"slack form {name}"] = form, {**signed(slack.secret, form), "Content-Type": FORM}
    json_kind = {"Content-Type": "application/json"}
    return {
        name: ("POST", SLACK, {"content": one, "headers": {**json_kind, **head}}) for name, (one, head) in found.items()
    }


def telegram_calls(number: int) -> dict[str, tuple[str, str, dict]]:
    someone = {"id": NUMBER, "is_bot": False, "first_name": "M4rk", "username": "m4rk"}
    message = {"message_id": number, "date": 1764000000, "chat": {"id": NUMBER, "type": "private"}, "from": someone}
    secret = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    updates = {
        "": {"message": {**message, "text": WORDS}},
        "odd entity": {"message": {**message, "text": WORDS, "entities": [{"type": 7, "m4rk": WORDS}]}},
        "no date": {"message": {"text": WORDS, "chat": {"id": "m4rk"}}},
        "press": {"callback_query": {"id": "m4rk", "from": someone, "data": WORDS, "chat_instance": "m4rk"}},
        "wrong types": {"message": [WORDS], WORDS: {}},
    }
    found = {
        f"telegram {name}": ({"update_id": 10 * number + place, **one}, secret)
        for place, (name, one) in enumerate(updates.items())
    }
    found["telegram wrong secret"] = ({"update_id": 1, **updates[""]}, {"X-Telegram-Bot-Api-Secret-Token": "m4rk"})
    given = {name: {"content": json.dumps(one).encode(), "headers": head} for name, (one, head) in found.items()}
    given["telegram malformed"] = {"content": WORDS.encode(), "headers": secret}
    return {name: ("POST", TELEGRAM, more) for name, more in given.items()}


def garbage(front: RunningFront) -> None:
    """Bytes that are no HTTP, more often than lines may come of it."""
    for _ in range(2 * MOST_A_MINUTE):
        with socket.create_connection(("127.0.0.1", front.port), timeout=PATIENCE) as connection:
            connection.sendall(f"{WORDS}\r\n\r\n".encode())
            connection.recv(100)


def lines_of(sent: Sent, words: str) -> list[dict]:
    return [json.loads(line) for line in sent.front.log.splitlines() if words in line]


# --- a front that runs ------------------------------------------------------------------------------------------------
def test_nothing_of_anybody_is_logged(sent) -> None:
    marked = [line for line in sent.said.splitlines() if MARK in line.casefold() or str(NUMBER) in line]
    assert marked == []


def test_doors_did_what_is_tried(sent) -> None:
    """The marks went where they were to go, or nothing would be proven."""
    statuses = sent.statuses
    good = ("rest", "callback", "slack", "slack command", "telegram ")
    assert [statuses[f"well: {name}"] for name in good] == [200] * 5
    assert [statuses[f"no table: {name}"] for name in good] == [503] * 5
    assert statuses["windows"] > 0 and lines_of(sent, "callback"), "windows were answered, calls of the address failed"
    assert (statuses["visitor"], statuses["visitor's contact"]) == (202, 201)
    assert statuses["well: slack late"] == statuses["well: slack unsigned"] == 401
    assert statuses["well: rest wrong key"] == 401 and statuses["well: telegram wrong secret"] == 403
    assert not [name for name, status in statuses.items() if status == 500]


def test_every_line_is_json(sent) -> None:
    for line in sent.front.log.splitlines():
        assert {"event", "level", "timestamp"} <= set(json.loads(line)), line


def test_unsigned_calls_cost_one_line(sent) -> None:
    for _ in range(50):
        body = b'{"event": {"text": "' + b"m4rk " * 10_000 + b'"}}'
        httpx.post(
            sent.front.url + SLACK, content=body, headers=signed("another-secret-of-m4rk", body), trust_env=False
        )
    lines = [line for line in sent.front.log.splitlines() if '"logger": "channels.slack.webhook"' in line]
    assert 1 <= len(lines) <= 3 and all(len(line) < 300 for line in lines)
    assert not lines_of(sent, '"event": "slack_bolt'), "it is said once"


def test_lines_of_libraries_are_bounded(sent) -> None:
    assert 1 <= len(lines_of(sent, "Invalid HTTP request received.")) <= MOST_A_MINUTE


# --- the rule itself --------------------------------------------------------------------------------------------------
SPEAKS = """
import logging, sys, threading, warnings
from core.library_logs import hush
from tests.harness import PATIENCE
if sys.argv[1] == "front":
    from bot.front import structured_logging as front_logs
    front_logs.set_up()
else:
    logging.basicConfig(level=logging.DEBUG, format="%(name)s %(message)s")
    hush()
logging.getLogger().setLevel(logging.DEBUG)
NAMES = ("slack_bolt.RequestVerification", "slack:x", "slack_sdk.web", "telegram.ext", "httpx", "httpcore", "aiohttp.server",
         "sqlalchemy.engine.Engine", "sanic.root", "sanic.error", "rasa.core.processor", "rasa_sdk.executor", "authlib.x",
         "socketio.server", "engineio.server", "uvicorn.error", "uvicorn.access", "asyncio", "a.library.of.tomorrow", "root")
for name in NAMES:
    one = logging.getLogger(name)
    one.setLevel(logging.DEBUG)
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
        one.log(level, "body: %s", {"text": "m4rk"}, extra={"body": "m4rk"})
        one.log(level, "m4rk", stack_info=True)
    one.warning("cannot be formatted %d", "m4rk")
    try:
        raise ValueError("m4rk") from KeyError("m4rk")
    except ValueError:
        one.exception("m4rk")
warnings.warn("m4rk")
thread = threading.Thread(target=lambda: int("m4rk"))
thread.start()
thread.join()
class Odd:
    def __del__(self):
        raise ValueError("m4rk")
Odd()
logging.getLogger("channels.slack").error("words of our own", extra={"reason": "a reason of our own"})
"""


@pytest.mark.parametrize("process", ["front", "engine"])
def test_no_library_speaks(process) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SPEAKS, process],
        capture_output=True,
        text=True,
        cwd=PROJECT_ROOT,
        timeout=60,
        check=True,
    )
    said = done.stdout + done.stderr
    assert MARK not in said and "words of our own" in said
    assert "rasa.core.processor" in said and "ValueError from KeyError" in said, (
        "that there was something, and what kind"
    )
