"""States of a conversation, which say who answers it.

bot      the advisor answers
waiting  the visitor has asked for a person; the advisor still answers
person   a member of staff has the conversation; the engine is not asked
closed   done; the next message opens the conversation again with the advisor

The state `person` is begun and ended by staff, or ended by a time-out; nothing that a visitor writes changes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from conversations.accounts import notifications
from conversations.db import schema
from conversations.db.mappers import CONVERSATION, find_conversation, to_conversation
from conversations.db.schema import now
from conversations.erasure import record_audit
from conversations.handoff import alerts
from conversations.handoff.public_names import public_name
from conversations.integrations import webhooks
from conversations.models import BOT, CLOSED, PERSON, VISITOR, WAITING, Conversation
from core.translations import gettext as _

CONVERSATIONS, MESSAGES, HANDOFFS = schema.conversation, schema.message, schema.handoff
EVENTS = {WAITING: webhooks.WAITING, PERSON: webhooks.TAKEN, BOT: webhooks.RETURNED, CLOSED: webhooks.CLOSED}


class HandoffRefused(Exception):
    """The state of the conversation does not allow the change; the message says why."""


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
    """Set the state and the holder of a conversation, record the change, and return the changed conversation."""
    if conversation.state == after and conversation.held_by == holder:
        return conversation
    at, held_as = now(), public_name(connection, holder) if holder else ""
    connection.execute(
        update(CONVERSATIONS)
        .where(CONVERSATIONS.c.id == conversation.id)
        .values(state=after, state_since=at, held_by=holder, held_as=held_as)
    )
    connection.execute(
        insert(HANDOFFS).values(conversation_id=conversation.id, before=conversation.state, after=after, by=by, at=at)
    )
    facts = {"conversation": conversation.id, "channel": conversation.channel, "before": conversation.state, "by": by}
    webhooks.record_event(connection, EVENTS[after], **facts, held_by=holder)
    return replace(conversation, state=after, state_since=at, held_by=holder, held_as=held_as)


def request_person(connection: Connection, conversation_id: str) -> Conversation:
    """Put a conversation into the queue for a person, with an alert; unchanged if it waits or a person has it.

    Raises HandoffRefused if the conversation does not exist.
    """
    conversation = _require(connection, conversation_id)
    if conversation.state in (WAITING, PERSON):
        return conversation
    alerts.raise_alert(connection, alerts.WAITING, conversation_id)
    return change_state(connection, conversation, WAITING, by=VISITOR)


def abandon(connection: Connection, conversation_id: str) -> Conversation | None:
    """Close a conversation that its visitor has left for good; returns None if it does not exist."""
    conversation = find_conversation(connection, conversation_id, lock=True)
    return change_state(connection, conversation, CLOSED, by=VISITOR) if conversation else None


def take(connection: Connection, conversation_id: str, person: str) -> Conversation:
    """Give a conversation to a member of staff; raises HandoffRefused if a colleague has it."""
    conversation = _require(connection, conversation_id)
    if conversation.state == PERSON and conversation.held_by != person:
        raise HandoffRefused(_("%(held_by)s has this conversation already.") % {"held_by": conversation.held_by})
    return change_state(connection, conversation, PERSON, by=person, holder=person)


def assign(connection: Connection, conversation_id: str, to: str, by: str) -> Conversation:
    """Give a conversation to another member of staff, who is notified.

    Raises HandoffRefused if somebody other than `by` and `to` has it.
    """
    conversation = _require(connection, conversation_id)
    if conversation.state == PERSON and conversation.held_by not in (by, to):
        raise HandoffRefused(
            _("%(held_by)s has this conversation; only they can hand it on.") % {"held_by": conversation.held_by}
        )
    if notifications.notify(connection, to, notifications.TRANSFER, conversation_id, by):
        record_audit(connection, by, f"handed on to {to}"[:60], conversation_id)
    return change_state(connection, conversation, PERSON, by=by, holder=to)


def give_back(connection: Connection, conversation_id: str, person: str) -> Conversation:
    """Give a conversation back to the advisor; raises HandoffRefused if the advisor has it."""
    conversation = _require(connection, conversation_id)
    if conversation.state not in (PERSON, WAITING):
        raise HandoffRefused(_("The advisor has this conversation already."))
    return change_state(connection, conversation, BOT, by=person)


def close(connection: Connection, conversation_id: str, person: str) -> Conversation:
    """Close a conversation; raises HandoffRefused if it does not exist."""
    return change_state(connection, _require(connection, conversation_id), CLOSED, by=person)


def require_holder(connection: Connection, conversation_id: str, person: str) -> Conversation:
    """Return a conversation that this member of staff has; raises HandoffRefused if they do not have it."""
    conversation = _require(connection, conversation_id)
    if conversation.state != PERSON or conversation.held_by != person:
        raise HandoffRefused(_("Take the conversation first; then your words reach the visitor."))
    return conversation


def list_in_states(connection: Connection, *states: str) -> list[Conversation]:
    """Return all conversations in these states, those longest in their state first."""
    wanted = CONVERSATION.where(CONVERSATIONS.c.state.in_(states)).order_by(CONVERSATIONS.c.state_since)
    return [to_conversation(row) for row in connection.execute(wanted)]


def overdue(connection: Connection, waiting: timedelta, silent: timedelta) -> list[Conversation]:
    """Return the conversations that nobody took for `waiting`, and those whose person has not replied for `silent`."""
    at = now()
    not_taken = [each for each in list_in_states(connection, WAITING) if at - each.state_since > waiting]
    taken = list_in_states(connection, PERSON)
    replied_at = _last_replies(connection, [each.id for each in taken])
    active_at = {each.id: max(each.state_since, replied_at.get(each.id, each.state_since)) for each in taken}
    return not_taken + [each for each in taken if at - active_at[each.id] > silent]


def history(connection: Connection, conversation_id: str) -> list[StateChange]:
    """Return all changes of a conversation's state, the oldest first."""
    rows = connection.execute(
        select(HANDOFFS).where(HANDOFFS.c.conversation_id == conversation_id).order_by(HANDOFFS.c.id)
    )
    return [StateChange(row.before, row.after, row.by, row.at) for row in rows]


def _last_replies(connection: Connection, ids: Iterable[str]) -> dict[str, datetime]:
    """Return when a person last replied, by conversation id."""
    wanted = MESSAGES.c.conversation_id.in_(ids), MESSAGES.c.author == PERSON
    rows = connection.execute(
        select(MESSAGES.c.conversation_id, func.max(MESSAGES.c.at).label("at"))
        .where(*wanted)
        .group_by(MESSAGES.c.conversation_id)
    )
    return {row.conversation_id: row.at for row in rows}


def _require(connection: Connection, conversation_id: str) -> Conversation:
    conversation = find_conversation(connection, conversation_id, lock=True)
    if conversation is None:
        raise HandoffRefused(_("There is no such conversation."))
    return conversation
