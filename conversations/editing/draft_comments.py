"""What colleagues say about a draft; visitors never see it, and it goes with the draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from conversations.db import schema
from conversations.editing import entry_drafts
from conversations.errors import EditError
from core.translations import gettext as _

COMMENTS = schema.draft_comment
LONGEST = 2000


@dataclass(frozen=True)
class DraftComment:
    """A comment on a draft."""

    text: str
    by: str
    at: datetime


def add(connection: Connection, draft_id: int, text: str, who: str) -> None:
    """Add a comment to a draft. Raises EditError if it is empty or too long, or if the draft is gone."""
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise EditError(_("A comment has 1 to %(longest)s characters.") % {"longest": f"{LONGEST:,}"})
    if entry_drafts.find(connection, draft_id) is None:
        raise EditError(_(entry_drafts.GONE))
    connection.execute(insert(COMMENTS).values(draft_id=draft_id, text=text, by=who))


def of_draft(connection: Connection, draft_id: int) -> list[DraftComment]:
    """Return the comments on a draft, the oldest first."""
    query = select(COMMENTS).where(COMMENTS.c.draft_id == draft_id).order_by(COMMENTS.c.id)
    return [DraftComment(row.text, row.by, row.at) for row in connection.execute(query)]


def counts(connection: Connection) -> dict[int, int]:
    """Return how many comments each draft has, by its id; those without any are left out."""
    query = select(COMMENTS.c.draft_id, func.count()).group_by(COMMENTS.c.draft_id)
    return {row[0]: row[1] for row in connection.execute(query)}
