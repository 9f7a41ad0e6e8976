"""Pressed buttons on Telegram: each press is answered, and spent buttons are taken away.

The conversation of a button is known from the button and not from its message, of which Telegram tells next to nothing when
it is old.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from channels.platform import ButtonHandler, Receive
from channels.telegram import NAME, texts
from channels.telegram.api.client import TelegramClient
from channels.telegram.api.payloads import Message, Press, text_at
from channels.telegram.inbound import NUMBER, person_in, sender_context, sender_fields
from channels.telegram.rendering import remaining_rows, thumb_in
from channels.telegram.sending import persist
from conversations.db.mappers import find_conversation, find_message
from conversations.models import VISITOR, Button, Conversation, Inbound
from conversations.pipeline.message_store import find_pressed_button
from conversations.pipeline.service import ConversationService
from conversations.pipeline.system_messages import DELETE_ALL
from core.translations import gettext as _

MAY_SPEAK = ("creator", "administrator")  # members of a chat who may write in its name


@dataclass(frozen=True)
class PressedButton:
    """A button that was offered on Telegram: a choice or a thumb, and the conversation in which it was offered."""

    conversation: Conversation
    button: Button | None = None
    thumb: tuple[int, int] | None = None  # (value, message id)

    @property
    def person(self) -> int:
        """The number of the person, or of the chat in whose name somebody wrote, to whom it was offered."""
        return person_in(self.conversation.address)


class CallbackHandler(ButtonHandler[Press]):
    """Acts on callback queries. `receive` stores a message and returns True if it is new."""

    def __init__(self, client: TelegramClient, service: ConversationService, receive: Receive) -> None:
        super().__init__(NAME, service)
        self._client, self._receive = client, receive

    async def take(self, press: Press) -> Awaitable[Any] | None:
        """Store the effect of a press; return what remains to be told to Telegram."""
        if not press.data or press.chat is None:  # of a game or an inline message, which we never send
            return self._answer(press)
        pressed = await self._service.store.read(_find_pressed, press.data)
        if pressed is None or not await self._may_press(press, pressed):
            return self._show_refused(press)
        if pressed.thumb:
            return await self._rate(press, pressed.conversation, *pressed.thumb)
        assert pressed.button is not None
        return await self._act(press, pressed.conversation, pressed.button)

    async def _may_press(self, press: Press, pressed: PressedButton) -> bool:
        """Return True if the button was offered to whoever pressed it.

        A button offered to a chat in whose name somebody wrote is pressed by a person whose messages we do not know. In
        that chat anybody may choose, but only somebody who can speak for the chat may delete its data.
        """
        if pressed.person == press.user.id:
            return True
        if pressed.person > 0 or pressed.conversation.reach.get("chat") != press.chat:
            return False
        deletes = pressed.button is not None and pressed.button.payload == DELETE_ALL
        return not deletes or await self._speaks_for(pressed.person, press.user.id)

    async def _speaks_for(self, chat: int, user: int) -> bool:
        """Return True if a user may write in the name of a chat.

        True also if Telegram does not tell (a channel in which the bot is no member): the chat itself has asked.
        """
        try:
            member = await self._client.call("getChatMember", chat_id=chat, user_id=user)
        except (BadRequest, Forbidden, InvalidToken):
            return True
        except TelegramError:
            return False
        status = text_at(member, "status")
        return not status or status in MAY_SPEAK

    async def _choose(self, press: Press, conversation: Conversation, button: Button) -> Awaitable[Any]:
        me = await self._client.me(with_name=False)
        context = {NUMBER: press.message.id} if press.message else {}
        is_themselves = person_in(conversation.address) == press.user.id  # else: who speaks for a chat is not stored
        is_new = await self._receive(
            Inbound(
                NAME,
                conversation.address,
                text=button.title,
                payload=button.payload,
                external_id=f"{me.id}:press:{button.token}",  # a second tap on a button is the same choice
                reach=conversation.reach,
                context={**context, **(sender_context(press.user) if is_themselves else {})},
                **(sender_fields(press.user) if is_themselves else {}),
            )
        )
        answer = self._answer(press, "" if is_new else _(texts.CHOSEN_BEFORE))
        return _together(answer, self._remove_buttons(press, thumbs=False))

    def _show_rated(self, press: Press) -> Awaitable[Any]:
        return _together(self._answer(press, _(texts.THANKS)), self._remove_buttons(press, thumbs=True))

    def _show_kept(self, press: Press) -> Awaitable[Any]:
        return _together(self._answer(press, _(texts.KEPT)), self._remove_buttons(press, thumbs=False))

    def _show_deleted(self, press: Press) -> Awaitable[Any]:
        edited = self._edit(press.editable, "editMessageText", text=_(texts.DELETED)) if press.editable else None
        return _together(self._answer(press, _(texts.DELETED_SHORT)), edited)

    def _show_refused(self, press: Press) -> Awaitable[Any]:
        return self._answer(press, _(texts.NOT_YOURS))

    async def _answer(self, press: Press, text: str = "") -> None:
        """End the button's waiting on the phone; a text is shown for a moment."""
        parameters = {"callback_query_id": press.id, "text": text or None}
        await persist(lambda: self._client.call("answerCallbackQuery", **parameters))

    async def _remove_buttons(self, press: Press, thumbs: bool) -> None:
        """Remove the spent buttons, thumbs or choices; the others under the message stay."""
        message = press.editable
        if message and message.rows:
            keyboard = {"inline_keyboard": remaining_rows(message.rows, thumbs)}
            await self._edit(message, "editMessageReplyMarkup", reply_markup=keyboard)

    async def _edit(self, message: Message, method: str, **changes: Any) -> None:
        await persist(lambda: self._client.call(method, chat_id=message.chat, message_id=message.id, **changes))


def _find_pressed(connection: Connection, data: str) -> PressedButton | None:
    """Return what a button's data stands for; None if no such button was offered on Telegram."""
    thumb = thumb_in(data)
    if not thumb:
        row = find_pressed_button(connection, NAME, data)
        return PressedButton(row[0], button=row[1]) if row else None
    rated = find_message(connection, thumb[1])
    if rated is None or rated.author == VISITOR or rated.channel != NAME:
        return None
    conversation = find_conversation(connection, rated.conversation_id)
    return PressedButton(conversation, thumb=thumb) if conversation else None


async def _together(*work: Awaitable[Any] | None) -> None:
    await asyncio.gather(*(each for each in work if each))
