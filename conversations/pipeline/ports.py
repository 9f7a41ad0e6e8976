"""What the desk needs of a channel, and of the office. Channels that are asked (web, REST) have nothing to send."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from conversations.models import Conversation, Outgoing, Reply

PartTaken = Callable[[int, tuple[str, ...]], Awaitable[None]]


class DeliveryError(Exception):
    """The platform did not take a message.

    `for_good` where trying again is of no use (blocked, deleted, malformed); `retry_after` in seconds where it said when;
    `unsure` where it may have taken it after all (the connection broke while we waited for its word).
    """

    def __init__(self, why: str, for_good: bool = False, retry_after: float | None = None, unsure: bool = False):
        super().__init__(why)
        self.for_good, self.retry_after, self.unsure = for_good, retry_after, unsure


class OutboundChannel(Protocol):
    """A channel whose platform must be sent to."""

    name: str
    greeting: Reply | None  # said before the first answer in a new conversation: that this is a machine, and the notice

    async def send(self, outgoing: Outgoing, part_taken: PartTaken) -> tuple[str, ...]:
        """Hand a message to the platform, from `outgoing.part` on; its ids there, all parts. Raises NotDelivered.

        After each part `await part_taken(parts so far, ids so far)`.
        """

    async def show_typing(self, conversation: Conversation) -> None:
        """Tell the person that an answer is on its way; must not raise."""


class OfficeHours(Protocol):
    """Knows whether somebody of the team is there."""

    def away_until(self, conversation: Conversation) -> str | None:
        """None where somebody is there for this conversation; else in words when they are back, empty where unknown."""


class _AlwaysThere:
    def away_until(self, conversation: Conversation) -> str | None:
        return None


ALWAYS_OPEN: OfficeHours = _AlwaysThere()
