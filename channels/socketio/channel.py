"""The Socket.IO channel: confirms `session_request`, stores `user_uttered`, emits `bot_uttered`.

A message is acknowledged, to clients that ask for it, when it is stored, and from then on cannot be lost. A message beyond the
rate is not taken, and its sender is told so.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import socketio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from channels.data_download import data_file
from channels.http import CONTROLS, RateLimits, Refused, json_object
from channels.socketio import NAME
from channels.socketio.long_polls import LongPolls
from channels.socketio.open_windows import OpenWindows
from channels.socketio.session_ids import SessionIds
from conversations.data_rights import data_export
from conversations.models import VISITOR, Conversation, Inbound
from conversations.pipeline.inbox import conversation_at
from conversations.pipeline.message_store import button_by_payload
from conversations.pipeline.service import ConversationService

logger = logging.getLogger(__name__)
PATH = "/socket.io"
MOST_BYTES = 64 * 1024  # of one packet
MESSAGE_ID = re.compile(r"[!-~]{1,64}")
LONGEST_PAGE = 500
FIRST_WORDS = re.compile(r"/[a-z_]{1,40}")  # with which a window opens a conversation by itself: /get_started, say
GREET = "/greet"
NOT_TAKEN = "Sorry, that did not reach me. Please send it again in a moment."
MOST_WINDOWS = 2000  # of all conversations together


@dataclass(frozen=True)
class SocketRules:
    """Access rules. `origins` are those of pages whose windows may connect.

    Rates a minute, 0 for any number: messages of a conversation and of a network address, and new connections of an address.
    """

    origins: tuple[str, ...]
    per_conversation: int = 20
    per_address: int = 120


class SocketChannel:
    """Chat windows over Socket.IO, and the HTTP calls about their conversations."""

    def __init__(self, service: ConversationService, ids: SessionIds, rules: SocketRules, rates: RateLimits) -> None:
        self._service, self._ids, self._rules, self._rates = service, ids, rules, rates
        self._server = _server(rules.origins)
        self._polls = LongPolls(socketio.ASGIApp(self._server, socketio_path=None))
        self._windows = OpenWindows(service, self._emit)
        self._sessions: dict[str, tuple[str, str]] = {}  # of a window: its session id, and the address that this names
        self._ending: list[asyncio.Task[None]] = []
        self._addresses: dict[str, str] = {}  # of a window: the network address that it comes from
        for event, handler in (
            ("connect", self._connect),
            ("disconnect", self._disconnect),
            ("session_request", self._session_request),
            ("user_uttered", self._user_uttered),
        ):
            self._server.on(event, handler)

    @property
    def routes(self) -> list[BaseRoute]:
        """Return the routes of the channel."""
        return [
            Route("/webhooks/socketio/", self.alive, methods=["GET"]),
            Route("/webhooks/socketio/data", self.data, methods=["POST"]),
            Route("/webhooks/socketio/forget", self.forget, methods=["POST"]),
            Mount(PATH, app=self._polls),
        ]

    def end_windows(self) -> None:
        """Disconnect all windows, as the front stops; they reconnect by themselves."""
        self._polls.end()
        self._ending = [asyncio.create_task(self._server.disconnect(window)) for window in list(self._addresses)]

    async def close(self) -> None:
        """Stop serving windows."""
        await self._windows.close()
        await self._server.shutdown()

    # --- over HTTP ------------------------------------------------------------------------------------------------
    async def alive(self, request: Request) -> JSONResponse:
        """Tell whether the Socket.IO channel is there (Rasa's own check).

        operationId: socketioAlive
        responses: {200: {description: It is, content: {application/json: {schema: {$ref: "#/components/schemas/Alive"}}}}}
        """
        return JSONResponse({"status": "ok"})

    async def data(self, request: Request) -> Response:
        """Download all that is stored about a Socket.IO conversation, as JSON.

        operationId: socketioData
        description: For whoever holds its session id.
        requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/OfSession"}}}}
        responses:
          200: {description: A file of JSON, content: {application/json: {schema: {$ref: "#/components/schemas/OwnData"}}}}
        """
        conversation = await self._of_session(request)
        return data_file(
            await self._service.store.write(data_export.export_for_person, [conversation.id]) if conversation else []
        )

    async def forget(self, request: Request) -> JSONResponse:
        """Delete a Socket.IO conversation everywhere.

        operationId: socketioForget
        description: For whoever holds its session id.
        requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/OfSession"}}}}
        responses:
          200:
            description: "`deleted` says whether there was one"
            content: {application/json: {schema: {$ref: "#/components/schemas/Deleted"}}}
        """
        conversation = await self._of_session(request)
        deleted = conversation is not None and await self._service.erase(conversation.id, VISITOR)
        return JSONResponse({"deleted": deleted})

    async def _of_session(self, request: Request) -> Conversation | None:
        await self._rates.require(
            self._rules.per_address, NAME, "address", request.client.host if request.client else ""
        )
        address = self._ids.address((await json_object(request)).get("session_id"))
        if address is None:
            raise Refused("session_id is no session of ours, or too old", 401)
        return await self._service.store.read(conversation_at, NAME, address)

    # --- over the socket ------------------------------------------------------------------------------------------
    async def _connect(self, window: str, environ: Mapping[str, Any], auth: object = None) -> bool:
        client = environ.get("asgi.scope", {}).get("client") or ("",)
        if len(self._addresses) >= MOST_WINDOWS:
            logger.warning("too many chat windows are open", extra={"open": len(self._addresses)})
            return False
        if not await self._rates.within(self._rules.per_address, NAME, "connections", client[0]):
            return False
        self._addresses[window] = client[0]
        return True

    async def _disconnect(self, window: str, *why: object) -> None:
        self._addresses.pop(window, None)
        _, address = self._sessions.pop(window, ("", ""))
        if address:
            self._windows.closed(address, window)

    async def _session_request(self, window: str, data: object = None) -> None:
        session_id = data.get("session_id") if isinstance(data, Mapping) else None
        await self._open(window, str(session_id) if self._ids.address(session_id) else self._ids.new())

    async def _user_uttered(self, window: str, data: object = None) -> dict[str, Any]:
        """Store a message; return the acknowledgement: the message's id, or the reason why it was not taken."""
        try:
            return await self._take(window, data)
        except Refused as error:
            return {"error": str(error)}
        except Exception as error:
            logger.exception("a Socket.IO message could not be taken", exc_info=error)
            await self._say(window, NOT_TAKEN)
            return {"error": "something went wrong on our side, and the message was not taken"}

    async def _take(self, window: str, data: object) -> dict[str, Any]:
        if not isinstance(data, Mapping) or not isinstance(data.get("message"), str):
            raise Refused("message must be a text")
        address = await self._address_of(window, data.get("session_id"))
        if not await self._slow_enough(window, address):
            await self._say(window, self._service.system_messages.too_fast().text)
            raise Refused("too many messages: wait a minute, then go on")
        accepted = await self._service.receive(await self._inbound(address, data))
        self._windows.look(address)
        return {"message": accepted.message_id, "again": accepted.again}

    async def _address_of(self, window: str, session_id: object) -> str:
        """Return the address of a message's conversation: of its session, else of the window's, else a new one.

        An invalid session id opens nothing: the window gets a new one in its place.
        """
        if session_id is None and window in self._sessions:
            return self._sessions[window][1]
        if (address := self._ids.address(session_id)) is None:
            return await self._open(window, self._ids.new())
        if self._sessions.get(window, ("", ""))[1] != address:
            self._bind(window, str(session_id), address)
        return address

    async def _open(self, window: str, session_id: str) -> str:
        """Confirm a session to a window, which shows its conversation from now on; return the conversation's address."""
        address = self._ids.address(session_id) or ""
        if self._windows.full(address):
            session_id = self._ids.new()
            address = self._ids.address(session_id) or ""
        await self._server.emit("session_confirm", session_id, to=window)
        self._bind(window, session_id, address)
        return address

    def _bind(self, window: str, session_id: str, address: str) -> None:
        if window not in self._addresses:
            return  # it was closed meanwhile
        _, before = self._sessions.get(window, ("", ""))
        if before and before != address:
            self._windows.closed(before, window)
        self._sessions[window] = (session_id, address)
        self._windows.opened(address, window)

    async def _slow_enough(self, window: str, address: str) -> bool:
        limits = ((self._rules.per_address, self._addresses.get(window, "")), (self._rules.per_conversation, address))
        return all([await self._rates.within(most, NAME, "messages", of) for most, of in limits])

    async def _inbound(self, address: str, data: Mapping[str, Any]) -> Inbound:
        text = CONTROLS.sub("", data["message"])
        client_id = data.get("message_id")
        if client_id is not None and not (isinstance(client_id, str) and MESSAGE_ID.fullmatch(client_id)):
            raise Refused("message_id must be a text of 1 to 64 plain characters")
        external_id = f"{address}/{client_id}" if client_id else None
        conversation = await self._service.store.read(conversation_at, NAME, address)
        inbound = Inbound(NAME, address, text=text, external_id=external_id, page=_page(data))
        if not text.strip().startswith("/"):
            return inbound
        if conversation is None and FIRST_WORDS.fullmatch(text.strip()):
            return replace(inbound, payload=GREET)
        if conversation is None:
            return inbound
        button = await self._service.store.read(button_by_payload, conversation.id, text.strip())
        if button is None:
            return inbound
        return replace(inbound, text=button.title, payload=button.payload)

    async def _say(self, window: str, text: str) -> None:
        """Tell a window something outside the conversation, at most once a minute."""
        if await self._rates.within(1, NAME, "told", window):
            await self._server.emit("bot_uttered", {"text": text}, to=window)

    async def _emit(self, address: str, event: dict[str, Any]) -> None:
        for window in list(self._windows.of(address)):
            await self._server.emit("bot_uttered", event, to=window)


def _server(origins: tuple[str, ...]) -> socketio.AsyncServer:
    silent = logging.Logger("socketio")  # of its own: the library's logs hold what people write, and their session ids
    silent.addHandler(logging.NullHandler())
    silent.setLevel(logging.CRITICAL + 1)
    return socketio.AsyncServer(
        async_mode="asgi",
        async_handlers=False,  # a window's messages are written in the order in which they were sent
        cors_allowed_origins=list(origins),
        cors_credentials=False,
        max_http_buffer_size=MOST_BYTES,
        logger=silent,
        engineio_logger=silent,
        namespaces=["/"],
        json=_Json,
    )


class _Json:
    r"""JSON without `\u` escapes, as engineio wants it."""

    @staticmethod
    def dumps(value: Any, **more: Any) -> str:
        """Serialize without ASCII escapes."""
        return json.dumps(value, ensure_ascii=False, **more)

    @staticmethod
    def loads(text: str, **more: Any) -> Any:
        """Parse JSON."""
        return json.loads(text, **more)


def _page(data: Mapping[str, Any]) -> str:
    """Return the page on which a window says it stands; rasa-webchat says so if it is set up to."""
    custom = data.get("customData")
    page = custom.get("page") if isinstance(custom, Mapping) else None
    return CONTROLS.sub("", page)[:LONGEST_PAGE] if isinstance(page, str) else ""
