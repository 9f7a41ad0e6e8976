"""Chats that get another number: a group that becomes a supergroup. Its conversations stay with their people."""

from __future__ import annotations

from sqlalchemy import Connection

from channels.telegram import NAME
from conversations.models import Conversation
from conversations.pipeline.inbox import conversations_with_address_part, readdress


def migrate_chat(connection: Connection, old: int, new: int) -> None:
    """Readdress all conversations of a chat, and those in its name, to its new number."""
    for conversation in conversations_with_address_part(connection, NAME, str(old)):
        person, chat, *topic = conversation.address.split("/")
        if str(old) in (person, chat):
            _move(connection, conversation, str(new) if person == str(old) else person, chat, topic, (str(old), new))


def _move(
    connection: Connection,
    conversation: Conversation,
    person: str,
    chat: str,
    topic: list[str],
    numbers: tuple[str, int],
) -> None:
    """Readdress a conversation. If the person has written in the new chat already, it stays apart, but becomes theirs."""
    old, new = numbers
    moved = str(new) if chat == old else chat
    reach = {**conversation.reach, "chat": int(moved)}
    if not readdress(connection, conversation, "/".join((person, moved, *topic)), reach):
        readdress(connection, conversation, "/".join((person, chat, *topic)), reach)
