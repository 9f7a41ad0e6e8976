"""What channels of a messaging platform share: handing messages on, work beside them, buttons, and people's own data."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

from channels.data_download import DownloadLinks
from channels.http import RateLimits
from channels.platform_texts import OWN_DATA
from conversations.data_rights.platform_accounts import conversations_of
from conversations.learning.feedback import record_feedback
from conversations.models import VISITOR, Button, Conversation, Inbound
from conversations.pipeline.message_store import find_reply
from conversations.pipeline.ports import DeliveryError
from conversations.pipeline.service import ConversationService
from conversations.pipeline.system_messages import DELETE_ALL, DELETE_NOTHING
from core.translations import gettext as _

FINISH_SECONDS = 5.0  # that work beside messages gets when the front stops
TRIES, FIRST_WAIT = 5, 0.5  # of a call that goes with a message; seconds before the second try, doubled after each
Receive = Callable[[Inbound], Awaitable[bool]]
Press = TypeVar("Press")  # a pressed button, as the platform tells of it
Work = Awaitable[Any] | None  # what remains to be told to the platform


class PlatformHandler:
    """Hands a platform's messages to the conversation service and answers the platform without waiting for replies.

    `name` is the channel's; `per_minute` how many messages a conversation may have in a minute, 0 for any number.
    """

    def __init__(
        self, name: str, service: ConversationService, rates: RateLimits, per_minute: int, links: DownloadLinks
    ) -> None:
        self._name, self._service, self._rates, self._links = name, service, rates, links
        self._per_minute = per_minute
        self._tasks: set[asyncio.Future[Any]] = set()

    async def receive(self, inbound: Inbound) -> bool:
        """Store a message; return True if it is new. Beyond the rate it is stored and answered with a system message."""
        within = await self._rates.within(self._per_minute, self._name, inbound.address)
        return not (await self._service.receive(inbound, too_fast=not within)).again

    async def finish(self) -> None:
        """Wait for the work that goes along with messages, FINISH_SECONDS at most."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=FINISH_SECONDS)

    def _run_aside(self, work: Work) -> None:
        """Run work in the background, so that the platform gets its 200 now."""
        if work is not None:
            task = asyncio.ensure_future(work)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _is_known(self, address: str) -> bool:
        """Return True if anything is stored about the person whom an address begins with."""
        return bool(await self._service.store.read(conversations_of, self._name, address))

    def _own_data_text(self, beginning: str, without_link: str) -> str:
        """Return the text that leads a person to their data; `without_link` if this front has no public address."""
        link = self._links.to(self._name, beginning)
        return _(OWN_DATA) % {"link": link} if link else without_link


class ButtonHandler(ABC, Generic[Press]):
    """Acts on pressed buttons: a choice becomes a message, a thumb feedback, a deletion happens here.

    The methods that show the result return what remains to be told to the platform, to be awaited beside other work.
    """

    def __init__(self, name: str, service: ConversationService) -> None:
        self._name, self._service = name, service

    async def _act(self, press: Press, conversation: Conversation, button: Button) -> Work:
        """Act on a choice that was offered in a conversation."""
        if button.payload == DELETE_NOTHING:
            return self._show_kept(press)
        if button.payload == DELETE_ALL:
            await self._erase_person(conversation.address)
            return self._show_deleted(press)
        return await self._choose(press, conversation, button)

    async def _rate(self, press: Press, conversation: Conversation, value: int, message_id: int) -> Work:
        """Store a thumb for a reply of the conversation."""
        if await self._service.store.read(find_reply, conversation.id, message_id) is None:
            return self._show_refused(press)
        await self._service.store.write(record_feedback, conversation.id, message_id, value)
        return self._show_rated(press)

    async def _erase_person(self, address: str) -> None:
        """Delete all conversations of the person whom an address begins with."""
        for conversation in await self._service.store.read(conversations_of, self._name, address):
            await self._service.erase(conversation.id, VISITOR)

    @abstractmethod
    async def _choose(self, press: Press, conversation: Conversation, button: Button) -> Work:
        """Hand the choice on as a message."""

    @abstractmethod
    def _show_kept(self, press: Press) -> Work:
        """Tell the person that nothing was deleted."""

    @abstractmethod
    def _show_deleted(self, press: Press) -> Work:
        """Tell the person that everything was deleted."""

    @abstractmethod
    def _show_rated(self, press: Press) -> Work:
        """Thank the person for a thumb."""

    @abstractmethod
    def _show_refused(self, press: Press) -> Work:
        """Tell the person that this button is not theirs, or not open any more."""


async def persist(
    call: Callable[[], Awaitable[Any]], errors: tuple[type[Exception], ...], reason: Callable[[Any], DeliveryError]
) -> Any:
    """Return the result of a call that goes with a message but is none itself; None if it fails TRIES times or for good.

    `reason` says what one of the `errors` means.
    """
    wait = FIRST_WAIT
    for _try in range(TRIES):
        try:
            return await call()
        except errors as error:
            failure = reason(error)
            if failure.permanent:
                return None
            wait = max(wait, failure.retry_after or 0)
        await asyncio.sleep(wait)
        wait *= 2
    return None
