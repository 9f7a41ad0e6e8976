"""Telegram, built from the settings; off without a token."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from starlette.routing import BaseRoute

from channels.guide_links import guide_address
from channels.http import RateLimits
from channels.ports import Channel, ChannelContext
from channels.telegram.api import polling
from channels.telegram.api.client import TelegramClient, connect, secret_for
from channels.telegram.errors import TelegramSetupError
from channels.telegram.handlers import UpdateHandler
from channels.telegram.sending import TelegramChannel
from channels.telegram.texts import COMMANDS, greeting
from channels.telegram.webhook import Webhook
from conversations.pipeline.service import ConversationService
from core.library_logs import hush
from core.settings import Settings, SettingsError


def build(settings: Settings, context: ChannelContext) -> Telegram | None:
    """Return the channel, or None without a token. Raises SettingsError for a token or secret that cannot be right."""
    return Telegram(settings, context) if settings.telegram_token else None


class Telegram(Channel):
    """Telegram as a channel of the front."""

    def __init__(self, settings: Settings, context: ChannelContext) -> None:
        self._settings, self._context = settings, context
        self._client = client_from(settings)
        self._updates: UpdateHandler | None = None
        greet = partial(greeting, settings.organisation, settings.privacy_url)
        self.outbound = [TelegramChannel(self._client, context.store, greet, guide_address(settings))]

    def routes(self, service: ConversationService, rates: RateLimits) -> Sequence[BaseRoute]:
        """Return the webhook's route."""
        per_minute, context = self._settings.messages_per_minute, self._context
        self._updates = UpdateHandler(self._client, service, rates, per_minute, context.is_topic, context.links)
        return Webhook(self._updates, self._client.secret).routes

    async def set_up(self) -> None:
        """Register the webhook and the commands."""
        await self._client.set_up(self._settings.public_url, COMMANDS)

    async def close(self) -> None:
        """Finish what goes along with messages, and close the connections."""
        if self._updates:
            await self._updates.finish()
        await self._client.close()


def client_from(settings: Settings) -> TelegramClient:
    """Return a client for the bot of the settings. Raises SettingsError if the token or the secret cannot be right."""
    try:
        secret = secret_for(settings.telegram_token, settings.telegram_secret)
        bot = connect(settings.telegram_token, settings.telegram_api_url, settings.telegram_seconds)
        return TelegramClient(bot, secret)
    except TelegramSetupError as error:
        raise SettingsError(str(error)) from None


def poll(settings: Settings, say: Callable[[str], None]) -> None:
    """Run `advisor telegram poll` until Ctrl-C. Raises SettingsError or PollingFailed."""
    hush()
    if not settings.telegram_token:
        raise SettingsError("ADVISOR_TELEGRAM_TOKEN is not set: make a bot with @BotFather and copy its token.")
    client = client_from(settings)
    asyncio.run(polling.poll(client.bot, settings.front_url, client.secret, say))
