"""The REST channels in Rasa's format, for any client: POST /webhooks/rest/webhook and /webhooks/callback/webhook.

Open to this machine only, unless a key is set. On `rest` the response holds the reply, after what staff have said meanwhile;
on `callback` every reply goes to the operator's own URL.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from channels.data_download import data_file
from channels.http import Refused, address_of, json_object, text_in
from channels.rest import CALLBACK, REST
from channels.rest.access_guard import RestGuard
from channels.rest.guides import Guides, Sender
from channels.rest.message_pages import LONGEST_WAIT, MessagePages
from channels.rest.serializers import serialize_listed, serialize_reply
from conversations.data_rights import data_export
from conversations.models import VISITOR, Accepted, Button, Conversation, Inbound, Message
from conversations.pipeline.engine_router import OF
from conversations.pipeline.inbox import conversation_at
from conversations.pipeline.message_store import button_by_payload
from conversations.pipeline.service import ConversationService

LONGEST_SENDER, LONGEST_MESSAGE_ID, LONGEST_PAYLOAD, LONGEST_GUIDE = 120, 120, 2000, 40
LARGEST_NUMBER = 2**63 - 1
RASA = {"version": "3.6.21", "minimum_compatible_version": "3.5.0"}  # whose contract this is


class RestChannel:
    """The HTTP API of both REST channels. `callback` tells if there is a URL for the callback channel.

    `guides` are the packs that a request may name, `usual` is the pack of the channel `rest`.
    """

    def __init__(
        self,
        service: ConversationService,
        guard: RestGuard,
        callback: bool = False,
        guides: Guides | None = None,
        usual: str = "",
    ) -> None:
        self._service, self._guard, self._has_callback = service, guard, callback
        self._guides, self._usual = guides or Guides(), usual
        self._pages = MessagePages(service)

    @property
    def routes(self) -> list[Route]:
        """Return the routes of both channels."""
        shared = [
            ("data", self.data, "POST"),
            ("forget", self.forget, "POST"),
            ("conversations/{sender:path}/messages", self.messages, "GET"),
        ]
        routes = [
            Route("/webhooks/rest/", self.alive, methods=["GET"]),
            Route("/webhooks/rest/webhook", self.receive, methods=["POST"]),
            Route("/webhooks/callback/", self.callback_alive, methods=["GET"]),
            Route("/webhooks/callback/webhook", self.receive_for_callback, methods=["POST"]),
            Route("/version", self.version, methods=["GET"]),
            Route("/status", self.status, methods=["GET"]),
        ]
        for channel in (REST, CALLBACK):
            routes += [
                Route(f"/webhooks/{channel}/{path}", handler, methods=[method], name=f"{channel} {path}")
                for path, handler, method in shared
            ]
        return routes

    def end_waits(self) -> None:
        """Answer clients that wait for messages now, as the front stops."""
        self._pages.end()

    # --- Rasa's own questions -------------------------------------------------------------------------------------
    async def alive(self, request: Request) -> JSONResponse:
        """Tell whether the REST channel is there (Rasa's own check).

        operationId: restAlive
        responses: {200: {description: It is, content: {application/json: {schema: {$ref: "#/components/schemas/Alive"}}}}}
        """
        return JSONResponse({"status": "ok"})

    async def callback_alive(self, request: Request) -> JSONResponse:
        """Tell whether the callback channel is there (Rasa's own check).

        operationId: callbackAlive
        responses:
          200: {description: It is, content: {application/json: {schema: {$ref: "#/components/schemas/Alive"}}}}
          404: {description: No callback address is set}
        """
        self._require_callback()
        return JSONResponse({"status": "ok"})

    async def version(self, request: Request) -> JSONResponse:
        """Get the version of Rasa whose contract this is.

        operationId: rasaVersion
        responses:
          200: {description: As Rasa answers, content: {application/json: {schema: {$ref: "#/components/schemas/Version"}}}}
        """
        await self._guard.admit(request)
        return JSONResponse(RASA)

    async def status(self, request: Request) -> JSONResponse:
        """Tell whether a model is loaded, that of the guide that is named, or else of the channel's.

        operationId: rasaStatus
        parameters:
          - {name: guide, in: query, description: "Of several guide packs, the one that is meant", schema: {type: string}}
        responses:
          200: {description: As Rasa answers, content: {application/json: {schema: {$ref: "#/components/schemas/Status"}}}}
          409: {description: No model answers at the moment}
        """
        bound = await self._guard.admit(request)
        meant = self._guides.meant(request.query_params.get("guide", ""), bound)
        pack = self._usual if meant is None else meant
        if (await self._service.engine.health()).get(f"engine{OF}{pack}" if pack else "engine") != "ok":
            raise Refused("no model answers at the moment", 409)
        return JSONResponse({"model_file": "advisor.tar.gz", "model_id": "advisor", "num_active_training_jobs": 0})

    # --- saying something -----------------------------------------------------------------------------------------
    async def receive(self, request: Request) -> Response:
        """Say something and get the reply.

        operationId: say
        description: >-
          In the shape of Rasa's REST channel. What is typed goes in `message`; a button's payload, as it was sent in this
          conversation, in `payload` or, as Rasa's clients do, in `message`. Without a `sender`, a conversation of its own
          begins, whose name stands in `recipient_id`. With a `message_id`, asking twice is answered once. What staff have
          said since the last reply stands first, with `metadata.author`.
        parameters:
          - name: stream
            in: query
            description: One JSON object a line instead of a list
            schema: {type: boolean, default: false}
        requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Saying"}}}}
        responses:
          200:
            description: What is said to the person, in order
            content:
              application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Said"}}}
              text/event-stream: {schema: {type: string, description: "With `stream`: one message a line, each an object"}}
        """
        body, sender = await self._body_and_sender(request, REST)
        accepted = await self._service.receive(await self._inbound(REST, body, sender), source=address_of(request))
        answer = await self._last_reply(accepted)
        known = {message.id for message in answer}
        meanwhile = [
            message for message in await self._service.collect_held_messages(accepted) if message.id not in known
        ]
        shapes = [serialize_reply(sender.name, message) for message in (*meanwhile, *answer)]
        if request.query_params.get("stream", "").lower() == "true":
            return StreamingResponse(_lines(shapes), media_type="text/event-stream")  # as Rasa calls it
        return JSONResponse(shapes)

    async def receive_for_callback(self, request: Request) -> Response:
        """Say something; the reply is sent to the callback address.

        operationId: sayForCallback
        description: >-
          In the shape of Rasa's callback channel. `success` as soon as the message is written; from then on it cannot be lost.
          Each message of the reply, and what staff say, is a signed POST to the address of ADVISOR_REST_CALLBACK_URL.
        requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Saying"}}}}
        responses:
          200: {description: It is written, content: {text/plain: {schema: {type: string, const: success}}}}
          404: {description: No callback address is set}
        """
        self._require_callback()
        body, sender = await self._body_and_sender(request, CALLBACK)
        await self._service.receive(await self._inbound(CALLBACK, body, sender), source=address_of(request))
        return PlainTextResponse("success")

    # --- what was said --------------------------------------------------------------------------------------------
    async def messages(self, request: Request) -> JSONResponse:
        """List the messages of a conversation, of both sides, a page at a time.

        operationId: messages
        description: >-
          For what staff say while the person asks nothing. `after` is the `id` of the last message that is known; the page
          begins behind it, and an empty one is the end. With `wait`, the answer comes when something is said, or after that
          time.
        parameters:
          - {name: after, in: query, schema: {type: integer, minimum: 0, default: 0}}
          - {name: wait, in: query, description: Seconds, schema: {type: integer, minimum: 0, maximum: 25, default: 0}}
          - {name: guide, in: query, description: "As it was named when the conversation began", schema: {type: string}}
        responses:
          200:
            description: At most 100 messages, in order
            content: {application/json: {schema: {$ref: "#/components/schemas/Messages"}}}
          404: {description: There is no such conversation}
        """
        bound = await self._guard.admit(request)
        sender = self._sender(request.path_params, request.query_params, bound)
        after = _number(request, "after", LARGEST_NUMBER)
        wait = _number(request, "wait", LONGEST_WAIT)
        conversation = await self._conversation(_channel(request), sender)
        if conversation is None:
            raise Refused("there is no such conversation", 404)
        messages = await self._pages.after(conversation.id, after, wait)
        shown = {
            "messages": [serialize_listed(sender.name, message) for message in messages],
            "after": messages[-1].id if messages else after,
            "state": conversation.state,
            "person": conversation.held_as,
        }
        return JSONResponse(shown, headers={"Cache-Control": "no-store"})

    async def data(self, request: Request) -> Response:
        """Download all that is stored about a sender's conversation, as JSON.

        operationId: data
        description: Admitted as messages are; POST, so that the sender stands in no address.
        requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/OfSender"}}}}
        responses:
          200: {description: A file of JSON, content: {application/json: {schema: {$ref: "#/components/schemas/OwnData"}}}}
        """
        conversation = await self._of_sender(request)
        return data_file(
            await self._service.store.write(data_export.export_for_person, [conversation.id]) if conversation else []
        )

    async def forget(self, request: Request) -> Response:
        """Delete a sender's conversation everywhere.

        operationId: forget
        description: Admitted as messages are.
        requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/OfSender"}}}}
        responses:
          200:
            description: "`deleted` says whether there was one"
            content: {application/json: {schema: {$ref: "#/components/schemas/Deleted"}}}
        """
        conversation = await self._of_sender(request)
        deleted = conversation is not None and await self._service.erase(conversation.id, VISITOR)
        return JSONResponse({"deleted": deleted})

    # --- reading a request ----------------------------------------------------------------------------------------
    async def _of_sender(self, request: Request) -> Conversation | None:
        bound = await self._guard.admit(request)
        body = await json_object(request)
        return await self._conversation(_channel(request), self._sender(body, body, bound))

    async def _conversation(self, channel: str, sender: Sender) -> Conversation | None:
        """Return a sender's conversation, or None; one of another guide than the named is not theirs."""
        found = await self._service.store.read(conversation_at, channel, sender.address)
        return found if found and sender.guide in (None, found.pack) else None

    def _sender(self, named: Mapping[str, Any], said: Mapping[str, Any], bound: str | None) -> Sender:
        """Return the sender whom `named` names, with the guide that `said` names or the key is bound to."""
        name = text_in(named, "sender", required=True, longest=LONGEST_SENDER)
        return self._guides.sender(name, self._guides.meant(text_in(said, "guide", longest=LONGEST_GUIDE), bound))

    async def _body_and_sender(self, request: Request, channel: str) -> tuple[dict[str, Any], Sender]:
        """Admit a caller and return the body and its sender; without a sender, a new random one."""
        bound = await self._guard.admit(request)
        body = await json_object(request)
        if body.get("sender") is None:
            if body.get("message_id") is not None:
                raise Refused("message_id needs a sender: without one, each call begins a conversation of its own")
            return body, self._sender({"sender": uuid.uuid4().hex}, body, bound)
        sender = self._sender(body, body, bound)
        await self._guard.count(channel, sender.address)
        await self._require_theirs(channel, sender)
        return body, sender

    async def _require_theirs(self, channel: str, sender: Sender) -> None:
        """Refuse a sender at whose address another guide's conversation stands: it began before there were several."""
        if sender.guide is None:
            return
        found = await self._service.store.read(conversation_at, channel, sender.address)
        if found and found.pack != sender.guide:
            raise Refused("this sender stands for somebody of another guide: choose another name")

    async def _inbound(self, channel: str, body: dict[str, Any], sender: Sender) -> Inbound:
        if not isinstance(body.get("metadata") or {}, dict):
            raise Refused("metadata must be an object")
        message_id = text_in(body, "message_id", longest=LONGEST_MESSAGE_ID)
        address, pack = sender.address, sender.pack
        # With the address's length, since both may hold slashes: nobody is answered from another's conversation.
        external_id = f"{len(address)}:{address}/{message_id}" if message_id else None
        if body.get("payload") is not None:
            payload = text_in(body, "payload", required=True, longest=LONGEST_PAYLOAD)
            if not (button := await self._button(channel, sender, payload)):
                raise Refused("payload must be one of a button that was sent in this conversation")
            return Inbound(channel, address, button.title, button.payload, external_id, pack=pack)
        if body.get("message") is None:
            raise Refused("message (a text) or payload is missing")
        text = text_in(body, "message")
        if text.lstrip().startswith("/") and (button := await self._button(channel, sender, text.strip())):
            return Inbound(channel, address, button.title, button.payload, external_id, pack=pack)
        return Inbound(channel, address, text, external_id=external_id, pack=pack)

    async def _button(self, channel: str, sender: Sender, payload: str) -> Button | None:
        """Return the button with this payload if it was sent in this conversation, else None."""
        conversation = await self._conversation(channel, sender)
        if conversation is None:
            return None
        return await self._service.store.read(button_by_payload, conversation.id, payload)

    async def _last_reply(self, accepted: Accepted) -> list[Message]:
        """Return the reply to a message; if it was retried after a failure, only what came of that."""
        replies = await self._service.wait_for_replies(accepted)
        answers = [reply for reply in replies if reply.outcome != "failed"]
        return answers or replies[-1:]

    def _require_callback(self) -> None:
        if not self._has_callback:
            raise Refused("there is no callback channel: set ADVISOR_REST_CALLBACK_URL to use it", 404)


def _channel(request: Request) -> str:
    """Return the one of the two channels that a path belongs to."""
    return CALLBACK if request.url.path.startswith("/webhooks/callback/") else REST


def _number(request: Request, name: str, most: int) -> int:
    text = request.query_params.get(name, "0")
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= most):
        raise Refused(f"{name} must be a whole number from 0 to {most}")
    return int(text)


def _lines(shapes: Iterable[dict[str, Any]]) -> Iterable[str]:
    for shape in shapes:
        yield json.dumps(shape, ensure_ascii=False) + "\n"
