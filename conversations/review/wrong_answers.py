"""Answers whose content staff called wrong: the reason is a comment on a draft of the entry that they come from.

Nothing of what a visitor wrote is copied: the comment only names the message, so what is erased is gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from conversations.accounts import accounts
from conversations.db import schema
from conversations.editing import draft_comments, entry_drafts
from conversations.errors import EditError
from conversations.learning import corrections
from core.translations import gettext as _

COMMENTS, DRAFTS = schema.draft_comment, schema.entry_draft
WHY = "An answer from it was said to be wrong"
LONGEST_REASON = 1500
_NAMES = "[message "  # begins the last line of a comment, which goes on with conversation/message]


@dataclass(frozen=True)
class PublishedEntry:
    """The entry that a wrong answer comes from, as it is published; `base` is its fingerprint."""

    kind: str
    key: str
    content: dict[str, Any]
    base: str


@dataclass(frozen=True)
class Remark:
    """A comment on a draft; `conversation_id` and `message_id` are empty and 0 if it is about no message."""

    draft_id: int
    reason: str
    by: str
    at: datetime
    conversation_id: str = ""
    message_id: int = 0


def report(
    connection: Connection, message_id: int, reason: str, entry: PublishedEntry, who: str, pack: str = ""
) -> int:
    """Store that the answer to a message is wrong, and return the draft of the entry of a guide pack, begun if it had none.

    The draft is assigned to the entry's owner, if that is an account and nobody else has it.

    Raises:
        EditError: There is no reason, or it is too long.
        CorrectionError: There is no such message of a visitor.
    """
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise EditError(
            _("Say what is wrong with the answer, in up to %(longest_reason)s characters.")
            % {"longest_reason": f"{LONGEST_REASON:,}"}
        )
    withdraw(connection, [message_id])
    corrections.mark_wrong(connection, message_id, who)
    conversation_id = connection.execute(
        select(schema.message.c.conversation_id).where(schema.message.c.id == message_id)
    ).scalar_one()
    draft_id = entry_drafts.begin(connection, entry.kind, entry.key, entry.content, entry.base, who, WHY, pack)
    draft_comments.add(connection, draft_id, f"{reason}\n{_NAMES}{conversation_id}/{message_id}]", who)
    _assign_to_owner(connection, draft_id, str(entry.content.get("owner", "")))
    return draft_id


def undo(connection: Connection, message_ids: Iterable[int]) -> None:
    """Take back what was decided about messages, and what was said of their answers."""
    message_ids = list(message_ids)
    withdraw(connection, message_ids)
    corrections.undo(connection, message_ids)


def withdraw(connection: Connection, message_ids: Iterable[int]) -> None:
    """Remove the remarks about answers to these messages, and drafts that were begun for them and hold nothing else."""
    wanted, told = set(message_ids), remarks(connection)
    for message_id, remark in told.items():
        if message_id in wanted:
            text = COMMENTS.c.text.endswith(f"\n{_NAMES}{remark.conversation_id}/{message_id}]", autoescape=True)
            connection.execute(delete(COMMENTS).where(COMMENTS.c.draft_id == remark.draft_id, text))
            _drop_if_untouched(connection, remark.draft_id)


def remarks(connection: Connection) -> dict[int, Remark]:
    """Return what was said of wrong answers on the drafts that there are, by message id."""
    query = select(COMMENTS).where(COMMENTS.c.text.contains(f"\n{_NAMES}", autoescape=True)).order_by(COMMENTS.c.id)
    about = [_remark(row.draft_id, row.text, row.by, row.at) for row in connection.execute(query)]
    return {remark.message_id: remark for remark in about if remark.message_id}


def on_draft(connection: Connection, draft_id: int) -> list[Remark]:
    """Return all comments on a draft, the oldest first; those about an answer name its message."""
    found = draft_comments.of_draft(connection, draft_id)
    return [_remark(draft_id, each.text, each.by, each.at) for each in found]


def _remark(draft_id: int, text: str, by: str, at: datetime) -> Remark:
    reason, _, last = text.rpartition("\n")
    conversation_id, _, number = last.removeprefix(_NAMES).removesuffix("]").partition("/")
    if not (last.startswith(_NAMES) and conversation_id.isalnum() and number.isascii() and number.isdecimal()):
        return Remark(draft_id, text, by, at)
    return Remark(draft_id, reason, by, at, conversation_id, int(number))


def _drop_if_untouched(connection: Connection, draft_id: int) -> None:
    draft = entry_drafts.find(connection, draft_id)
    is_ours = draft is not None and draft.why == WHY and draft.version == 1
    if is_ours and not draft_comments.of_draft(connection, draft_id):
        entry_drafts.remove(connection, draft_id)


def _assign_to_owner(connection: Connection, draft_id: int, owner: str) -> None:
    draft = entry_drafts.find(connection, draft_id)
    if draft and not draft.assigned and owner in [member.name for member in accounts.list_accounts(connection)]:
        entry_drafts.assign(connection, draft_id, owner)
