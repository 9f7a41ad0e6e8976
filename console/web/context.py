"""What the views of the console are built from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from channels.web.opening_hours import SiteOfficeHours
from channels.web.site_registry import SiteRegistry
from console.web.topic_titles import CatalogueNames, TopicTitles
from conversations.pipeline.service import ConversationService
from core.settings import Settings


@dataclass(frozen=True)
class ConsoleContext:
    """The parts of the front that a view may use; each view's `routes` gets it once, when the console is built.

    `settings`, `titles` and `things` are those of a guide pack: with several packs, views about the guide are built for each.
    `knowledge` are the knowledge bases of all packs by name, `packs` their titles.
    """

    service: ConversationService
    settings: Settings
    titles: TopicTitles
    things: CatalogueNames
    sites: SiteRegistry
    office: SiteOfficeHours
    knowledge: Mapping[str, Path]
    packs: Mapping[str, str]

    @property
    def public_url(self) -> str:
        """Return the address at which people reach the front."""
        return self.settings.public_url or self.settings.front_url
