"""A front with Slack on real sockets: the stand-in of the Web API before it, a small engine behind it."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

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
from tests.harness import PATIENCE

JSON = "application/json"
numbers = itertools.count(1_000)
T = TypeVar("T")


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
        """Return the channel of the person's direct messages."""
        return "D" + self.person[1:]

    @property
    def us(self) -> str:
        """Return the text that mentions the app."""
        return f"<@{self.world.bot_user}>"

    def raw(self, body: bytes, kind: str = JSON, headers: dict[str, str] | None = None) -> httpx.Response:
        """Call the webhook with any body, signed unless other headers are given."""
        given = signed(self.world.secret, body) if headers is None else headers
        return httpx.post(
            self.url + WEBHOOK_PATH, content=body, headers={"Content-Type": kind, **given}, timeout=PATIENCE
        )

    def call(self, call: Call, **more: str) -> httpx.Response:
        """Call the webhook as Slack does, with more headers if given."""
        body, kind = call.request()
        return self.raw(body, kind, {**signed(self.world.secret, body), **more})

    def take(self, *calls: Call) -> None:
        """Have the webhook take calls."""
        for call in calls:
            assert self.call(call).status_code == 200

    def write(self, text: str, channel: str = "", person: str = "", thread: str = "", **more: Any) -> str:
        """Write as a person and have the webhook take it; return the message's ts."""
        calls = self.world.write(channel or self.dm, person or self.person, text, thread, **more)
        self.take(*calls)
        return calls[0].payload["event"]["ts"]

    def event(self, **event: Any) -> httpx.Response:
        """Call the webhook with any other event."""
        return self.call(self.world.event(event))

    def command(self, text: str, channel: str = "") -> str:
        """Type /advisor in a channel; return what the person is told at once."""
        answer = self.call(self.world.command(channel or self.dm, self.person, text))
        assert answer.status_code == 200
        return answer.json()["text"] if answer.content else ""

    def press(self, message: dict[str, Any], title: str, channel: str = "", person: str = "") -> None:
        """Press the button of that title under a message."""
        [action] = [button["action_id"] for button in buttons_of(message) if button["text"]["text"] == title]
        self.take(self.world.press(channel or self.dm, person or self.person, message["ts"], action))

    def answers(self, count: int = 1, channel: str = "", thread: str = "") -> list[dict[str, Any]]:
        """Return the app's messages after the greeting, once there are `count` of them."""
        where = channel or self.dm
        return wait_for(lambda: len(said := self.world.by_bot(where, thread)[1:]) >= count and said)

    def answer(self, channel: str = "", thread: str = "") -> str:
        """Return the words of the app's first message after the greeting."""
        return words_of(self.answers(1, channel, thread)[0])

    def seen(self, channel: str = "") -> list[str]:
        """Return all that the app said in a channel, as people read it."""
        return [words_of(message) for message in self.world.by_bot(channel or self.dm)]

    def quiet(self, seconds: float = 0.5) -> None:
        """Wait for as long as something would take that must not come."""
        time.sleep(seconds)

    def address(self, where: str = "dm", person: str = "") -> str:
        """Return the channel address of a person's conversation."""
        return f"{self.world.team}.{person or self.person}/{where}"

    def conversation(self, where: str = "dm", person: str = "") -> Conversation | None:
        """Return a person's conversation as stored, or None."""
        return self.read(conversation_at, "slack", self.address(where, person))

    def told(self, where: str = "dm", person: str = "") -> list[Message]:
        """Return the messages of a person's conversation, as stored."""
        conversation = self.conversation(where, person)
        return self.read(message_store.messages_after, conversation.id) if conversation else []

    def delivery(self, message: Message) -> dict[str, Any]:
        """Return how far the delivery of a message is."""
        return self.read(delivery_of, message.id)

    def read(self, function: Callable[..., T], *arguments: Any) -> T:
        """Return what a function reads from the front's database."""
        with self.front.store.engine.begin() as connection:
            return function(connection, *arguments)

    def operate(self, path: str, **body: Any) -> httpx.Response:
        """Call the operators' API about a conversation: "ID/take"."""
        headers = {"Authorization": f"Bearer {OPERATORS_KEY}"}
        return httpx.post(
            f"{self.operators}/operators/conversations/{path}", json=body, headers=headers, timeout=PATIENCE
        )


def buttons_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the buttons under a message."""
    actions = (block for block in message.get("blocks", []) if block["type"] == "actions")
    return [button for block in actions for button in block["elements"]]


def titles_of(message: dict[str, Any]) -> list[str]:
    """Return the titles of the buttons under a message."""
    return [button["text"]["text"] for button in buttons_of(message)]


@contextlib.contextmanager
def slack_running(
    folder: Path, world: World, api: str, engine: TalkingEngine, engine_port: int, **more: Any
) -> Iterator[Slack]:
    """Run a front over the folder's database until the end of the block."""
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
    """Serve the stand-in; yield its world and its address."""
    world = World()
    with serving(application(world)) as url:
        yield world, url


@pytest.fixture(scope="module")
def shared_slack(web_api: tuple[World, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slack]:
    """Run a front for the tests of a file."""
    world, api = web_api
    with (
        talking_engine() as (engine, port),
        slack_running(tmp_path_factory.mktemp("front"), world, api, engine, port) as running,
    ):
        yield running


@pytest.fixture
def slack(shared_slack: Slack) -> Slack:
    """Return the shared front with a person of the test's own; the engine says things back again."""
    shared_slack.person = f"U{next(numbers)}"
    shared_slack.engine.reply, shared_slack.engine.seconds = None, 0.0
    shared_slack.world.refused.clear()
    return shared_slack


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Callable[..., AbstractContextManager[Slack]]]:
    """Return a function that runs a front of one test alone, over the same database each time.

    It has the `world`, the `engine` and the address of the Web API (`api`) as attributes.
    """
    world = World()
    with serving(application(world)) as api, talking_engine() as (engine, port):

        def start(**more: Any) -> AbstractContextManager[Slack]:
            return slack_running(tmp_path, world, api, engine, port, **more)

        start.world, start.engine, start.api = world, engine, api
        yield start
