"""python -m demo.stand_ins.slack PORT FRONT_URL: the stand-in by hand; open its address in a browser to chat."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

import uvicorn
from starlette.applications import Starlette

from demo.stand_ins.slack.api import WebApi
from demo.stand_ins.slack.desk import Desk, call_webhook
from demo.stand_ins.slack.world import World

WEBHOOK = "/webhooks/slack"


def application(world: World, front_url: str = "") -> Starlette:
    """Return the application that serves a world; without the front's address it calls nobody."""

    @contextlib.asynccontextmanager
    async def calling(app: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(call_webhook(world, front_url.rstrip("/") + WEBHOOK)) if front_url else None
        yield
        if task:
            task.cancel()

    return Starlette(routes=[*WebApi(world).routes, *Desk(world).routes], lifespan=calling)


def main(port: int, front_url: str) -> None:
    """Serve a new world on this machine, for the front at this address, until told to stop."""
    uvicorn.run(application(World(), front_url), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
