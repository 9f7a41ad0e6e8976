"""Retention: masks the personal data of old conversations for good, and deletes still older ones.

Ages count from the last message of a conversation. Conversations that wait for a person, or that a person has, are left out.
The work is done in batches, each in a transaction of its own, so that no other writer waits for long: texts are read first,
masked outside of any transaction, and written a conversation at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, or_, select, update

from conversations import erasure
from conversations.data_rights.visitor_identities import forget_identity
from conversations.db import schema
from conversations.db.schema import now
from conversations.handoff.contact_requests import DONE
from conversations.models import PERSON, VISITOR, WAITING
from conversations.pii import mask
from conversations.review.understanding import without_personal_data

CONVERSATIONS, MASKED, CONTACTS = schema.conversation, schema.masked, schema.contact_request
ABOUT = schema.about_database
BATCH = 40  # conversations
MOST_CHARACTERS = 100_000  # of the texts in a batch: masking them takes some tenths of a second
WHO = "retention"  # in the audit log
MOST_AT_ONCE = 0.5  # the share of all conversations that a daily run may delete or mask
FEW = 20  # a number of conversations that is never too many
HELD_BACK = "retention_held_back"  # a row of about_database: staff have been told of a run that was held back
# Columns in which visitors may have written about themselves, besides those that `_delete_names` clears.
TEXTS = (
    *((schema.message, "id", "text"), (schema.note, "id", "text"), (schema.feedback, "message_id", "comment")),
    *((schema.contact_email, "id", "subject"), (schema.contact_email, "id", "text")),
)


@dataclass(frozen=True)
class RetentionPeriods:
    """Days without a message until a conversation is masked and until it is deleted; 0 is never."""

    mask: int = 30
    delete: int = 90


@dataclass(frozen=True)
class DueCounts:
    """Numbers of conversations that are old enough to be masked and to be deleted, and of all conversations."""

    mask: int
    delete: int
    total: int = field(default=0, compare=False)

    @property
    def too_much(self) -> str:
        """Say what is so much that a clock or a setting may be wrong; empty if nothing is."""
        for verb, count in (("delete", self.delete), ("cover", self.mask)):
            if count > max(FEW, self.total * MOST_AT_ONCE):
                much = "nearly everything" if count > self.total * 0.9 else "a great deal"
                return f"this would {verb} {much} ({count} of {self.total})"
        return ""


Text = tuple[int, int, str]  # index in TEXTS, key of the row, text


@dataclass(frozen=True)
class UnmaskedTexts:
    """The texts of a conversation as they were at a moment."""

    conversation_id: str
    at: datetime
    texts: tuple[Text, ...]


@dataclass(frozen=True)
class MaskedTexts:
    """The changes to a conversation's texts: index in TEXTS, key of the row, text as it was read, masked text."""

    conversation_id: str
    at: datetime
    changes: tuple[tuple[int, int, str, str], ...]


def count_due(connection: Connection, periods: RetentionPeriods) -> DueCounts:
    """Count what a run would do; changes nothing."""
    return DueCounts(
        mask=_count(connection, *(_to_mask(periods) or ())),
        delete=_count(connection, *(_to_delete(periods) or ())),
        total=_count(connection, CONVERSATIONS.c.id != ""),
    )


def record_held_back(connection: Connection, is_held_back: bool) -> bool:
    """Store if the last run was held back; returns True if it was and the one before was not."""
    row = ABOUT.c.name == HELD_BACK
    was_held_back = connection.execute(select(ABOUT.c.value).where(row)).first() is not None
    if is_held_back and not was_held_back:
        connection.execute(insert(ABOUT).values(name=HELD_BACK, value=now().isoformat()))
    elif was_held_back and not is_held_back:
        connection.execute(delete(ABOUT).where(row))
    return is_held_back and not was_held_back


def next_to_mask(connection: Connection, periods: RetentionPeriods) -> list[UnmaskedTexts]:
    """Read the texts of a batch of conversations that are to be masked; changes nothing."""
    batch: list[UnmaskedTexts] = []
    characters = 0
    for conversation_id in _oldest(connection, _to_mask(periods)):
        texts = tuple(_texts(connection, conversation_id))
        batch.append(UnmaskedTexts(conversation_id, now(), texts))
        characters += sum(len(text) for *_, text in texts)
        if characters >= MOST_CHARACTERS:
            break
    return batch


def mask_texts(read: UnmaskedTexts) -> MaskedTexts:
    """Mask the personal data in a conversation's texts; slow, and needs no database."""
    masked = ((index, key, text, mask(text)) for index, key, text in read.texts)
    return MaskedTexts(read.conversation_id, read.at, tuple(change for change in masked if change[2] != change[3]))


def store_masked(connection: Connection, masked: MaskedTexts) -> None:
    """Store masked texts in place of those that have not changed since; texts added since are masked by a later run."""
    conversation_id = masked.conversation_id
    for index, key, text, masked_text in masked.changes:
        table, key_name, column = TEXTS[index]
        is_unchanged = table.c[key_name] == key, table.c[column] == text
        connection.execute(update(table).where(*is_unchanged).values({column: masked_text}))
    if not connection.execute(select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.id == conversation_id)).first():
        return
    _delete_names(connection, conversation_id)
    connection.execute(delete(MASKED).where(MASKED.c.conversation_id == conversation_id))
    connection.execute(insert(MASKED), {"conversation_id": conversation_id, "at": masked.at})


def delete_batch(connection: Connection, periods: RetentionPeriods) -> list[str]:
    """Delete a batch of old conversations and return their ids; `finish_erasures` deletes them in the engine."""
    ids = _oldest(connection, _to_delete(periods))
    for conversation_id in ids:
        erasure.erase_conversation(connection, conversation_id, WHO)
    return ids


def _texts(connection: Connection, conversation_id: str) -> Iterator[Text]:
    for index, (table, key_name, column) in enumerate(TEXTS):
        wanted = table.c.conversation_id == conversation_id, table.c[column] != ""
        for key, text in connection.execute(select(table.c[key_name], table.c[column]).where(*wanted)):
            yield index, key, text


def _delete_names(connection: Connection, conversation_id: str) -> None:
    """Delete what else identifies the visitor: names, what was found in their messages, contact requests that are done."""
    messages, in_conversation = schema.message, schema.message.c.conversation_id == conversation_id
    from_visitor = in_conversation, messages.c.author == VISITOR
    for row in connection.execute(select(messages.c.id, messages.c.understanding).where(*from_visitor)).all():
        if row.understanding:
            impersonal = without_personal_data(row.understanding)
            connection.execute(update(messages).where(messages.c.id == row.id).values(understanding=impersonal))
    connection.execute(update(messages).where(*from_visitor).values(author_name=""))
    connection.execute(update(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation_id).values(person_name=""))
    forget_identity(connection, conversation_id)
    done = CONTACTS.c.conversation_id == conversation_id, CONTACTS.c.state == DONE
    connection.execute(update(CONTACTS).where(*done).values(name="", contact="", text=""))
    emails = schema.contact_email
    is_over = emails.c.due_at.is_(None), emails.c.conversation_id == conversation_id  # sent, or given up
    needless = or_(emails.c.sent_at.is_not(None), emails.c.contact_id.in_(select(CONTACTS.c.id).where(*done)))
    connection.execute(update(emails).where(*is_over, needless).values(address=""))


def _to_mask(periods: RetentionPeriods) -> tuple[ColumnElement[bool], ...] | None:
    since = MASKED.c.conversation_id == CONVERSATIONS.c.id, MASKED.c.at >= CONVERSATIONS.c.last_at
    is_masked = exists(select(MASKED.c.conversation_id).where(*since))
    return (*_older(periods.mask), ~is_masked) if periods.mask else None


def _to_delete(periods: RetentionPeriods) -> tuple[ColumnElement[bool], ...] | None:
    return _older(periods.delete) if periods.delete else None


def _older(days: int) -> tuple[ColumnElement[bool], ...]:
    before: datetime = now() - timedelta(days=days)
    return CONVERSATIONS.c.last_at < before, CONVERSATIONS.c.state.not_in((WAITING, PERSON))


def _oldest(connection: Connection, wanted: tuple[ColumnElement[bool], ...] | None) -> list[str]:
    if wanted is None:
        return []
    oldest = select(CONVERSATIONS.c.id).where(*wanted).order_by(CONVERSATIONS.c.last_at).limit(BATCH)
    return list(connection.execute(oldest).scalars())


def _count(connection: Connection, *wanted: ColumnElement[bool]) -> int:
    if not wanted:
        return 0
    return connection.execute(select(func.count()).select_from(CONVERSATIONS).where(*wanted)).scalar_one()
