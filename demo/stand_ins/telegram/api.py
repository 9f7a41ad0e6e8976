"""The Bot API over HTTP: the methods that the advisor uses, as strict as the documentation."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from demo.stand_ins.telegram.faults import too_many
from demo.stand_ins.telegram.limits import LONGEST_NOTICE, Refusal, bad, commands_of, keyboard_of, text_of
from demo.stand_ins.telegram.world import World, chat_of, user

ACTIONS = {"typing", "upload_photo", "upload_document", "choose_sticker", "find_location"}
LOOPBACK = ("127.0.0.1", "localhost")


class BotApi:
    """The Bot API of a world; its methods are the functions `on_...`."""

    def __init__(self, world: World) -> None:
        self.world = world

    @property
    def routes(self) -> list[Route]:
        """Return the route of all methods."""
        return [Route("/bot{token}/{method}", self.call, methods=["GET", "POST"])]

    async def call(self, request: Request) -> Response:
        """Answer a call of a method, or fail as the world's faults say."""
        method = request.path_params["method"]
        if request.path_params["token"] != self.world.token:
            return JSONResponse(Refusal(401, "Unauthorized").body(), 401)
        handler = getattr(self, f"on_{method}", None)
        if handler is None:
            return JSONResponse(Refusal(404, "Not Found").body(), 404)
        self.world.calls[method] += 1
        fault = self.world.faults.of(method)
        if fault and fault != "taken then reset":
            return await self._fail(fault)
        params = await _params(request)
        try:
            result = await handler(params)
        except Refusal as refusal:
            self.world.refused.append(f"{method} in {params.get('chat_id')}: {refusal}")
            return JSONResponse(refusal.body(), refusal.code)
        if method in self.world.odd_answers:
            return Response(self.world.odd_answers[method], media_type="application/json")
        # In ASCII, as Telegram has it: an update may hold what is no character.
        taken = Response(json.dumps({"ok": True, "result": result}), media_type="application/json")
        return broken_off() if fault else taken

    async def _fail(self, fault: str) -> Response:
        if fault == "429":
            return JSONResponse(too_many(1).body(), 429)
        if fault == "401":
            return JSONResponse(Refusal(401, "Unauthorized").body(), 401)
        if fault == "500":
            return JSONResponse(Refusal(500, "Internal Server Error").body(), 500)
        if fault == "502":
            return HTMLResponse("<html>Bad gateway</html>", 502)
        if fault == "timeout":
            await asyncio.sleep(self.world.faults.hold)
        return broken_off()

    # --- messages -------------------------------------------------------------------------------------------------
    async def on_sendMessage(self, params: dict[str, Any]) -> dict[str, Any]:
        """Post a message of the bot in a chat, and return it."""
        chat = int(params["chat_id"])
        self._reachable(chat)
        text, entities = text_of(params)
        rows = keyboard_of(params)
        thread = int(params.get("message_thread_id") or 0)
        if thread and thread not in self.world.topics[chat]:
            raise bad("message thread not found")
        topic = int(params.get("direct_messages_topic_id") or 0)
        if bool(topic) != (chat in self.world.direct):
            raise bad("wrong direct messages topic specified")
        quoted = self._quoted(chat, params)
        self.world.rates.require(chat)
        sent = {
            "message_id": self.world.number(),
            "from": self.world.bot,
            "chat": chat_of(chat, forum=bool(self.world.topics[chat])),
            "date": 0,
            "text": text,
            "entities": entities,
        }
        if rows:
            sent["reply_markup"] = {"inline_keyboard": rows}
        if thread:
            sent |= {"message_thread_id": thread, "is_topic_message": True}
        if topic:
            sent["direct_messages_topic"] = {"topic_id": topic}
        if quoted:
            sent["reply_to_message"] = {key: value for key, value in quoted.items() if key != "reply_to_message"}
        return self.world.keep(sent)

    async def on_editMessageText(self, params: dict[str, Any]) -> dict[str, Any]:
        """Replace the text and the keyboard of a message of the bot."""
        message = self._edited(params)
        text, entities = text_of(params)
        rows = keyboard_of(params)
        message |= {"text": text, "entities": entities}
        message.pop("reply_markup", None)
        if rows:
            message["reply_markup"] = {"inline_keyboard": rows}
        return message

    async def on_editMessageReplyMarkup(self, params: dict[str, Any]) -> dict[str, Any]:
        """Replace or remove the keyboard of a message of the bot."""
        message = self._edited(params)
        rows = keyboard_of(params)
        if rows == message.get("reply_markup", {}).get("inline_keyboard", []):
            raise bad("message is not modified: specified new message content and reply markup are exactly the same")
        message.pop("reply_markup", None)
        if rows:
            message["reply_markup"] = {"inline_keyboard": rows}
        return message

    async def on_answerCallbackQuery(self, params: dict[str, Any]) -> bool:
        """Answer a pressed button, once, with a notice that may be empty."""
        query = self.world.queries.get(params["callback_query_id"])
        if query is None or "answer" in query:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        text = params.get("text") or ""
        if len(text) > LONGEST_NOTICE:
            raise bad("MESSAGE_TOO_LONG")
        query["answer"] = text
        return True

    async def on_sendChatAction(self, params: dict[str, Any]) -> bool:
        """Show in a chat that the bot is typing; counted per chat."""
        chat = int(params["chat_id"])
        self._reachable(chat)
        if chat in self.world.direct:
            raise bad("chat action is not supported in channel direct messages chats")
        if params.get("action") not in ACTIONS:
            raise bad("wrong parameter action in request")
        self.world.typing[chat] += 1
        return True

    async def on_getChatMember(self, params: dict[str, Any]) -> dict[str, Any]:
        """Return a person's status in a chat, if the world tells it."""
        person = int(params["user_id"])
        status = self.world.members.get((int(params["chat_id"]), person))
        if status is None:
            raise bad("member list is inaccessible")
        return {"user": user(person), "status": status}

    # --- the bot --------------------------------------------------------------------------------------------------
    async def on_getMe(self, params: dict[str, Any]) -> dict[str, Any]:
        """Return the bot."""
        return {**self.world.bot, "can_join_groups": True, "can_read_all_group_messages": False}

    async def on_setMyCommands(self, params: dict[str, Any]) -> bool:
        """Set the commands that the chats offer, to all or to those whose app speaks a language."""
        if language := params.get("language_code"):
            self.world.commands_of_language[language] = commands_of(params)
        else:
            self.world.commands = commands_of(params)
        return True

    async def on_setWebhook(self, params: dict[str, Any]) -> bool:
        """Set the webhook: HTTPS, or on this machine."""
        address = urlsplit(params.get("url") or "")
        if address.scheme != "https" and address.hostname not in LOOPBACK:
            raise bad("bad webhook: an HTTPS URL must be provided for webhook")
        kinds = params.get("allowed_updates")
        self.world.webhook = {**params, "allowed_updates": json.loads(kinds) if isinstance(kinds, str) else kinds}
        self.world.events.set()
        return True

    async def on_deleteWebhook(self, params: dict[str, Any]) -> bool:
        """Take the webhook away, so that updates are fetched."""
        self.world.webhook = {}
        return True

    async def on_getUpdates(self, params: dict[str, Any]) -> list[dict[str, Any]]:
        """Return up to 100 waiting updates, from `offset` on; waits `timeout` seconds for the first."""
        if self.world.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        if params.get("offset"):
            confirmed = int(params["offset"])
            self.world.updates = [update for update in self.world.updates if update["update_id"] >= confirmed]
        if not self.world.updates:
            self.world.events.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.world.events.wait(), float(params.get("timeout") or 0))
        return self.world.updates[:100]

    # --- checks ---------------------------------------------------------------------------------------------------
    def _reachable(self, chat: int) -> None:
        self.world.require_chat(chat)
        if chat in self.world.blocked:
            what = "bot was blocked by the user" if chat > 0 else "bot was kicked from the supergroup chat"
            raise Refusal(403, f"Forbidden: {what}")

    def _edited(self, params: dict[str, Any]) -> dict[str, Any]:
        chat = int(params["chat_id"])
        self._reachable(chat)
        return self.world.require_message(chat, int(params["message_id"]), "edit")

    def _quoted(self, chat: int, params: dict[str, Any]) -> dict[str, Any] | None:
        if not params.get("reply_parameters"):
            return None
        asked = json.loads(params["reply_parameters"])
        try:
            return self.world.require_message(chat, int(asked["message_id"]), "reply")
        except Refusal:
            if asked.get("allow_sending_without_reply"):
                return None
            raise


def broken_off() -> StreamingResponse:
    """Return an answer whose connection ends in the middle of it."""

    async def nothing() -> AsyncIterator[bytes]:
        yield b""
        raise ConnectionResetError

    return StreamingResponse(nothing(), headers={"Content-Length": "100"})


async def _params(request: Request) -> dict[str, Any]:
    if "json" in request.headers.get("content-type", ""):
        params: dict[str, Any] = await request.json()
        return params
    return {**request.query_params, **(await request.form())}
