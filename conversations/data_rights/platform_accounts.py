"""Conversations of one account on a platform, found by the person at the beginning of their channel addresses.

On Telegram an address begins "PERSON/". On Slack it begins "WORKSPACE.PERSON/", and only the person counts: their id is unique
in all workspaces of an installation, and messages in a channel that two workspaces share were once stored under the other
workspace. A front has one installation, and its database serves no other.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from conversations.db.mappers import CONVERSATION, to_conversation
from conversations.models import Conversation
from conversations.pipeline.inbox import CONVERSATIONS, conversations_from

BY_PERSON, IN_WORKSPACES = ("telegram", "slack"), ("slack",)


def conversations_of(connection: Connection, channel: str, address: str) -> list[Conversation]:
    """Return the conversations of the account that the channel address names; none on channels without accounts."""
    person_part, slash, _ = address.partition("/")
    if channel not in BY_PERSON or not slash or not person_part:
        return []
    workspace, dot, person = person_part.partition(".")
    if channel not in IN_WORKSPACES or not (workspace and dot and person):
        return conversations_from(connection, channel, person_part + slash)
    wanted = CONVERSATIONS.c.channel == channel, CONVERSATIONS.c.address.contains(f".{person}/", autoescape=True)
    candidates = (to_conversation(row) for row in connection.execute(CONVERSATION.where(*wanted)))
    return [each for each in candidates if each.address.partition("/")[0].partition(".")[2] == person]


def conversation_among(connection: Connection, channel: str, addresses: Sequence[str]) -> Conversation | None:
    """Return the conversation at the first of these addresses that has one, or None."""
    wanted = CONVERSATIONS.c.channel == channel, CONVERSATIONS.c.address.in_(addresses)
    conversations = [to_conversation(row) for row in connection.execute(CONVERSATION.where(*wanted))]
    return min(conversations, key=lambda each: addresses.index(each.address), default=None)
