"""python -m demo.stand_ins.telegram PORT [TOKEN]: the stand-in by hand; open its address in a browser to chat."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

import uvicorn
from starlette.applications import Starlette

from demo.stand_ins.telegram.api import BotApi
from demo.stand_ins.telegram.phone import Phone, call_webhook
from demo.stand_ins.telegram.world import World


def application(world: World) -> Starlette:
    """Return the application that serves a world: the Bot API, the phone, and calls to the bot's webhook."""

    @contextlib.asynccontextmanager
    async def calling(app: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(call_webhook(world))
        yield
        task.cancel()

    return Starlette(routes=[*BotApi(world).routes, *Phone(world).routes], lifespan=calling)


def main(port: int, token: str = World.token) -> None:
    """Serve a new world on this machine until told to stop."""
    uvicorn.run(application(World(token=token)), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
