"""Delivery to Slack; what Slack refuses is told apart: for good, later, or unsure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from channels import platform
from channels.slack import NAME
from channels.slack.api.answers import UNREADABLE
from channels.slack.api.client import TROUBLE, SlackClient, describe_error, name_of, status_of
from channels.slack.api.payloads import ts_at
from channels.slack.rendering import Part, render
from conversations.models import Conversation, Outgoing, Reply
from conversations.pipeline.ports import DeliveryError, PartTaken
from core.translations import spoken

NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)  # nothing had left us
TOO_MANY = ("ratelimited", "rate_limited", "message_limit_exceeded")
LATER = ("internal_error", "service_unavailable", "team_added_to_org", "request_timeout", *TOO_MANY)
UNSURE = ("fatal_error", UNREADABLE)  # by Slack's word, some of it may have been done
AFTER = 1.0  # seconds, where Slack says "too many" and not how long


class SlackChannel:
    """The OutboundChannel of Slack; `guide` is the address of the guide's public pages, "" if there are none."""

    name = NAME

    def __init__(self, client: SlackClient, language: str, greet: Callable[[], Reply], guide: str = "") -> None:
        self._client, self._language, self._greet, self._guide = client, language, greet, guide

    @property
    def greeting(self) -> Reply | None:
        """Return the first message, in the language in use."""
        return self._greet()

    async def send(self, outgoing: Outgoing, part_taken: PartTaken) -> tuple[str, ...]:
        """Send a message from `outgoing.part` on. Raises DeliveryError."""
        with spoken(self._language):
            parts = render(outgoing.message, self._guide, outgoing.conversation.pack)
        taken = list(outgoing.platform_ids)
        for number in range(outgoing.part, len(parts)):
            taken.append(await self._send(outgoing.conversation, parts[number]))
            await part_taken(number + 1, tuple(taken))
        return tuple(taken)

    async def show_typing(self, conversation: Conversation) -> None:
        """Do nothing: Slack has no typing indicator for apps in messages and threads."""

    async def _send(self, conversation: Conversation, part: Part) -> str:
        """Send a part; return its ts, empty if Slack took it without saying."""
        try:
            sent = await self._client.web.chat_postMessage(
                channel=conversation.reach["channel"],
                thread_ts=conversation.reach.get("thread") or None,
                blocks=list(part.blocks),
                text=part.text,
                unfurl_links=False,
                unfurl_media=False,
            )
            return ts_at(sent.data, "ts")
        except TROUBLE as error:
            raise delivery_error(error) from None


def delivery_error(error: Exception) -> DeliveryError:
    """Return what an error of a call means for a delivery."""
    why = describe_error(error)
    if not isinstance(error, SlackApiError):  # a connection that broke off: it may have been taken all the same
        return DeliveryError(why, ambiguous=not isinstance(error, NOT_SENT))
    name = name_of(error)
    if status_of(error) == 429 or name in TOO_MANY:
        return DeliveryError(why, retry_after=_seconds(error))
    if name in UNSURE:
        return DeliveryError(why, ambiguous=True)
    return DeliveryError(why, permanent=name not in LATER and status_of(error) < 500)


async def persist(call: Callable[[], Awaitable[Any]]) -> Any:
    """Return the result of a call that goes with a message but is none itself; None if it fails repeatedly or for good."""
    return await platform.persist(call, TROUBLE, delivery_error)


def _seconds(error: SlackApiError) -> float:
    headers = getattr(error.response, "headers", None) or {}
    after = next((value for key, value in headers.items() if key.lower() == "retry-after"), "")
    return float(after) if str(after).isdigit() else AFTER
