"""Socket Mode: the waiting calls as envelopes over a web socket, each until it is acknowledged. Runs in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import uuid
from collections.abc import Iterator
from typing import Any

from aiohttp import WSMsgType, web

from demo.stand_ins.slack.world import COMMAND, World


@contextlib.contextmanager
def socket_door(world: World) -> Iterator[None]:
    """Serve Socket Mode until the end of the block; apps.connections.open leads here."""
    loop, started = asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        app = web.Application()
        app.router.add_get("/link", lambda request: _talk(world, request))
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        world.socket_url = f"ws://127.0.0.1:{port}/link"
        started.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await runner.cleanup()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(task)

    task = loop.create_task(serve())
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    started.wait(10)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)


async def _talk(world: World, request: web.Request) -> web.WebSocketResponse:
    link = web.WebSocketResponse()
    await link.prepare(request)
    await link.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0STANDIN"}})
    sending = asyncio.create_task(_send_waiting(world, link))
    async for message in link:
        if message.type == WSMsgType.TEXT and message.data.startswith("{"):
            _acknowledge(world, message.json())
    sending.cancel()
    return link


async def _send_waiting(world: World, link: web.WebSocketResponse) -> None:
    while True:
        for call in world.waiting:
            if id(call) not in world.envelopes.values():
                envelope = uuid.uuid4().hex
                world.envelopes[envelope] = id(call)
                frame = {"envelope_id": envelope, "type": call.kind, "payload": call.payload}
                await link.send_json({**frame, "accepts_response_payload": call.kind == COMMAND})
        await asyncio.sleep(0.05)


def _acknowledge(world: World, answer: dict[str, Any]) -> None:
    taken = world.envelopes.get(answer["envelope_id"])
    for call in [waiting for waiting in world.waiting if id(waiting) == taken]:
        if answer.get("payload"):
            world.notices[call.payload["user_id"]].append({"channel": call.channel, **answer["payload"]})
        world.waiting.remove(call)
