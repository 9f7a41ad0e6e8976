"""Data subjects: finds the conversations of a person by what they wrote about themselves, or by a conversation of theirs."""

from __future__ import annotations

import re

from sqlalchemy import Connection, func, or_, select

from conversations.data_rights.platform_accounts import conversations_of
from conversations.data_rights.visitor_identities import conversations_identified_by, conversations_of_identity
from conversations.db import schema
from conversations.db.mappers import CONVERSATION, find_conversation, to_conversation
from conversations.models import TRY, Conversation
from conversations.pipeline.inbox import conversations_from
from conversations.review.search import conversations_with

CONVERSATIONS, MESSAGES, CONTACTS = schema.conversation, schema.message, schema.contact_request
CONVERSATION_ID = re.compile(r"[0-9a-f]{32}")
ACCOUNT_ID = re.compile(r"-?[0-9]{4,19}")
FEWEST = 3  # characters of what is sought
FEWEST_DIGITS, ENDING = 6, 3  # digits of a number; its last ones, by which messages are preselected
MOST = 200  # conversations
MOST_SEARCHED = 5000  # conversations whose messages are compared


def find_conversations(connection: Connection, sought: str) -> list[Conversation]:
    """Return the conversations of the person who wrote `sought`, or whose account or conversation has it as its id.

    `sought` is a name, an e-mail address, a phone number or an id. On platforms, the other conversations of the same account
    are included. The newest come first, MOST at most.
    """
    sought = " ".join(sought.split())
    if CONVERSATION_ID.fullmatch(sought):
        ids = {sought}
    elif len(sought) < FEWEST:
        return []
    else:
        ids = _by_text(connection, sought) | _by_name(connection, sought) | _by_account_id(connection, sought)
    by_id = {
        each.id: each
        for conversation_id in sorted(ids)[:MOST]
        for each in _of_same_account(connection, conversation_id)
    }
    conversations = [each for each in by_id.values() if each.channel != TRY]
    return sorted(conversations, key=lambda each: each.last_at, reverse=True)[:MOST]


def others_of_person(connection: Connection, conversation: Conversation) -> list[Conversation]:
    """Return the other conversations of a person, the newest first, MOST at most.

    They are those of the same account on a platform or on a site, and those in which the same contact details were left.
    """
    left = select(func.lower(CONTACTS.c.contact)).where(
        CONTACTS.c.conversation_id == conversation.id, CONTACTS.c.contact != ""
    )
    with_same_contact = select(CONTACTS.c.conversation_id).where(func.lower(CONTACTS.c.contact).in_(left))
    found = {each.id: each for each in conversations_of(connection, conversation.channel, conversation.address)}
    is_theirs = or_(
        CONVERSATIONS.c.id.in_(with_same_contact),
        CONVERSATIONS.c.id.in_(conversations_of_identity(connection, conversation.id)),
    )
    for row in connection.execute(CONVERSATION.where(is_theirs).limit(MOST)):
        found[row.id] = to_conversation(row)
    others = (each for each in found.values() if each.id != conversation.id and each.channel != TRY)
    return sorted(others, key=lambda each: each.last_at, reverse=True)[:MOST]


def _of_same_account(connection: Connection, conversation_id: str) -> list[Conversation]:
    """Return a conversation and, where a platform or a site tells whose it is, all others of the same account."""
    conversation = find_conversation(connection, conversation_id)
    if conversation is None:
        return []
    signed_in = conversations_of_identity(connection, conversation_id)
    others = [found for each in signed_in if (found := find_conversation(connection, each))]
    return conversations_of(connection, conversation.channel, conversation.address) or others or [conversation]


def _by_name(connection: Connection, name: str) -> set[str]:
    """Find conversations by what a platform or a site said of the person, and by name or contact of a contact request."""
    wanted = func.lower(CONVERSATIONS.c.person_name) == name.lower()
    ids = {to_conversation(row).id for row in connection.execute(CONVERSATION.where(wanted).limit(MOST))}
    requested = or_(func.lower(CONTACTS.c.name) == name.lower(), func.lower(CONTACTS.c.contact) == name.lower())
    ids |= set(conversations_identified_by(connection, name, MOST))
    return ids | set(connection.execute(select(CONTACTS.c.conversation_id).where(requested).limit(MOST)).scalars())


def _by_account_id(connection: Connection, sought: str) -> set[str]:
    """Find conversations by the person's id on Telegram; it is negative for a chat in whose name a person wrote."""
    if not ACCOUNT_ID.fullmatch(sought):
        return set()
    return {each.id for each in conversations_from(connection, "telegram", f"{sought}/")}


def _by_text(connection: Connection, sought: str) -> set[str]:
    """Find conversations by the text of messages."""
    digits = re.sub(r"\D", "", sought)
    if len(digits) >= FEWEST_DIGITS and not re.search(r"[^\W\d]", sought):
        return _by_digits(connection, digits)
    candidates = list(conversations_with(connection, sought))[:MOST_SEARCHED]
    rows = connection.execute(
        select(MESSAGES.c.conversation_id, MESSAGES.c.text).where(MESSAGES.c.conversation_id.in_(candidates))
    )
    return {row.conversation_id for row in rows if sought.casefold() in " ".join(row.text.split()).casefold()}


def _by_digits(connection: Connection, digits: str) -> set[str]:
    """Find conversations by a number, however its digits are spaced.

    The database preselects messages by its last digits, which most people write together.
    """
    ending = MESSAGES.c.text.contains(digits[-ENDING:], autoescape=True)
    rows = connection.execute(select(MESSAGES.c.conversation_id, MESSAGES.c.text).where(ending))
    return {row.conversation_id for row in rows if digits in re.sub(r"\D", "", row.text)}
