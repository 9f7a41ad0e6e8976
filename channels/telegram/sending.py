"""Delivery to Telegram; what Telegram refuses is told apart: for good, later, or unsure."""

from __future__ import annotations

import asyncio
import contextlib
import warnings
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError
from telegram.warnings import PTBDeprecationWarning

from channels import platform
from channels.telegram import NAME, texts
from channels.telegram.api.client import TelegramClient, describe_error
from channels.telegram.api.payloads import number_at
from channels.telegram.chat_migration import migrate_chat
from channels.telegram.inbound import ALBUM, EDITED, NUMBER
from channels.telegram.rendering import Part, render
from conversations.db.mappers import find_message
from conversations.db.schema import now
from conversations.db.store import Store
from conversations.models import FRONT, Conversation, Message, Outgoing, Reply
from conversations.pipeline.message_store import delete_unsent, messages_after
from conversations.pipeline.ports import DeliveryError, PartTaken
from conversations.pipeline.system_messages import HANDOFF
from conversations.pipeline.turn_dispatcher import ANSWER_WITH
from core.translations import spoken

TYPING_SECONDS = 4.0  # Telegram shows it for five
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)  # nothing had left us
# RetryAfter says with every 429 that its seconds will be a timedelta one day; we take both.
warnings.filterwarnings("ignore", ".*retry_after", category=PTBDeprecationWarning)
NO_PREVIEW = {"is_disabled": True}
ALBUM_SECONDS = 1.5  # within which all pictures of an album have come


class TelegramChannel:
    """The OutboundChannel of Telegram; `guide` is the address of the guide's public pages, "" if there are none."""

    name = NAME

    def __init__(self, client: TelegramClient, store: Store, greet: Callable[[], Reply], guide: str = "") -> None:
        self._client, self._store, self._greet, self._guide = client, store, greet, guide

    @property
    def greeting(self) -> Reply | None:
        """Return the first message, in the language in use."""
        return self._greet()

    async def send(self, outgoing: Outgoing, part_taken: PartTaken) -> tuple[str, ...]:
        """Send a message from `outgoing.part` on. Raises DeliveryError."""
        asked = await self._asked(outgoing)
        if asked and await self._has_words_after_all(asked):
            await self._store.write(delete_unsent, outgoing.message.id)
            return ()
        with spoken(outgoing.conversation.language):
            parts = render(self._as_told(outgoing), self._guide, outgoing.conversation.pack)
        taken = list(outgoing.platform_ids)
        quoted = _quoted(outgoing.conversation, asked)
        for number in range(outgoing.part, len(parts)):
            taken += await self._send(outgoing.conversation, parts[number], None if number else quoted)
            await part_taken(number + 1, tuple(taken))
        return tuple(taken)

    async def show_typing(self, conversation: Conversation) -> None:
        """Show "typing" until cancelled; failures are ignored."""
        where_to = chat_parameters(conversation.reach)
        if where_to.pop("direct_messages_topic_id"):
            return  # there, Telegram shows nobody typing
        with contextlib.suppress(TelegramError):
            while True:
                await self._client.call("sendChatAction", action=ChatAction.TYPING, **where_to)
                await asyncio.sleep(TYPING_SECONDS)

    async def _send(self, conversation: Conversation, part: Part, quoted: dict[str, Any] | None) -> tuple[str, ...]:
        """Send a part; return its number, nothing if Telegram took it without saying."""
        where_to = chat_parameters(conversation.reach)
        what = {
            "text": part.html,
            "parse_mode": ParseMode.HTML,
            "reply_markup": part.keyboard,
            "reply_parameters": quoted,
            "link_preview_options": NO_PREVIEW,
        }
        try:
            try:
                sent = await self._client.call("sendMessage", **where_to, **what)
            except ChatMigrated as moved:  # a group became a supergroup, which has another number
                await self._store.write(migrate_chat, where_to["chat_id"], moved.new_chat_id)
                sent = await self._client.call("sendMessage", **{**where_to, "chat_id": moved.new_chat_id}, **what)
        except TelegramError as error:
            raise delivery_error(error) from None
        number = number_at(sent, "message_id")
        return () if number is None else (str(number),)

    async def _asked(self, outgoing: Outgoing) -> Message | None:
        """Return the message that is answered."""
        answers = outgoing.message.answers
        return await self._store.read(find_message, answers) if answers else None

    async def _has_words_after_all(self, asked: Message) -> bool:
        """Return True if another picture of the album, each of which comes by itself, brought the text that is asked for."""
        album = asked.context.get(ALBUM)
        if not album or ANSWER_WITH not in asked.context:
            return False
        await asyncio.sleep(max(0.0, ALBUM_SECONDS - (now() - asked.at).total_seconds()))
        since = await self._store.read(messages_after, asked.conversation_id, asked.id)
        return any(message.context.get(ALBUM) == album and ANSWER_WITH not in message.context for message in since)

    def _as_told(self, outgoing: Outgoing) -> Message:
        """Return the message; in a group, a system message about a person also says how to reach them there."""
        message = outgoing.message
        if not outgoing.conversation.reach.get("group") or (message.author, message.outcome) != (FRONT, HANDOFF):
            return message
        return replace(message, text=f"{message.text}\n\n{texts.in_group(self._client.username)}")


def delivery_error(error: TelegramError) -> DeliveryError:
    """Return what an error of a call means for a delivery."""
    why = describe_error(error)
    if isinstance(error, RetryAfter):
        return DeliveryError(why, retry_after=_seconds(error))
    if isinstance(error, Forbidden):
        return DeliveryError("the person has blocked the bot, or it may not write in this chat", permanent=True)
    if isinstance(error, BadRequest):
        return DeliveryError(why, permanent=True)
    # A cause is a connection that broke off, or an answer that was not Telegram's: it may have taken the message all the same.
    return DeliveryError(why, ambiguous=error.__cause__ is not None and not isinstance(error.__cause__, NOT_SENT))


async def persist(call: Callable[[], Awaitable[Any]]) -> Any:
    """Return the result of a call that goes with a message but is none itself; None if it fails repeatedly or for good."""
    return await platform.persist(call, (TelegramError,), delivery_error)


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def chat_parameters(reach: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a call that say where a message goes."""
    return {
        "chat_id": reach["chat"],
        "message_thread_id": reach.get("thread"),
        "direct_messages_topic_id": reach.get("direct_topic"),
    }


def _quoted(conversation: Conversation, asked: Message | None) -> dict[str, Any] | None:
    """Return the message to quote: in a group, the one that is answered; everywhere, one that was edited."""
    number = asked.context.get(NUMBER) if asked else None
    if asked is None or not number or not (conversation.reach.get("group") or asked.context.get(EDITED)):
        return None
    return {"message_id": number, "allow_sending_without_reply": True}
