"""The routes of all public pages."""

from __future__ import annotations

from starlette.routing import Route

from bot.front.pages.guide_pages import GuidePages
from bot.front.pages.program_pages import ProgramPages
from channels.http import RateLimits
from core.settings import Settings


def public_pages(settings: Settings, rates: RateLimits) -> list[Route]:
    """Return the routes of the pages that the settings ask for."""
    return [*ProgramPages(settings, rates).routes, *GuidePages(settings, rates).routes]
