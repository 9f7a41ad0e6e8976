"""The operators' API: who waits, take and give back conversations, retry what failed. On an address of its own, with a key."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from channels.http import Refused, json_object, require_key, text_in
from conversations.db.mappers import find_conversation
from conversations.handoff import contact_requests, states
from conversations.input_parsing import whole_number
from conversations.models import PERSON, RECEIVED, WAITING, Conversation, Message
from conversations.pipeline import message_store
from conversations.pipeline.outbox import delivery_of
from conversations.pipeline.service import ConversationService

LONGEST_NAME, LONGEST_REPLY = 120, 4000


class OperatorsApi:
    """Every call needs the key; without one set there is no API."""

    def __init__(self, service: ConversationService, key: str):
        self._service, self._key = service, key

    @property
    def routes(self) -> list[Route]:
        one = "/operators/conversations/{conversation}"
        return [
            Route("/operators/waiting", self.waiting, methods=["GET"]),
            Route("/operators/failed", self.failed, methods=["GET"]),
            Route("/operators/messages/{message}/retry", self.retry, methods=["POST"]),
            Route("/operators/contacts", self.contacts, methods=["GET"]),
            Route("/operators/contacts/{contact}/done", self.contact_done, methods=["POST"]),
            Route(one, self.show, methods=["GET"]),
            Route(one, self.forget, methods=["DELETE"]),
            Route(f"{one}/take", self.take, methods=["POST"]),
            Route(f"{one}/reply", self.reply, methods=["POST"]),
            Route(f"{one}/typing", self.typing, methods=["POST"]),
            Route(f"{one}/release", self.release, methods=["POST"]),
            Route(f"{one}/close", self.close, methods=["POST"]),
        ]

    async def waiting(self, request: Request) -> JSONResponse:
        """
        summary: Conversations in which a person was asked for or answers, the longest waiting first
        operationId: waiting
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Conversation"}}}}
        """
        self._admit(request)
        found = await self._service.store.read(states.list_in_states, WAITING, PERSON)
        return JSONResponse([_conversation(one) for one in found])

    async def failed(self, request: Request) -> JSONResponse:
        """
        summary: Messages that got an apology, and those being tried again (`retrying`), the newest first
        operationId: failed
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Message"}}}}
        """
        self._admit(request)
        return JSONResponse([_message(one) for one in await self._service.store.read(message_store.failed_messages)])

    async def retry(self, request: Request) -> JSONResponse:
        """
        summary: Have a failed message answered after all, or one that is being tried again tried now
        operationId: retry
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Retried"}}}
        """
        self._admit(request)
        if not await self._service.retry_failed(_number(request, "message")):
            raise Refused("there is no failed message of this number", 404)
        return JSONResponse({"retried": True})

    async def contacts(self, request: Request) -> JSONResponse:
        """
        summary: Contact details that visitors left and nobody has used yet, the oldest first
        operationId: contacts
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Contact"}}}}
        """
        self._admit(request)
        found = await self._service.store.read(contact_requests.open_contact_requests)
        times = ("at", "changed_at")
        return JSONResponse([{**asdict(one), **{name: _moment(getattr(one, name)) for name in times}} for one in found])

    async def contact_done(self, request: Request) -> JSONResponse:
        """
        summary: Somebody has been reached
        operationId: contactDone
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Done"}}}
        """
        self._admit(request)
        if not await self._service.store.write(
            contact_requests.set_contact_request_state, _number(request, "contact"), contact_requests.DONE, "operator"
        ):
            raise Refused("there is no open contact of this number", 404)
        return JSONResponse({"done": True})

    async def show(self, request: Request) -> JSONResponse:
        """
        summary: A conversation with its last messages and how far their delivery is
        operationId: show
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Transcript"}}}
        """
        self._admit(request)
        conversation = await self._service.store.read(find_conversation, request.path_params["conversation"])
        if conversation is None:
            raise Refused("there is no such conversation", 404)
        return JSONResponse(await self._service.store.read(_transcript, conversation))

    async def take(self, request: Request) -> JSONResponse:
        """
        summary: Take a conversation
        operationId: take
        requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/ByPerson"}}}}
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Conversation"}}}
        """
        return await self._change(request, self._service.handoff.take)

    async def release(self, request: Request) -> JSONResponse:
        """
        summary: Give a conversation back to the advisor
        operationId: release
        requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/ByPerson"}}}}
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Conversation"}}}
        """
        return await self._change(request, self._service.handoff.give_back)

    async def close(self, request: Request) -> JSONResponse:
        """
        summary: Close a conversation
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
        """
        summary: Say something to the visitor, as the person who has the conversation
        operationId: reply
        requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Replying"}}}}
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Message"}}}
        """
        body, person = await self._asked_by(request)
        text = text_in(body, "text", required=True, longest=LONGEST_REPLY)
        try:
            said = await self._service.handoff.reply(request.path_params["conversation"], person, text)
        except states.HandoffRefused as error:
            raise Refused(str(error), 409) from None
        return JSONResponse(_message(said))

    async def typing(self, request: Request) -> JSONResponse:
        """
        summary: Show the visitor that this person is typing, or has stopped
        operationId: typing
        requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Typing"}}}}
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Shown"}}}
        """
        body, person = await self._asked_by(request)
        self._service.publish_typing(request.path_params["conversation"], person, body.get("on") is not False)
        return JSONResponse({"shown": True})

    async def forget(self, request: Request) -> JSONResponse:
        """
        summary: Delete a conversation everywhere
        operationId: forget
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Deleted"}}}
        """
        self._admit(request)
        if not await self._service.erase(request.path_params["conversation"], "operator"):
            raise Refused("there is no such conversation", 404)
        return JSONResponse({"deleted": True})

    async def _change(self, request: Request, change) -> JSONResponse:
        _, person = await self._asked_by(request)
        try:
            return JSONResponse(_conversation(await change(request.path_params["conversation"], person)))
        except states.HandoffRefused as error:
            raise Refused(str(error), 409) from None

    async def _asked_by(self, request: Request) -> tuple[dict[str, Any], str]:
        self._admit(request)
        body = await json_object(request)
        return body, text_in(body, "person", required=True, longest=LONGEST_NAME)

    def _admit(self, request: Request) -> None:
        if not self._key:
            raise Refused("set ADVISOR_OPERATORS_KEY to use this", 403)
        require_key(request, self._key)


def _number(request: Request, name: str) -> int:
    """A number of the path; refused where it is none, and so names nothing."""
    number = whole_number(request.path_params[name])
    if number is None:
        raise Refused(f"{name} must be a whole number", 404)
    return number


def _transcript(connection, conversation: Conversation) -> dict[str, Any]:
    messages = message_store.latest_messages(connection, conversation.id, limit=200)
    return {
        **_conversation(conversation),
        "messages": [{**_message(one), "delivery": delivery_of(connection, one.id)} for one in messages],
        "changes": [{**asdict(one), "at": one.at.isoformat()} for one in states.history(connection, conversation.id)],
    }


def _conversation(one: Conversation) -> dict[str, Any]:
    return {
        "conversation": one.id,
        "channel": one.channel,
        "state": one.state,
        "since": one.state_since.isoformat(),
        "held_by": one.held_by,
    }


def _message(one: Message) -> dict[str, Any]:
    return {
        "message": one.id,
        "conversation": one.conversation_id,
        "author": one.author,
        "author_name": one.author_name,
        "text": one.text,
        "state": one.state,
        "outcome": one.outcome,
        "failure": one.failure,
        "retrying": one.state == RECEIVED and bool(one.failure),
        "at": one.at.isoformat(),
    }


def _moment(at: datetime | None) -> str | None:
    return at and at.isoformat()
