"""Slack, put together from the settings; there is none without a bot token."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.routing import BaseRoute

from channels.data_download import DownloadLinks
from channels.http import RateLimits
from channels.slack import socket_mode
from channels.slack.client import SlackClient
from channels.slack.errors import SlackSetupError
from channels.slack.handlers import EventHandler
from channels.slack.sending import SlackChannel
from channels.slack.texts import greeting, home
from channels.slack.webhook import Webhook
from conversations.pipeline.service import ConversationService
from core.library_logs import hush
from core.settings import Settings, SettingsError


def slack_of(settings: Settings, links: DownloadLinks) -> Slack | None:
    return Slack(settings, links) if settings.slack_bot_token else None


class Slack:
    def __init__(self, settings: Settings, links: DownloadLinks):
        self._settings, self._links = settings, links
        self._account = client_from(settings)
        self._events: EventHandler | None = None
        self.channel = SlackChannel(self._account, greeting(settings.organisation, settings.privacy_url))

    def routes(self, service: ConversationService, rates: RateLimits) -> list[BaseRoute]:
        settings = self._settings
        shown = home(settings.organisation, settings.privacy_url)
        self._events = EventHandler(self._account, service, rates, settings.messages_per_minute, shown, self._links)
        return Webhook(self._account, self._events).routes

    async def set_up(self) -> None:
        await self._account.set_up()

    async def close(self) -> None:
        if self._events:
            await self._events.finish()
        await self._account.close()


def client_from(settings: Settings) -> SlackClient:
    """Raises SettingsError where the token or the secret cannot be right."""
    try:
        return SlackClient(
            settings.slack_bot_token, settings.slack_signing_secret, settings.slack_api_url, settings.slack_seconds
        )
    except SlackSetupError as error:
        raise SettingsError(str(error)) from None


def listen(settings: Settings, say: Callable[[str], None]) -> None:
    """`advisor slack socket`, until Ctrl-C. Raises SettingsError or SocketFailed."""
    hush()
    secret = client_from(settings).signing_secret
    try:
        token = socket_mode.app_token(settings.slack_app_token)
    except SlackSetupError as error:
        raise SettingsError(str(error)) from None
    asyncio.run(socket_mode.listen(token, settings.slack_api_url, secret, settings.front_url, say))
