"""Telegram, put together from the settings; there is none without a token."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.routing import BaseRoute

from channels.data_download import DownloadLinks
from channels.http import RateLimits
from channels.telegram import polling
from channels.telegram.client import TelegramClient, connect, secret_for
from channels.telegram.errors import TelegramSetupError
from channels.telegram.handlers import UpdateHandler
from channels.telegram.sending import TelegramChannel
from channels.telegram.texts import greeting
from channels.telegram.webhook import Webhook
from conversations.db.store import Store
from conversations.pipeline.service import ConversationService
from core.library_logs import hush
from core.settings import Settings, SettingsError
from knowledge.errors import KnowledgeError
from knowledge.knowledge_base import open_knowledge


def telegram_of(settings: Settings, store: Store, links: DownloadLinks) -> Telegram | None:
    return Telegram(settings, store, links) if settings.telegram_token else None


class Telegram:
    def __init__(self, settings: Settings, store: Store, links: DownloadLinks):
        self._settings, self._links = settings, links
        self._account = client_from(settings)
        self._updates: UpdateHandler | None = None
        self.channel = TelegramChannel(self._account, store, greeting(settings.organisation, settings.privacy_url))

    def routes(self, service: ConversationService, rates: RateLimits) -> list[BaseRoute]:
        most = self._settings.messages_per_minute
        self._updates = UpdateHandler(self._account, service, rates, most, self._is_topic, self._links)
        return Webhook(self._updates, self._account.secret).routes

    async def set_up(self) -> None:
        await self._account.set_up(self._settings.public_url)

    async def close(self) -> None:
        if self._updates:
            await self._updates.finish()
        await self._account.close()

    def _is_topic(self, key: str) -> bool:
        """Whether a deep link leads anywhere; where the knowledge base cannot be read, it leads to the greeting."""
        try:
            knowledge = open_knowledge(self._settings.knowledge_db)
            return knowledge.has_topic(key) or knowledge.has_open_subject(key)
        except KnowledgeError:
            return False


def client_from(settings: Settings) -> TelegramClient:
    """Raises SettingsError where the token or the secret cannot be right."""
    try:
        secret = secret_for(settings.telegram_token, settings.telegram_secret)
        bot = connect(settings.telegram_token, settings.telegram_api_url, settings.telegram_seconds)
        return TelegramClient(bot, secret)
    except TelegramSetupError as error:
        raise SettingsError(str(error)) from None


def poll(settings: Settings, say: Callable[[str], None]) -> None:
    """`advisor telegram poll`, until Ctrl-C. Raises SettingsError or PollingFailed."""
    hush()
    if not settings.telegram_token:
        raise SettingsError("ADVISOR_TELEGRAM_TOKEN is not set: make a bot with @BotFather and copy its token.")
    account = client_from(settings)
    asyncio.run(polling.poll(account.bot, settings.front_url, account.secret, say))
