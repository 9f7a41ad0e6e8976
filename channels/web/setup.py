"""The web channel put together: sites, sessions, what widgets may ask for, and the files that they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from starlette.routing import Route

from channels.http import RateLimits
from channels.web.api import WebRules, WidgetApi
from channels.web.session_tokens import SessionTokens, session_key
from channels.web.site_guard import SiteGuard
from channels.web.site_registry import SiteRegistry
from channels.web.sites import DEMO, read_sites
from channels.web.sse import EventStreams
from channels.web.static_files import WidgetFiles
from channels.web.translations import Translations
from conversations.pipeline.service import ConversationService


@dataclass(frozen=True)
class WebConfig:
    """`widget` is the widget's folder, `dist` where it is built; `own` the front's own addresses.

    `key_file` holds the session key where none is set.
    """

    widget: Path
    dist: Path
    key_file: Path
    own: tuple[str, ...]
    sites_file: Path | None = None
    session_key: str = ""
    session_days: int = 30
    calls_per_address: int = 600
    most_streams: int = 5000
    rules: WebRules = field(default_factory=WebRules)


class WebChannel:
    """SitesError where the sites file is wrong."""

    def __init__(self, service: ConversationService, config: WebConfig, rates: RateLimits):
        strings = Translations(config.widget / "words")
        self.sites = SiteRegistry(
            read_sites(config.sites_file or config.widget / "demo" / "sites.yml", strings), strings
        )
        door = SiteGuard(self.sites, config.own, rates, config.calls_per_address)
        sessions = SessionTokens(session_key(config.session_key, config.key_file), config.session_days)
        streams = EventStreams(service, config.most_streams)
        self._visitors = WidgetApi(service, door, sessions, strings, config.rules, rates, streams)
        self._files = WidgetFiles(config.dist, config.widget / "demo", with_demo=DEMO in self.sites)

    @property
    def routes(self) -> list[Route]:
        return [*self._files.routes, *self._visitors.routes]

    def end_streams(self) -> None:
        """So that a front that stops need not wait for open widgets; they come back by themselves."""
        self._visitors.streams.end_all()
