"""Whether somebody of the team is there now, and in words when they are back: by the office hours of the sites."""

from __future__ import annotations

from datetime import datetime

from channels.web.opening_hours import OpeningHours
from channels.web.site_registry import SiteRegistry
from conversations.db.schema import now
from conversations.models import Conversation


class SiteOfficeHours:
    """A conversation of a site goes by that site's hours; one from elsewhere by those of `others`, a site's name or none."""

    def __init__(self, book: SiteRegistry, others: str = ""):
        self._book, self.others = book, others

    def away_until(self, conversation: Conversation) -> str | None:
        """None where somebody is there. Else when they are back, as 'tomorrow at 09:00 (Europe/Dublin)'; empty if unknown."""
        site = self._book.get(conversation.site or self.others)
        at = now()
        if site is None or site.hours is None or site.hours.open_at(at):
            return None
        opening = site.hours.next_opening(at)
        return _when(opening, at, site.hours) if opening else ""


def _when(opening: datetime, at: datetime, hours: OpeningHours) -> str:
    days = (opening.date() - at.astimezone(hours.zone).date()).days
    day = {0: "today", 1: "tomorrow"}.get(days) or (f"on {opening:%A}" if days < 7 else f"on {opening:%-d %B}")
    return f"{day} at {opening:%H:%M} ({hours.zone.key})"
