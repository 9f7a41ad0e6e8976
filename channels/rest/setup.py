"""REST, put together from the settings: its door, its channel, and the callback address where there is one."""

from __future__ import annotations

from starlette.routing import BaseRoute

from channels.http import RateLimits
from channels.rest import CALLBACK, REST
from channels.rest.access_guard import RestGuard, RestRules
from channels.rest.callback import Callback, CallbackChannel
from channels.rest.channel import RestChannel
from conversations.pipeline.ports import OutboundChannel
from conversations.pipeline.service import ConversationService
from core.settings import Settings, SettingsError


class Rest:
    """Raises SettingsError where the callback's secret cannot be read."""

    def __init__(self, settings: Settings):
        self._settings, self._callback = settings, callback_of(settings)
        self._channel: RestChannel | None = None

    @property
    def sending(self) -> list[OutboundChannel]:
        """What sends to the callback address; nothing where there is none."""
        return [CallbackChannel(name, self._callback) for name in (REST, CALLBACK)] if self._callback else []

    def routes(self, service: ConversationService, rates: RateLimits) -> list[BaseRoute]:
        settings = self._settings
        rules = RestRules(
            settings.rest_key,
            settings.rest_messages_per_minute,
            settings.messages_per_minute_per_address,
            settings.allowed_rest_origins,
        )
        self._channel = RestChannel(service, RestGuard(rules, rates), callback=self._callback is not None)
        return list(self._channel.routes)

    def end_waits(self) -> None:
        if self._channel:
            self._channel.end_waits()

    async def close(self) -> None:
        if self._callback:
            await self._callback.close()


def callback_of(settings: Settings) -> Callback | None:
    if not settings.rest_callback_url:
        return None
    try:
        return Callback(settings.rest_callback_url, settings.rest_callback_secret, settings.rest_callback_seconds)
    except ValueError as error:
        raise SettingsError(f"ADVISOR_REST_CALLBACK_SECRET cannot be used: {error}.") from None
