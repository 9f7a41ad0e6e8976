"""Replies to the operator's own URL: one signed POST each, in the format of Rasa's callback channel.

Only the URL of the settings is called, and no redirect is followed.
"""

from __future__ import annotations

import json
import time
from typing import Any

import httpx

from channels.rest.guides import sender_of
from channels.rest.serializers import serialize_reply
from conversations.integrations.signature import signed, signing_key
from conversations.models import Conversation, Outgoing, Reply
from conversations.pipeline.ports import DeliveryError, PartTaken

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)  # nothing had left us
NEVER = (400, 410, 413, 422)  # by HTTP's meaning, this message will not be taken however often it comes


class Callback:
    """Client of the callback URL, with one connection pool for all channels that send there."""

    def __init__(self, url: str, secret: str, seconds: float) -> None:
        self._url, self._key = url, signing_key(secret)
        self._client = httpx.AsyncClient(timeout=seconds, trust_env=False, follow_redirects=False)

    async def post(self, identity: str, message: dict[str, Any]) -> None:
        """Send a message. Raises DeliveryError unless the URL answers with 2xx."""
        body = json.dumps(message, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", **signed(self._key, identity, int(time.time()), body)}
        try:
            async with self._client.stream("POST", self._url, content=body, headers=headers) as answer:
                status, after = answer.status_code, answer.headers.get("retry-after", "")
        except httpx.HTTPError as error:
            raise DeliveryError(type(error).__name__, ambiguous=not isinstance(error, NOT_SENT)) from None
        if not 200 <= status < 300:
            seconds = float(after) if after.isdigit() and len(after) < 6 else None
            raise DeliveryError(
                f"the callback address answered {status}", permanent=status in NEVER, retry_after=seconds
            )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


class CallbackChannel:
    """OutboundChannel to the callback URL: all replies of `callback`; of `rest`, only messages that answer no request."""

    greeting: Reply | None = None  # whoever runs the client says themselves that a machine answers

    def __init__(self, name: str, callback: Callback) -> None:
        self.name, self._callback = name, callback

    async def send(self, outgoing: Outgoing, part_taken: PartTaken) -> tuple[str, ...]:
        """Send a message. Raises DeliveryError. Its id is the same in every attempt, so that duplicates can be recognised."""
        identity = f"msg_{outgoing.message.id}"
        sender = sender_of(outgoing.conversation)
        shape = serialize_reply(sender.name, outgoing.message)
        if sender.guide is not None:
            shape["metadata"]["guide"] = sender.pack
        await self._callback.post(identity, shape)
        return (identity,)

    async def show_typing(self, conversation: Conversation) -> None:
        """Do nothing: Rasa's callback has no typing indicator."""
