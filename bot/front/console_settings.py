"""What the console sets and the front keeps in memory: sites and office hours; read anew when another front changed them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from channels.web.opening_hours import SiteOfficeHours
from channels.web.site_registry import SiteRegistry
from conversations.admin import settings_store
from conversations.admin.sites import list_sites
from conversations.pipeline.service import SETTINGS, ConversationService

logger = logging.getLogger(__name__)


class ConsoleSettings:
    """Keeps `sites` and `office` as the database has them."""

    def __init__(self, service: ConversationService, sites: SiteRegistry, office: SiteOfficeHours) -> None:
        self._service, self._sites, self._office = service, sites, office
        self._reading: asyncio.Task[None] | None = None
        self._use(*service.store.run(_read))
        if service.relay:
            service.relay.subscribe(SETTINGS, lambda values: self._read_anew())
            service.relay.on_connected(self._read_anew)

    def _read_anew(self) -> None:
        self._reading = asyncio.create_task(self._read_later(self._reading))

    async def _read_later(self, before: asyncio.Task[None] | None) -> None:
        if before:
            await before  # one after the other, so that the last one reads what is there last
        try:
            self._use(*await self._service.store.read(_read))
        except SQLAlchemyError as error:  # the listener connects again after that, and this is read again
            logger.error("what the console sets could not be read", extra={"reason": type(error).__name__})

    def _use(self, described: Mapping[str, Mapping[str, Any]], office_site: str) -> None:
        self._sites.use(described)
        self._office.others = office_site


def _read(connection: Connection) -> tuple[Mapping[str, Mapping[str, Any]], str]:
    return list_sites(connection), settings_store.load_settings(connection).get(settings_store.OFFICE_SITE, "")
