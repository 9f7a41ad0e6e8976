"""Annotations of conversations by staff: notes, tags, a flag, and that a conversation was reviewed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, Table, delete, insert, select

from conversations.accounts import mentions
from conversations.db import schema
from conversations.db.schema import now
from core.translations import gettext as _

if TYPE_CHECKING:
    from sqlalchemy import Result
    from typing_extensions import Unpack

NOTES, TAGS, FLAGS, REVIEWS = schema.note, schema.tag, schema.flag, schema.review
LONGEST_NOTE, LONGEST_TAG, MOST_TAGS = 4000, 40, 20


class AnnotationError(Exception):
    """Raised when an annotation is refused; the message says why."""


@dataclass(frozen=True)
class Note:
    """Note that a staff member wrote about a conversation."""

    id: int
    by: str
    text: str
    at: datetime
    mentions: tuple[str, ...] = ()  # what stands after the @ for the accounts that it mentions

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """Return the text in pieces, each with whether it is a mention."""
        return mentions.pieces(self.text, self.mentions)


@dataclass(frozen=True)
class Marker:
    """Flag or review: who set it, and when."""

    by: str
    at: datetime


@dataclass(frozen=True)
class Annotations:
    """All annotations of a conversation."""

    notes: tuple[Note, ...]
    tags: tuple[str, ...]
    flag: Marker | None
    review: Marker | None


def annotations_of(connection: Connection, conversation_id: str) -> Annotations:
    """Return all annotations of a conversation."""

    def rows(table: Table, order: Column[Any]) -> Result[Unpack[tuple[Any, ...]]]:
        return connection.execute(select(table).where(table.c.conversation_id == conversation_id).order_by(order))

    mentioned = mentions.words_by_note(connection, conversation_id)
    flag, review = rows(FLAGS, FLAGS.c.at).first(), rows(REVIEWS, REVIEWS.c.at).first()
    return Annotations(
        notes=tuple(
            Note(row.id, row.by, row.text, row.at, mentioned.get(row.id, ())) for row in rows(NOTES, NOTES.c.id)
        ),
        tags=tuple(row.name for row in rows(TAGS, TAGS.c.name)),
        flag=Marker(flag.by, flag.at) if flag else None,
        review=Marker(review.reviewer, review.at) if review else None,
    )


def add_note(connection: Connection, conversation_id: str, by: str, text: str) -> list[str]:
    """Add a note, and notify whom it mentions; return their accounts. Raises AnnotationError if it is empty or too long."""
    text = text.replace("\r\n", "\n").strip()
    if not text or len(text) > LONGEST_NOTE:
        raise AnnotationError(_("A note has 1 to %(longest_note)s characters.") % {"longest_note": LONGEST_NOTE})
    values = {"conversation_id": conversation_id, "by": by, "text": text}
    note_id = connection.execute(insert(NOTES).values(values).returning(NOTES.c.id)).scalar_one()
    return mentions.record_mentions(connection, note_id, conversation_id, by, text)


def remove_note(connection: Connection, conversation_id: str, by: str, note_id: int) -> None:
    """Delete a note; raises AnnotationError unless `by` is its author."""
    own_note = NOTES.c.id == note_id, NOTES.c.conversation_id == conversation_id, NOTES.c.by == by
    if not connection.execute(delete(NOTES).where(*own_note)).rowcount:
        raise AnnotationError(_("Only who wrote a note can take it back."))


def add_tag(connection: Connection, conversation_id: str, by: str, name: str) -> None:
    """Add a tag, in lower case, so that 'Visa' and 'visa' are the same.

    Raises:
        AnnotationError: The name is empty or too long, or the conversation has MOST_TAGS tags.
    """
    name = tag_name(name)
    existing = set(connection.execute(select(TAGS.c.name).where(TAGS.c.conversation_id == conversation_id)).scalars())
    if len(existing) >= MOST_TAGS:
        raise AnnotationError(_("A conversation has %(most_tags)s tags at most.") % {"most_tags": MOST_TAGS})
    if name not in existing:
        connection.execute(insert(TAGS).values(conversation_id=conversation_id, name=name, by=by))


def tag_name(text: str) -> str:
    """Return the name of a tag as it is kept; raises AnnotationError if it is empty or too long."""
    name = re.sub(r"\s+", " ", text).strip().lower()
    if not name or len(name) > LONGEST_TAG:
        raise AnnotationError(_("A tag has 1 to %(longest_tag)s characters.") % {"longest_tag": LONGEST_TAG})
    return name


def remove_tag(connection: Connection, conversation_id: str, name: str) -> None:
    """Remove a tag, if the conversation has it."""
    connection.execute(delete(TAGS).where(TAGS.c.conversation_id == conversation_id, TAGS.c.name == name))


def set_flag(connection: Connection, conversation_id: str, by: str, on: bool) -> None:
    """Set or clear the flag of a conversation."""
    connection.execute(delete(FLAGS).where(FLAGS.c.conversation_id == conversation_id))
    if on:
        connection.execute(insert(FLAGS).values(conversation_id=conversation_id, by=by, at=now()))


def set_reviewed(connection: Connection, conversation_id: str, by: str, on: bool) -> None:
    """Mark a conversation as reviewed, or as not reviewed."""
    connection.execute(delete(REVIEWS).where(REVIEWS.c.conversation_id == conversation_id))
    if on:
        connection.execute(insert(REVIEWS).values(conversation_id=conversation_id, reviewer=by, at=now()))


def distinct_values(connection: Connection, column: Column[str], limit: int = 60) -> list[str]:
    """Return up to `limit` distinct values of an indexed column, without the empty one.

    Each value is looked up as the next greater one in the index, so the time grows with the number of values, not of rows.
    """
    values: list[str] = []
    while len(values) < limit:
        following = select(column).where(column > (values[-1] if values else "")).order_by(column).limit(1)
        value = connection.execute(following).scalar()
        if value is None:
            break
        values.append(value)
    return values
