"""The operators' API: the hand-off queue, replies, failed messages and contact requests for an organisation's own tools.

It is served on an address of its own. The docstrings of its methods are their OpenAPI descriptions.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from channels.http import Refused, json_object, require_key, text_in
from conversations.db.mappers import find_conversation
from conversations.handoff import contact_requests, states
from conversations.handoff.public_names import public_name
from conversations.input_parsing import whole_number
from conversations.models import PERSON, RECEIVED, WAITING, Conversation, Message
from conversations.pipeline import message_store
from conversations.pipeline.outbox import delivery_of
from conversations.pipeline.service import ConversationService

MAX_NAME_LENGTH, MAX_REPLY_LENGTH = 120, 4000


class OperatorsApi:
    """The routes of the API; every call needs `key`, and without a key all are refused."""

    def __init__(self, service: ConversationService, key: str) -> None:
        self._service, self._key = service, key

    @property
    def routes(self) -> list[Route]:
        """Return the routes for Starlette."""
        path = "/operators/conversations/{conversation}"
        return [
            Route("/operators/waiting", self.waiting, methods=["GET"]),
            Route("/operators/failed", self.failed, methods=["GET"]),
            Route("/operators/messages/{message}/retry", self.retry, methods=["POST"]),
            Route("/operators/contacts", self.contacts, methods=["GET"]),
            Route("/operators/contacts/{contact}/done", self.contact_done, methods=["POST"]),
            Route(path, self.show, methods=["GET"]),
            Route(path, self.erase, methods=["DELETE"]),
            Route(f"{path}/take", self.take, methods=["POST"]),
            Route(f"{path}/reply", self.reply, methods=["POST"]),
            Route(f"{path}/typing", self.typing, methods=["POST"]),
            Route(f"{path}/release", self.give_back, methods=["POST"]),
            Route(f"{path}/close", self.close, methods=["POST"]),
        ]

    async def waiting(self, request: Request) -> JSONResponse:
        """List conversations in which a person was asked for or answers, the longest waiting first.

        operationId: waiting
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Conversation"}}}}
        """
        self._require_key(request)
        conversations = await self._service.store.read(states.list_in_states, WAITING, PERSON)
        return JSONResponse([_conversation(conversation) for conversation in conversations])

    async def failed(self, request: Request) -> JSONResponse:
        """List messages that got an apology, and those being tried again (`retrying`), the newest first.

        operationId: failed
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Message"}}}}
        """
        self._require_key(request)
        messages = await self._service.store.read(message_store.failed_messages)
        return JSONResponse([_message(message) for message in messages])

    async def retry(self, request: Request) -> JSONResponse:
        """Have a failed message answered after all, or one that is being tried again tried now.

        operationId: retry
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Retried"}}}
        """
        self._require_key(request)
        if not await self._service.retry_failed(path_number(request, "message")):
            raise Refused("there is no failed message of this number", 404)
        return JSONResponse({"retried": True})

    async def contacts(self, request: Request) -> JSONResponse:
        """List contact details that visitors left and nobody has used yet, the oldest first.

        operationId: contacts
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Contact"}}}}
        """
        self._require_key(request)
        contacts = await self._service.store.read(contact_requests.open_contact_requests)
        return JSONResponse(
            [
                {**asdict(contact), "at": _isoformat(contact.at), "changed_at": _isoformat(contact.changed_at)}
                for contact in contacts
            ]
        )

    async def contact_done(self, request: Request) -> JSONResponse:
        """Mark a contact request as done: somebody has been reached.

        operationId: contactDone
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Done"}}}
        """
        self._require_key(request)
        if not await self._service.store.write(
            contact_requests.set_contact_request_state,
            path_number(request, "contact"),
            contact_requests.DONE,
            "operator",
        ):
            raise Refused("there is no open contact of this number", 404)
        return JSONResponse({"done": True})

    async def show(self, request: Request) -> JSONResponse:
        """Show a conversation with its last messages and how far their delivery is.

        operationId: show
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Transcript"}}}
        """
        self._require_key(request)
        conversation = await self._service.store.read(find_conversation, request.path_params["conversation"])
        if conversation is None:
            raise Refused("there is no such conversation", 404)
        return JSONResponse(await self._service.store.read(_transcript, conversation))

    async def take(self, request: Request) -> JSONResponse:
        """Take a conversation.

        operationId: take
        requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/ByPerson"}}}}
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Conversation"}}}
        """
        return await self._change(request, self._service.handoff.take)

    async def give_back(self, request: Request) -> JSONResponse:
        """Give a conversation back to the advisor.

        operationId: release
        requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/ByPerson"}}}}
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Conversation"}}}
        """
        return await self._change(request, self._service.handoff.give_back)

    async def close(self, request: Request) -> JSONResponse:
        """Close a conversation.

        operationId: close
        description: The next message opens it again.
        requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/ByPerson"}}}}
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Conversation"}}}
        """
        return await self._change(request, self._service.handoff.close)

    async def reply(self, request: Request) -> JSONResponse:
        """Say something to the visitor, as the person who has the conversation.

        operationId: reply
        requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Replying"}}}}
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Message"}}}
        """
        body, person = await self._body_and_person(request)
        text = text_in(body, "text", required=True, longest=MAX_REPLY_LENGTH)
        try:
            reply = await self._service.handoff.reply(request.path_params["conversation"], person, text)
        except states.HandoffRefused as error:
            raise Refused(str(error), 409) from None
        return JSONResponse(_message(reply))

    async def typing(self, request: Request) -> JSONResponse:
        """Show the visitor that this person is typing, or has stopped.

        operationId: typing
        requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Typing"}}}}
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Shown"}}}
        """
        body, person = await self._body_and_person(request)
        who = await self._service.store.read(public_name, person) or PERSON
        self._service.publish_typing(request.path_params["conversation"], who, body.get("on") is not False)
        return JSONResponse({"shown": True})

    async def erase(self, request: Request) -> JSONResponse:
        """Delete a conversation everywhere.

        operationId: forget
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Deleted"}}}
        """
        self._require_key(request)
        if not await self._service.erase(request.path_params["conversation"], "operator"):
            raise Refused("there is no such conversation", 404)
        return JSONResponse({"deleted": True})

    async def _change(self, request: Request, change: Callable[[str, str], Awaitable[Conversation]]) -> JSONResponse:
        _, person = await self._body_and_person(request)
        try:
            return JSONResponse(_conversation(await change(request.path_params["conversation"], person)))
        except states.HandoffRefused as error:
            raise Refused(str(error), 409) from None

    async def _body_and_person(self, request: Request) -> tuple[dict[str, Any], str]:
        self._require_key(request)
        body = await json_object(request)
        return body, text_in(body, "person", required=True, longest=MAX_NAME_LENGTH)

    def _require_key(self, request: Request) -> None:
        if not self._key:
            raise Refused("set ADVISOR_OPERATORS_KEY to use this", 403)
        require_key(request, self._key)


def path_number(request: Request, name: str) -> int:
    """Return a number of the path; raises Refused (404) if it is not a whole number."""
    number = whole_number(request.path_params[name])
    if number is None:
        raise Refused(f"{name} must be a whole number", 404)
    return number


def _transcript(connection: Connection, conversation: Conversation) -> dict[str, Any]:
    messages = message_store.latest_messages(connection, conversation.id, limit=200)
    return {
        **_conversation(conversation),
        "messages": [{**_message(message), "delivery": delivery_of(connection, message.id)} for message in messages],
        "changes": [
            {**asdict(change), "at": change.at.isoformat()} for change in states.history(connection, conversation.id)
        ],
    }


def _conversation(conversation: Conversation) -> dict[str, Any]:
    return {
        "conversation": conversation.id,
        "channel": conversation.channel,
        "state": conversation.state,
        "since": conversation.state_since.isoformat(),
        "held_by": conversation.held_by,
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "message": message.id,
        "conversation": message.conversation_id,
        "author": message.author,
        "author_name": message.author_name,
        "text": message.text,
        "state": message.state,
        "outcome": message.outcome,
        "failure": message.failure,
        "retrying": message.state == RECEIVED and bool(message.failure),
        "at": message.at.isoformat(),
    }


def _isoformat(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
