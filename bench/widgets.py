"""`advisor bench widgets`: what many open widgets cost the front, and whether each of them gets everything, in order and once.

The engine is a small one in this process that answers at once, so that only the front is measured.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bench.figures import percentile, table
from core.services import Service, front_service
from core.settings import Settings, env_name
from training.evaluation.assistant import Assistant, MeasurementFailed, free_port, started

Say = Callable[[str], None]
TURNS = 6  # messages that each visitor sends; half way, the widget's connection breaks and is made anew
OPENING = 50  # widgets that are being opened at a time
PATIENCE = 60.0  # seconds for all answers after the last message
SETTLE = 3.0  # seconds before memory is read
NO_LIMITS = (
    "messages_per_minute",
    "messages_per_minute_per_address",
    "web_sessions_per_minute",
    "web_calls_per_minute",
)


@dataclass
class Widget:
    """A visitor's widget: the ids that came, in order; when each message was sent and its answer came."""

    token: str
    ids: list[int] = field(default_factory=list)
    sent: dict[str, float] = field(default_factory=dict)
    waited: list[float] = field(default_factory=list)
    reading: asyncio.Task[None] | None = None
    refused: int = 0  # times that it was asked to come back with a message

    @property
    def is_right(self) -> bool:
        """Tell whether everything came: each message and its answer, in order, once."""
        return len(self.ids) == 2 * TURNS and self.ids == sorted(set(self.ids))

    def stop_reading(self) -> None:
        """Break the connection of the stream."""
        if self.reading:
            self.reading.cancel()


def bench_widgets(count: int, pause: float, say: Say, talking: int = 0) -> None:
    """Open widgets on a front of our own; raises MeasurementFailed if one of them misses a message.

    Args:
        count: How many widgets are open at once.
        pause: Seconds between two messages of a visitor, who begins at any moment of the first pause.
        say: Prints the figures.
        talking: How many of the visitors write, while the others' widgets only stay open; 0 means all of them.
    """
    _raise_open_files()
    with tempfile.TemporaryDirectory(prefix="advisor-bench-") as folder:
        engine_port = free_port()
        service, address, port = _front(Path(folder), engine_port, count)
        asyncio.run(_measure(service, address, port, engine_port, count, talking or count, pause, say))


def _raise_open_files() -> None:
    """Allow this process as many open files as it may have: each widget takes one here, too."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _front(folder: Path, engine_port: int, count: int) -> tuple[Service, str, int]:
    ports: dict[str, Any] = {"engine_port": engine_port, "front_port": free_port(), "operators_port": free_port()}
    own: dict[str, Any] = {
        "var_dir": folder,
        "engine_key": "",
        "public_url": "",
        "database_url": "",
        "sites_file": None,
    }
    settings = replace(Settings.from_environment(), front_host="127.0.0.1", **ports, **own)
    room = {"streams": count + OPENING, "connections": 0}
    given = {"front_host": "127.0.0.1", **ports, **own, **room, **dict.fromkeys(NO_LIMITS, 0)}
    environment = {env_name(name): "" if value is None else str(value) for name, value in given.items()}
    service = front_service(settings)
    # Its liveness: that it is ready depends on an engine that knows things.
    service = replace(service, ready_url=f"{settings.front_url}/health")
    return replace(service, environment={**service.environment, **environment}), settings.front_url, settings.front_port


async def _measure(
    service: Service, address: str, port: int, engine_port: int, count: int, talking: int, pause: float, say: Say
) -> None:
    runner = await _engine(engine_port)
    manager = started("front", port, [service])
    front = await asyncio.to_thread(manager.__enter__)
    try:
        async with _client(address) as client:
            await _bench(client, front, count, talking, pause, say)
    finally:
        await asyncio.to_thread(manager.__exit__, None, None, None)
        await runner.cleanup()


async def _bench(
    client: aiohttp.ClientSession, front: Assistant, count: int, talking: int, pause: float, say: Say
) -> None:
    first = await _open(client)
    await _converse(client, first, pause=0.1)  # whatever is loaded with the first one is no cost of the many
    before = _memory(front)
    widgets = await _open_all(client, count)
    await asyncio.sleep(SETTLE)
    opened = _memory(front)
    say(f"{count} widgets are open: {opened:.0f} MB, {before:.0f} before")
    began, used = time.perf_counter(), front.cpu_seconds()
    talkers, messages = widgets[:talking], talking * TURNS
    await asyncio.gather(*(_converse(client, widget, pause) for widget in talkers))
    seconds, used = time.perf_counter() - began, front.cpu_seconds() - used
    after = _memory(front)
    right = sum(widget.is_right for widget in talkers)
    waited = [ms for widget in widgets for ms in widget.waited]
    for widget in (first, *widgets):
        widget.stop_reading()
    figures = [
        ("front before, MB", before),
        (f"with {count} open widgets, MB", opened),
        (f"after {messages} messages, MB", after),
        ("cost of the widgets, MB", after - before),
        ("from Send to the answer, p50 ms", percentile(waited, 0.5)),
        ("from Send to the answer, p95 ms", percentile(waited, 0.95)),
        ("messages sent again", sum(widget.refused for widget in widgets)),
        ("messages a second", messages / seconds),
        ("CPU of the front, ms a message", used * 1000 / messages),
    ]
    say(table(("open widgets", ""), figures))
    say(f"{right} of {talking} got every message in order and once, over a broken connection.")
    if right != talking:
        raise MeasurementFailed(f"{talking - right} widgets missed a message, or got one twice")


async def _open_all(client: aiohttp.ClientSession, count: int) -> list[Widget]:
    """Open all widgets, a few at a time, as visitors come."""
    room = asyncio.Semaphore(OPENING)

    async def one() -> Widget:
        async with room:
            return await _open(client)

    return await asyncio.gather(*(one() for _ in range(count)))


async def _open(client: aiohttp.ClientSession) -> Widget:
    """Open a session with consent, and its stream."""
    async with client.post("/web/demo/settings", json={}) as answer:
        version = (await answer.json())["consent"]["version"]
    async with client.post("/web/demo/session", json={"consent": version}) as answer:
        widget = Widget((await answer.json())["token"])
    await _connect(client, widget)
    return widget


async def _connect(client: aiohttp.ClientSession, widget: Widget) -> None:
    ready = asyncio.Event()
    widget.reading = asyncio.create_task(_read(client, widget, ready))
    await ready.wait()


async def _read(client: aiohttp.ClientSession, widget: Widget, ready: asyncio.Event) -> None:
    after = widget.ids[-1] if widget.ids else 0
    async with client.post("/web/demo/stream", json={"after": after}, headers=_bearer(widget)) as answer:
        if answer.status != 200:
            raise MeasurementFailed(f"a stream was refused: {answer.status} {await answer.text()}")
        async for line in answer.content:
            if line.startswith(b"event: state"):
                ready.set()
            elif line.startswith(b'data: {"id"'):
                _came(widget, json.loads(line[6:]))


def _came(widget: Widget, message: dict[str, Any]) -> None:
    widget.ids.append(message["id"])
    if message["author"] == "advisor":
        widget.waited.append((time.perf_counter() - widget.sent[message["text"]]) * 1000)


async def _converse(client: aiohttp.ClientSession, widget: Widget, pause: float) -> None:
    await asyncio.sleep(random.uniform(0, pause))
    for number in range(TURNS):
        if number == TURNS // 2:
            widget.stop_reading()
        await _say(client, widget, str(number))
        if number == TURNS // 2:
            await _connect(client, widget)
        await asyncio.sleep(pause)
    until = time.monotonic() + PATIENCE
    while len(widget.ids) < 2 * TURNS and time.monotonic() < until:
        await asyncio.sleep(0.05)


async def _say(client: aiohttp.ClientSession, widget: Widget, text: str) -> None:
    """Send a message; refused for the moment, it is sent again, as a widget does."""
    widget.sent[text] = time.perf_counter()
    while True:
        body, pause = {"id": text, "text": text}, 1.0
        with suppress(aiohttp.ClientError):  # the front closed the connection just then
            async with client.post("/web/demo/messages", json=body, headers=_bearer(widget)) as answer:
                if answer.status == 202:
                    return
                if answer.status != 503:
                    raise MeasurementFailed(f"a message was not taken: {answer.status} {await answer.text()}")
                pause = float(answer.headers.get("Retry-After", 1))
        widget.refused += 1
        await asyncio.sleep(pause)


def _client(address: str) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        address,
        headers={"Origin": address},
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=None),
    )


def _bearer(widget: Widget) -> dict[str, str]:
    return {"Authorization": f"Bearer {widget.token}"}


def _memory(front: Assistant) -> float:
    (now, _most), *_ = front.memory().values()
    return now


async def _engine(port: int) -> web.AppRunner:
    """Start an engine that answers each turn with its own text, at once."""

    async def turn(request: web.Request) -> web.Response:
        text = (await request.json())["text"]
        message = {"text": text, "metadata": {"outcome": "answered"}}
        understanding: dict[str, Any] = {
            "intent": "echo",
            "topic": None,
            "confidence": 1.0,
            "ranking": [],
            "entities": [],
        }
        return web.json_response({"messages": [message], "understanding": understanding, "actions": [], "slots": {}})

    app = web.Application()
    app.router.add_post("/webhooks/turns", turn)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner
