"""What staff note about a conversation: notes, tags, a flag, that it was reviewed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from conversations.db import schema
from conversations.db.schema import now

NOTES, TAGS, FLAGS, REVIEWS = schema.note, schema.tag, schema.flag, schema.review
LONGEST_NOTE, LONGEST_TAG, MOST_TAGS = 4000, 40, 20


class AnnotationError(Exception):
    """What was asked for cannot be noted; the message says why."""


@dataclass(frozen=True)
class Note:
    id: int
    by: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Marker:
    """Something that somebody set, and when: a flag, a review."""

    by: str
    at: datetime


@dataclass(frozen=True)
class Annotations:
    """All that staff noted about one conversation."""

    notes: tuple[Note, ...]
    tags: tuple[str, ...]
    flag: Marker | None
    review: Marker | None


def annotations_of(connection: Connection, conversation_id: str) -> Annotations:
    def rows(table, order):
        return connection.execute(select(table).where(table.c.conversation_id == conversation_id).order_by(order))

    flag, review = rows(FLAGS, FLAGS.c.at).first(), rows(REVIEWS, REVIEWS.c.at).first()
    return Annotations(
        notes=tuple(Note(row.id, row.by, row.text, row.at) for row in rows(NOTES, NOTES.c.id)),
        tags=tuple(row.name for row in rows(TAGS, TAGS.c.name)),
        flag=Marker(flag.by, flag.at) if flag else None,
        review=Marker(review.reviewer, review.at) if review else None,
    )


def add_note(connection: Connection, conversation_id: str, by: str, text: str) -> None:
    text = text.replace("\r\n", "\n").strip()
    if not text or len(text) > LONGEST_NOTE:
        raise AnnotationError(f"A note has 1 to {LONGEST_NOTE} characters.")
    connection.execute(insert(NOTES).values(conversation_id=conversation_id, by=by, text=text))


def remove_note(connection: Connection, conversation_id: str, by: str, note_id: int) -> None:
    """One's own note; another's stays."""
    wanted = NOTES.c.id == note_id, NOTES.c.conversation_id == conversation_id, NOTES.c.by == by
    if not connection.execute(delete(NOTES).where(*wanted)).rowcount:
        raise AnnotationError("Only who wrote a note can take it back.")


def add_tag(connection: Connection, conversation_id: str, by: str, name: str) -> None:
    """Tags are small letters, so that 'Visa' and 'visa' are one."""
    name = re.sub(r"\s+", " ", name).strip().lower()
    if not name or len(name) > LONGEST_TAG:
        raise AnnotationError(f"A tag has 1 to {LONGEST_TAG} characters.")
    there = set(connection.execute(select(TAGS.c.name).where(TAGS.c.conversation_id == conversation_id)).scalars())
    if len(there) >= MOST_TAGS:
        raise AnnotationError(f"A conversation has {MOST_TAGS} tags at most.")
    if name not in there:
        connection.execute(insert(TAGS).values(conversation_id=conversation_id, name=name, by=by))


def remove_tag(connection: Connection, conversation_id: str, name: str) -> None:
    connection.execute(delete(TAGS).where(TAGS.c.conversation_id == conversation_id, TAGS.c.name == name))


def set_flag(connection: Connection, conversation_id: str, by: str, on: bool) -> None:
    connection.execute(delete(FLAGS).where(FLAGS.c.conversation_id == conversation_id))
    if on:
        connection.execute(insert(FLAGS).values(conversation_id=conversation_id, by=by, at=now()))


def set_reviewed(connection: Connection, conversation_id: str, by: str, on: bool) -> None:
    connection.execute(delete(REVIEWS).where(REVIEWS.c.conversation_id == conversation_id))
    if on:
        connection.execute(insert(REVIEWS).values(conversation_id=conversation_id, reviewer=by, at=now()))


def distinct_values(connection: Connection, column, most: int = 60) -> list[str]:
    """The different values of an indexed column, leaping from one to the next instead of reading all rows."""
    found: list[str] = []
    while len(found) < most:
        beyond = select(column).where(column > (found[-1] if found else "")).order_by(column).limit(1)
        value = connection.execute(beyond).scalar()
        if value is None:
            break
        found.append(value)
    return found
