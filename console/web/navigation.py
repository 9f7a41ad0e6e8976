"""The menu beside every page: the pages that a role may open, in groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from console.web.routing import MENU_GROUPS, MenuItem, StaffRoute
from conversations.accounts.accounts import Member


@dataclass(frozen=True)
class MenuEntry:
    """A menu item as it is drawn; `is_current` marks the page that is shown."""

    path: str
    item: MenuItem
    is_current: bool


class Menu:
    """The routes that have a menu item, in the order of the routes within each group."""

    def __init__(self, routes: Iterable[StaffRoute]) -> None:
        self._routes = [(route, route.menu) for route in routes if route.menu]

    def for_member(self, member: Member, path: str) -> list[tuple[str, list[MenuEntry]]]:
        """Return each group that has entries for the member's role; the entry that `path` lies within is current."""
        visible = [(route, item) for route, item in self._routes if route.role and member.may(route.role)]
        current = max((route.path for route, _ in visible if _is_within(path, route.path)), key=len, default=None)
        groups = []
        for group in MENU_GROUPS:
            entries = [
                MenuEntry(route.path, item, route.path == current) for route, item in visible if item.group == group
            ]
            if entries:
                groups.append((group, entries))
        return groups


def _is_within(path: str, parent: str) -> bool:
    return path == parent or parent != "/staff" and path.startswith(f"{parent}/")
