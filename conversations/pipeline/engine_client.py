"""HTTP client of the engines: has a turn run, once and within a time limit, and classifies failures."""

from __future__ import annotations

import asyncio
import json
import time
import zlib
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
from core.traces import spans

READY_SECONDS = 3.0
CONNECT_SECONDS = 1.0  # for a connection, where there is another engine to ask
AWAY_SECONDS = 5.0  # for which an engine that did not answer is asked last
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
    """Client of the engines at `urls`. Asking again about the same message returns the same reply and runs nothing twice.

    Several engines share their memory of conversations. A conversation is asked of the same one as long as that answers,
    which has it at hand, and of another one as soon as it does not.

    `seconds` is the time-out of a call, `connections` the most calls at a time.
    """

    def __init__(self, *urls: str, key: str = "", seconds: float = 8.0, connections: int = 64) -> None:
        self.seconds = seconds
        self._urls, self._connections = tuple(url.rstrip("/") for url in urls), connections
        self._away_until: dict[str, float] = {}  # by address, monotonic: asked last until then
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._session: aiohttp.ClientSession | None = None  # opened at the first call, inside the event loop

    async def run_turn(
        self, message: Message, seconds: float | None = None, reading: ModelReading | None = None
    ) -> Turn:
        """Have an engine answer a message within `seconds`; raises EngineError if none does.

        `reading` is what a language model made of the message, if one was asked.
        """
        read = {"understood": reading.query} if reading else {}
        request = {**_turn_request(message), **read}
        answer = await self._ask(message.conversation_id, request, self.seconds if seconds is None else seconds)
        if isinstance(answer, Turn):
            return answer
        raise EngineError("the engine asked again what a language model makes of it")

    async def run_turn_or_ask(self, message: Message, seconds: float, when: str) -> Turn | UnsureTurn:
        """Have an engine answer a message, or return that it wants a language model to read it first.

        `when` is one of UNSURE, ALWAYS and NEVER.
        """
        return await self._ask(message.conversation_id, {**_turn_request(message), "model": when}, seconds)

    async def _ask(self, conversation_id: str, request: dict[str, Any], seconds: float) -> Turn | UnsureTurn:
        """Return the answer of the first engine that gives one within `seconds`; raises EngineError if none does."""
        ends, urls = time.monotonic() + seconds, self._in_order(conversation_id)
        for url in urls:
            try:
                with spans.span("ask engine", kind=spans.CLIENT, engine=self._urls.index(url)) as span:
                    answer = await self._ask_one(url, request, max(0.0, ends - time.monotonic()), span.traceparent)
            except EngineError as error:
                if error.kind in (UNAVAILABLE, ABORTED) and len(urls) > 1:
                    self._away_until[url] = time.monotonic() + AWAY_SECONDS
                # The next one is asked only if this one certainly did nothing, and if that leaves it time.
                if error.kind != UNAVAILABLE or url == urls[-1] or time.monotonic() >= ends:
                    raise
            else:
                self._away_until.pop(url, None)
                return answer
        raise AssertionError("there is an engine")

    def _in_order(self, conversation_id: str) -> list[str]:
        """Return the engines in the order in which they are asked about a conversation: those that are away come last."""
        if len(self._urls) == 1:
            return list(self._urls)
        first, now = zlib.crc32(conversation_id.encode()) % len(self._urls), time.monotonic()
        turned = [*self._urls[first:], *self._urls[:first]]
        return sorted(turned, key=lambda url: self._away_until.get(url, 0.0) > now)

    async def _ask_one(
        self, url: str, request: dict[str, Any], seconds: float, traceparent: str = ""
    ) -> Turn | UnsureTurn:
        began = time.monotonic()
        headers = {spans.TRACEPARENT: traceparent} if traceparent else None
        try:
            async with asyncio.timeout(seconds):
                response = await self._call("POST", url + TURNS_PATH, request, headers)
        except aiohttp.ConnectionTimeoutError:
            raise EngineError("the engine cannot be reached in time", UNAVAILABLE) from None
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
        """Delete what the engines have stored of a conversation; raises EngineError if one cannot be reached or fails."""
        for url in self._urls:  # each may hold it in its memory
            try:
                async with asyncio.timeout(self.seconds):
                    response = await self._call("DELETE", f"{url}{TURNS_PATH}/{quote(conversation_id, safe='')}")
            except (TimeoutError, aiohttp.ClientError) as error:
                raise EngineError(f"the engine could not be asked to forget ({type(error).__name__})") from None
            if response.status != 200:
                raise EngineError(f"the engine answered {response.status}: {_reason(response)}")

    async def health(self) -> dict[str, str]:
        """Return the state of `engine` and `actions`: "ok", or what is wrong with each; of several engines the best one's."""
        states = await asyncio.gather(*(self._health_of(url) for url in self._urls))
        return max(states, key=lambda state: [*state.values()].count("ok"))

    async def _health_of(self, url: str) -> dict[str, str]:
        try:
            async with asyncio.timeout(READY_SECONDS):
                response = await self._call("GET", url + READY_PATH)
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
        """Close the connections to the engines."""
        if self._session:
            await self._session.close()

    async def _call(
        self,
        method: str,
        address: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> _Response:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers=self._headers,
                connector=aiohttp.TCPConnector(limit=self._connections),
                # Each caller sets its own; another engine can be asked if one cannot be reached.
                timeout=aiohttp.ClientTimeout(
                    total=None, sock_connect=CONNECT_SECONDS if len(self._urls) > 1 else None
                ),
                # Cookies and these headers are of no use between our own processes and cost time in every turn.
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
                trust_env=False,  # never through a proxy: the engine is on this machine or in a private network
            )
        async with self._session.request(method, address, json=body, headers=headers) as response:
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
        in_english=metadata.get("in_english") or "",
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
