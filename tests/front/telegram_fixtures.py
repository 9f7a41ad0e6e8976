"""A front with Telegram on real sockets: the stand-in of the Bot API before it, a small engine behind it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from bot.front.app import Front, build
from channels.telegram import WEBHOOK_PATH
from conversations.models import Conversation, Message
from conversations.pipeline import message_store
from conversations.pipeline.inbox import conversation_at
from conversations.pipeline.outbox import delivery_of
from core.settings import Settings
from demo.stand_ins.telegram.__main__ import application
from demo.stand_ins.telegram.world import World, chat_of, user
from tests.front.quick_server import QuickServer
from tests.front.stores import copy_tables
from tests.harness import PATIENCE
from tests.harness import until as wait_for

SECRET, OPERATORS_KEY = "a-secret_of-ours", "operators"
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
numbers = itertools.count(5_000)
T = TypeVar("T")


@contextlib.contextmanager
def serving(*apps: Starlette, port: int = 0) -> Iterator[Any]:
    """Serve applications on loopback ports, in a thread and one event loop; yield their addresses, or the only one."""
    socks = [_socket(port) for _ in apps]
    servers = [QuickServer(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=3)) for app in apps]

    async def serve() -> None:
        pairs = zip(servers, socks, strict=True)
        await asyncio.gather(*(server.serve(sockets=[sock]) for server, sock in pairs))

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    wait_for(lambda: all(server.started for server in servers))
    urls = [f"http://127.0.0.1:{sock.getsockname()[1]}" for sock in socks]
    try:
        yield urls if len(urls) > 1 else urls[0]
    finally:
        for server in servers:
            server.should_exit = True
        thread.join(PATIENCE)
        for sock in socks:
            sock.close()


def _socket(port: int) -> socket.socket:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    return sock


@dataclass
class TalkingEngine:
    """An engine that speaks the turn contract: it says back what it was told, or what `reply` makes of it."""

    reply: Callable[[dict[str, Any]], list[dict[str, Any]]] | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def turn(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a turn, after `seconds`."""
        self.asked.append(asked)
        time.sleep(self.seconds)
        said = asked.get("payload") or asked.get("text")
        messages = self.reply(asked) if self.reply else [{"text": f"re: {said}", "metadata": {"outcome": "smalltalk"}}]
        return {"messages": messages, "understanding": {"intent": "x"}, "actions": [], "slots": {}}


@contextlib.contextmanager
def talking_engine() -> Iterator[tuple[TalkingEngine, int]]:
    """Serve an engine until the end of the block; yield it and its port."""
    engine = TalkingEngine()

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self._answer(engine.turn(json.loads(self.rfile.read(int(self.headers["Content-Length"])))))

        def do_DELETE(self) -> None:
            engine.forgotten.append(self.path.rpartition("/")[2])
            self._answer({})

        def _answer(self, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *words: object) -> None:
            pass

    class Building(ThreadingHTTPServer):
        request_queue_size = 128  # a crowd comes in at once

    with Building(("127.0.0.1", 0), Door) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield engine, server.server_port
        server.shutdown()


@dataclass
class Telegram:
    """What a test works with: the world behind the Bot API, the front, its engine, and a way to call the webhook."""

    world: World
    front: Front
    engine: TalkingEngine
    url: str
    operators: str
    person: int = 0  # one of this test alone; also the number of the private chat

    def call(self, update: Any, headers: dict[str, str] = HEADERS) -> httpx.Response:
        """Call the webhook as Telegram does, with any body."""
        body = update if isinstance(update, bytes) else json.dumps(update).encode()
        return httpx.post(self.url + WEBHOOK_PATH, content=body, headers=headers, timeout=PATIENCE)

    def write(self, text: str, chat: int = 0, person: int = 0, **more: Any) -> dict[str, Any]:
        """Write as a person and have the webhook take it; return the update."""
        update = self.world.write(chat or self.person, person or self.person, text, **more)
        assert self.call(update).status_code == 200
        return update

    def bring(self, chat: int = 0, person: int = 0, thread: int | None = None, **content: Any) -> dict[str, Any]:
        """Send a message with other content than text as a person, and have the webhook take it; return the update."""
        message = self.world.keep({**self.world.message(chat or self.person, person or self.person, thread), **content})
        update = self.world.update(message=message)
        assert self.call(update).status_code == 200
        return update

    def press(self, message: dict[str, Any], title: str, person: int = 0) -> str | None:
        """Press the button of that title under a message; return the notice that shows."""
        chat = message["chat"]["id"]
        [data] = [button["callback_data"] for button in buttons_of(message) if button["text"] == title]
        update = self.world.press(chat, person or self.person, message["message_id"], data)
        assert self.call(update).status_code == 200
        query = self.world.queries[update["callback_query"]["id"]]
        return wait_for(lambda: "answer" in query) and query["answer"]

    def answers(self, count: int = 1, chat: int = 0) -> list[dict[str, Any]]:
        """Return the bot's messages in a chat after the greeting, once there are `count` of them."""
        return wait_for(lambda: len(said := self.world.by_bot(chat or self.person)[1:]) >= count and said)

    def answer(self, chat: int = 0) -> str:
        """Return the text of the bot's first message after the greeting."""
        return self.answers(1, chat)[0]["text"]

    def quiet(self, seconds: float = 0.5) -> None:
        """Wait for as long as something would take that must not come."""
        time.sleep(seconds)

    def conversation(self, address: str = "") -> Conversation | None:
        """Return the conversation at a channel address, the person's private chat if none is given, or None."""
        return self._read(conversation_at, "telegram", address or f"{self.person}/{self.person}")

    def told(self, address: str = "") -> list[Message]:
        """Return the messages of a conversation, as stored."""
        conversation = self.conversation(address)
        assert conversation is not None
        return self._read(message_store.messages_after, conversation.id)

    def delivery(self, message: Message) -> dict[str, Any]:
        """Return how far the delivery of a message is."""
        return self._read(delivery_of, message.id)

    def _read(self, function: Callable[..., T], *arguments: Any) -> T:
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
    return [button for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]


def titles_of(message: dict[str, Any]) -> list[str]:
    """Return the titles of the buttons under a message."""
    return [button["text"] for button in buttons_of(message)]


@contextlib.contextmanager
def telegram_running(
    folder: Path, world: World, api: str, engine: TalkingEngine, engine_port: int, **more: Any
) -> Iterator[Telegram]:
    """Run a front over the folder's database until the end of the block."""
    copy_tables(folder / "conversations.db")
    values = {
        "var_dir": folder,
        "engine_port": engine_port,
        "telegram_token": world.token,
        "telegram_secret": SECRET,
        "telegram_api_url": api,
        "telegram_seconds": 2.0,
        "operators_key": OPERATORS_KEY,
        "privacy_url": "https://example.org/privacy",
        "messages_per_minute": 0,
    }
    front = build(Settings(**{**values, **more}))
    with serving(front.public, front.operators) as (url, operators):
        yield Telegram(world, front, engine, url, operators)


@pytest.fixture(scope="module")
def bot_api() -> Iterator[tuple[World, str]]:
    """Serve the stand-in; yield its world and its address."""
    world = World()
    with serving(application(world)) as url:
        yield world, url


@pytest.fixture(scope="module")
def shared_telegram(bot_api: tuple[World, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Telegram]:
    """Run a front for the tests of a file."""
    world, api = bot_api
    with (
        talking_engine() as (engine, port),
        telegram_running(tmp_path_factory.mktemp("front"), world, api, engine, port) as running,
    ):
        yield running


@pytest.fixture
def telegram(shared_telegram: Telegram) -> Telegram:
    """Return the shared front with a person of the test's own; the engine says things back again."""
    shared_telegram.person = next(numbers)
    shared_telegram.engine.reply, shared_telegram.engine.seconds = None, 0.0
    shared_telegram.world.refused.clear()
    return shared_telegram


def frame(person: int, **more: Any) -> dict[str, Any]:
    """Return a message of a private chat in Telegram's shape, for updates that the stand-in does not make itself."""
    return {"message_id": next(numbers), "date": 1764000000, "chat": chat_of(person), "from": user(person), **more}
