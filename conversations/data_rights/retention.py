"""How long what people said is kept: personal data in it is covered for good after some weeks, all of it goes after some more.

Counted from the last word of a conversation. Whoever waits for a person, or talks with one, is left alone. In batches, each a
transaction of its own, so that nobody who writes meanwhile waits for long: what is covered is read first, worked on outside of
any transaction, and written then, a conversation at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, select, update

from conversations import erasure
from conversations.db import schema
from conversations.db.schema import now
from conversations.handoff.contact_requests import DONE
from conversations.models import PERSON, WAITING
from conversations.pii import mask

CONVERSATIONS, MASKED, CONTACTS = schema.conversation, schema.masked, schema.contact_request
ABOUT = schema.about_database
BATCH = 40  # conversations looked at at once
MOST_CHARACTERS = 100_000  # of texts read at once: some tenths of a second's work
WHO = "retention"
MOST_AT_ONCE = 0.5  # the share of all conversations that a run by itself may delete, or cover
FEW = 20  # so few are never too many
HELD_BACK = "retention_held_back"  # in about_database: that staff have been told of a run that was not done
# Columns in which people may have written of themselves, beside what stands in `_forget_names`.
TEXTS = ((schema.message, "id", "text"), (schema.note, "id", "text"), (schema.feedback, "message_id", "comment"))


@dataclass(frozen=True)
class RetentionPeriods:
    """Days without a word until each; 0 is never."""

    mask: int = 30
    delete: int = 90


@dataclass(frozen=True)
class DueCounts:
    """How many conversations are old enough for each, of so many in all."""

    mask: int
    delete: int
    of: int = field(default=0, compare=False)

    @property
    def too_much(self) -> str:
        """In words, what is so much that a clock or a setting may be wrong; empty where nothing is."""
        for verb, count in (("delete", self.delete), ("cover", self.mask)):
            if count > max(FEW, self.of * MOST_AT_ONCE):
                much = "nearly everything" if count > self.of * 0.9 else "a great deal"
                return f"this would {verb} {much} ({count} of {self.of})"
        return ""


Text = tuple[int, int, str]  # its place in TEXTS, its row's key, what it says


@dataclass(frozen=True)
class Uncovered:
    """A conversation's texts as they were at that moment."""

    conversation_id: str
    at: datetime
    texts: tuple[Text, ...]


@dataclass(frozen=True)
class Covered:
    """What is to be written of a conversation: place in TEXTS, key, text as it was read, text covered."""

    conversation_id: str
    at: datetime
    changes: tuple[tuple[int, int, str, str], ...]


def count_due(connection: Connection, periods: RetentionPeriods) -> DueCounts:
    """What a run would do; nothing is changed."""
    counts = (_count(connection, *(wanted or ())) for wanted in (_to_mask(periods), _to_delete(periods)))
    return DueCounts(*counts, of=_count(connection, CONVERSATIONS.c.id != ""))


def note_held_back(connection: Connection, is_held: bool) -> bool:
    """Note whether the last run was held back; whether that is new."""
    row = ABOUT.c.name == HELD_BACK
    was_held = connection.execute(select(ABOUT.c.value).where(row)).first() is not None
    if is_held and not was_held:
        connection.execute(insert(ABOUT).values(name=HELD_BACK, value=now().isoformat()))
    elif was_held and not is_held:
        connection.execute(delete(ABOUT).where(row))
    return is_held and not was_held


def next_to_mask(connection: Connection, periods: RetentionPeriods) -> list[Uncovered]:
    """Read the texts of some old conversations that are to be covered; nothing is changed."""
    found, characters = [], 0
    for one in _some(connection, _to_mask(periods)):
        found.append(Uncovered(one, now(), tuple(_texts(connection, one))))
        characters += sum(len(text) for *_, text in found[-1].texts)
        if characters >= MOST_CHARACTERS:
            break
    return found


def covered(of: Uncovered) -> Covered:
    """Cover the personal data in a conversation's texts. Takes a while, and needs no database."""
    masked = ((place, key, text, mask(text)) for place, key, text in of.texts)
    return Covered(of.conversation_id, of.at, tuple(one for one in masked if one[2] != one[3]))


def keep_covered(connection: Connection, one: Covered) -> None:
    """Write what was covered, where it is still what was read; whatever was said since is covered in its time."""
    for place, key, text, shown in one.changes:
        table, key_name, column = TEXTS[place]
        unchanged = table.c[key_name] == key, table.c[column] == text
        connection.execute(update(table).where(*unchanged).values({column: shown}))
    if not connection.execute(select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.id == one.conversation_id)).first():
        return
    _forget_names(connection, one.conversation_id)
    connection.execute(delete(MASKED).where(MASKED.c.conversation_id == one.conversation_id))
    connection.execute(insert(MASKED), {"conversation_id": one.conversation_id, "at": one.at})


def delete_batch(connection: Connection, periods: RetentionPeriods) -> list[str]:
    """Delete a batch of old conversations; the engine is asked to forget them as after any deletion."""
    ids = _some(connection, _to_delete(periods))
    for one in ids:
        erasure.erase_conversation(connection, one, WHO)
    return ids


def _texts(connection: Connection, conversation_id: str) -> Iterator[Text]:
    for place, (table, key, column) in enumerate(TEXTS):
        wanted = table.c.conversation_id == conversation_id, table.c[column] != ""
        for number, text in connection.execute(select(table.c[key], table.c[column]).where(*wanted)):
            yield place, number, text


def _forget_names(connection: Connection, conversation_id: str) -> None:
    """What else says who it was: names, and what was found in the words."""
    messages, ours = schema.message, schema.message.c.conversation_id == conversation_id
    understood = select(messages.c.id, messages.c.understanding).where(ours, messages.c.intent != "")
    for row in connection.execute(understood).all():
        connection.execute(
            update(messages).where(messages.c.id == row.id).values(understanding=_without_names(row.understanding))
        )
    connection.execute(update(messages).where(ours, messages.c.author == "visitor").values(author_name=""))
    connection.execute(update(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation_id).values(person_name=""))
    done = CONTACTS.c.conversation_id == conversation_id, CONTACTS.c.state == DONE
    connection.execute(update(CONTACTS).where(*done).values(name="", contact="", text=""))


def _without_names(understanding: Mapping[str, Any]) -> dict[str, Any]:
    """What was understood, without the names that were found in the words."""
    return {**understanding, "entities": []}


def _to_mask(periods: RetentionPeriods) -> tuple[ColumnElement[bool], ...] | None:
    since = MASKED.c.conversation_id == CONVERSATIONS.c.id, MASKED.c.at >= CONVERSATIONS.c.last_at
    covered = exists(select(MASKED.c.conversation_id).where(*since))
    return (*_older(periods.mask), ~covered) if periods.mask else None


def _to_delete(periods: RetentionPeriods) -> tuple[ColumnElement[bool], ...] | None:
    return _older(periods.delete) if periods.delete else None


def _older(days: int) -> tuple[ColumnElement[bool], ...]:
    before: datetime = now() - timedelta(days=days)
    return CONVERSATIONS.c.last_at < before, CONVERSATIONS.c.state.not_in((WAITING, PERSON))


def _some(connection: Connection, wanted: tuple[ColumnElement[bool], ...] | None) -> list[str]:
    if wanted is None:
        return []
    oldest = select(CONVERSATIONS.c.id).where(*wanted).order_by(CONVERSATIONS.c.last_at).limit(BATCH)
    return list(connection.execute(oldest).scalars())


def _count(connection: Connection, *wanted: ColumnElement[bool]) -> int:
    if not wanted:
        return 0
    return connection.execute(select(func.count()).select_from(CONVERSATIONS).where(*wanted)).scalar_one()
