"""Saved views of the list of conversations: a search under a name, for oneself or for the team."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, or_, select

from conversations.accounts.accounts import ADMIN, Member
from conversations.db import schema
from core.translations import gettext as _

VIEWS = schema.saved_view
LONGEST_TITLE, LONGEST_SEARCH, MOST_VIEWS = 60, 1000, 50


class SavedViewError(Exception):
    """Raised when a view cannot be saved or removed; the message says why."""


@dataclass(frozen=True)
class SavedView:
    """A search under a name; `search` is what would be typed into the search field, `may_remove` for who asked."""

    id: int
    title: str
    search: str
    by: str
    is_team: bool
    may_remove: bool


def views_of(connection: Connection, member: Member) -> list[SavedView]:
    """Return a member's own views, then those of the team, each by their titles."""
    seen = select(VIEWS).where(or_(VIEWS.c.staff_id == member.id, VIEWS.c.staff_id.is_(None)))
    rows = connection.execute(seen.order_by(VIEWS.c.staff_id.is_(None), func.lower(VIEWS.c.title), VIEWS.c.id))
    return [
        SavedView(
            row.id,
            row.title,
            row.search,
            row.by,
            row.staff_id is None,
            row.staff_id is not None or row.by == member.name or member.may(ADMIN),
        )
        for row in rows
    ]


def save_view(connection: Connection, member: Member, title: str, search: str, is_team: bool) -> None:
    """Save a search under a title; one's own view with this title, or the team's by the same person, is replaced.

    Raises:
        SavedViewError: The title is empty or too long, there is nothing to search for, or there are MOST_VIEWS.
    """
    title, search = " ".join(title.split()), " ".join(search.split())
    if not title or len(title) > LONGEST_TITLE:
        raise SavedViewError(_("A view has a name of 1 to %(longest)d characters.") % {"longest": LONGEST_TITLE})
    if not search or len(search) > LONGEST_SEARCH:
        raise SavedViewError(_("Search for something or choose filters first; a view keeps them."))
    owner = VIEWS.c.staff_id.is_(None) if is_team else VIEWS.c.staff_id == member.id
    connection.execute(delete(VIEWS).where(owner, VIEWS.c.by == member.name, VIEWS.c.title == title))
    if connection.execute(select(func.count()).select_from(VIEWS).where(owner)).scalar_one() >= MOST_VIEWS:
        raise SavedViewError(_("There are %(most)d views already. Remove one first.") % {"most": MOST_VIEWS})
    values = {"staff_id": None if is_team else member.id, "by": member.name, "title": title, "search": search}
    connection.execute(insert(VIEWS).values(values))


def remove_view(connection: Connection, member: Member, view_id: int) -> None:
    """Remove one's own view, or one of the team's that one saved; admins remove any of the team's.

    Raises:
        SavedViewError: It is somebody else's.
    """
    allowed = VIEWS.c.staff_id == member.id
    team = VIEWS.c.staff_id.is_(None)
    allowed = or_(allowed, team if member.may(ADMIN) else team & (VIEWS.c.by == member.name))
    if not connection.execute(delete(VIEWS).where(VIEWS.c.id == view_id, allowed)).rowcount:
        raise SavedViewError(_("Only who saved a view for the team, or an admin, can remove it."))
