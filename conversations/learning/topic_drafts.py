"""Drafts of topics that staff propose; a draft is not used until somebody checks it and writes it into the guide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from conversations.db import schema
from conversations.db.schema import AnyRow, now

DRAFTS = schema.draft
LONGEST_TITLE, LONGEST_TEXT, MOST_PHRASINGS = 120, 4000, 100


class DraftError(Exception):
    """Raised when a draft cannot be saved; the message says why."""


@dataclass(frozen=True)
class TopicDraft:
    """Proposed topic with its answer, the source of the answer, and phrasings in which visitors ask for it."""

    id: int
    title: str
    answer: str
    source: str
    phrasings: tuple[str, ...]
    by: str
    at: datetime

    @property
    def lacks(self) -> list[str]:
        """Return what is still missing, in words."""
        return [name for name, value in (("an answer", self.answer), ("a source", self.source)) if not value]


def create(connection: Connection, title: str, phrasings: Iterable[str], who: str) -> int:
    """Store a new draft with its phrasings and return its id."""
    title = " ".join(title.split())[:LONGEST_TITLE] or "A new topic"
    values = {"title": title, "answer": "", "source": "", "phrasings": list(phrasings)[:MOST_PHRASINGS], "by": who}
    draft_id: int = connection.execute(insert(DRAFTS).returning(DRAFTS.c.id), values).scalar_one()
    return draft_id


def edit(
    connection: Connection, draft_id: int, title: str, answer: str, source: str, phrasings: Iterable[str], who: str
) -> None:
    """Replace the content of a draft.

    Raises:
        DraftError: The content is too long, has no title, or the draft does not exist.
    """
    title, cleaned = " ".join(title.split()), [" ".join(each.split()) for each in phrasings if each.strip()]
    if not title:
        raise DraftError("A draft needs a title.")
    if len(title) > LONGEST_TITLE or len(cleaned) > MOST_PHRASINGS or max(len(answer), len(source)) > LONGEST_TEXT:
        raise DraftError(
            f"A title has {LONGEST_TITLE} characters at most, an answer and a source {LONGEST_TEXT}, "
            f"and a draft {MOST_PHRASINGS} ways of asking."
        )
    values = {"title": title, "answer": answer.strip(), "source": source.strip(), "phrasings": cleaned}
    changed = connection.execute(update(DRAFTS).where(DRAFTS.c.id == draft_id).values(by=who, at=now(), **values))
    if not changed.rowcount:
        raise DraftError("There is no such draft. Somebody may have removed it.")


def list_all(connection: Connection) -> list[TopicDraft]:
    """Return all drafts, the last changed first."""
    return [_draft(row) for row in connection.execute(select(DRAFTS).order_by(DRAFTS.c.at.desc()))]


def find(connection: Connection, draft_id: int) -> TopicDraft | None:
    """Return a draft, or None."""
    row = connection.execute(select(DRAFTS).where(DRAFTS.c.id == draft_id)).first()
    return _draft(row) if row else None


def remove(connection: Connection, draft_id: int) -> None:
    """Delete a draft, if it exists."""
    connection.execute(delete(DRAFTS).where(DRAFTS.c.id == draft_id))


def _draft(row: AnyRow) -> TopicDraft:
    return TopicDraft(row.id, row.title, row.answer, row.source, tuple(row.phrasings), row.by, row.at)
