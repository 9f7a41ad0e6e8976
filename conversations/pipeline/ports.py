"""What the pipeline needs of a channel, of the office and of a language model, as protocols that other rooms implement."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from conversations.models import Conversation, Outgoing, Reply
from core.contract.queries import MaskedMessage, ModelReading, UnsureTurn
from core.contract.rephrasings import Rephrasing

PartTaken = Callable[
    [int, tuple[str, ...]], Awaitable[None]
]  # arguments: parts taken so far, the platform's ids so far


class DeliveryError(Exception):
    """A platform did not take a message.

    `permanent` if another attempt is of no use (blocked, deleted, malformed); `retry_after` in seconds if the platform said
    when to try again; `ambiguous` if it may have taken the message after all (the connection broke before its answer).
    """

    def __init__(
        self, reason: str, permanent: bool = False, retry_after: float | None = None, ambiguous: bool = False
    ) -> None:
        super().__init__(reason)
        self.permanent, self.retry_after, self.ambiguous = permanent, retry_after, ambiguous


class OutboundChannel(Protocol):
    """A channel to whose platform replies are sent. Channels whose clients fetch replies (web, REST) need none of this."""

    name: str

    @property
    def greeting(self) -> Reply | None:
        """Return what is sent before the first answer of a new conversation: that this is a machine, and the notice."""

    async def send(self, outgoing: Outgoing, part_taken: PartTaken) -> tuple[str, ...]:
        """Send a message from its part number `outgoing.part` on; return the platform's ids of all its parts.

        Awaits `part_taken` after each part. Raises DeliveryError if the platform does not take a part.
        """

    async def show_typing(self, conversation: Conversation) -> None:
        """Show the visitor that an answer is being prepared; must not raise."""


class OfficeHours(Protocol):
    """Knows when staff are available."""

    def away_until(self, conversation: Conversation) -> str | None:
        """Return None if staff are available for this conversation, else when they will be back.

        The time is in words for the visitor, and empty if it is not known.
        """


class LanguageModel(Protocol):
    """Reads messages of which the engine is unsure, and may rephrase answers."""

    def when(self, site: str) -> str:
        """Return when messages from a site are put to it: UNSURE, ALWAYS or NEVER."""

    def spent_today(self) -> tuple[int, int]:
        """Return how many calls were made of it and how many tokens these took today (UTC), on this machine."""

    def ordinary_words(self, pack: str) -> frozenset[str]:
        """Return words of a guide pack's knowledge, in small letters, which name no person; must not raise."""

    async def read(self, message: MaskedMessage, unsure: UnsureTurn, pack: str = "") -> ModelReading:
        """Return what it made of a message, by the knowledge of a guide pack; must not raise."""

    def rephrases(self, site: str, language: str) -> bool:
        """Return whether answers from a site are rephrased in a language (ISO 639-1)."""

    async def rephrase(
        self, texts: Sequence[str], language: str, seconds: float, labels: Sequence[str] = ()
    ) -> Rephrasing:
        """Return texts as they are said in a language, if that passed all checks within `seconds`; must not raise.

        `labels` are titles of buttons and the like: each that does not pass stays as it is.
        """


class _AlwaysOpen:
    def away_until(self, conversation: Conversation) -> str | None:
        return None


ALWAYS_OPEN: OfficeHours = _AlwaysOpen()
