"""Asks the engine for a turn (design: section 6, Turn), once and within a time; says what kind of trouble there was."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp

from conversations.models import Button, Message, Reply, Turn

READY_SECONDS = 3.0
GATEWAYS = (502, 503, 504)  # what something before the engine says while the engine itself is away
# Why there is no turn, and so whether asking again helps.
AWAY = "away"  # it is starting, busy, or nobody is there: it will be well again
BROKE_OFF = "broke off"  # it took the message and then was gone, or too slow: the message may be why
WENT_WRONG = "went wrong"  # it ran the turn and failed: most likely it will again
REFUSED = "refused"  # it does not take such a message from us: asking again is of no use


class EngineError(Exception):
    """No turn: the engine is away, too slow or failed. The message says which, for staff; it holds no message text."""

    def __init__(self, why: str, kind: str = WENT_WRONG):
        super().__init__(why)
        self.kind = kind


@dataclass(frozen=True)
class _Answer:
    """What the engine's server said, read to its end."""

    status: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class EngineClient:
    """The engine at an address. Asking again about the same message gives the same reply and runs nothing twice."""

    def __init__(self, url: str, key: str = "", seconds: float = 8.0, connections: int = 64):
        self.seconds = seconds
        self._url, self._connections = url.rstrip("/"), connections
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._session: aiohttp.ClientSession | None = None  # made at the first call, since it belongs to an event loop

    async def ask(self, message: Message, seconds: float | None = None) -> Turn:
        """The turn for a message, within so many seconds. EngineFailed says by its kind whether to ask again."""
        seconds = self.seconds if seconds is None else seconds
        began = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                answer = await self._call("POST", "/webhooks/turns", _asked(message))
        except TimeoutError:
            raise EngineError(f"no answer from the engine within {seconds:.1f} s", BROKE_OFF) from None
        except aiohttp.ClientConnectorError as error:
            raise EngineError(f"no answer from the engine ({type(error).__name__})", AWAY) from None
        except aiohttp.ClientError as error:
            raise EngineError(f"the engine broke off ({type(error).__name__})", BROKE_OFF) from None
        if answer.status != 200:
            raise _failure(answer)
        return _turn(answer, (time.monotonic() - began) * 1000)

    async def forget(self, conversation_id: str) -> None:
        """Have all that the engine remembers of a conversation deleted."""
        try:
            async with asyncio.timeout(self.seconds):
                answer = await self._call("DELETE", f"/webhooks/turns/{quote(conversation_id, safe='')}")
        except (TimeoutError, aiohttp.ClientError) as error:
            raise EngineError(f"the engine could not be asked to forget ({type(error).__name__})") from None
        if answer.status != 200:
            raise EngineError(f"the engine answered {answer.status}: {_reason(answer)}")

    async def parts(self) -> dict[str, str]:
        """How the engine and its actions are: "ok" or what is wrong with each."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                answer = await self._call("GET", "/webhooks/rest/ready")
        except (TimeoutError, aiohttp.ClientError) as error:
            why = f"cannot be reached ({type(error).__name__})"
            return {"engine": why, "actions": why}
        try:
            found = answer.json()["checks"]
            return {"engine": str(found["engine"]), "actions": str(found["actions"])}
        except (ValueError, KeyError, TypeError):
            why = "ok" if answer.status == 200 else _reason(answer)
            return {"engine": why, "actions": why}

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> _Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers=self._headers,
                connector=aiohttp.TCPConnector(limit=self._connections),
                timeout=aiohttp.ClientTimeout(total=None),  # each caller sets its own
                # What one program of ours need not tell the other is not put together for every turn.
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
                trust_env=False,  # never through a proxy: it is on this machine or in a private network
            )
        async with self._session.request(method, self._url + path, json=body) as answer:
            return _Answer(answer.status, await answer.read())


def _asked(message: Message) -> dict[str, Any]:
    """A message in the turn contract's form."""
    return {
        "conversation": message.conversation_id,
        # With its time: after a restored backup, a number is given out again, and must not get the old reply.
        "message_id": f"{message.id}-{message.at.timestamp():.6f}",
        "channel": message.channel,
        "metadata": {},
        **({"payload": message.payload} if message.payload else {"text": message.words}),
    }


def _failure(answer: _Answer) -> EngineError:
    """What an answer other than 200 means: the engine says whether to ask again; where it does not, its status does."""
    said = _said(answer)
    why = _reason(answer)
    again = said.get("retry", answer.status == 503 or answer.status in GATEWAYS and not said)
    if again is True:
        return EngineError(f"no answer from the engine, which said {answer.status}: {why}", AWAY)
    kind = WENT_WRONG if answer.status >= 500 else REFUSED
    return EngineError(f"the engine answered {answer.status}: {why}", kind)


def _turn(answer: _Answer, ms: float) -> Turn:
    try:
        found = answer.json()
        return Turn(
            replies=tuple(_reply(one) for one in found["messages"]),
            understanding=dict(found["understanding"]),
            actions=tuple(found["actions"]),
            engine_ms=round(ms, 2),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EngineError(f"the engine's answer is not in the agreed form ({type(error).__name__})") from None


def _reply(one: Mapping[str, Any]) -> Reply:
    metadata = one.get("metadata") or {}
    return Reply(
        text=one.get("text") or "",
        buttons=tuple(Button(each["title"], each["payload"]) for each in one.get("buttons") or ()),
        cards=tuple((one.get("custom") or {}).get("cards") or one.get("cards") or ()),
        sources=tuple(metadata.get("sources") or ()),
        outcome=metadata.get("outcome") or "",
        topic=metadata.get("topic") or "",
    )


def _reason(answer: _Answer) -> str:
    said = _said(answer)
    return str(said.get("error") or said.get("reason") or "no reason given")[:300]


def _said(answer: _Answer) -> Mapping[str, Any]:
    """The answer's JSON object; empty where it is none."""
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
