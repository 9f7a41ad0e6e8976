"""The web channel, built from the settings: sites, sessions, the widget's calls, and the widget's files."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute

from channels.http import RateLimits
from channels.ports import Channel, ChannelContext
from channels.web.access_guard import SiteGuard, VisitorGuard, WebRules
from channels.web.api import WidgetApi
from channels.web.session_tokens import SessionTokens
from channels.web.site_registry import SiteRegistry
from channels.web.sites import DEMO, read_sites
from channels.web.sse import EventStreams
from channels.web.static_files import WidgetFiles
from channels.web.translations import Translations, pack_texts
from conversations.pipeline.service import ConversationService
from core.pack_registry import packs_of
from core.secrets import session_key
from core.settings import Settings


def build(settings: Settings, context: ChannelContext) -> WebChannel:
    """Return the channel. Raises SitesError if the sites file is wrong."""
    return WebChannel(settings)


class WebChannel(Channel):
    """The widget's channel. `sites` are the sites that carry it; the console changes them while the front runs."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._widget = settings.root / "widget"
        self._strings = Translations(
            self._widget / "words", {name: pack_texts(pack.settings) for name, pack in packs_of(settings).items()}
        )
        file = settings.sites_file or self._widget / "demo" / "sites.yml"
        self.sites = SiteRegistry(read_sites(file, self._strings), self._strings)
        self._streams: EventStreams | None = None

    def routes(self, service: ConversationService, rates: RateLimits) -> Sequence[BaseRoute]:
        """Return the routes of the widget's files and of its API."""
        settings = self._settings
        tokens = SessionTokens(session_key(settings), settings.web_session_days)
        rules = WebRules(
            settings.messages_per_minute,
            settings.messages_per_minute_per_address,
            settings.web_sessions_per_minute,
            settings.guide_pages != "off",
        )
        self._streams = EventStreams(service, settings.streams)
        api = WidgetApi(
            service,
            SiteGuard(self.sites, settings.own_origins, rates, settings.web_calls_per_minute),
            VisitorGuard(service.store, tokens),
            self._strings,
            rules,
            rates,
            self._streams,
        )
        files = WidgetFiles(settings.widget_dist, self._widget / "demo", with_demo=DEMO in self.sites)
        return [*files.routes, *api.routes]

    def open_streams(self) -> int:
        """Return how many widgets are open."""
        return self._streams.count if self._streams else 0

    def end_requests(self) -> None:
        """End the streams of open widgets, which come back by themselves."""
        if self._streams:
            self._streams.end_all()
