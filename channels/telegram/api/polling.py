"""Long polling, for a first try on a laptop: fetches updates and forwards each to the running front, as Telegram would.

An update is confirmed to Telegram only when the front has stored it, so nothing is lost whatever stops in between. Its content
is not looked at here: an update that nobody can read is skipped, and the next ones go on.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import httpx
from telegram import Bot
from telegram.error import BadRequest, Conflict, InvalidToken, TelegramError

from channels.storable import storable
from channels.telegram import KINDS_OF_UPDATE, SECRET_HEADER, WEBHOOK_PATH
from channels.telegram.api.bot_api import call
from channels.telegram.api.client import describe_error
from channels.telegram.api.payloads import kinds_of, number_at, text_at
from channels.telegram.errors import PollingFailed

LONGEST_POLL = 50  # seconds that Telegram holds the question for updates
LONGEST_ANSWER = LONGEST_POLL + 20.0  # seconds until it is thought to be gone
WAIT = 2.0  # seconds before what failed is tried again
UNREADABLE = (400, 413, 422)  # what the front says of an update that it will never take
Say = Callable[[str], None]


async def poll(bot: Bot, front_url: str, secret: str, say: Say) -> None:
    """Forward updates until cancelled. Raises PollingFailed."""
    name = text_at(await _ask(lambda: call(bot, "getMe"), say), "username")
    await _ask(lambda: call(bot, "deleteWebhook", drop_pending_updates=False), say)
    say(f"@{name} is answered by {front_url}. Ctrl-C stops that.")
    headers = {SECRET_HEADER: secret, "Content-Type": "application/json"}
    async with httpx.AsyncClient(base_url=front_url, headers=headers, trust_env=False, timeout=30) as front:
        confirmed = None
        while True:
            updates = await _ask(partial(_updates_from, bot, confirmed), say)
            before = confirmed
            for update in updates:
                confirmed = await _hand_on(front, update, confirmed, say)
            if updates and confirmed == before:
                await asyncio.sleep(WAIT)  # none of them says which one it is: Telegram will give them out again


async def _updates_from(bot: Bot, first: int | None) -> list[Any]:
    asked = {"offset": first, "timeout": LONGEST_POLL, "allowed_updates": KINDS_OF_UPDATE}
    updates = await call(bot, "getUpdates", read_timeout=LONGEST_ANSWER, **asked)
    if not isinstance(updates, list):
        raise TelegramError("Invalid server response")
    return updates


async def _hand_on(front: httpx.AsyncClient, update: Any, confirmed: int | None, say: Say) -> int | None:
    """Forward an update; return the first number to fetch from then on."""
    number = number_at(update, "update_id")
    if number is None:
        say("An update that does not say its number is skipped.")
        return confirmed
    await _hand_over(front, update, say)
    return max(number + 1, confirmed or 0)


async def _ask(question: Callable[[], Awaitable[Any]], say: Say) -> Any:
    """Ask Telegram until it answers. Raises PollingFailed for what waiting cannot mend."""
    told = False
    while True:
        try:
            return await question()
        except Conflict:
            raise PollingFailed(
                "somebody else fetches this bot's updates, or has set a webhook: stop that, then start this again"
            ) from None
        except (InvalidToken, BadRequest) as error:
            raise PollingFailed(describe_error(error)) from None
        except TelegramError as error:
            if not told:
                say(f"Telegram does not answer ({describe_error(error)}); trying on ...")
            told = True
        await asyncio.sleep(WAIT)


async def _hand_over(front: httpx.AsyncClient, update: Mapping[str, Any], say: Say) -> None:
    """Retry until the front has taken an update, or says that it never will. Raises PollingFailed."""
    told, body = False, json.dumps(storable(update)).encode()
    while True:
        try:
            status = (await front.post(WEBHOOK_PATH, content=body)).status_code
        except httpx.HTTPError:
            status = 0
        if status == 200:
            return
        if status in UNREADABLE:
            kinds = ", ".join(kinds_of(update)) or "of no kind"
            say(f"An update ({kinds}) is skipped: the front cannot read it ({status}).")
            return
        if status == 403:
            raise PollingFailed("the front refuses this: start both with the same ADVISOR_TELEGRAM_TOKEN and _SECRET")
        if status in (404, 405):
            raise PollingFailed("the front runs without Telegram: set ADVISOR_TELEGRAM_TOKEN for it, too")
        if not told:
            say(f"The front at {front.base_url} does not take updates; is it running (make run)? Trying on ...")
        told = True
        await asyncio.sleep(WAIT)
