"""Drafts of topics that staff think are missing. A draft answers nobody: somebody has to check it and put it in place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from conversations.db import schema
from conversations.db.schema import now

DRAFTS = schema.draft
LONGEST_TITLE, LONGEST_TEXT, MOST_PHRASINGS = 120, 4000, 100


class DraftError(Exception):
    """A draft that cannot be kept so; the message says why."""


@dataclass(frozen=True)
class TopicDraft:
    id: int
    title: str
    answer: str
    source: str
    phrasings: tuple[str, ...]
    by: str
    at: datetime

    @property
    def lacks(self) -> list[str]:
        """What is still to be done, in words."""
        return [word for word, there in (("an answer", self.answer), ("a source", self.source)) if not there]


def create(connection: Connection, title: str, phrasings: Iterable[str], who: str) -> int:
    """A new draft with the ways in which it was asked for; its number."""
    title = " ".join(title.split())[:LONGEST_TITLE] or "A new topic"
    values = {"title": title, "answer": "", "source": "", "phrasings": list(phrasings)[:MOST_PHRASINGS], "by": who}
    return connection.execute(insert(DRAFTS).returning(DRAFTS.c.id), values).scalar_one()


def edit(
    connection: Connection, draft_id: int, title: str, answer: str, source: str, phrasings: Iterable[str], who: str
) -> None:
    title, asked = " ".join(title.split()), [" ".join(one.split()) for one in phrasings if one.strip()]
    if not title:
        raise DraftError("A draft needs a title.")
    if len(title) > LONGEST_TITLE or len(asked) > MOST_PHRASINGS or max(len(answer), len(source)) > LONGEST_TEXT:
        raise DraftError(
            f"A title has {LONGEST_TITLE} characters at most, an answer and a source {LONGEST_TEXT}, "
            f"and a draft {MOST_PHRASINGS} ways of asking."
        )
    values = {"title": title, "answer": answer.strip(), "source": source.strip(), "phrasings": asked}
    changed = connection.execute(update(DRAFTS).where(DRAFTS.c.id == draft_id).values(by=who, at=now(), **values))
    if not changed.rowcount:
        raise DraftError("There is no such draft. Somebody may have removed it.")


def list_all(connection: Connection) -> list[TopicDraft]:
    return [_draft(row) for row in connection.execute(select(DRAFTS).order_by(DRAFTS.c.at.desc()))]


def find(connection: Connection, draft_id: int) -> TopicDraft | None:
    row = connection.execute(select(DRAFTS).where(DRAFTS.c.id == draft_id)).first()
    return _draft(row) if row else None


def remove(connection: Connection, draft_id: int) -> None:
    connection.execute(delete(DRAFTS).where(DRAFTS.c.id == draft_id))


def _draft(row) -> TopicDraft:
    return TopicDraft(row.id, row.title, row.answer, row.source, tuple(row.phrasings), row.by, row.at)
