"""Starts fronts that kill themselves with SIGKILL at a chosen point. The product knows nothing of it: its parts are wrapped.

Imports everything once and forks for each start, since a kill test starts many. Reads lines of JSON: {"settings", "platform",
"log", "point", "nth"} starts one and says {"pid"}; {} waits for it and says {"status"}.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.front import app, structured_logging
from conversations.db.store import Store
from conversations.models import Conversation, Inbound, Outgoing, Turn
from conversations.pipeline.engine_client import EngineClient
from conversations.pipeline.ports import DeliveryError, PartTaken
from conversations.pipeline.service import ConversationService
from core.settings import Settings
from tests.fork_server import freeze
from tests.front.fork_server import prepare

POINTS = (
    "after the inbox write",
    "before the engine is called",
    "after the engine's reply",
    "after the commit",
    "after the platform accepted",
)


class LoopChannel:
    """A channel over a platform on this machine: what comes in is acknowledged when written, replies are sent there."""

    name = "loop"
    greeting = None

    def __init__(self, platform: str, accepted: Callable[[], None]) -> None:
        self._client, self._accepted = httpx.AsyncClient(base_url=platform, trust_env=False), accepted

    async def send(self, outgoing: Outgoing, part_taken: PartTaken) -> tuple[str, ...]:
        """Send a reply to the platform; `part_taken` is not used, for it has one part only."""
        said = {"chat": outgoing.conversation.address, "text": outgoing.message.text}
        try:
            answer = await self._client.post("/send", json=said)
        except httpx.TransportError as error:
            raise DeliveryError(type(error).__name__, ambiguous=True) from None
        self._accepted()
        return (answer.json()["id"],)

    async def show_typing(self, conversation: Conversation) -> None:
        """Show nothing."""


def webhook(service: ConversationService) -> Route:
    """Return the route by which the platform brings a message, acknowledged once it is written."""

    async def receive(request: Request) -> JSONResponse:
        body = await request.json()
        await service.receive(Inbound("loop", body["chat"], body["text"], external_id=body["id"]))
        return JSONResponse({})

    return Route("/webhooks/loop", receive, methods=["POST"])


def dying(point: str, nth: int) -> Callable[[str], None]:
    """Return a function to be called at each point: the nth time that it is the chosen one, this process is killed."""
    passed = count(1)

    def at(here: str) -> None:
        if here == point and next(passed) == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    return at


def wrap(at: Callable[[str], None]) -> None:
    """Have `at` called around the writes of the store and the calls of the engine."""
    write, write_within, ask = Store.write, Store.write_within, EngineClient.run_turn
    after = {"_accept": POINTS[0], "_record": POINTS[3]}

    async def write_and_die(self: Store, job: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        result = await write(self, job, *args, **kwargs)
        at(after.get(job.__name__, ""))
        return result

    async def write_within_and_die(self: Store, seconds: float, job: Callable[..., Any], *args: Any) -> Any:
        result = await write_within(self, seconds, job, *args)
        at(after.get(job.__name__, ""))
        return result

    async def die_and_ask(self: EngineClient, *args: Any) -> Turn:
        at(POINTS[1])
        turn = await ask(self, *args)
        at(POINTS[2])
        return turn

    Store.write, Store.write_within, EngineClient.run_turn = write_and_die, write_within_and_die, die_and_ask


def be_a_front(told: dict[str, Any]) -> None:
    """Run a front in this process as it was told to, until it is killed or ends."""
    log = os.open(told["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    structured_logging.set_up()
    at = dying(told["point"], told["nth"])
    wrap(at)
    channel = LoopChannel(told["platform"], lambda: at(POINTS[4]))
    built = app.build(Settings.from_environment(told["settings"]), [channel])
    built.public.router.routes.append(webhook(built.service))
    asyncio.run(app.serve(built))


def main() -> None:
    """Start and wait for fronts as the lines of the standard input say."""
    prepare()
    freeze()
    pid = 0
    for line in sys.stdin:
        told = json.loads(line)
        if not told:
            answer = {"status": os.waitpid(pid, 0)[1]}
        elif pid := os.fork():
            answer = {"pid": pid}
        else:
            be_a_front(told)
            os._exit(0)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
