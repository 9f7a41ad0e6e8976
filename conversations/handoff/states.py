"""Who answers a conversation: the advisor, or a person.

bot      the advisor answers
waiting  a person was asked for; the advisor still answers
person   a member of staff has it; the engine is not asked
closed   done; the next message opens it again with the advisor

Only staff begin and end `person`, or the time-out; nothing that a visitor writes does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from conversations.db import schema
from conversations.db.mappers import CONVERSATION, find_conversation, to_conversation
from conversations.db.schema import now
from conversations.handoff import alerts
from conversations.models import BOT, CLOSED, PERSON, VISITOR, WAITING, Conversation

CONVERSATIONS, MESSAGES, HANDOFFS = schema.conversation, schema.message, schema.handoff
NOBODY = ""


class HandoffRefused(Exception):
    """The conversation is not in a state for this; the message says what is."""


@dataclass(frozen=True)
class StateChange:
    """One change of a conversation's state."""

    before: str
    after: str
    by: str
    at: datetime


def change_state(
    connection: Connection, conversation: Conversation, after: str, by: str, holder: str = ""
) -> Conversation:
    """Put a conversation into a state and note the change; the conversation as it is then."""
    if conversation.state == after and conversation.held_by == holder:
        return conversation
    at = now()
    connection.execute(
        update(CONVERSATIONS)
        .where(CONVERSATIONS.c.id == conversation.id)
        .values(state=after, state_since=at, held_by=holder)
    )
    connection.execute(
        insert(HANDOFFS).values(conversation_id=conversation.id, before=conversation.state, after=after, by=by, at=at)
    )
    return replace(conversation, state=after, state_since=at, held_by=holder)


def request_person(connection: Connection, conversation_id: str) -> Conversation:
    """The visitor asks for a person; staff are told. Nothing changes where one was asked for or answers already."""
    conversation = _must_exist(connection, conversation_id)
    if conversation.state in (WAITING, PERSON):
        return conversation
    alerts.raise_alert(connection, alerts.WAITING, conversation_id)
    return change_state(connection, conversation, WAITING, by=VISITOR)


def abandon(connection: Connection, conversation_id: str) -> Conversation | None:
    """The visitor left a conversation for good: nobody need wait in it, or for it. None where there is none."""
    conversation = find_conversation(connection, conversation_id, lock=True)
    return conversation and change_state(connection, conversation, CLOSED, by=VISITOR)


def take(connection: Connection, conversation_id: str, person: str) -> Conversation:
    """Give a conversation to a member of staff; refused where another one has it, so that two can't take one."""
    conversation = _must_exist(connection, conversation_id)
    if conversation.state == PERSON and conversation.held_by != person:
        raise HandoffRefused(f"{conversation.held_by} has this conversation already.")
    return change_state(connection, conversation, PERSON, by=person, holder=person)


def assign(connection: Connection, conversation_id: str, to: str, by: str) -> Conversation:
    """Give a conversation to a member of staff. Whoever has it can hand it on; what nobody has, anybody can give."""
    conversation = _must_exist(connection, conversation_id)
    if conversation.state == PERSON and conversation.held_by not in (by, to):
        raise HandoffRefused(f"{conversation.held_by} has this conversation; only they can hand it on.")
    return change_state(connection, conversation, PERSON, by=by, holder=to)


def give_back(connection: Connection, conversation_id: str, person: str) -> Conversation:
    """Give a conversation back to the advisor."""
    conversation = _must_exist(connection, conversation_id)
    if conversation.state not in (PERSON, WAITING):
        raise HandoffRefused("The advisor has this conversation already.")
    return change_state(connection, conversation, BOT, by=person)


def close(connection: Connection, conversation_id: str, person: str) -> Conversation:
    return change_state(connection, _must_exist(connection, conversation_id), CLOSED, by=person)


def require_holder(connection: Connection, conversation_id: str, person: str) -> Conversation:
    """The conversation, where this member of staff has it; else refused."""
    conversation = _must_exist(connection, conversation_id)
    if conversation.state != PERSON or conversation.held_by != person:
        raise HandoffRefused("Take the conversation first; then your words reach the visitor.")
    return conversation


def list_in_states(connection: Connection, *states: str) -> list[Conversation]:
    """All conversations in these states, the longest in theirs first."""
    wanted = CONVERSATION.where(CONVERSATIONS.c.state.in_(states)).order_by(CONVERSATIONS.c.state_since)
    return [to_conversation(row) for row in connection.execute(wanted)]


def overdue(connection: Connection, waiting: timedelta, silent: timedelta) -> list[Conversation]:
    """Those that nobody took for so long, and those whose person has said nothing for so long."""
    at = now()
    found = [one for one in list_in_states(connection, WAITING) if at - one.state_since > waiting]
    held = list_in_states(connection, PERSON)
    last = _last_words(connection, [one.id for one in held])
    return found + [one for one in held if at - max(one.state_since, last.get(one.id, one.state_since)) > silent]


def history(connection: Connection, conversation_id: str) -> list[StateChange]:
    rows = connection.execute(
        select(HANDOFFS).where(HANDOFFS.c.conversation_id == conversation_id).order_by(HANDOFFS.c.id)
    )
    return [StateChange(row.before, row.after, row.by, row.at) for row in rows]


def _last_words(connection: Connection, ids: Iterable[str]) -> dict[str, datetime]:
    wanted = MESSAGES.c.conversation_id.in_(ids), MESSAGES.c.author == PERSON
    rows = connection.execute(
        select(MESSAGES.c.conversation_id, func.max(MESSAGES.c.at).label("at"))
        .where(*wanted)
        .group_by(MESSAGES.c.conversation_id)
    )
    return {row.conversation_id: row.at for row in rows}


def _must_exist(connection: Connection, conversation_id: str) -> Conversation:
    conversation = find_conversation(connection, conversation_id, lock=True)
    if conversation is None:
        raise HandoffRefused("There is no such conversation.")
    return conversation
