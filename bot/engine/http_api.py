"""The engine's HTTP endpoints: the turn contract (core/contract/turns.py), which the front speaks and nobody else.

Clients have the front's REST channel (channels/rest/). Rasa's own is not served: it drops metadata, answers failures with an
empty success and lets anybody trigger any intent by typing a slash.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import aiohttp
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions.rasa_actions import lanes
from bot.engine import rasa_integration
from bot.engine.errors import NOT_YET, TurnFailed
from bot.engine.model_reload import use_model
from bot.engine.turn import AskedModel, forget_conversation, run_turn
from core.contract.intents import NOT_UNDERSTOOD, OUT_OF_SCOPE, RASA_COMMANDS
from core.contract.queries import ALWAYS, NEVER, UNSURE
from core.served_model import model_digest, served_model
from core.service_manager import ServiceManager
from core.settings import Settings
from core.traces import spans
from core.traces.start import start_traces, stop_traces

LONGEST_ID = 255
TRIAL_ACTION, TRIAL_SECONDS = "action_put_aside", 2.0  # takes a thread and opens the knowledge base, as all actions do
PAYLOAD = re.compile(r"/([a-z_]+)(\{.*\})?\Z", re.S)


class BadRequest(Exception):
    """A request that cannot be served; the message is for its sender."""

    status = 400


class NoKey(BadRequest):
    """A request without a key that is needed."""

    status = 401


async def _start_traces(app: Any, loop: Any) -> None:
    start_traces(Settings.from_environment(), "engine")


async def _stop_traces(app: Any, loop: Any) -> None:
    await loop.run_in_executor(None, stop_traces)


async def _tell_service_manager(app: Any, loop: Any) -> None:
    """Tell systemd that the engine answers and, from then on, that its event loop turns; it restarts one that hangs."""
    app.add_task(ServiceManager.from_environment().keep_telling())


class TurnsChannel(InputChannel):
    """The turn contract (core/contract/turns.py), readiness and health, which need no key.

    Clients of REST have no business here, so their key opens it only if no other is set.
    """

    @classmethod
    def name(cls) -> str:
        """Return the channel's name, which begins its paths."""
        return "turns"

    def blueprint(self, on_new_message: Any) -> Blueprint:
        """Return the routes; Rasa's own way to hand on a message, `on_new_message`, is not used."""
        settings = Settings.from_environment()
        routes = Blueprint("turns_channel")
        routes.listener("after_server_start")(rasa_integration.install_at_start)
        routes.listener("after_server_start")(_tell_service_manager)
        routes.listener("after_server_start")(_start_traces)
        routes.listener("after_server_stop")(_stop_traces)

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            return await _ready(request.app, settings)

        @routes.post("/")
        async def receive(request: Request) -> HTTPResponse:
            rasa_integration.need_no_cors(request)
            try:
                _require_key(request, settings.turns_key)
                body = _json_object(request)
                conversation = _text(body, "conversation", required=True, longest=LONGEST_ID)
                message_id = _text(body, "message_id", required=True, longest=LONGEST_ID)
                content = _content(body, settings.max_message_chars, _intents(request.app))
                channel = _text(body, "channel", longest=LONGEST_ID) or "turns"
                metadata, model = _object(body, "metadata"), _model(body)
            except BadRequest as error:
                return response.json({"error": str(error)}, error.status)
            try:
                with spans.span("turn", request.headers.get(spans.TRACEPARENT, ""), spans.SERVER, channel=channel):
                    answer = await run_turn(request.app, conversation, content, message_id, channel, metadata, model)
                return response.json(answer, 200 if "messages" in answer else 202)
            except TurnFailed as error:
                return _failed(error)

        @routes.post("/model")
        async def model(request: Request) -> HTTPResponse:
            try:
                _require_key(request, settings.turns_key)
                return response.json(await _taken_up(request.app, served_model(settings)))
            except TurnFailed as error:
                return _failed(error)
            except BadRequest as error:
                return response.json({"error": str(error)}, error.status)

        @routes.delete("/<conversation:str>")
        async def forget(request: Request, conversation: str) -> HTTPResponse:
            try:
                _require_key(request, settings.turns_key)
                forgotten = await forget_conversation(request.app, unquote(conversation))
                return response.json({"forgotten": forgotten})
            except TurnFailed as error:
                return _failed(error)
            except BadRequest as error:
                return response.json({"error": str(error)}, error.status)

        return routes


async def _taken_up(app: Any, model: Path) -> dict[str, str]:
    """Serve a model from now on, and return its name and a hash of its file; raises TurnFailed if it cannot be used."""
    return {"model": await use_model(app, model), "digest": await asyncio.to_thread(model_digest, model)}


def _failed(error: TurnFailed) -> HTTPResponse:
    return response.json({"error": str(error), "retry": error.retry}, error.status)


def _require_key(request: Request, key: str) -> None:
    """Raise NoKey unless the request carries the key; if none is set, anybody may ask."""
    sent = request.headers.get("authorization", "").encode(errors="backslashreplace")
    if key and not hmac.compare_digest(sent, f"Bearer {key}".encode()):
        raise NoKey("a key is needed: send it as 'Authorization: Bearer KEY'")


def _json_object(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise BadRequest("the body must be a JSON object in UTF-8") from None
    if not isinstance(body, dict):
        raise BadRequest("the body must be a JSON object")
    return body


def _text(body: dict[str, Any], key: str, required: bool = False, longest: int | None = None) -> str:
    value = body.get(key)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or required and not value.strip():
        raise BadRequest(f"{key} must be a {'non-empty ' if required else ''}text")
    if longest and len(value) > longest:
        raise BadRequest(f"{key} must have at most {longest} characters")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise BadRequest(f"{key} holds characters that are not valid Unicode") from None
    return value


def _object(body: dict[str, Any], key: str) -> Any:
    value = body.get(key)
    if value is not None and not isinstance(value, dict):
        raise BadRequest(f"{key} must be an object")
    return value


def _model(body: dict[str, Any]) -> AskedModel:
    """Return what the front says of its language model; what the query itself holds is looked at when it is taken."""
    when = _text(body, "model") or NEVER
    if when not in (UNSURE, ALWAYS, NEVER):
        raise BadRequest(f"model must be {UNSURE}, {ALWAYS} or {NEVER}")
    return AskedModel(when, "understood" in body, _object(body, "understood"))


def _content(body: dict[str, Any], longest: int, intents: set[str]) -> str:
    """Return what Rasa is handed: a payload with its slash, or text without one."""
    if body.get("payload") is not None:
        return _payload(_text(body, "payload", longest=LONGEST_ID * 4), intents)
    if body.get("text") is None:
        raise BadRequest("text or payload is missing")
    text = _text(body, "text", longest=longest)
    # Only buttons send payloads: a slash that a person types is part of the text, and must not reach Rasa as one.
    return re.sub(r"^[\s/]+", "", re.sub(r"[\x00-\x1f\x7f]+", " ", text)).strip() or "..."


def _payload(payload: str, intents: set[str]) -> str:
    match = PAYLOAD.match(payload)
    try:
        entities = json.loads(match[2] or "{}") if match else None
    except ValueError:
        entities = None
    is_filled = (
        all(isinstance(value, str) and value for value in entities.values()) if isinstance(entities, dict) else False
    )
    if not match or not is_filled or match[1] not in intents:
        raise BadRequest('payload must be one of a button, like /ask_topic{"topic": "definition/what"}')
    return payload


def _intents(app: Any) -> set[str]:
    try:
        return set(rasa_integration.ready_agent(app).domain.intents) - {*RASA_COMMANDS, OUT_OF_SCOPE, NOT_UNDERSTOOD}
    except TurnFailed:
        return set()


async def _ready(app: Any, settings: Settings) -> HTTPResponse:
    """Answer 200 if a message is understood, the state can be written and the actions answer; else 503 and why.

    `checks` says of `engine` and `actions` each "ok" or what is wrong; `answers` how many wait for a thread.
    """
    checks = {}
    for name, check in (("engine", _engine_works), ("actions", _actions_work)):
        try:
            await check(app, settings)
            checks[name] = "ok"
        except Exception as error:
            checks[name] = f"{type(error).__name__}: {error}"
    wrong = [result for result in checks.values() if result != "ok"]
    about = {"checks": checks, "answers": lanes.figures(), "installation": settings.installation}
    if wrong:
        return response.json({"ready": False, "reason": wrong[0], **about}, 503)
    return response.json({"ready": True, "model": rasa_integration.ready_agent(app).model_name, **about})


async def _engine_works(app: Any, settings: Settings) -> None:
    agent = rasa_integration.ready_agent(app)
    parsed = await agent.parse_message("what can you tell me")
    if not parsed.get("topic"):
        raise TurnFailed("the model understands nothing; train it again", NOT_YET)
    await rasa_integration.store_of(agent).check_writable()


async def _actions_work(app: Any, settings: Settings) -> None:
    agent = rasa_integration.ready_agent(app)
    missing = rasa_integration.custom_actions(agent) - await _actions_with_code(agent, settings)
    if missing:
        raise TurnFailed(f"no code for {', '.join(sorted(missing))}", NOT_YET)
    try:
        await agent.processor.action_endpoint.try_out(TRIAL_ACTION, TRIAL_SECONDS)
    except asyncio.TimeoutError:
        raise TurnFailed(_no_answer(), NOT_YET) from None


def _no_answer() -> str:
    """Return why an action that was tried out gave no answer."""
    seconds = lanes.quick.all_busy_seconds()
    since = f"; all {lanes.quick.number} threads have been busy for {seconds:.0f} s" if seconds else ""
    return f"an action that was tried out gave no answer within {TRIAL_SECONDS:g} s{since}"


async def _actions_with_code(agent: Any, settings: Settings) -> set[str]:
    """Return the names of the actions that can be run, in this process or on the action server."""
    names = rasa_integration.actions_here(agent)
    if names is not None:
        return names
    timeout = aiohttp.ClientTimeout(2)
    async with (
        aiohttp.ClientSession(timeout=timeout) as asking,
        asking.get(f"{settings.actions_url}/actions") as answer,
    ):
        if answer.status != 200:
            raise TurnFailed("the action server is not well", NOT_YET)
        return {action["name"] for action in await answer.json()}
