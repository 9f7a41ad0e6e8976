"""Long polling, for a first try on a laptop: fetches the updates and hands each to the running front, as Telegram would.

An update is confirmed to Telegram only when the front has written it, so nothing is lost whatever stops in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
from telegram import Bot
from telegram.error import BadRequest, Conflict, InvalidToken, TelegramError

from channels.telegram import KINDS_OF_UPDATE, WEBHOOK_PATH
from channels.telegram.account import what_is_wrong
from channels.telegram.errors import PollingFailed
from channels.telegram.webhook import SECRET_HEADER

LONGEST_POLL = 50  # seconds that Telegram holds the question for updates
WAIT = 2.0  # seconds before what failed is tried again


async def poll(bot: Bot, front_url: str, secret: str, say: Callable[[str], None]) -> None:
    """Until cancelled. Raises PollingFailed."""
    name = (await _ask(bot.get_me, say)).username
    await _ask(lambda: bot.delete_webhook(drop_pending_updates=False), say)
    say(f"@{name} is answered by {front_url}. Ctrl-C stops that.")
    headers = {SECRET_HEADER: secret}
    async with httpx.AsyncClient(base_url=front_url, headers=headers, trust_env=False, timeout=30) as front:
        confirmed = None
        while True:
            for update in await _ask(lambda seen=confirmed: _updates_after(bot, seen), say):
                await _hand_over(front, update.to_dict(), say)
                confirmed = update.update_id + 1


def _updates_after(bot: Bot, confirmed: int | None):
    return bot.get_updates(offset=confirmed, timeout=LONGEST_POLL, allowed_updates=KINDS_OF_UPDATE)


async def _ask(call: Callable[[], Any], say: Callable[[str], None]) -> Any:
    """Telegram's answer, asked until there is one; what waiting cannot mend is PollingFailed."""
    told = False
    while True:
        try:
            return await call()
        except Conflict:
            raise PollingFailed(
                "somebody else fetches this bot's updates, or has set a webhook: stop that, then start this again"
            ) from None
        except (InvalidToken, BadRequest) as error:
            raise PollingFailed(what_is_wrong(error)) from None
        except TelegramError as error:
            if not told:
                say(f"Telegram does not answer ({what_is_wrong(error)}); trying on ...")
            told = True
        await asyncio.sleep(WAIT)


async def _hand_over(front: httpx.AsyncClient, update: dict[str, Any], say: Callable[[str], None]) -> None:
    """Until the front has taken it."""
    told = False
    while True:
        try:
            status = (await front.post(WEBHOOK_PATH, json=update)).status_code
        except httpx.HTTPError:
            status = 0
        if status == 200:
            return
        if status == 403:
            raise PollingFailed("the front refuses this: start both with the same ADVISOR_TELEGRAM_TOKEN and _SECRET")
        if status in (404, 405):
            raise PollingFailed("the front runs without Telegram: set ADVISOR_TELEGRAM_TOKEN for it, too")
        if not told:
            say(f"The front at {front.base_url} does not take updates; is it running (make run)? Trying on ...")
        told = True
        await asyncio.sleep(WAIT)
