"""Telegram's messages as Inbound; None for whatever is not for the advisor. Pure.

In groups, those are messages that do not mention, answer or command the bot; everywhere, messages of bots and service messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from channels.telegram import NAME
from channels.telegram.api.payloads import COMMAND, MENTION, MENTION_BY_ID, BotIdentity, Entity, Message, Sender
from channels.telegram.commands import HELP, CommandMeaning, KnownTopic, parse_command
from conversations.models import MEDIA, Inbound
from conversations.pipeline.turn_dispatcher import ANSWER_WITH

TEXT_ONLY = "text_only"  # of conversations.pipeline.system_messages
ALBUM, EDITED, NUMBER = "album", "edited", "message"  # in a message's context
LONGEST_NAME, LONGEST_LANGUAGE = 120, 20  # as the database holds them


@dataclass(frozen=True)
class ChatAddress:
    """The address of a conversation; it begins with the person, so that all conversations of a person are found.

    A chat stands for the person if somebody writes in its name.
    """

    person: int
    chat: int
    thread: int | None
    is_group: bool
    direct_topic: int | None = None

    @property
    def address(self) -> str:
        """Return the channel address."""
        within = f"/{self.thread}" if self.thread else f"/dm{self.direct_topic}" if self.direct_topic else ""
        return f"{beginning_of(self.person)}{self.chat}{within}"

    @property
    def reach(self) -> dict[str, Any]:
        """Return what sending needs."""
        reach = {"chat": self.chat, "thread": self.thread, "group": self.is_group}
        return {**reach, "direct_topic": self.direct_topic} if self.direct_topic else reach


def beginning_of(person: int) -> str:
    """Return what all addresses of a person begin with."""
    return f"{person}/"


def beginning_in(address: str) -> str:
    """Return the part of an address that names the person."""
    return address[: address.index("/") + 1]


def person_in(address: str) -> int:
    """Return the number of an address's person, or, below zero, of the chat in whose name they wrote."""
    return int(address[: address.index("/")])


def inbound_of(message: Message, update: int, me: BotIdentity, is_topic: KnownTopic) -> Inbound | None:
    """Return the message as Inbound; None if it is not for the advisor."""
    sender = message.sender
    if sender is None or not _is_from_person(message) or not (message.words or message.content):
        return None
    place = ChatAddress(sender.id, message.chat, message.thread, not message.is_private, message.direct_topic)
    if place.is_group and not _is_for_us(message, me):
        return None
    meant = _command(message, me, is_topic)
    words = _without_name(message, me) if place.is_group and not meant else message.words
    if message.content:
        return _with_content(message, update, me, place, words)
    meant = meant or (None if words else CommandMeaning(HELP))  # our name alone
    context = {ANSWER_WITH: meant.answer_with} if meant and meant.answer_with else {}
    return _inbound(message, update, me, place, words or message.words, context, meant.payload if meant else "")


def _with_content(message: Message, update: int, me: BotIdentity, place: ChatAddress, words: str) -> Inbound:
    """Return a message with a picture or file: its caption is answered; without one, text is asked for, once an album."""
    context: dict[str, Any] = {MEDIA: message.content}
    if message.album:
        context[ALBUM] = message.album
    if not words:
        context[ANSWER_WITH] = TEXT_ONLY
    return _inbound(message, update, me, place, f"[{message.content}] {words}".strip(), context)


def _is_from_person(message: Message) -> bool:
    """Return True unless a bot wrote the message, or a channel's post was forwarded automatically."""
    return message.sender is not None and not message.sender.is_bot and not message.is_forwarded_by_itself


def _is_for_us(message: Message, me: BotIdentity) -> bool:
    """Return True if a group's message mentions the bot, commands it, or replies to it with text."""
    if any(_is_our_name(message, entity, me) for entity in message.entities):
        return True
    if not message.words:
        return False
    replied_to = message.replies_to == me.id and not _is_others_command(message, me)
    return replied_to or _command(message, me, lambda topic: False) is not None


def _is_our_name(message: Message, entity: Entity, me: BotIdentity) -> bool:
    if entity.kind == MENTION_BY_ID:
        return entity.user == me.id
    ours, covered = f"@{me.username.lower()}", message.part(entity).lower()
    if entity.kind == COMMAND:
        return covered.endswith(ours)
    return entity.kind == MENTION and covered == ours


def _command_words(message: Message) -> tuple[str, str, str] | None:
    """Return (command, the bot it names, the text after it) of a message that begins with a command, else None."""
    entity = next((entity for entity in message.entities if entity.kind == COMMAND and entity.offset == 0), None)
    if entity is None or message.content:
        return None
    whole = message.part(entity)
    command, _, bot = whole[1:].lower().partition("@")
    return command, bot, message.words[len(whole) :].strip()


def _is_others_command(message: Message, me: BotIdentity) -> bool:
    command = _command_words(message)
    return bool(command and command[1] and command[1] != me.username.lower())


def _command(message: Message, me: BotIdentity, is_topic: KnownTopic) -> CommandMeaning | None:
    """Return what the message's command means; None if it has none of ours. /start@bot is /start."""
    words = _command_words(message)
    if words is None or not message.is_private and _is_others_command(message, me):
        return None
    command, _, argument = words
    return parse_command(command, argument, is_topic)


def _without_name(message: Message, me: BotIdentity) -> str:
    """Return the text without the bot's name."""
    raw = message.words.encode("utf-16-le")
    for entity in sorted(message.entities, key=lambda entity: -entity.offset):
        if _is_our_name(message, entity, me):
            length = len(f"@{me.username}") if entity.kind == COMMAND else entity.length
            end = 2 * (entity.offset + entity.length)
            raw = raw[: end - 2 * length] + raw[end:]
    return raw.decode("utf-16-le", "replace").lstrip(" ,:").rstrip()


def _inbound(
    message: Message,
    update: int,
    me: BotIdentity,
    place: ChatAddress,
    text: str,
    more: dict[str, Any],
    payload: str = "",
) -> Inbound:
    # The pictures of an album are updates of their own, and one message to whoever sent it; what they say is not.
    is_silent_part = ALBUM in more and ANSWER_WITH in more
    assert message.sender is not None
    return Inbound(
        NAME,
        place.address,
        text=text,
        payload=payload,
        external_id=f"{me.id}:album:{place.chat}:{message.album}" if is_silent_part else f"{me.id}:{update}",
        reach=place.reach,
        context={"update": update, NUMBER: message.id, **sender_context(message.sender), **more},
        **sender_fields(message.sender),
    )


def sender_context(sender: Sender) -> dict[str, Any]:
    """Return what is stored with each message about its sender."""
    return {"user": sender.id, "language": sender.language[:LONGEST_LANGUAGE]}


def sender_fields(sender: Sender) -> dict[str, str]:
    """Return the person's name and the language of their app, as a conversation stores them."""
    return {"person_name": sender.name[:LONGEST_NAME], "language": sender.language[:LONGEST_LANGUAGE]}
