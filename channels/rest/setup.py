"""REST, built from the settings: admission, the two REST channels, and the callback URL if one is set."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from channels.http import RateLimits
from channels.ports import Channel, ChannelContext
from channels.rest import CALLBACK, REST
from channels.rest.access_guard import RestCors, RestGuard, RestRules
from channels.rest.callback import Callback, CallbackChannel
from channels.rest.channel import RestChannel
from channels.rest.guides import Guides, keys_of_packs
from conversations.pipeline.service import ConversationService
from core.pack_registry import packs_of
from core.settings import Settings, SettingsError


def build(settings: Settings, context: ChannelContext) -> Rest:
    """Return the channel. Raises SettingsError if the callback's secret or the keys of packs cannot be read."""
    return Rest(settings)


class Rest(Channel):
    """REST as a channel of the front: requests are answered, staff's messages go to the callback URL if there is one."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._callback = settings, callback_from(settings)
        self._api: RestChannel | None = None
        origins = settings.allowed_rest_origins
        self.middleware = (Middleware(RestCors, origins),) if origins else ()
        packs = packs_of(settings)
        self._packs = {name: pack.channels for name, pack in packs.items()}
        self._pack_keys = keys_of_packs(settings.rest_pack_keys, packs)
        self.needs_key = bool(settings.rest_key or self._pack_keys)
        if self._callback:
            self.outbound = [CallbackChannel(name, self._callback) for name in (REST, CALLBACK)]

    def routes(self, service: ConversationService, rates: RateLimits) -> Sequence[BaseRoute]:
        """Return the routes of both REST channels."""
        settings = self._settings
        rules = RestRules(
            settings.rest_key,
            settings.rest_messages_per_minute,
            settings.messages_per_minute_per_address,
            settings.allowed_rest_origins,
            self._pack_keys,
        )
        usual = next((name for name, channels in self._packs.items() if REST in channels), "")
        guard, has_callback = RestGuard(rules, rates), self._callback is not None
        self._api = RestChannel(service, guard, has_callback, Guides(self._packs), usual)
        return self._api.routes

    def end_requests(self) -> None:
        """Answer clients that wait for messages."""
        if self._api:
            self._api.end_waits()

    async def close(self) -> None:
        """Close the connections to the callback URL."""
        if self._callback:
            await self._callback.close()


def callback_from(settings: Settings) -> Callback | None:
    """Return the client of the callback URL, or None if none is set. Raises SettingsError for an unreadable secret."""
    if not settings.rest_callback_url:
        return None
    try:
        return Callback(settings.rest_callback_url, settings.rest_callback_secret, settings.rest_callback_seconds)
    except ValueError as error:
        raise SettingsError(f"ADVISOR_REST_CALLBACK_SECRET cannot be used: {error}.") from None
