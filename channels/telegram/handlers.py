"""What is done with an update: a message or its new wording is handed to the desk, a press acted on, all else let go by."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from typing import Any

from channels.data_download import DownloadLinks
from channels.http import RateLimits
from channels.telegram import KINDS_OF_UPDATE, NAME, texts
from channels.telegram.callbacks import CallbackHandler
from channels.telegram.chat_migration import migrate_chat
from channels.telegram.client import TelegramClient
from channels.telegram.commands import OWN_DATA, REALLY_DELETE, KnownTopic
from channels.telegram.inbound import ALBUM, EDITED, NUMBER, TEXT_ONLY, beginning_in, inbound_of, person_in
from channels.telegram.payloads import Message, message_of, number_at, press_of
from channels.telegram.sending import NO_PREVIEW, persist, where
from channels.telegram.texts import NOTHING_STORED
from conversations.models import Inbound
from conversations.pipeline.inbox import conversation_at, conversations_from, find_by_context
from conversations.pipeline.service import ConversationService
from conversations.pipeline.turn_dispatcher import ANSWER_WITH

logger = logging.getLogger(__name__)
MESSAGE, EDITED_MESSAGE, PRESS = KINDS_OF_UPDATE
KIND = re.compile(r"[a-z_]{1,40}")
LATEST_EDIT = 48 * 60 * 60  # seconds after which no edit is answered; people can edit as long
LATEST_FIRST_HEARD = 60 * 60  # the same where we do not know what was first written


class UpdateHandler:
    """`most` is how many messages a minute a conversation may have, 0 for no limit; `links` lead people to their data."""

    def __init__(
        self,
        account: TelegramClient,
        service: ConversationService,
        rates: RateLimits,
        most: int,
        is_topic: KnownTopic,
        links: DownloadLinks,
    ):
        self._account, self._service, self._rates, self._links = account, service, rates, links
        self._most, self._is_topic = most, is_topic
        self._presses = CallbackHandler(account, service, self.receive)
        self._asides: set[asyncio.Task] = set()

    async def take(self, raw: Mapping[str, Any]) -> None:
        """Once this returns, what was said is written and the update need not come again."""
        number = number_at(raw, "update_id")
        if number is not None and (press := press_of(raw.get(PRESS))):
            self._aside(await self._presses.take(press))
        elif number is not None and (message := message_of(raw.get(MESSAGE))):
            await self._take_message(number, message)
        elif number is not None and (edited := message_of(raw.get(EDITED_MESSAGE))):
            await self._take_edited(number, edited)
        elif number is None or any(kind in raw for kind in KINDS_OF_UPDATE):
            logger.warning("an update could not be read", extra={"kinds": kinds_of(raw)})

    async def _take_message(self, update: int, message: Message) -> None:
        if message.moved_to is not None:
            await self._service.store.write(migrate_chat, message.chat, message.moved_to)
        elif message.moved_from is not None:
            await self._service.store.write(migrate_chat, message.moved_from, message.chat)
        inbound = await self._inbound(update, message)
        if inbound and not await self._is_known_part(inbound):
            await self._act_on(inbound)

    async def _take_edited(self, update: int, message: Message) -> None:
        """Answered anew, behind what is open, where it says something else than before."""
        inbound = await self._inbound(update, message)
        if inbound and inbound.context.get(ANSWER_WITH) != TEXT_ONLY and await self._is_reworded(inbound, message):
            await self._act_on(replace(inbound, context={**inbound.context, EDITED: True}))

    async def _inbound(self, update: int, message: Message) -> Inbound | None:
        me = await self._account.me(with_name=not message.is_private)
        return inbound_of(message, update, me, self._is_topic)

    async def _is_known_part(self, inbound: Inbound) -> bool:
        """Whether it is one more picture without words of an album that we know."""
        album = inbound.context.get(ALBUM)
        if not album or inbound.context.get(ANSWER_WITH) != TEXT_ONLY:
            return False
        conversation = await self._service.store.read(conversation_at, NAME, inbound.address)
        return bool(conversation and await self._service.store.read(find_by_context, conversation.id, ALBUM, album))

    async def _is_reworded(self, inbound: Inbound, message: Message) -> bool:
        """Whether its words changed. Telegram tells of other changes as well, and of messages that we never had."""
        age = (message.edited or 0) - (message.date or 0)
        conversation = await self._service.store.read(conversation_at, NAME, inbound.address)
        before = conversation and await self._service.store.read(find_by_context, conversation.id, NUMBER, message.id)
        if not before:
            return age <= LATEST_FIRST_HEARD
        return before.text != inbound.text and age <= LATEST_EDIT

    async def _act_on(self, inbound: Inbound) -> None:
        if await self._has_nothing_to_delete(inbound):
            self._aside(self._say(inbound, NOTHING_STORED))
        elif inbound.context.get(ANSWER_WITH) == OWN_DATA:
            self._aside(await self._own_data(inbound))
        else:
            await self.receive(inbound)

    async def _own_data(self, inbound: Inbound) -> Awaitable[Any]:
        """A link to what is stored, told and not kept; in a group, where others would see it, there is none."""
        beginning = beginning_in(inbound.address)
        if person_in(inbound.address) < 0:  # a chat, in whose name nobody can write to us in private
            return self._say(inbound, texts.OWN_DATA_BY_HAND)
        if inbound.reach["group"]:
            return self._say(inbound, texts.OWN_DATA_ALONE)
        if not await self._service.store.read(conversations_from, NAME, beginning):
            return self._say(inbound, NOTHING_STORED)
        link = self._links.to(NAME, beginning)
        return self._say(inbound, texts.OWN_DATA.format(link=link) if link else texts.OWN_DATA_BY_HAND)

    async def _say(self, inbound: Inbound, text: str) -> None:
        """Something that goes out beside the conversation, and is not kept."""
        what = {**where(inbound.reach), "text": text, "link_preview_options": NO_PREVIEW}
        await persist(lambda: self._account.call("sendMessage", **what))

    async def receive(self, inbound: Inbound) -> bool:
        """Hand it to the desk; whether it was new."""
        within = await self._rates.within(self._most, NAME, inbound.address)
        return not (await self._service.receive(inbound, too_fast=not within)).again

    async def finish(self) -> None:
        """Wait for what goes along with messages: buttons taken away, presses answered."""
        if self._asides:
            await asyncio.wait(self._asides, timeout=5)

    async def _has_nothing_to_delete(self, inbound: Inbound) -> bool:
        """Somebody whom we do not know wants to be deleted: nothing is made of that."""
        if inbound.context.get(ANSWER_WITH) != REALLY_DELETE:
            return False
        return not await self._service.store.read(conversations_from, NAME, beginning_in(inbound.address))

    def _aside(self, work: Awaitable[Any]) -> None:
        """Nobody waits for it: Telegram gets its 200 now."""
        task = asyncio.ensure_future(work)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)


def kinds_of(raw: Mapping[str, Any]) -> list[str]:
    """What an update brings, for the log: names as Telegram has them, and no words of anybody."""
    return sorted(key for key in raw if KIND.fullmatch(key) and key != "update_id")[:5]
