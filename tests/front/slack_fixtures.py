"""A front with Slack on real sockets: the stand-in of the Web API before it, a small engine behind it."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.front.app import Front, build
from channels.slack import WEBHOOK_PATH
from conversations.models import Conversation, Message
from conversations.pipeline import message_store
from conversations.pipeline.inbox import conversation_at
from conversations.pipeline.outbox import delivery_of
from core.settings import Settings
from demo.stand_ins.slack.__main__ import application
from demo.stand_ins.slack.limits import words_of
from demo.stand_ins.slack.world import Call, World, signed
from tests.front.stores import copy_tables
from tests.front.telegram_fixtures import OPERATORS_KEY, TalkingEngine, serving, talking_engine, wait_for

JSON = "application/json"
numbers = itertools.count(1_000)


@dataclass
class Slack:
    """What a test works with: the world behind the Web API, the front, its engine, and a way to call the webhook."""

    world: World
    front: Front
    engine: TalkingEngine
    url: str
    operators: str
    person: str = ""  # one of this test alone

    @property
    def dm(self) -> str:
        """The channel of the person's direct messages."""
        return "D" + self.person[1:]

    @property
    def us(self) -> str:
        """What mentions the app."""
        return f"<@{self.world.bot_user}>"

    def raw(self, body: bytes, kind: str = JSON, headers: dict[str, str] | None = None) -> httpx.Response:
        """The webhook called with any body, signed unless other headers are given."""
        given = signed(self.world.secret, body) if headers is None else headers
        return httpx.post(self.url + WEBHOOK_PATH, content=body, headers={"Content-Type": kind, **given}, timeout=20)

    def call(self, call: Call, **more: str) -> httpx.Response:
        """The webhook called as Slack does, perhaps with more headers."""
        body, kind = call.request()
        return self.raw(body, kind, {**signed(self.world.secret, body), **more})

    def take(self, *calls: Call) -> None:
        for call in calls:
            assert self.call(call).status_code == 200

    def write(self, text: str, channel: str = "", person: str = "", thread: str = "", **more: Any) -> str:
        """Somebody writes, and the webhook takes it; the message's ts."""
        calls = self.world.write(channel or self.dm, person or self.person, text, thread, **more)
        self.take(*calls)
        return calls[0].payload["event"]["ts"]

    def event(self, **event: Any) -> httpx.Response:
        """Any other event."""
        return self.call(self.world.event(event))

    def command(self, text: str, channel: str = "") -> str:
        """/advisor typed somewhere; what the person is told at once."""
        answer = self.call(self.world.command(channel or self.dm, self.person, text))
        assert answer.status_code == 200
        return answer.json()["text"] if answer.content else ""

    def press(self, message: dict[str, Any], title: str, channel: str = "", person: str = "") -> None:
        [action] = [one["action_id"] for one in buttons_of(message) if one["text"]["text"] == title]
        self.take(self.world.press(channel or self.dm, person or self.person, message["ts"], action))

    def answers(self, count: int = 1, channel: str = "", thread: str = "") -> list[dict[str, Any]]:
        """What the app said there after the greeting, once there is as much."""
        where = channel or self.dm
        return wait_for(lambda: len(found := self.world.by_bot(where, thread)[1:]) >= count and found)

    def answer(self, channel: str = "", thread: str = "") -> str:
        return words_of(self.answers(1, channel, thread)[0])

    def seen(self, channel: str = "") -> list[str]:
        """All that the app said there, as people read it."""
        return [words_of(one) for one in self.world.by_bot(channel or self.dm)]

    def quiet(self, seconds: float = 0.5) -> None:
        """Time in which something would come that must not come."""
        time.sleep(seconds)

    def address(self, where: str = "dm", person: str = "") -> str:
        return f"{self.world.team}.{person or self.person}/{where}"

    def conversation(self, where: str = "dm", person: str = "") -> Conversation | None:
        return self.read(conversation_at, "slack", self.address(where, person))

    def told(self, where: str = "dm", person: str = "") -> list[Message]:
        """The messages of a conversation, as stored."""
        found = self.conversation(where, person)
        return self.read(message_store.messages_after, found.id) if found else []

    def delivery(self, message: Message) -> dict:
        return self.read(delivery_of, message.id)

    def read(self, function, *arguments):
        with self.front.store.engine.begin() as connection:
            return function(connection, *arguments)

    def operate(self, path: str, **body: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {OPERATORS_KEY}"}
        return httpx.post(f"{self.operators}/operators/conversations/{path}", json=body, headers=headers, timeout=20)


def buttons_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for block in message.get("blocks", []) if block["type"] == "actions" for one in block["elements"]]


def titles_of(message: dict[str, Any]) -> list[str]:
    return [one["text"]["text"] for one in buttons_of(message)]


@contextlib.contextmanager
def slack_running(folder: Path, world: World, api: str, engine: TalkingEngine, engine_port: int, **more: Any):
    """A front over the folder's database, until the end of the block."""
    copy_tables(folder / "conversations.db")
    values = {
        "var_dir": folder,
        "engine_port": engine_port,
        "slack_bot_token": world.bot_token,
        "slack_signing_secret": world.secret,
        "slack_api_url": f"{api}/api/",
        "slack_seconds": 2.0,
        "operators_key": OPERATORS_KEY,
        "privacy_url": "https://example.org/privacy",
        "messages_per_minute": 0,
    }
    front = build(Settings(**{**values, **more}))
    with serving(front.public, front.operators) as (url, operators):
        yield Slack(world, front, engine, url, operators)


@pytest.fixture(scope="module")
def web_api() -> Iterator[tuple[World, str]]:
    """The stand-in and its address."""
    world = World()
    with serving(application(world)) as url:
        yield world, url


@pytest.fixture(scope="module")
def shared_slack(web_api, tmp_path_factory) -> Iterator[Slack]:
    world, api = web_api
    with (
        talking_engine() as (engine, port),
        slack_running(tmp_path_factory.mktemp("front"), world, api, engine, port) as running,
    ):
        yield running


@pytest.fixture
def slack(shared_slack) -> Slack:
    """With a person of the test's own, whom nobody has heard of yet; the engine says things back."""
    shared_slack.person = f"U{next(numbers)}"
    shared_slack.engine.reply, shared_slack.engine.seconds = None, 0.0
    shared_slack.world.refused.clear()
    return shared_slack


@pytest.fixture
def apart(tmp_path):
    """A world, an engine and fronts of one test alone: apart() starts a front over the same database each time."""
    world = World()
    with serving(application(world)) as api, talking_engine() as (engine, port):

        def start(**more):
            return slack_running(tmp_path, world, api, engine, port, **more)

        start.world, start.engine, start.api = world, engine, api
        yield start
