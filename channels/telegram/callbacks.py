"""Pressed buttons: choices become messages, thumbs feedback, deleting is done here. Each is answered, spent buttons go.

Where a button stands is known from the button, not from what Telegram says of its message: of old ones that is next to nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from channels.telegram import NAME, texts
from channels.telegram.client import TelegramClient
from channels.telegram.inbound import NUMBER, about, beginning_in, named, person_in
from channels.telegram.payloads import Message, Press, text_at
from channels.telegram.rendering import thumb_in, without
from channels.telegram.sending import persist
from conversations.db.mappers import find_conversation, find_message
from conversations.learning.feedback import record_feedback
from conversations.models import VISITOR, Button, Conversation, Inbound
from conversations.pipeline.inbox import conversations_from
from conversations.pipeline.message_store import find_pressed_button
from conversations.pipeline.service import ConversationService
from conversations.pipeline.system_messages import DELETE_ALL, DELETE_NOTHING

Receive = Callable[[Inbound], Awaitable[bool]]
MAY_SPEAK = ("creator", "administrator")  # of those who are in a chat, who may write in its name


@dataclass(frozen=True)
class Meant:
    """What was pressed: a choice, or a thumb under a message; and the conversation in which it was offered."""

    conversation: Conversation
    button: Button | None = None
    thumb: tuple[int, int] | None = None

    @property
    def person(self) -> int:
        return person_in(self.conversation.address)


class CallbackHandler:
    """`receive` hands a message to the desk and says whether it was new."""

    def __init__(self, account: TelegramClient, service: ConversationService, receive: Receive):
        self._account, self._service, self._receive = account, service, receive

    async def take(self, press: Press) -> Awaitable[Any]:
        """Write what was pressed; what remains to be told to Telegram is given back, to be awaited at leisure."""
        if not press.data or press.chat is None:  # of a game or an inline message, which we never send
            return self._told(press)
        meant = await self._service.store.read(_meant, press.data)
        if meant is None or not await self._is_theirs(press, meant):
            return self._told(press, texts.NOT_YOURS)
        if meant.thumb:
            return await self._rated(press, meant.conversation, *meant.thumb)
        if meant.button.payload in (DELETE_ALL, DELETE_NOTHING):
            return await self._deleted(press, meant)
        return await self._chosen(press, meant)

    async def _is_theirs(self, press: Press, meant: Meant) -> bool:
        """Whether it was offered to who pressed it.

        What was offered to a chat, in whose name somebody had written, is pressed by a person whom Telegram tells us and
        whose words we do not know. In that chat, whoever sees it may choose; only who can speak for it may have it deleted.
        """
        if meant.person == press.user.id:
            return True
        if meant.person > 0 or meant.conversation.reach.get("chat") != press.chat:
            return False
        deletes = meant.button is not None and meant.button.payload == DELETE_ALL
        return not deletes or await self._speaks_for(meant.person, press.user.id)

    async def _speaks_for(self, chat: int, user: int) -> bool:
        """True also where Telegram does not tell us (a channel that we are no member of): the chat itself has asked."""
        try:
            found = await self._account.call("getChatMember", chat_id=chat, user_id=user)
        except (BadRequest, Forbidden, InvalidToken):
            return True
        except TelegramError:
            return False
        status = text_at(found, "status")
        return not status or status in MAY_SPEAK

    async def _chosen(self, press: Press, meant: Meant) -> Awaitable[Any]:
        me = await self._account.me(with_name=False)
        button, conversation = meant.button, meant.conversation
        context = {NUMBER: press.message.id} if press.message else {}
        is_themselves = meant.person == press.user.id  # else, who speaks for a chat is not noted
        is_new = await self._receive(
            Inbound(
                NAME,
                conversation.address,
                text=button.title,
                payload=button.payload,
                external_id=f"{me.id}:press:{button.token}",  # a second tap on a button is the same choice
                reach=conversation.reach,
                context={**context, **(about(press.user) if is_themselves else {})},
                **(named(press.user) if is_themselves else {}),
            )
        )
        told = self._told(press, "" if is_new else texts.CHOSEN_BEFORE)
        return _together(told, self._taken_away(press, thumbs=False))

    async def _rated(self, press: Press, conversation: Conversation, value: int, message_id: int) -> Awaitable[Any]:
        await self._service.store.write(record_feedback, conversation.id, message_id, value)
        return _together(self._told(press, texts.THANKS), self._taken_away(press, thumbs=True))

    async def _deleted(self, press: Press, meant: Meant) -> Awaitable[Any]:
        """All conversations of the person, in every chat with this bot."""
        if meant.button.payload == DELETE_NOTHING:
            return _together(self._told(press, texts.KEPT), self._taken_away(press, thumbs=False))
        beginning = beginning_in(meant.conversation.address)
        for one in await self._service.store.read(conversations_from, NAME, beginning):
            await self._service.erase(one.id, "visitor")
        edited = self._edit(press.editable, "editMessageText", text=texts.DELETED) if press.editable else None
        return _together(self._told(press, texts.DELETED_SHORT), edited)

    async def _told(self, press: Press, text: str = "") -> None:
        """Ends the button's waiting; with a text, a short notice shows."""
        what = {"callback_query_id": press.id, "text": text or None}
        await persist(lambda: self._account.call("answerCallbackQuery", **what))

    async def _taken_away(self, press: Press, thumbs: bool) -> None:
        """The spent buttons; the others under the message stay."""
        message = press.editable
        if message and message.rows:
            left = {"inline_keyboard": without(message.rows, thumbs)}
            await self._edit(message, "editMessageReplyMarkup", reply_markup=left)

    async def _edit(self, message: Message, method: str, **what: Any) -> None:
        where = {"chat_id": message.chat, "message_id": message.id}
        await persist(lambda: self._account.call(method, **where, **what))


def _meant(connection: Connection, data: str) -> Meant | None:
    """What the data of a button stands for, where it was offered on Telegram."""
    thumb = thumb_in(data)
    if not thumb:
        found = find_pressed_button(connection, NAME, data)
        return found and Meant(found[0], button=found[1])
    rated = find_message(connection, thumb[1])
    if rated is None or rated.author == VISITOR or rated.channel != NAME:
        return None
    return Meant(find_conversation(connection, rated.conversation_id), thumb=thumb)


async def _together(*work: Awaitable[Any] | None) -> None:
    await asyncio.gather(*(one for one in work if one))
