"""Domain model of conversations: immutable records that channels, pipeline and console share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.traces.spans import TRACEPARENT

VISITOR, ADVISOR, PERSON, FRONT = "visitor", "advisor", "person", "front"  # authors of a message
RECEIVED, ANSWERED, FAILED, LEFT, SAID = "received", "answered", "failed", "left", "said"  # states of a message
BOT, WAITING, CLOSED = "bot", "waiting", "closed"  # states of a conversation; PERSON is the fourth
MEDIA = "media"  # key in a message's context: the kind of attachment, which is also noted at the start of the text
REASONS = "reasons"  # key in a message's understanding: why the engine's replies are what they are, one entry a reply
REPHRASED = "rephrased"  # key in a message's understanding: what came of having its answer rephrased
MODEL = "model"  # key in a message's understanding: what came of asking a language model about it
TRY = "try"  # channel of the console's playground; excluded from statistics, alerts and the queue


@dataclass(frozen=True)
class Inbound:
    """Inbound message in the form that every channel produces.

    Attributes:
        address: Identifies the conversation on its channel.
        text: The text as the visitor typed it; for a button, its title.
        payload: The payload of a pressed button or of a platform command.
        external_id: The platform's own message id. A second message with the same id is a duplicate.
        reach: What the channel needs to send to this address, such as chat and thread ids.
        context: Channel-specific facts about the message, such as its attachment or thread.
        pack: The guide pack of a conversation that begins with it, FIRST for the first; empty: its channel's, else the first.
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
    pack: str = ""


@dataclass(frozen=True)
class Button:
    """Choice under a reply.

    `token` has 16 characters and stands for the payload on platforms that limit the length of callback data.
    """

    title: str
    payload: str
    token: str = ""


@dataclass(frozen=True)
class Message:
    """Stored message of a conversation, inbound or outbound; `answers` is the id of the message it replies to."""

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
        """Return whether a visitor wrote the message."""
        return self.author == VISITOR

    @property
    def traceparent(self) -> str:
        """Return the trace of the turn that the message began, or ""."""
        return str(self.context.get(TRACEPARENT, ""))

    @property
    def words(self) -> str:
        """Return the text without the note of its attachment: "what is this?" for "[photo] what is this?"."""
        media = self.context.get(MEDIA)
        return self.text.removeprefix(f"[{media}]").lstrip() if media else self.text


@dataclass(frozen=True)
class Accepted:
    """Receipt for an inbound message that is durably stored.

    Attributes:
        again: The message is a duplicate of one stored earlier; `message`, `state` and `is_next` are then not set.
        state: The state of the conversation.
        is_next: No earlier message of the conversation still waits for its answer.
    """

    message_id: int
    conversation_id: str
    again: bool = False
    message: Message | None = None
    state: str = ""
    is_next: bool = False


@dataclass(frozen=True)
class Conversation:
    """Conversation without its messages: channel, address, state, and the staff member who holds it.

    `held_by` is the account, for colleagues; `held_as` is the name that the visitor reads, which may be empty. `pack` is the
    guide pack that answers, "" for the first; a conversation keeps the one that it began with.
    """

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
    held_as: str = ""
    pack: str = ""


@dataclass(frozen=True)
class Reply:
    """Outbound message before it is stored.

    `in_english` is the line, in the visitor's language, that says that the text is in English; the text may begin with it.
    """

    text: str
    author: str = ADVISOR
    author_name: str = ""
    buttons: tuple[Button, ...] = ()
    cards: tuple[Mapping[str, Any], ...] = ()
    sources: tuple[Mapping[str, Any], ...] = ()
    outcome: str = ""
    topic: str = ""
    in_english: str = ""


@dataclass(frozen=True)
class Turn:
    """What the engine made of a message: replies, understanding, names of the actions run, and its time in ms."""

    replies: tuple[Reply, ...]
    understanding: Mapping[str, Any] = field(default_factory=dict)
    actions: tuple[str, ...] = ()
    engine_ms: float | None = None


@dataclass(frozen=True)
class Outgoing:
    """Delivery of a message to a platform, with the message and conversation it belongs to.

    Attributes:
        part: How many parts of the message the platform has accepted; a long text is sent in several.
        platform_ids: The platform's ids of these parts.
        maybe_twice: The process died while sending, so the platform may have the message already.
    """

    delivery_id: int
    message: Message
    conversation: Conversation
    part: int = 0
    platform_ids: tuple[str, ...] = ()
    attempts: int = 0
    maybe_twice: bool = False
