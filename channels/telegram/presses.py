"""Pressed buttons: choices become messages, thumbs feedback, deleting is done here. Each is answered, spent buttons go."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import CallbackQuery, Message
from telegram.constants import ChatType

from channels.telegram import NAME, words
from channels.telegram.account import Account
from channels.telegram.arrivals import Place, about, beginning_of, named, place_of
from channels.telegram.rendering import thumb_in, without
from channels.telegram.sending import persist
from conversations.asides import give_feedback
from conversations.desk import Desk
from conversations.inbox import conversation_at, conversations_from
from conversations.records import Button, Conversation, Inbound
from conversations.turns import button_by_token, find_reply
from conversations.words import DELETE_ALL, DELETE_NOTHING

Receive = Callable[[Inbound], Awaitable[bool]]


class Presses:
    """`receive` hands a message to the desk and says whether it was new."""

    def __init__(self, account: Account, desk: Desk, receive: Receive):
        self._account, self._desk, self._receive = account, desk, receive

    async def take(self, query: CallbackQuery) -> Awaitable[Any]:
        """Write what was pressed; what remains to be told to Telegram is given back, to be awaited at leisure."""
        place = _place(query)
        conversation = place and await self._desk.store.read(conversation_at, NAME, place.address)
        if not query.data or not place:  # of an inline message or a game, which we never send
            return self._told(query)
        if conversation is None:
            return self._told(query, words.NOT_YOURS)
        if thumb := thumb_in(query.data):
            return await self._rated(query, conversation, *thumb)
        button = await self._desk.store.read(button_by_token, conversation.id, query.data)
        if button is None:
            return self._told(query, words.NOT_YOURS)
        if button.payload in (DELETE_ALL, DELETE_NOTHING):
            return await self._deleted(query, place, button.payload == DELETE_ALL)
        return await self._chosen(query, place, button)

    async def _chosen(self, query: CallbackQuery, place: Place, button: Button) -> Awaitable[Any]:
        me = await self._account.me(with_name=False)
        is_new = await self._receive(
            Inbound(
                NAME,
                place.address,
                text=button.title,
                payload=button.payload,
                external_id=f"{me.id}:press:{button.token}",  # a second tap on a button is the same choice
                reach=place.reach,
                context={"message": query.message.message_id, **about(query.from_user)},
                **named(query.from_user),
            )
        )
        told = self._told(query, "" if is_new else words.CHOSEN_BEFORE)
        return _together(told, self._taken_away(query, thumbs=False))

    async def _rated(
        self, query: CallbackQuery, conversation: Conversation, value: int, message_id: int
    ) -> Awaitable[Any]:
        if await self._desk.store.read(find_reply, conversation.id, message_id) is None:
            return self._told(query, words.NOT_YOURS)
        await self._desk.store.write(give_feedback, conversation.id, message_id, value)
        return _together(self._told(query, words.THANKS), self._taken_away(query, thumbs=True))

    async def _deleted(self, query: CallbackQuery, place: Place, everything: bool) -> Awaitable[Any]:
        """All conversations of the person, in every chat with this bot."""
        if not everything:
            return _together(self._told(query, words.KEPT), self._taken_away(query, thumbs=False))
        for one in await self._desk.store.read(conversations_from, NAME, beginning_of(place.person)):
            await self._desk.forget(one.id, "visitor")
        edited = persist(lambda: query.edit_message_text(words.DELETED)) if _is_there(query) else None
        return _together(self._told(query, words.DELETED_SHORT), edited)

    async def _told(self, query: CallbackQuery, text: str = "") -> None:
        """Ends the button's waiting; with a text, a short notice shows."""
        await persist(lambda: self._account.bot.answer_callback_query(query.id, text=text or None))

    async def _taken_away(self, query: CallbackQuery, thumbs: bool) -> None:
        """The spent buttons; the others under the message stay."""
        keyboard = query.message.reply_markup if _is_there(query) else None
        if keyboard:
            left = without(keyboard, thumbs)
            await persist(lambda: query.edit_message_reply_markup(left))


def _is_there(query: CallbackQuery) -> bool:
    """Whether Telegram still gives the message out; of an old one it tells no more than its number."""
    return isinstance(query.message, Message)


def _place(query: CallbackQuery) -> Place | None:
    if query.message is None:
        return None
    if _is_there(query):
        return place_of(query.message, query.from_user.id)
    chat = query.message.chat
    return Place(query.from_user.id, chat.id, None, chat.type != ChatType.PRIVATE)


async def _together(*work: Awaitable[Any] | None) -> None:
    await asyncio.gather(*(one for one in work if one))
