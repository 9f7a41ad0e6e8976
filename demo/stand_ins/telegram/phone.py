"""The people's side over HTTP: write, press, look; and the page on which one does it by hand."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse
from starlette.routing import Route

from demo.stand_ins.telegram.world import World

logger = logging.getLogger(__name__)
PAGE = Path(__file__).with_name("phone.html")
AGAIN = 0.3  # seconds before a webhook that did not say 200 is called again; Telegram waits longer
AT_ONCE = 40  # calls to the webhook, as Telegram has it by default


class Phone:
    """The addresses by which people write, press and look."""

    def __init__(self, world: World) -> None:
        self.world = world

    @property
    def routes(self) -> list[Route]:
        """Return the routes of the page and of what it calls."""
        return [
            Route("/", self.page),
            Route("/phone/write", self.write, methods=["POST"]),
            Route("/phone/press", self.press, methods=["POST"]),
            Route("/phone/chats/{chat}", self.show),
            Route("/phone/commands", self.commands),
        ]

    async def page(self, request: Request) -> FileResponse:
        """Show the page with the chats."""
        return FileResponse(PAGE)

    async def write(self, request: Request) -> JSONResponse:
        """Write as a person: {chat, person, text, thread?, reply_to?}. Answer with the update's number."""
        body = await request.json()
        more = {key: body[key] for key in ("thread", "reply_to") if body.get(key)}
        update = self.world.send(self.world.write(body["chat"], body["person"], body["text"], **more))
        return JSONResponse({"update": update["update_id"]})

    async def press(self, request: Request) -> JSONResponse:
        """Press a button: {chat, person, message, data}. Answer with the notice by which the bot answers, null after 10 s."""
        body = await request.json()
        update = self.world.send(self.world.press(body["chat"], body["person"], body["message"], body["data"]))
        query = self.world.queries[update["callback_query"]["id"]]
        for _ in range(100):
            if "answer" in query:
                break
            await asyncio.sleep(0.1)
        return JSONResponse({"notice": query.get("answer"), "update": update["update_id"]})

    async def show(self, request: Request) -> JSONResponse:
        """Show the messages of a chat, and how often the bot was seen typing in it."""
        chat = int(request.path_params["chat"])
        return JSONResponse({"messages": self.world.said(chat), "typing": self.world.typing[chat]})

    async def commands(self, request: Request) -> JSONResponse:
        """Show the bot's name and its commands."""
        return JSONResponse({"commands": self.world.commands, "bot": self.world.username})


async def call_webhook(world: World) -> None:
    """Hand each update to the webhook, those of a chat in order, and again until it says 200; never return."""
    under_way: dict[object, asyncio.Task[None]] = {}  # by chat
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        while True:
            for update in list(world.updates) if world.webhook else ():
                chat = _chat_of(update)
                if chat not in under_way and len(under_way) < AT_ONCE:
                    under_way[chat] = asyncio.create_task(_deliver(world, client, update))
                    under_way[chat].add_done_callback(partial(_forget, under_way, chat))
            world.events.clear()
            try:
                await asyncio.wait_for(world.events.wait(), AGAIN)
            except TimeoutError:
                continue


def _forget(under_way: dict[object, asyncio.Task[None]], chat: object, task: asyncio.Task[None]) -> None:
    del under_way[chat]


def _chat_of(update: dict[str, Any]) -> object:
    written = update.get("message") or update.get("edited_message")
    message = written or update.get("callback_query", {}).get("message") or {}
    return message.get("chat", {}).get("id")


async def _deliver(world: World, client: httpx.AsyncClient, update: dict[str, Any]) -> None:
    webhook = world.webhook
    allowed = webhook.get("allowed_updates")
    if not allowed or set(update) & set(allowed):
        secret = {"X-Telegram-Bot-Api-Secret-Token": webhook["secret_token"]} if webhook.get("secret_token") else {}
        try:
            status = (await client.post(webhook["url"], json=update, headers=secret)).status_code
        except httpx.HTTPError:
            status = 0
        world.delivered.append((update["update_id"], status))
        if status != 200:
            await asyncio.sleep(AGAIN)
            return
    world.updates = [waiting for waiting in world.updates if waiting is not update]
    world.events.set()
