"""The REST channel in Rasa's shape, for any client: POST /webhooks/rest/webhook.

Open to this machine only, unless a key is set. The reply to a message is the reply to the request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from channels.http import LOOPBACK, Rates, Refused, address_of, json_object, require_key, text_in
from channels.own_data import data_file
from conversations import own_data
from conversations.desk import Desk
from conversations.inbox import conversation_at
from conversations.records import Accepted, Button, Conversation, Inbound, Message
from conversations.turns import button_by_payload

NAME = "rest"
LONGEST_SENDER, LONGEST_MESSAGE_ID, LONGEST_PAYLOAD = 120, 120, 2000


@dataclass(frozen=True)
class RestRules:
    """`key` empty: loopback only. Rates are messages a minute, 0 for no limit; by address only where a key is set."""

    key: str = ""
    per_conversation: int = 0
    per_address: int = 120


class RestChannel:
    def __init__(self, desk: Desk, rules: RestRules, rates: Rates):
        self._desk, self._rules, self._rates = desk, rules, rates

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/webhooks/rest/", self.alive, methods=["GET"]),
            Route("/webhooks/rest/webhook", self.receive, methods=["POST"]),
            Route("/webhooks/rest/data", self.data, methods=["POST"]),
            Route("/webhooks/rest/forget", self.forget, methods=["POST"]),
        ]

    async def alive(self, request: Request) -> JSONResponse:
        """
        summary: Whether the REST channel is there (Rasa's own check)
        responses: {200: {description: It is}}
        """
        return JSONResponse({"status": "ok"})

    async def receive(self, request: Request) -> JSONResponse:
        """
        summary: Say something and get the reply
        description: >-
          In the shape of Rasa's REST channel. What is typed goes in `message`; a button's payload, as it was sent in this
          conversation, in `payload`. With a `message_id`, asking twice is answered once. Only from this machine, or with the
          key as `Authorization: Bearer KEY`.
        requestBody:
          required: true
          content:
            application/json:
              schema:
                type: object
                required: [sender]
                properties:
                  sender: {type: string, maxLength: 120, description: The conversation}
                  message: {type: string}
                  payload: {type: string}
                  message_id: {type: string, maxLength: 120}
        responses:
          200: {description: "A list of {recipient_id, text, buttons?, custom?, metadata}"}
          400: {description: "The body is not right; `error` says why"}
          401: {description: The key is missing or wrong}
          403: {description: No key is set, so only this machine is answered}
          413: {description: The body is over 64 kB}
          429: {description: Too many messages in a minute}
        """
        await self._admit(request)
        body = await json_object(request)
        sender = text_in(body, "sender", required=True, longest=LONGEST_SENDER)
        await self._rates.require(self._rules.per_conversation, NAME, sender)
        accepted = await self._desk.receive(await self._inbound(body, sender), source=address_of(request))
        return JSONResponse([_rest_shape(sender, one) for one in await self._last_reply(accepted)])

    async def data(self, request: Request) -> Response:
        """
        summary: All that is stored about a sender's conversation, as JSON
        description: "{sender}, as in a message; admitted as messages are."
        responses: {200: {description: A file of JSON}, 401: {description: The key is missing or wrong}}
        """
        conversation = await self._of_sender(request)
        return data_file(await self._desk.store.write(own_data.hand_out, [conversation.id]) if conversation else [])

    async def forget(self, request: Request) -> Response:
        """
        summary: Delete a sender's conversation everywhere
        description: "{sender}, as in a message; admitted as messages are."
        responses: {200: {description: "`deleted` says whether there was one"}, 401: {description: The key is missing or wrong}}
        """
        conversation = await self._of_sender(request)
        return JSONResponse({"deleted": bool(conversation) and await self._desk.forget(conversation.id, "visitor")})

    async def _of_sender(self, request: Request) -> Conversation | None:
        await self._admit(request)
        sender = text_in(await json_object(request), "sender", required=True, longest=LONGEST_SENDER)
        return await self._desk.store.read(conversation_at, NAME, sender)

    async def _admit(self, request: Request) -> None:
        if self._rules.key:
            require_key(request, self._rules.key)
            await self._rates.require(self._rules.per_address, NAME, "address", address_of(request))
        elif address_of(request) not in LOOPBACK or "origin" in request.headers:
            raise Refused("this address answers programs on its own machine only, unless a key is set", 403)

    async def _inbound(self, body: dict[str, Any], sender: str) -> Inbound:
        if not isinstance(body.get("metadata") or {}, dict):
            raise Refused("metadata must be an object")
        message_id = text_in(body, "message_id", longest=LONGEST_MESSAGE_ID)
        # With the sender's length, since both may hold slashes: nobody is answered from another's conversation.
        external_id = f"{len(sender)}:{sender}/{message_id}" if message_id else None
        if body.get("payload") is not None:
            button = await self._button(sender, text_in(body, "payload", required=True, longest=LONGEST_PAYLOAD))
            return Inbound(NAME, sender, text=button.title, payload=button.payload, external_id=external_id)
        if body.get("message") is None:
            raise Refused("message (a text) or payload is missing")
        return Inbound(NAME, sender, text=text_in(body, "message"), external_id=external_id)

    async def _button(self, sender: str, payload: str) -> Button:
        conversation = await self._desk.store.read(conversation_at, NAME, sender)
        button = conversation and await self._desk.store.read(button_by_payload, conversation.id, payload)
        if not button:
            raise Refused("payload must be one of a button that was sent in this conversation")
        return button

    async def _last_reply(self, accepted: Accepted) -> list[Message]:
        """The answer; of a message that failed and was tried again, only what came of that."""
        replies = await self._desk.replies(accepted)
        answers = [one for one in replies if one.outcome != "failed"]
        return answers or replies[-1:]


def _rest_shape(sender: str, message: Message) -> dict[str, Any]:
    metadata: dict[str, Any] = {"outcome": message.outcome}
    if message.topic:
        metadata["topic"] = message.topic
    if message.sources:
        metadata["sources"] = list(message.sources)
    shape: dict[str, Any] = {"recipient_id": sender, "text": message.text, "metadata": metadata}
    if message.buttons:
        shape["buttons"] = [{"title": one.title, "payload": one.payload} for one in message.buttons]
    if message.cards:
        shape["custom"] = {"cards": list(message.cards)}
    return shape
