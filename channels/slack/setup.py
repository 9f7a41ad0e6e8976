"""Slack, built from the settings; off without a bot token."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from starlette.routing import BaseRoute

from channels.guide_links import guide_address
from channels.http import RateLimits
from channels.ports import Channel, ChannelContext
from channels.slack.api import socket_mode
from channels.slack.api.client import SlackClient
from channels.slack.errors import SlackSetupError
from channels.slack.handlers import EventHandler
from channels.slack.sending import SlackChannel
from channels.slack.texts import greeting, home
from channels.slack.webhook import Webhook
from conversations.pipeline.service import ConversationService
from core.library_logs import hush
from core.settings import Settings, SettingsError


def build(settings: Settings, context: ChannelContext) -> Slack | None:
    """Return the channel, or None without a bot token. Raises SettingsError if token or secret cannot be right."""
    return Slack(settings, context) if settings.slack_bot_token else None


class Slack(Channel):
    """Slack as a channel of the front."""

    def __init__(self, settings: Settings, context: ChannelContext) -> None:
        self._settings, self._context = settings, context
        self._client = client_from(settings)
        self._events: EventHandler | None = None
        greet = partial(greeting, settings.organisation, settings.privacy_url)
        self.outbound = [SlackChannel(self._client, settings.console_language, greet, guide_address(settings))]

    def routes(self, service: ConversationService, rates: RateLimits) -> Sequence[BaseRoute]:
        """Return the webhook's route."""
        settings = self._settings
        show_home = partial(home, settings.organisation, settings.privacy_url)
        self._events = EventHandler(
            self._client,
            service,
            rates,
            settings.messages_per_minute,
            show_home,
            self._context.links,
            settings.console_language,
        )
        return Webhook(self._client, self._events).routes

    async def set_up(self) -> None:
        """Ask Slack who the bot is."""
        await self._client.set_up()

    async def close(self) -> None:
        """Finish what goes along with messages, and close the connections."""
        if self._events:
            await self._events.finish()
        await self._client.close()


def client_from(settings: Settings) -> SlackClient:
    """Return a client for the app of the settings. Raises SettingsError if the token or the secret cannot be right."""
    try:
        return SlackClient(
            settings.slack_bot_token, settings.slack_signing_secret, settings.slack_api_url, settings.slack_seconds
        )
    except SlackSetupError as error:
        raise SettingsError(str(error)) from None


def listen(settings: Settings, say: Callable[[str], None]) -> None:
    """Run `advisor slack socket` until Ctrl-C. Raises SettingsError or SocketFailed."""
    hush()
    secret = client_from(settings).signing_secret
    try:
        token = socket_mode.app_token(settings.slack_app_token)
    except SlackSetupError as error:
        raise SettingsError(str(error)) from None
    asyncio.run(socket_mode.listen(token, settings.slack_api_url, secret, settings.front_url, say))
