"""Which conversations are one person's: by what they wrote of themselves, or by a conversation that is known to be theirs."""

from __future__ import annotations

import re

from sqlalchemy import Connection, func, or_, select

from conversations.data_rights.platform_accounts import conversations_of
from conversations.db import schema
from conversations.db.mappers import CONVERSATION, find_conversation, to_conversation
from conversations.models import TRY, Conversation
from conversations.pipeline.inbox import conversations_from
from conversations.review.search import conversations_with

CONVERSATIONS, MESSAGES, CONTACTS = schema.conversation, schema.message, schema.contact_request
NUMBER = re.compile(r"[0-9a-f]{32}")
ACCOUNT = re.compile(r"-?[0-9]{4,19}")
FEWEST, FEWEST_DIGITS, ENDING = (
    3,
    6,
    3,
)  # characters looked for; digits of what may be a number; of them, looked for at once
MOST = 200  # conversations


def find_conversations(connection: Connection, sought: str) -> list[Conversation]:
    """The conversations of whoever wrote this (a name, an address, a number), or whose account or conversation is so numbered.

    The newest first, MOST at most. On platforms, all other conversations of the same account come along.
    """
    sought = " ".join(sought.split())
    if NUMBER.fullmatch(sought):
        ids = {sought}
    elif len(sought) < FEWEST:
        return []
    else:
        ids = _who_wrote(connection, sought) | _who_is_called(connection, sought) | _who_is_numbered(connection, sought)
    found = {one.id: one for each in sorted(ids)[:MOST] for one in _same_person(connection, each)}
    kept = [one for one in found.values() if one.channel != TRY]
    return sorted(kept, key=lambda one: one.last_at, reverse=True)[:MOST]


def _same_person(connection: Connection, conversation_id: str) -> list[Conversation]:
    """The conversation, and on platforms all others of the same account."""
    one = find_conversation(connection, conversation_id)
    if one is None:
        return []
    return conversations_of(connection, one.channel, one.address) or [one]


def _who_is_called(connection: Connection, name: str) -> set[str]:
    """By the name that a platform told us, or that was left with a contact; and by the contact itself."""
    wanted = func.lower(CONVERSATIONS.c.person_name) == name.lower()
    found = {to_conversation(row).id for row in connection.execute(CONVERSATION.where(wanted).limit(MOST))}
    held = or_(func.lower(CONTACTS.c.name) == name.lower(), func.lower(CONTACTS.c.contact) == name.lower())
    return found | set(connection.execute(select(CONTACTS.c.conversation_id).where(held).limit(MOST)).scalars())


def _who_is_numbered(connection: Connection, sought: str) -> set[str]:
    """By their own number on Telegram; a chat in whose name somebody wrote has one below zero."""
    if not ACCOUNT.fullmatch(sought):
        return set()
    return {one.id for one in conversations_from(connection, "telegram", f"{sought}/")}


def _who_wrote(connection: Connection, sought: str) -> set[str]:
    digits = re.sub(r"\D", "", sought)
    if len(digits) >= FEWEST_DIGITS and not re.search(r"[^\W\d]", sought):
        return _who_wrote_number(connection, digits)
    having = conversations_with(connection, sought)
    rows = connection.execute(
        select(MESSAGES.c.conversation_id, MESSAGES.c.text).where(MESSAGES.c.conversation_id.in_(list(having)[:5000]))
    )
    return {row.conversation_id for row in rows if sought.casefold() in " ".join(row.text.split()).casefold()}


def _who_wrote_number(connection: Connection, digits: str) -> set[str]:
    """However it was spaced: by its last digits first, which most people write together, then by all of them."""
    ending = MESSAGES.c.text.contains(digits[-ENDING:], autoescape=True)
    rows = connection.execute(select(MESSAGES.c.conversation_id, MESSAGES.c.text).where(ending))
    return {row.conversation_id for row in rows if digits in re.sub(r"\D", "", row.text)}
