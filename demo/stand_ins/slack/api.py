"""The Web API over HTTP: the methods that the advisor uses, as strict as the documentation."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from demo.stand_ins.slack.limits import MOST_HOME_BLOCKS, Refusal, blocks_of, content_of
from demo.stand_ins.slack.world import World, too_many
from demo.stand_ins.telegram.api import broken_off


class WebApi:
    """The Web API of a world; its methods are the functions `on_...`, their dots as underlines."""

    def __init__(self, world: World) -> None:
        self.world = world

    @property
    def routes(self) -> list[Route]:
        """Return the route of all methods."""
        return [Route("/api/{method}", self.call, methods=["POST"])]

    async def call(self, request: Request) -> Response:
        """Answer a call of a method, or fail as the world's faults say."""
        method = request.path_params["method"]
        self.world.calls[method] += 1
        fault = self.world.faults.of(method)
        if fault and fault != "taken then reset":
            return await self._fail(fault)
        try:
            handler = getattr(self, f"on_{method.replace('.', '_')}", None)
            if handler is None:
                raise Refusal("unknown_method")
            params = await _params(request)
            self._require_token(method, request, params)
            result = handler(params)
        except Refusal as refusal:
            self.world.refused.append(f"{method}: {refusal} {refusal.why}")
            return _refused(refusal)
        return broken_off() if fault else JSONResponse({"ok": True, **result})

    async def _fail(self, fault: str) -> Response:
        if fault == "429":
            return _refused(too_many(1))
        if fault == "500":
            return _refused(Refusal("internal_error", 500))
        if fault == "502":
            return HTMLResponse("<html>Bad gateway</html>", 502)
        if fault == "timeout":
            await asyncio.sleep(self.world.faults.hold)
        return broken_off()

    # --- messages -------------------------------------------------------------------------------------------------
    def on_chat_postMessage(self, params: dict[str, Any]) -> dict[str, Any]:
        """Post a message of the app in a channel or thread, and return it."""
        channel, content = self.world.reached(str(params.get("channel"))), content_of(params)
        thread = params.get("thread_ts")
        if thread and thread not in self.world.messages[channel]:
            raise Refusal("cannot_reply_to_message")
        self.world.rates.require(channel)
        message = {
            "type": "message",
            "user": self.world.bot_user,
            "bot_id": "B0ADVISOR",
            "ts": self.world.ts(),
            **content,
        }
        message |= {"thread_ts": thread} if thread else {}
        message |= {"unfurl": bool(params.get("unfurl_links", True) or params.get("unfurl_media", True))}
        self.world.messages[channel][message["ts"]] = message
        return {"channel": channel, "ts": message["ts"], "message": message}

    def on_chat_update(self, params: dict[str, Any]) -> dict[str, Any]:
        """Replace the content of a message of the app."""
        channel, content = self.world.reached(str(params.get("channel"))), content_of(params)
        message = self.world.messages[channel].get(str(params.get("ts")))
        if message is None:
            raise Refusal("message_not_found")
        if message["user"] != self.world.bot_user:
            raise Refusal("cant_update_message")
        message.pop("blocks", None)
        message |= content
        return {"channel": channel, "ts": message["ts"], "text": message["text"]}

    def on_chat_postEphemeral(self, params: dict[str, Any]) -> dict[str, Any]:
        """Post a message that one person alone sees."""
        channel, content = self.world.reached(str(params.get("channel"))), content_of(params)
        if not params.get("user"):
            raise Refusal("user_not_in_channel")
        self.world.notices[params["user"]].append({"channel": channel, **content})
        return {"message_ts": self.world.ts()}

    def on_views_publish(self, params: dict[str, Any]) -> dict[str, Any]:
        """Publish a person's App Home."""
        view = params.get("view")
        if not isinstance(view, dict) or view.get("type") != "home":
            raise Refusal("invalid_arguments")
        blocks = blocks_of(view.get("blocks"), MOST_HOME_BLOCKS)
        self.world.homes[str(params.get("user_id"))] = {**view, "blocks": blocks}
        return {"view": view}

    def on_conversations_open(self, params: dict[str, Any]) -> dict[str, Any]:
        """Open the direct messages with a person, and return their channel."""
        channel = "D" + str(params.get("users"))[1:]
        self.world.messages[channel]  # noqa: B018  # it is there from now on
        return {"channel": {"id": channel}}

    # --- the app --------------------------------------------------------------------------------------------------
    def on_auth_test(self, params: dict[str, Any]) -> dict[str, Any]:
        """Return who the app is."""
        world = self.world
        return {"url": "https://stand-in.slack.com/", "team": "Stand-in", "user": "advisor", "team_id": world.team,
                "user_id": world.bot_user, "bot_id": "B0ADVISOR", "is_enterprise_install": False}  # fmt: skip

    def on_apps_connections_open(self, params: dict[str, Any]) -> dict[str, Any]:
        """Return the address of the web socket for Socket Mode."""
        return {"url": self.world.socket_url}

    def _require_token(self, method: str, request: Request, params: dict[str, Any]) -> None:
        given = request.headers.get("authorization", "").removeprefix("Bearer ") or params.get("token")
        wanted = self.world.app_token if method == "apps.connections.open" else self.world.bot_token
        if self.world.revoked:
            raise Refusal("token_revoked")
        if given != wanted:
            raise Refusal("invalid_auth" if given else "not_authed")


def _refused(refusal: Refusal) -> JSONResponse:
    headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
    return JSONResponse(refusal.body(), refusal.status, headers)


async def _params(request: Request) -> dict[str, Any]:
    if "json" in request.headers.get("content-type", ""):
        params: dict[str, Any] = await request.json()
        return params
    return {**request.query_params, **await request.form()}
