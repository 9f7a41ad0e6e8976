"""What is done with an update: a message is handed to the desk, a pressed button acted on, all else let go by."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from functools import partial
from typing import Any

from telegram import Update

from channels.http import Rates
from channels.telegram import NAME
from channels.telegram.account import Account
from channels.telegram.arrivals import beginning_in, inbound_of, is_in_group
from channels.telegram.commands import REALLY_DELETE, KnownTopic
from channels.telegram.presses import Presses
from channels.telegram.sending import persist
from channels.telegram.words import NOTHING_STORED
from conversations.desk import ANSWER_WITH, Desk
from conversations.inbox import conversations_from
from conversations.records import Inbound

logger = logging.getLogger(__name__)


class Updates:
    """`most` is how many messages a minute a conversation may have, 0 for no limit."""

    def __init__(self, account: Account, desk: Desk, rates: Rates, most: int, is_topic: KnownTopic):
        self._account, self._desk, self._rates = account, desk, rates
        self._most, self._is_topic = most, is_topic
        self._presses = Presses(account, desk, self.receive)
        self._asides: set[asyncio.Task] = set()

    async def take(self, raw: Mapping[str, Any]) -> None:
        """Once this returns, what was said is written and the update need not come again."""
        try:
            update = Update.de_json(dict(raw), self._account.bot)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            logger.warning("an update could not be read", extra={"reason": type(error).__name__})
            return
        if update.callback_query:
            self._aside(await self._presses.take(update.callback_query))
            return
        me = await self._account.me(with_name=is_in_group(update))
        inbound = inbound_of(update, me, self._is_topic)
        if inbound and await self._has_nothing_to_delete(inbound):
            chat, thread = inbound.reach["chat"], inbound.reach["thread"]
            say = partial(self._account.bot.send_message, chat, NOTHING_STORED, message_thread_id=thread)
            self._aside(persist(say))
        elif inbound:
            await self.receive(inbound)

    async def receive(self, inbound: Inbound) -> bool:
        """Hand it to the desk; whether it was new."""
        within = await self._rates.within(self._most, NAME, inbound.address)
        return not (await self._desk.receive(inbound, too_fast=not within)).again

    async def finish(self) -> None:
        """Wait for what goes along with messages: buttons taken away, presses answered."""
        if self._asides:
            await asyncio.wait(self._asides, timeout=5)

    async def _has_nothing_to_delete(self, inbound: Inbound) -> bool:
        """Somebody whom we do not know wants to be deleted: nothing is made of that."""
        if inbound.context.get(ANSWER_WITH) != REALLY_DELETE:
            return False
        return not await self._desk.store.read(conversations_from, NAME, beginning_in(inbound.address))

    def _aside(self, work: Awaitable[Any]) -> None:
        """Nobody waits for it: Telegram gets its 200 now."""
        task = asyncio.ensure_future(work)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)
