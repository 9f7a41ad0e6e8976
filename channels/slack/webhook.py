"""POST /webhooks/slack, which Slack calls for events, presses and the slash command; 200 as soon as the effect is stored.

Bolt checks the signature and its time window and answers Slack's own questions (url_verification, ssl_check). Everything else
is passed on as one body, whatever its kind, so that no kind of event that Slack may add ends in anything but 200.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.response import BoltResponse
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels.http import Refused, body_of
from channels.slack import NAME, WEBHOOK_PATH
from channels.slack.api.client import SlackClient
from channels.slack.handlers import EventHandler
from channels.slack.throttled_log import ThrottledLog
from channels.storable import storable

logger = logging.getLogger(__name__)
SHAPES = {  # Bolt reads both without asking first
    "x-slack-request-timestamp": re.compile(r"[0-9]{1,18}"),
    "x-slack-signature": re.compile(r"[!-~]{1,200}"),
}
MOST_BYTES = 1024 * 1024  # a press carries the message under which it stands


class Webhook:
    """The webhook's route."""

    def __init__(self, client: SlackClient, events: EventHandler) -> None:
        self._bolt = bolt_for(client, events)
        self._refusal = ThrottledLog(logger, "calls to Slack's address were refused: signed wrongly, or too late")

    @property
    def routes(self) -> list[Route]:
        """Return the route."""
        return [Route(WEBHOOK_PATH, self.receive, methods=["POST"])]

    async def receive(self, request: Request) -> Response:
        """Take an event, a pressed button or a slash command from Slack.

        description: Slack alone calls this; each call carries its signature.
        responses:
          200: {description: "It is written, or is none for us"}
          400: {description: "The body is in no shape of Slack's"}
          401: {description: "The signature is wrong or older than five minutes; nothing was made of the call"}
        """
        body = await body_of(request, MOST_BYTES)
        if not _could_be_signed(request):
            self._refusal.note()
            raise Refused("the call does not carry Slack's signature", 401)
        answer = await self._bolt.async_dispatch(_readable(body, request))
        if answer.status == 401:
            self._refusal.note()
        return Response(answer.body, answer.status, answer.first_headers_without_set_cookie())


def bolt_for(client: SlackClient, events: EventHandler) -> AsyncApp:
    """Return the Bolt application that checks calls and passes them to the handler."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        """Authorize every call without asking Slack, so that nothing is lost while its API is away."""
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=client.token)

    async def raise_on(error: Exception) -> None:
        """Raise the error, so that the application answers it and Slack calls again."""
        raise error

    bolt = AsyncApp(
        name=NAME,
        signing_secret=client.signing_secret,
        authorize=authorize,
        process_before_response=True,
        ignoring_self_events_enabled=False,  # arrivals.is_from_person does that, for every bot
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    bolt.use(_Forwarder(events))
    bolt.error(raise_on)
    return bolt


class _Forwarder(AsyncMiddleware):
    """Last middleware of Bolt: passes every call to the handler and answers it."""

    def __init__(self, events: EventHandler) -> None:
        self._events = events

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Any]
    ) -> BoltResponse:
        """Pass a call on and answer it; a method of Bolt's middleware."""
        told = await self._events.take(storable(req.body))
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": told} if told else "")


def _could_be_signed(request: Request) -> bool:
    """Return True if the signature headers, if present, have a form that Bolt can read."""
    return all(shape.fullmatch(request.headers.get(name, "0")) for name, shape in SHAPES.items())


def _readable(body: bytes, request: Request) -> AsyncBoltRequest:
    """Return Bolt's view of a call, not yet authenticated; Refused if it has none."""
    try:
        call = AsyncBoltRequest(body=body.decode(), query=request.url.query, headers=dict(request.headers))
        if not isinstance(call.body.get("event", {}), dict):
            raise TypeError("event")
        return call
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise Refused("the body must be a JSON object or a form, in UTF-8") from None
    except (AttributeError, TypeError, KeyError, IndexError, ValueError):  # and the body, too
        raise Refused("the body is in no shape of Slack's") from None
