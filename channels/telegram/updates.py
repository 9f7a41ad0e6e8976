"""What is done with an update: a message is handed to the desk, a pressed button acted on, all else let go by."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from functools import partial
from typing import Any

from telegram import Update

from channels.http import Rates
from channels.own_data import Links
from channels.telegram import NAME, words
from channels.telegram.account import Account
from channels.telegram.arrivals import beginning_in, inbound_of, is_in_group
from channels.telegram.commands import OWN_DATA, REALLY_DELETE, KnownTopic
from channels.telegram.presses import Presses
from channels.telegram.sending import NO_PREVIEW, persist
from channels.telegram.words import NOTHING_STORED
from conversations.answering import ANSWER_WITH
from conversations.desk import Desk
from conversations.inbox import conversations_from
from conversations.records import Inbound

logger = logging.getLogger(__name__)


PLAIN = {
    *("message_id", "message_thread_id", "is_topic_message", "date", "chat", "from", "sender_chat", "media_group_id"),
    *("text", "entities", "caption", "caption_entities"),
}


class Updates:
    """`most` is how many messages a minute a conversation may have, 0 for no limit; `links` lead people to their data."""

    def __init__(self, account: Account, desk: Desk, rates: Rates, most: int, is_topic: KnownTopic, links: Links):
        self._account, self._desk, self._rates, self._links = account, desk, rates, links
        self._most, self._is_topic = most, is_topic
        self._presses = Presses(account, desk, self.receive)
        self._asides: set[asyncio.Task] = set()

    async def take(self, raw: Mapping[str, Any]) -> None:
        """Once this returns, what was said is written and the update need not come again."""
        update = self._read(raw) or self._read(_with_plain_message(raw))
        if update is None:
            logger.warning("an update could not be read", extra={"kinds": kinds_of(raw)})
        elif update.callback_query:
            self._aside(await self._presses.take(update.callback_query))
        else:
            await self._take_message(update)

    async def _take_message(self, update: Update) -> None:
        me = await self._account.me(with_name=is_in_group(update))
        inbound = inbound_of(update, me, self._is_topic)
        if inbound and await self._has_nothing_to_delete(inbound):
            chat, thread = inbound.reach["chat"], inbound.reach["thread"]
            say = partial(self._account.bot.send_message, chat, NOTHING_STORED, message_thread_id=thread)
            self._aside(persist(say))
        elif inbound and inbound.context.get(ANSWER_WITH) == OWN_DATA:
            self._aside(await self._own_data(inbound))
        elif inbound:
            await self.receive(inbound)

    async def _own_data(self, inbound: Inbound) -> Awaitable[Any]:
        """A link to what is stored, told and not kept; in a group, where others would see it, there is none."""
        beginning, reach = beginning_in(inbound.address), inbound.reach
        text = words.OWN_DATA_ALONE
        if not reach["group"]:
            known = await self._desk.store.read(conversations_from, NAME, beginning)
            link = self._links.to(NAME, beginning)
            text = words.OWN_DATA.format(link=link) if link else words.OWN_DATA_BY_HAND
            text = text if known else NOTHING_STORED
        send = partial(self._account.bot.send_message, reach["chat"], text, link_preview_options=NO_PREVIEW)
        return persist(partial(send, message_thread_id=reach["thread"]))

    async def receive(self, inbound: Inbound) -> bool:
        """Hand it to the desk; whether it was new."""
        within = await self._rates.within(self._most, NAME, inbound.address)
        return not (await self._desk.receive(inbound, too_fast=not within)).again

    async def finish(self) -> None:
        """Wait for what goes along with messages: buttons taken away, presses answered."""
        if self._asides:
            await asyncio.wait(self._asides, timeout=5)

    def _read(self, raw: Mapping[str, Any]) -> Update | None:
        """None where it is in no shape that this version of the library knows."""
        try:
            update = Update.de_json(dict(raw), self._account.bot)
            return update if update.message is None or update.message.chat else None
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

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


def _with_plain_message(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Without what may be newer than the library, so that at least the words arrive."""
    message = raw.get("message")
    if not isinstance(message, Mapping):
        return dict(raw)
    return {**raw, "message": {key: value for key, value in message.items() if key in PLAIN}}


def kinds_of(raw: Mapping[str, Any]) -> list[str]:
    """What an update holds, as Telegram names it; names that it does not know say nothing and might say too much."""
    return sorted({*Update.ALL_TYPES} & {*raw})
