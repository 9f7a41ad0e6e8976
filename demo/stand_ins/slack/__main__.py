"""python -m demo.stand_ins.slack PORT FRONT_URL: the stand-in by hand; open its address in a browser to chat."""

from __future__ import annotations

import asyncio
import contextlib
import sys

import uvicorn
from starlette.applications import Starlette

from demo.stand_ins.slack.api import WebApi
from demo.stand_ins.slack.desk import Desk, call_webhook
from demo.stand_ins.slack.world import World

WEBHOOK = "/webhooks/slack"


def application(world: World, front_url: str = "") -> Starlette:
    """Without the front's address it calls nobody."""

    @contextlib.asynccontextmanager
    async def calling(app):
        task = asyncio.create_task(call_webhook(world, front_url.rstrip("/") + WEBHOOK)) if front_url else None
        yield
        if task:
            task.cancel()

    return Starlette(routes=[*WebApi(world).routes, *Desk(world).routes], lifespan=calling)


def main(port: int, front_url: str) -> None:
    uvicorn.run(application(World(), front_url), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
