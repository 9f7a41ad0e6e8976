"""HTTP client of the engine: has a turn run, once and within a time limit, and classifies failures."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp

from conversations.models import REASONS, Button, Message, Reply, Turn
from conversations.pipeline.scheduling.retry_policy import ABORTED, FAILED, REJECTED, UNAVAILABLE
from core.contract.messages import Reasons
from core.contract.queries import ModelReading, UnsureTurn
from core.contract.turns import READY_PATH, TURNS_PATH

READY_SECONDS = 3.0
GATEWAY_ERRORS = (502, 503, 504)  # statuses of a proxy in front of the engine while the engine is unavailable


class EngineError(Exception):
    """The engine gave no usable turn. The message says why, for staff, and holds nothing that the visitor wrote.

    `kind` is one of the kinds of failure of `retry_policy`, which say whether another attempt helps.
    """

    def __init__(self, reason: str, kind: str = FAILED) -> None:
        super().__init__(reason)
        self.kind = kind


@dataclass(frozen=True)
class _Response:
    """An HTTP response of the engine with its whole body."""

    status: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class EngineClient:
    """Client of the engine at `url`. Asking again about the same message returns the same reply and runs nothing twice.

    `seconds` is the time-out of a call, `connections` the most calls at a time.
    """

    def __init__(self, url: str, key: str = "", seconds: float = 8.0, connections: int = 64) -> None:
        self.seconds = seconds
        self._url, self._connections = url.rstrip("/"), connections
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._session: aiohttp.ClientSession | None = None  # opened at the first call, inside the event loop

    async def run_turn(
        self, message: Message, seconds: float | None = None, reading: ModelReading | None = None
    ) -> Turn:
        """Have the engine answer a message within `seconds`; raises EngineError if it does not.

        `reading` is what a language model made of the message, if one was asked.
        """
        read = {"understood": reading.query} if reading else {}
        answer = await self._ask({**_turn_request(message), **read}, self.seconds if seconds is None else seconds)
        if isinstance(answer, Turn):
            return answer
        raise EngineError("the engine asked again what a language model makes of it")

    async def run_turn_or_ask(self, message: Message, seconds: float, when: str) -> Turn | UnsureTurn:
        """Have the engine answer a message, or return that it wants a language model to read it first.

        `when` is one of UNSURE, ALWAYS and NEVER.
        """
        return await self._ask({**_turn_request(message), "model": when}, seconds)

    async def _ask(self, request: dict[str, Any], seconds: float) -> Turn | UnsureTurn:
        began = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                response = await self._call("POST", TURNS_PATH, request)
        except TimeoutError:
            raise EngineError(f"no answer from the engine within {seconds:.1f} s", ABORTED) from None
        except aiohttp.ClientConnectorError as error:
            raise EngineError(f"no answer from the engine ({type(error).__name__})", UNAVAILABLE) from None
        except aiohttp.ClientError as error:
            raise EngineError(f"the engine broke off ({type(error).__name__})", ABORTED) from None
        if response.status == 202:
            return _unsure(response)
        if response.status != 200:
            raise _failure(response)
        return _turn(response, (time.monotonic() - began) * 1000)

    async def erase(self, conversation_id: str) -> None:
        """Delete what the engine has stored of a conversation; raises EngineError if it cannot be reached or fails."""
        try:
            async with asyncio.timeout(self.seconds):
                response = await self._call("DELETE", f"{TURNS_PATH}/{quote(conversation_id, safe='')}")
        except (TimeoutError, aiohttp.ClientError) as error:
            raise EngineError(f"the engine could not be asked to forget ({type(error).__name__})") from None
        if response.status != 200:
            raise EngineError(f"the engine answered {response.status}: {_reason(response)}")

    async def health(self) -> dict[str, str]:
        """Return the state of `engine` and `actions`: "ok", or what is wrong with each."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                response = await self._call("GET", READY_PATH)
        except (TimeoutError, aiohttp.ClientError) as error:
            state = f"cannot be reached ({type(error).__name__})"
            return {"engine": state, "actions": state}
        try:
            checks = response.json()["checks"]
            return {"engine": str(checks["engine"]), "actions": str(checks["actions"])}
        except (ValueError, KeyError, TypeError):
            state = "ok" if response.status == 200 else _reason(response)
            return {"engine": state, "actions": state}

    async def close(self) -> None:
        """Close the connections to the engine."""
        if self._session:
            await self._session.close()

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> _Response:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers=self._headers,
                connector=aiohttp.TCPConnector(limit=self._connections),
                timeout=aiohttp.ClientTimeout(total=None),  # each caller sets its own
                # Cookies and these headers are of no use between our own processes and cost time in every turn.
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
                trust_env=False,  # never through a proxy: the engine is on this machine or in a private network
            )
        async with self._session.request(method, self._url + path, json=body) as response:
            return _Response(response.status, await response.read())


def _turn_request(message: Message) -> dict[str, Any]:
    """Build the body of a turn request."""
    return {
        "conversation": message.conversation_id,
        # With its time: after a backup is restored, an id is used again and must not get the old reply.
        "message_id": f"{message.id}-{message.at.timestamp():.6f}",
        "channel": message.channel,
        "metadata": {},
        **({"payload": message.payload} if message.payload else {"text": message.words}),
    }


def _failure(response: _Response) -> EngineError:
    """Classify a response other than 200: by what the engine says about retrying, else by its status."""
    body = _json_object(response)
    reason = _reason(response)
    is_gateway = response.status in GATEWAY_ERRORS and not body
    if body.get("retry", response.status == 503 or is_gateway) is True:
        return EngineError(f"no answer from the engine, which said {response.status}: {reason}", UNAVAILABLE)
    kind = FAILED if response.status >= 500 else REJECTED
    return EngineError(f"the engine answered {response.status}: {reason}", kind)


def _turn(response: _Response, ms: float) -> Turn:
    try:
        body = response.json()
        return Turn(
            replies=tuple(_reply(message) for message in body["messages"]),
            understanding={**body["understanding"], **_reasons(body["messages"])},
            actions=tuple(body["actions"]),
            engine_ms=round(ms, 2),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EngineError(f"the engine's answer is not in the agreed form ({type(error).__name__})") from None


def _unsure(response: _Response) -> UnsureTurn:
    try:
        body = response.json()
        return {
            "understanding": dict(body["understanding"]),
            "claims": [str(each) for each in body["claims"]],
            "language": body.get("language"),
            "state": dict(body["state"]),  # type: ignore[typeddict-item]  # mypy cannot tell what a dict holds
        }
    except (KeyError, TypeError, ValueError) as error:
        raise EngineError(f"the engine's answer is not in the agreed form ({type(error).__name__})") from None


def _reply(message: Mapping[str, Any]) -> Reply:
    metadata = message.get("metadata") or {}
    return Reply(
        text=message.get("text") or "",
        buttons=tuple(Button(button["title"], button["payload"]) for button in message.get("buttons") or ()),
        cards=tuple((message.get("custom") or {}).get("cards") or message.get("cards") or ()),
        sources=tuple(metadata.get("sources") or ()),
        outcome=metadata.get("outcome") or "",
        topic=metadata.get("topic") or "",
    )


def _reasons(messages: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Return why the replies are what they are, as a part of the understanding: the front may put others in their place."""
    told = [
        {name: metadata[name] for name in Reasons.__annotations__ if name in metadata}
        for metadata in (message.get("metadata") or {} for message in messages)
    ]
    return {REASONS: reasons} if (reasons := [each for each in told if each]) else {}


def _reason(response: _Response) -> str:
    body = _json_object(response)
    return str(body.get("error") or body.get("reason") or "no reason given")[:300]


def _json_object(response: _Response) -> Mapping[str, Any]:
    """Return the body as a JSON object, or an empty one if it is none."""
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
