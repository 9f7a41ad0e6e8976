"""Messages out: the channel as the desk knows it. What Telegram refuses is told apart: for good, later, or unsure."""

from __future__ import annotations

import asyncio
import contextlib
import warnings
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
from telegram import LinkPreviewOptions, ReplyParameters
from telegram import Message as Sent
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError
from telegram.warnings import PTBDeprecationWarning

from channels.telegram import NAME
from channels.telegram.account import Account, what_is_wrong
from channels.telegram.rendering import Part, render
from conversations.records import Conversation, Outgoing, Reply
from conversations.rows import find_message
from conversations.store import Store
from conversations.ways import NotDelivered, PartTaken

TYPING_SECONDS = 4.0  # Telegram shows it for five
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)  # nothing had left us
# RetryAfter says with every 429 that its seconds will be a timedelta one day; we take both.
warnings.filterwarnings("ignore", ".*retry_after", category=PTBDeprecationWarning)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class TelegramChannel:
    """A SendingChannel."""

    name = NAME

    def __init__(self, account: Account, store: Store, greeting: Reply):
        self._account, self._store, self.greeting = account, store, greeting

    async def send(self, outgoing: Outgoing, part_taken: PartTaken) -> tuple[str, ...]:
        """From `outgoing.part` on; raises NotDelivered."""
        parts, taken = render(outgoing.message), list(outgoing.platform_ids)
        quoted = await self._quoted(outgoing)
        for number in range(outgoing.part, len(parts)):
            sent = await self._send(outgoing.conversation, parts[number], None if number else quoted)
            taken.append(str(sent.message_id))
            await part_taken(number + 1, tuple(taken))
        return tuple(taken)

    async def show_typing(self, conversation: Conversation) -> None:
        """Until cancelled; that it could not be shown is no trouble."""
        with contextlib.suppress(TelegramError):
            while True:
                await self._account.bot.send_chat_action(action=ChatAction.TYPING, **_where(conversation))
                await asyncio.sleep(TYPING_SECONDS)

    async def _send(self, conversation: Conversation, part: Part, quoted: ReplyParameters | None) -> Sent:
        where = _where(conversation)
        what = {
            "text": part.html,
            "parse_mode": ParseMode.HTML,
            "reply_markup": part.keyboard,
            "reply_parameters": quoted,
            "link_preview_options": NO_PREVIEW,
        }
        try:
            try:
                return await self._account.bot.send_message(**where, **what)
            except ChatMigrated as moved:  # a group became a supergroup, which has another number
                return await self._account.bot.send_message(**{**where, "chat_id": moved.new_chat_id}, **what)
        except TelegramError as error:
            raise not_delivered(error) from None

    async def _quoted(self, outgoing: Outgoing) -> ReplyParameters | None:
        """In a group, the message that is answered, so that everybody sees whom it is for."""
        if not outgoing.conversation.reach.get("group") or not outgoing.message.answers:
            return None
        asked = await self._store.read(find_message, outgoing.message.answers)
        number = asked and asked.context.get("message")
        return ReplyParameters(number, allow_sending_without_reply=True) if number else None


def not_delivered(error: TelegramError) -> NotDelivered:
    """What an error of Telegram means for a delivery."""
    why = what_is_wrong(error)
    if isinstance(error, RetryAfter):
        return NotDelivered(why, retry_after=_seconds(error))
    if isinstance(error, Forbidden):
        return NotDelivered("the person has blocked the bot, or it may not write in this chat", for_good=True)
    if isinstance(error, BadRequest):
        return NotDelivered(why, for_good=True)
    # A cause is a connection that broke off, or an answer that was not Telegram's: it may have taken the message all the same.
    return NotDelivered(why, unsure=error.__cause__ is not None and not isinstance(error.__cause__, NOT_SENT))


async def persist(call: Callable[[], Awaitable[Any]], tries: int = 5) -> Any:
    """A call that goes with a message but is none itself: tried some times, then let be (None)."""
    wait = 0.5
    for _ in range(tries):
        try:
            return await call()
        except RetryAfter as error:
            wait = max(wait, _seconds(error))
        except (BadRequest, Forbidden):
            return None
        except TelegramError:
            pass
        await asyncio.sleep(wait)
        wait *= 2
    return None


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def _where(conversation: Conversation) -> dict[str, Any]:
    return {"chat_id": conversation.reach["chat"], "message_thread_id": conversation.reach.get("thread")}
