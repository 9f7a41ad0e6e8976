"""Client of the Bot API: the connection, the bot's identity, and what it registers when the front starts."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import re
from collections.abc import Mapping
from typing import Any

from telegram import Bot
from telegram.error import BadRequest, InvalidToken, TelegramError

from channels.telegram import KINDS_OF_UPDATE, WEBHOOK_PATH
from channels.telegram.api.bot_api import Request, call
from channels.telegram.api.payloads import BotIdentity, number_at, text_at
from channels.telegram.errors import TelegramSetupError
from core.translations import gettext as _
from core.translations import others, spoken

logger = logging.getLogger(__name__)
API_URL = "https://api.telegram.org"
TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # what Telegram allows in the header
AT_ONCE = 64  # connections, as many as there are deliveries at a time
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds between two tries to reach Telegram at the start


def connect(token: str, api_url: str = "", seconds: float = 10.0) -> Bot:
    """Return a Bot that is not connected yet; `seconds` is the time-out of a call. Raises TelegramSetupError."""
    if not TOKEN.fullmatch(token):
        raise TelegramSetupError(
            "ADVISOR_TELEGRAM_TOKEN is not a bot's token (123456:ABC-DEF...): copy it from @BotFather."
        )
    # The library logs answers that it cannot read, and with them perhaps what people wrote; each is raised to us as well.
    logging.getLogger("telegram").setLevel(logging.CRITICAL)
    times: dict[str, Any] = {
        "read_timeout": seconds,
        "write_timeout": seconds,
        "connect_timeout": seconds,
        "pool_timeout": 30.0,
    }
    request = Request(connection_pool_size=AT_ONCE, **times)
    polling = Request(connection_pool_size=1, **times)
    return Bot(token, base_url=f"{api_url or API_URL}/bot", request=request, get_updates_request=polling)


def secret_for(token: str, given: str = "") -> str:
    """Return the secret that calls of the webhook must carry. Raises TelegramSetupError for a malformed one.

    Without one in the settings it is derived from the token, so that it survives a restart.
    """
    if given and not SECRET.fullmatch(given):
        raise TelegramSetupError("ADVISOR_TELEGRAM_SECRET may hold up to 256 of the characters A-Z, a-z, 0-9, _ and -.")
    return given or hmac.new(token.encode(), b"the webhook's secret", hashlib.sha256).hexdigest()


class TelegramClient:
    """The bot's connection, with the webhook's secret."""

    def __init__(self, bot: Bot, secret: str) -> None:
        self.bot, self.secret = bot, secret
        self._me = BotIdentity(int(bot.token.partition(":")[0]))

    async def call(self, method: str, **parameters: Any) -> Any:
        """Call a method of the Bot API; its result as parsed JSON. Raises TelegramError."""
        return await call(self.bot, method, **parameters)

    @property
    def username(self) -> str:
        """Return the bot's username; empty until it was asked for."""
        return self._me.username

    async def me(self, with_name: bool = True) -> BotIdentity:
        """Return the bot's identity; ask for the username once. Raises TelegramError if Telegram cannot be reached."""
        if with_name and not self._me.username:
            bot = await self.call("getMe")
            self._me = BotIdentity(number_at(bot, "id") or self._me.id, text_at(bot, "username"))
        return self._me

    async def set_up(self, public_url: str, commands: Mapping[str, str]) -> None:
        """Register the commands and, with a public address, the webhook; retry until Telegram takes it.

        `commands` maps names to descriptions.
        """
        wait = FIRST_WAIT
        while True:
            try:
                await self._register(public_url, commands)
                return
            except TelegramError as error:
                logger.error("Telegram could not be set up", extra={"reason": describe_error(error)})
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    async def _register(self, public_url: str, commands: Mapping[str, str]) -> None:
        await self.me()
        await self.call("setMyCommands", commands=_listed(commands))
        for language in others():
            with spoken(language):
                await self.call("setMyCommands", commands=_listed(commands), language_code=language)
        if not public_url:
            logger.warning("no webhook: set ADVISOR_PUBLIC_URL, or run ./advisor telegram poll beside the front")
            return
        address = public_url.rstrip("/") + WEBHOOK_PATH
        await self.call("setWebhook", url=address, secret_token=self.secret, allowed_updates=KINDS_OF_UPDATE)
        logger.info("Telegram sends its updates to our webhook")

    async def close(self) -> None:
        """Close the connections."""
        await self.bot.request.shutdown()


def describe_error(error: TelegramError) -> str:
    """Return an error's description for the log and for staff: never the token, never what people wrote."""
    if isinstance(error, InvalidToken):
        return "Telegram does not know this token: check ADVISOR_TELEGRAM_TOKEN"
    return str(error)[:200] if isinstance(error, BadRequest) else type(error).__name__


def _listed(commands: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the commands as Telegram takes them, described in the language in use."""
    return [{"command": name, "description": _(text)} for name, text in commands.items()]
