"""The routes of all public pages."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.routing import Route

from bot.front.pages.guide_pages import GuidePages
from bot.front.pages.program_pages import ProgramPages
from channels.http import RateLimits
from core.pack_registry import Pack
from core.settings import Settings


def public_pages(settings: Settings, packs: Mapping[str, Pack], rates: RateLimits) -> list[Route]:
    """Return the routes of the pages that the settings ask for: each guide pack's programs, then the guides."""
    programs = (route for pack in packs.values() for route in ProgramPages(pack.settings, rates).routes)
    return [*programs, *GuidePages(settings, packs, rates).routes]
