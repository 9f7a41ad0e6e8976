"""What goes between channels and conversations: plain records, no database, no web."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

VISITOR, ADVISOR, PERSON, FRONT = "visitor", "advisor", "person", "front"  # who says a message
RECEIVED, ANSWERED, FAILED, LEFT, SAID = "received", "answered", "failed", "left", "said"  # what became of it
BOT, WAITING, CLOSED = "bot", "waiting", "closed"  # states of a conversation; PERSON is the fourth
MEDIA = "media"  # in a message's context: what its words came with, noted before them in its text
TRY = "try"  # the channel of staff who try the advisor; it counts nowhere and wakes nobody


@dataclass(frozen=True)
class Inbound:
    """A message as it came in, in the one shape that all channels give.

    `address` is what the channel finds the conversation by; `reach` is what it needs to send there. `text` is as the person
    typed it; `payload` comes from a button or one of the platform's own commands, with `text` its title. `external_id` is
    the platform's own id: the same one twice is one message.
    """

    channel: str
    address: str
    text: str = ""
    payload: str = ""
    external_id: str | None = None
    reach: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    site: str = ""
    page: str = ""
    person_name: str = ""
    language: str = ""


@dataclass(frozen=True)
class Button:
    """A choice: `token` is short (16 characters) and stands for the payload on platforms that allow little."""

    title: str
    payload: str
    token: str = ""


@dataclass(frozen=True)
class Message:
    """One message of a conversation, either way, as stored."""

    id: int
    conversation_id: str
    channel: str
    author: str
    text: str
    at: datetime
    state: str
    author_name: str = ""
    payload: str = ""
    buttons: tuple[Button, ...] = ()
    cards: tuple[Mapping[str, Any], ...] = ()
    sources: tuple[Mapping[str, Any], ...] = ()
    outcome: str = ""
    topic: str = ""
    answers: int | None = None
    external_id: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    failure: str = ""

    @property
    def is_inbound(self) -> bool:
        return self.author == VISITOR

    @property
    def words(self) -> str:
        """What the writer put into words: the text without the note of what came with it ("[photo] what is this?")."""
        return self.text.removeprefix(f"[{self.context.get(MEDIA)}]").lstrip() if self.context.get(MEDIA) else self.text


@dataclass(frozen=True)
class Accepted:
    """An inbound message that is written: nothing can lose it any more. `again` where it had been written before.

    Of a new one: the message, the state of its conversation, and whether no earlier one is still to be answered there.
    """

    message_id: int
    conversation_id: str
    again: bool = False
    message: Message | None = None
    state: str = ""
    is_next: bool = False


@dataclass(frozen=True)
class Conversation:
    """A conversation's head: whose, where, and who answers it now."""

    id: str
    channel: str
    address: str
    state: str
    state_since: datetime
    created_at: datetime
    last_at: datetime
    reach: Mapping[str, Any] = field(default_factory=dict)
    site: str = ""
    page: str = ""
    person_name: str = ""
    language: str = ""
    held_by: str = ""


@dataclass(frozen=True)
class Reply:
    """Something to be said, before it is stored."""

    text: str
    author: str = ADVISOR
    author_name: str = ""
    buttons: tuple[Button, ...] = ()
    cards: tuple[Mapping[str, Any], ...] = ()
    sources: tuple[Mapping[str, Any], ...] = ()
    outcome: str = ""
    topic: str = ""


@dataclass(frozen=True)
class Turn:
    """What the engine made of a message: replies, what it understood, which actions ran, how long it took in ms."""

    replies: tuple[Reply, ...]
    understanding: Mapping[str, Any] = field(default_factory=dict)
    actions: tuple[str, ...] = ()
    engine_ms: float | None = None


@dataclass(frozen=True)
class Outgoing:
    """A message on its way to a platform.

    `part` says how many parts of it the platform has taken already (a long text goes in several), `platform_ids` their ids.
    """

    delivery_id: int
    message: Message
    conversation: Conversation
    part: int = 0
    platform_ids: tuple[str, ...] = ()
    attempts: int = 0
    maybe_twice: bool = False
