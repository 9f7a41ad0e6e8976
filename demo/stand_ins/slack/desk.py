"""The people's side over HTTP: write, press, command, look; and the page on which one does it by hand."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import httpx
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse
from starlette.routing import Route

from demo.stand_ins.slack.limits import words_of
from demo.stand_ins.slack.world import COMMAND, Call, World, signed

PAGE = Path(__file__).with_name("desk.html")
AGAIN = 0.3  # seconds before a webhook that did not say 200 is called again; Slack waits longer
AT_ONCE = 40  # calls to the webhook
PATIENCE = 3.0  # seconds that Slack waits for a 200


class Desk:
    """The addresses by which people write, press, command and look."""

    def __init__(self, world: World) -> None:
        self.world = world

    @property
    def routes(self) -> list[Route]:
        """Return the routes of the page and of what it calls."""
        return [
            Route("/", self.page),
            Route("/desk/write", self.write, methods=["POST"]),
            Route("/desk/press", self.press, methods=["POST"]),
            Route("/desk/command", self.command, methods=["POST"]),
            Route("/desk/home/{person}", self.home),
            Route("/desk/channels/{channel}", self.show),
            Route("/desk/notices/{person}", self.notices),
        ]

    async def page(self, request: Request) -> FileResponse:
        """Show the page with the channels."""
        return FileResponse(PAGE)

    async def write(self, request: Request) -> JSONResponse:
        """Write as a person: {channel, person, text, thread?}. Answer with the message's ts."""
        body = await request.json()
        text = body["text"].replace("@advisor", f"<@{self.world.bot_user}>")
        calls = self.world.write(body["channel"], body["person"], text, body.get("thread") or "")
        self.world.send(*calls)
        return JSONResponse({"ts": calls[0].payload["event"]["ts"], "team": self.world.team})

    async def press(self, request: Request) -> JSONResponse:
        """Press a button: {channel, person, ts, action_id}."""
        body = await request.json()
        self.world.send(self.world.press(body["channel"], body["person"], body["ts"], body["action_id"]))
        return JSONResponse({})

    async def command(self, request: Request) -> JSONResponse:
        """Type /advisor with a text: {channel, person, text}."""
        body = await request.json()
        self.world.send(self.world.command(body["channel"], body["person"], body["text"]))
        return JSONResponse({})

    async def home(self, request: Request) -> JSONResponse:
        """Open the App Home as a person and show it; {} if the app has not published it after 5 s."""
        person = request.path_params["person"]
        self.world.send(self.world.home_opened(person))
        for _ in range(50):
            if person in self.world.homes:
                break
            await asyncio.sleep(0.1)
        return JSONResponse(self.world.homes.get(person, {}))

    async def show(self, request: Request) -> JSONResponse:
        """Show the messages of a channel, each with the words that people read."""
        said = self.world.said(request.path_params["channel"])
        messages = [{**message, "words": words_of(message)} for message in said]
        return JSONResponse({"messages": messages, "bot": self.world.bot_user})

    async def notices(self, request: Request) -> JSONResponse:
        """Show the messages that only this person sees."""
        return JSONResponse({"notices": self.world.notices[request.path_params["person"]]})


async def call_webhook(world: World, url: str) -> None:
    """Hand each call to the webhook, those of a channel in order, and again until it says 200; never return."""
    under_way: dict[str, asyncio.Task[None]] = {}  # by channel
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        while True:
            for call in list(world.waiting):
                if call.channel not in under_way and len(under_way) < AT_ONCE:
                    task = under_way[call.channel] = asyncio.create_task(_deliver(world, client, url, call))
                    task.add_done_callback(partial(_forget, under_way, call.channel))
            world.events.clear()
            try:
                await asyncio.wait_for(world.events.wait(), AGAIN)
            except TimeoutError:
                continue


def _forget(under_way: dict[str, asyncio.Task[None]], channel: str, task: asyncio.Task[None]) -> None:
    del under_way[channel]


async def _deliver(world: World, client: httpx.AsyncClient, url: str, call: Call) -> None:
    body, kind = call.request()
    try:
        answer = await client.post(url, content=body, headers={"Content-Type": kind, **signed(world.secret, body)})
        status = answer.status_code
    except httpx.HTTPError:
        status = 0
    world.delivered.append((call.kind, status))
    if status != 200:
        await asyncio.sleep(AGAIN)
        return
    if call.kind == COMMAND and answer.content:
        world.notices[call.payload["user_id"]].append({"channel": call.channel, **answer.json()})
    world.waiting = [waiting for waiting in world.waiting if waiting is not call]
    world.events.set()
