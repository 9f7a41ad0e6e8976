"""The menu beside every page: which places there are, in groups, for somebody's role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.web.routing import StaffRoute
    from conversations.accounts.accounts import Member

NOW, REVIEW, KNOWLEDGE, MEASURE, MANAGE = "Now", "Review", "Knowledge", "Measure", "Manage"
GROUPS = (NOW, REVIEW, KNOWLEDGE, MEASURE, MANAGE)  # from top to bottom


@dataclass(frozen=True)
class MenuItem:
    """A page's name in the menu. `badge`: the name of a number beside it that the page's own script or stream fills in."""

    group: str
    title: str
    badge: str = ""


@dataclass(frozen=True)
class MenuEntry:
    address: str
    place: MenuItem
    is_here: bool


class Menu:
    """The doors that have a place in the menu, in the order of the doors within each group."""

    def __init__(self, doors: Iterable[StaffRoute]):
        self._doors = [door for door in doors if door.menu]

    def for_member(self, member: Member, path: str) -> list[tuple[str, list[MenuEntry]]]:
        """Each group that has something for this role, and its entries; the one that `path` lies within is marked."""
        mine = [door for door in self._doors if door.role and member.may(door.role)]
        here = max((door.path for door in mine if _is_within(path, door.path)), key=len, default=None)
        groups = []
        for group in GROUPS:
            entries = [MenuEntry(door.path, door.menu, door.path == here) for door in mine if door.menu.group == group]
            if entries:
                groups.append((group, entries))
        return groups


def _is_within(path: str, place: str) -> bool:
    return path == place or place != "/staff" and path.startswith(f"{place}/")
