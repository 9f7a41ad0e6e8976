"""POST /webhooks/telegram/webhook, which Telegram calls with the secret; 200 as soon as the update is stored."""

from __future__ import annotations

import hmac

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from telegram.error import TelegramError

from channels.http import Refused, json_object
from channels.storable import storable
from channels.telegram import SECRET_HEADER, WEBHOOK_PATH
from channels.telegram.api.client import describe_error
from channels.telegram.handlers import UpdateHandler

MOST_BYTES = 1024 * 1024  # an update can carry the message that it replies to, with all that hangs on it


class Webhook:
    """The webhook's route."""

    def __init__(self, updates: UpdateHandler, secret: str) -> None:
        self._updates, self._secret = updates, secret.encode()

    @property
    def routes(self) -> list[Route]:
        """Return the route."""
        return [Route(WEBHOOK_PATH, self.receive, methods=["POST"])]

    async def receive(self, request: Request) -> JSONResponse:
        """Take an update from Telegram.

        description: Telegram alone calls this, with the secret that it was given when the webhook was set.
        responses:
          200: {description: "It is written, or is none for us"}
          400: {description: "The body is not a JSON object"}
          403: {description: "The secret is missing or wrong; nothing was made of the call"}
          503: {description: "Telegram could not be asked who we are; the update is to come again"}
        """
        given = request.headers.get(SECRET_HEADER, "").encode(errors="backslashreplace")
        if not hmac.compare_digest(given, self._secret):
            raise Refused("this address is for Telegram, with its secret", 403)
        try:
            await self._updates.take(storable(await json_object(request, MOST_BYTES)))
        except TelegramError as error:
            raise Refused(describe_error(error), 503) from None
        return JSONResponse({"ok": True})
