"""All conversations of one account on a platform, where the addresses of conversations begin with whose they are.

On Telegram an address begins "PERSON/". On Slack it begins "WORKSPACE.PERSON/", and the person alone decides: one installation
tells people of all workspaces apart by that number, and what they wrote in a channel that two workspaces share was once filed
under the other workspace. A front has one installation; its database is nobody else's.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from conversations.db.mappers import CONVERSATION, to_conversation
from conversations.models import Conversation
from conversations.pipeline.inbox import CONVERSATIONS, conversations_from

BY_PERSON, IN_WORKSPACES = ("telegram", "slack"), ("slack",)


def conversations_of(connection: Connection, channel: str, address: str) -> list[Conversation]:
    """Those of the account that has this address, or whose addresses begin so; none where addresses name no account."""
    beginning, slash, _ = address.partition("/")
    if channel not in BY_PERSON or not slash or not beginning:
        return []
    workspace, dot, person = beginning.partition(".")
    if channel not in IN_WORKSPACES or not (workspace and dot and person):
        return conversations_from(connection, channel, beginning + slash)
    wanted = CONVERSATIONS.c.channel == channel, CONVERSATIONS.c.address.contains(f".{person}/", autoescape=True)
    found = (to_conversation(row) for row in connection.execute(CONVERSATION.where(*wanted)))
    return [one for one in found if one.address.partition("/")[0].partition(".")[2] == person]


def conversation_among(connection: Connection, channel: str, addresses: Sequence[str]) -> Conversation | None:
    """The conversation at the first of these addresses where there is one."""
    wanted = CONVERSATIONS.c.channel == channel, CONVERSATIONS.c.address.in_(addresses)
    found = [to_conversation(row) for row in connection.execute(CONVERSATION.where(*wanted))]
    return min(found, key=lambda one: addresses.index(one.address), default=None)
