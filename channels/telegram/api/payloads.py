"""Reading Telegram's JSON: the few fields that we need, each absent if it is missing or of another type.

An update is never refused for its other content: Telegram adds fields and kinds with every version of its API, and servers of
older versions leave some out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CONTENT = (  # kinds of content, each the name of a field; the special before those that come along for older bots
    *("animation", "live_photo", "audio", "document", "paid_media", "photo", "sticker", "story", "video", "video_note"),
    *("voice", "checklist", "contact", "dice", "game", "invoice", "poll", "rich_message", "venue", "location"),
)
INACCESSIBLE = {"message_id", "chat", "date"}  # what is left of an old message
PRIVATE = "private"
KIND = re.compile(r"[a-z_]{1,40}")
COMMAND, MENTION, MENTION_BY_ID = "bot_command", "mention", "text_mention"


@dataclass(frozen=True)
class BotIdentity:
    """The bot itself; its username is needed in groups only."""

    id: int
    username: str = ""


@dataclass(frozen=True)
class Sender:
    """A person, or a chat in whose name somebody writes: an anonymous administrator's group, or a channel."""

    id: int
    name: str = ""
    language: str = ""
    is_bot: bool = False
    is_chat: bool = False


@dataclass(frozen=True)
class Entity:
    """A part of a text with a meaning; offset and length are in UTF-16 units."""

    kind: str
    offset: int
    length: int
    user: int | None = None


@dataclass(frozen=True)
class Message:
    """A message of a chat. `words` are its text, or the caption of its content of the kind `content`."""

    id: int
    chat: int
    is_private: bool
    thread: int | None = None
    direct_topic: int | None = None  # of a channel's direct messages
    sender: Sender | None = None
    words: str = ""
    entities: tuple[Entity, ...] = ()
    content: str = ""
    album: str = ""
    replies_to: int | None = None  # whose message it replies to
    date: int | None = None
    edited: int | None = None  # when
    is_forwarded_by_itself: bool = False
    rows: tuple[tuple[Mapping[str, Any], ...], ...] = field(default=())  # of buttons under it
    is_there: bool = True  # False of an old one, of which Telegram tells no more than the number, and a date of 0
    moved_to: int | None = None  # the number that the chat has from now on
    moved_from: int | None = None

    def part(self, entity: Entity) -> str:
        """Return the text that an entity covers."""
        raw = self.words.encode("utf-16-le")
        return raw[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le", "replace")


@dataclass(frozen=True)
class Press:
    """A pressed button; `message` and `chat` say where it stood, if Telegram says so."""

    id: str
    user: Sender
    data: str
    chat: int | None
    message: Message | None

    @property
    def editable(self) -> Message | None:
        """Return the message if it can still be changed, else None."""
        return self.message if self.message and self.message.is_there else None


def message_of(raw: Any) -> Message | None:
    """Return the message; None if it has no number or no chat."""
    chat = part_at(raw, "chat")
    number, chat_id = number_at(raw, "message_id"), number_at(chat, "id")
    if number is None or chat_id is None:
        return None
    is_private = text_at(chat, "type") == PRIVATE or not text_at(chat, "type") and chat_id > 0
    sender = _chat_of(raw.get("sender_chat")) or user_of(raw.get("from"))
    words, entities = text_at(raw, "text"), "entities"
    if not words:
        words, entities = text_at(raw, "caption"), "caption_entities"
    return Message(
        id=number,
        chat=chat_id,
        is_private=is_private,
        # A thread counts in topics only: elsewhere it is a mere chain of replies, and cannot be sent to.
        thread=number_at(raw, "message_thread_id") if raw.get("is_topic_message") is True else None,
        direct_topic=number_at(part_at(raw, "direct_messages_topic"), "topic_id"),
        sender=sender or (user_of(chat) if is_private else None),  # a private chat is its person
        words=words,
        entities=tuple(entity for given in list_at(raw, entities) if (entity := _entity_of(given))),
        content=next((name for name in CONTENT if raw.get(name)), ""),
        album=text_at(raw, "media_group_id")[:64],
        replies_to=number_at(part_at(part_at(raw, "reply_to_message"), "from"), "id"),
        date=number_at(raw, "date"),
        edited=number_at(raw, "edit_date"),
        is_forwarded_by_itself=raw.get("is_automatic_forward") is True,
        rows=_rows_of(raw),
        is_there=not set(raw) <= INACCESSIBLE,
        moved_to=number_at(raw, "migrate_to_chat_id"),
        moved_from=number_at(raw, "migrate_from_chat_id"),
    )


def press_of(raw: Any) -> Press | None:
    """Return the press; None if it has no id or no user."""
    number, user = number_at(raw, "id"), user_of(part_at(raw, "from"))
    query = text_at(raw, "id") if number is None else str(number)
    if not query or user is None:
        return None
    message = raw.get("message")
    return Press(query, user, text_at(raw, "data"), number_at(part_at(message, "chat"), "id"), message_of(message))


def kinds_of(raw: Mapping[str, Any]) -> list[str]:
    """Return the names of the kinds of content in an update, 5 at most, for the log: no text of anybody."""
    return sorted(key for key in raw if KIND.fullmatch(key) and key != "update_id")[:5]


def user_of(raw: Any) -> Sender | None:
    """Return a user as Sender; None if it has no id."""
    number = number_at(raw, "id")
    if number is None:
        return None
    name = f"{text_at(raw, 'first_name')} {text_at(raw, 'last_name')}".strip()
    return Sender(number, name, text_at(raw, "language_code"), raw.get("is_bot") is True)


def number_at(raw: Any, key: str) -> int | None:
    """Return an integer of an object; None if it is absent or has another type."""
    value = raw.get(key) if isinstance(raw, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def text_at(raw: Any, key: str) -> str:
    """Return a text of an object; empty if it is absent or has another type."""
    value = raw.get(key) if isinstance(raw, Mapping) else None
    return value if isinstance(value, str) else ""


def part_at(raw: Any, key: str) -> Mapping[str, Any]:
    """Return an object within an object; an empty one if it is absent or has another type."""
    value = raw.get(key) if isinstance(raw, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def list_at(raw: Any, key: str) -> list[Any]:
    """Return a list of an object; an empty one if it is absent or has another type."""
    value = raw.get(key) if isinstance(raw, Mapping) else None
    return value if isinstance(value, list) else []


def _chat_of(raw: Any) -> Sender | None:
    number = number_at(raw, "id")
    return None if number is None else Sender(number, text_at(raw, "title"), is_chat=True)


def _entity_of(raw: Any) -> Entity | None:
    offset, length = number_at(raw, "offset"), number_at(raw, "length")
    if offset is None or length is None or offset < 0 or length < 1:
        return None
    return Entity(text_at(raw, "type"), offset, length, number_at(part_at(raw, "user"), "id"))


def _rows_of(raw: Any) -> tuple[tuple[Mapping[str, Any], ...], ...]:
    rows = list_at(part_at(raw, "reply_markup"), "inline_keyboard")
    return tuple(
        tuple(button for button in row if isinstance(button, Mapping)) for row in rows if isinstance(row, list)
    )
