"""Updates from Telegram: messages and edits are stored, presses acted on, everything else is ignored."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from typing import Any

from channels.data_download import DownloadLinks
from channels.http import RateLimits
from channels.platform import PlatformHandler
from channels.telegram import KINDS_OF_UPDATE, NAME, texts
from channels.telegram.api.client import TelegramClient
from channels.telegram.api.payloads import Message, kinds_of, message_of, number_at, press_of
from channels.telegram.callbacks import CallbackHandler
from channels.telegram.chat_migration import migrate_chat
from channels.telegram.commands import OWN_DATA, REALLY_DELETE, KnownTopic
from channels.telegram.inbound import ALBUM, EDITED, NUMBER, TEXT_ONLY, beginning_in, inbound_of, person_in
from channels.telegram.sending import NO_PREVIEW, chat_parameters, persist
from conversations.models import Inbound
from conversations.pipeline.inbox import conversation_at, find_by_context
from conversations.pipeline.service import ConversationService
from conversations.pipeline.turn_dispatcher import ANSWER_WITH
from core.translations import gettext as _
from core.translations import spoken

logger = logging.getLogger(__name__)
MESSAGE, EDITED_MESSAGE, PRESS = KINDS_OF_UPDATE
LATEST_EDIT = 48 * 60 * 60  # seconds after which an edit is not answered; people can edit for as long
LATEST_UNKNOWN_EDIT = 60 * 60  # the same if we do not have the first version


class UpdateHandler(PlatformHandler):
    """Handles updates. `is_topic` tells whether a deep link's key is a topic; for the rest see PlatformHandler."""

    def __init__(
        self,
        client: TelegramClient,
        service: ConversationService,
        rates: RateLimits,
        per_minute: int,
        is_topic: KnownTopic,
        links: DownloadLinks,
    ) -> None:
        super().__init__(NAME, service, rates, per_minute, links)
        self._client, self._is_topic = client, is_topic
        self._callbacks = CallbackHandler(client, service, self.receive)

    async def take(self, raw: Mapping[str, Any]) -> None:
        """Handle an update; when this returns, its effect is stored and the update need not come again."""
        number = number_at(raw, "update_id")
        if number is not None and (press := press_of(raw.get(PRESS))):
            with spoken(press.user.language):
                self._run_aside(await self._callbacks.take(press))
        elif number is not None and (message := message_of(raw.get(MESSAGE))):
            with spoken(message.sender.language if message.sender else ""):
                await self._take_message(number, message)
        elif number is not None and (edited := message_of(raw.get(EDITED_MESSAGE))):
            with spoken(edited.sender.language if edited.sender else ""):
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
        """Handle an edit as a new message if its text changed."""
        inbound = await self._inbound(update, message)
        if inbound and inbound.context.get(ANSWER_WITH) != TEXT_ONLY and await self._is_reworded(inbound, message):
            await self._act_on(replace(inbound, context={**inbound.context, EDITED: True}))

    async def _inbound(self, update: int, message: Message) -> Inbound | None:
        me = await self._client.me(with_name=not message.is_private)
        return inbound_of(message, update, me, self._is_topic)

    async def _is_known_part(self, inbound: Inbound) -> bool:
        """Return True for one more picture without text of an album that is stored already."""
        album = inbound.context.get(ALBUM)
        if not album or inbound.context.get(ANSWER_WITH) != TEXT_ONLY:
            return False
        conversation = await self._service.store.read(conversation_at, NAME, inbound.address)
        return bool(conversation and await self._service.store.read(find_by_context, conversation.id, ALBUM, album))

    async def _is_reworded(self, inbound: Inbound, message: Message) -> bool:
        """Return True if an edit changed the text and is recent enough to be answered.

        Telegram also reports other changes as edits, and edits of messages that we never had.
        """
        age = (message.edited or 0) - (message.date or 0)
        conversation = await self._service.store.read(conversation_at, NAME, inbound.address)
        if conversation is None:
            return age <= LATEST_UNKNOWN_EDIT
        before = await self._service.store.read(find_by_context, conversation.id, NUMBER, message.id)
        if before is None:
            return age <= LATEST_UNKNOWN_EDIT
        return bool(before.text != inbound.text and age <= LATEST_EDIT)

    async def _act_on(self, inbound: Inbound) -> None:
        request = inbound.context.get(ANSWER_WITH)
        if request == REALLY_DELETE and not await self._is_known(inbound.address):
            self._run_aside(self._say(inbound, _(texts.NOTHING_STORED)))
        elif request == OWN_DATA:
            self._run_aside(self._say(inbound, await self._own_data(inbound)))
        else:
            await self.receive(inbound)

    async def _own_data(self, inbound: Inbound) -> str:
        """Return the text with a link to the person's data; without one in a group, where others would see it."""
        if person_in(inbound.address) < 0:  # a chat, in whose name nobody can write to us in private
            return _(texts.OWN_DATA_BY_HAND)
        if inbound.reach["group"]:
            return _(texts.OWN_DATA_ALONE)
        if not await self._is_known(inbound.address):
            return _(texts.NOTHING_STORED)
        return self._own_data_text(beginning_in(inbound.address), without_link=_(texts.OWN_DATA_BY_HAND))

    def _say(self, inbound: Inbound, text: str) -> Awaitable[Any]:
        """Send a text that is not stored with the conversation."""
        parameters = {**chat_parameters(inbound.reach), "text": text, "link_preview_options": NO_PREVIEW}
        return persist(lambda: self._client.call("sendMessage", **parameters))
