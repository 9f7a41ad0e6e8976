"""What an update says to us: pure, from Telegram's shapes to ours. Whatever is not for us is None, by design.

Let go by: edits (what was first written has been answered; ask again in a new message), channel posts, membership changes,
polls, reactions, business and inline updates; in groups, whatever does not mention, answer or command the bot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telegram import Message, MessageEntity, Update, User
from telegram.constants import ChatType

from channels.telegram import NAME
from channels.telegram.commands import KnownTopic, meaning
from conversations.answering import ANSWER_WITH
from conversations.records import Inbound

MEDIA = (
    "animation",
    "audio",
    "contact",
    "dice",
    "document",
    "game",
    "location",
    "paid_media",
    "photo",
    "poll",
    "sticker",
    "story",
    "venue",
    "video",
    "video_note",
    "voice",
)
LONGEST_NAME, LONGEST_LANGUAGE = 120, 20  # as the database holds them


@dataclass(frozen=True)
class Me:
    """The bot itself; its name is needed in groups only."""

    id: int
    username: str = ""


@dataclass(frozen=True)
class Place:
    """Where a person talks to us: one conversation each. The address begins with the person, so that all theirs are found."""

    person: int
    chat: int
    thread: int | None
    is_group: bool

    @property
    def address(self) -> str:
        return f"{beginning_of(self.person)}{self.chat}" + (f"/{self.thread}" if self.thread else "")

    @property
    def reach(self) -> dict[str, Any]:
        return {"chat": self.chat, "thread": self.thread, "group": self.is_group}


def beginning_of(person: int) -> str:
    """What all addresses of a person begin with."""
    return f"{person}/"


def beginning_in(address: str) -> str:
    return address[: address.index("/") + 1]


def is_in_group(update: Update) -> bool:
    return update.message is not None and update.message.chat.type != ChatType.PRIVATE


def inbound_of(update: Update, me: Me, is_topic: KnownTopic) -> Inbound | None:
    """The message that an update brings, if it is one for us."""
    message = update.message
    if message is None or not _is_from_person(message):
        return None
    place = place_of(message, message.sender_chat.id if message.sender_chat else message.from_user.id)
    words = message.text or message.caption or ""
    kind = next((name for name in MEDIA if getattr(message, name)), "")
    if not (words or kind) or place.is_group and not _is_for_us(message, me, kind):
        return None
    if kind:
        return _inbound(update, me, place, f"[{kind}] {words}".strip(), {ANSWER_WITH: "text_only"})
    meant = _command(message, me, is_topic)
    text = _without_name(message, me) if place.is_group and not meant else words
    context = {ANSWER_WITH: meant.answer_with} if meant and meant.answer_with else {}
    return _inbound(update, me, place, text, context, meant.payload if meant else "")


def place_of(message: Message, person: int) -> Place:
    """A thread counts in topics only: elsewhere it is a mere chain of replies, and cannot be sent to."""
    thread = message.message_thread_id if message.is_topic_message else None
    return Place(person, message.chat.id, thread, message.chat.type != ChatType.PRIVATE)


def clean(text: str) -> str:
    """Without what no database takes: lone surrogates and zero bytes."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def _is_from_person(message: Message) -> bool:
    """Not a service message's bot, another bot, or a channel's post that was forwarded by itself."""
    if message.is_automatic_forward or message.from_user is None and message.sender_chat is None:
        return False
    return message.sender_chat is not None or not message.from_user.is_bot


def _is_for_us(message: Message, me: Me, kind: str) -> bool:
    """In a group: mentioned, commanded or, in words, replied to."""
    entities = {**message.parse_entities(), **message.parse_caption_entities()}
    if any(_is_our_name(entity, text, me) for entity, text in entities.items()):
        return True
    if kind:
        return False
    replied_to = message.reply_to_message and message.reply_to_message.from_user
    return bool(replied_to and replied_to.id == me.id and not _is_others_command(message, me)) or bool(
        _command(message, me, lambda topic: False)
    )


def _is_our_name(entity: MessageEntity, text: str, me: Me) -> bool:
    if entity.type == MessageEntity.TEXT_MENTION:
        return entity.user is not None and entity.user.id == me.id
    ours = f"@{me.username.lower()}"
    if entity.type == MessageEntity.BOT_COMMAND:
        return text.lower().endswith(ours)
    return entity.type == MessageEntity.MENTION and text.lower() == ours


def _command_words(message: Message) -> tuple[str, str, str] | None:
    """(command, the bot it names, what stands behind it) where the message begins with a command."""
    for entity, text in message.parse_entities([MessageEntity.BOT_COMMAND]).items():
        if entity.offset == 0:
            command, _, bot = text[1:].lower().partition("@")
            return command, bot, message.text[len(text) :].strip()
    return None


def _is_others_command(message: Message, me: Me) -> bool:
    found = _command_words(message)
    return bool(found and found[1] and found[1] != me.username.lower())


def _command(message: Message, me: Me, is_topic: KnownTopic):
    """What the message's command means; None where it has none of ours. /start@bot is /start."""
    found = _command_words(message)
    if found is None or message.chat.type != ChatType.PRIVATE and _is_others_command(message, me):
        return None
    command, _, argument = found
    return meaning(command, argument, is_topic)


def _without_name(message: Message, me: Me) -> str:
    """The words without the bot's name. Telegram counts in UTF-16 units."""
    raw = message.text.encode("utf-16-le")
    for entity, text in sorted(message.parse_entities().items(), key=lambda one: -one[0].offset):
        if _is_our_name(entity, text, me):
            length = len(f"@{me.username}") if entity.type == MessageEntity.BOT_COMMAND else entity.length
            end = 2 * (entity.offset + entity.length)
            raw = raw[: end - 2 * length] + raw[end:]
    return raw.decode("utf-16-le", "replace").lstrip(" ,:").rstrip()


def _inbound(update: Update, me: Me, place: Place, text: str, more: dict[str, Any], payload: str = "") -> Inbound:
    message = update.message
    album = message.media_group_id
    return Inbound(
        NAME,
        place.address,
        text=clean(text),
        payload=payload,
        # The pictures of an album are updates of their own, and one message to the person who sent it.
        external_id=f"{me.id}:album:{place.chat}:{album}" if album else f"{me.id}:{update.update_id}",
        reach=place.reach,
        context={"update": update.update_id, "message": message.message_id, **about(message.from_user), **more},
        **named(message.from_user),
    )


def about(user: User | None) -> dict[str, Any]:
    """What is noted with each message about who sent it."""
    return {"user": user.id, "language": user.language_code or ""} if user else {}


def named(user: User | None) -> dict[str, str]:
    """How the person is called and which language their app speaks, as a conversation keeps it."""
    if user is None:
        return {}
    return {
        "person_name": clean(user.full_name)[:LONGEST_NAME],
        "language": clean(user.language_code or "")[:LONGEST_LANGUAGE],
    }
