"""Calls an OpenAI-compatible endpoint: one POST, within a time limit, of whose answer only the text and the count are taken.

Made with aiohttp, which is there: the openai package brings five more and 46 MB of memory for this one call, follows redirects,
tries again by itself and reads answers of any size, all of which would have to be taken from it again.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import aiohttp

from core.version import version
from language_model.endpoint.request_form import RequestForm

PATH = "/chat/completions"
LONGEST_ANSWER = 64 * 1024  # bytes of a whole response; a query has a few hundred
# What became of a call, as it is counted and shown.
LATE, UNREACHABLE, REFUSED, BUSY, BROKEN, MALFORMED = "late", "unreachable", "refused", "busy", "broken", "malformed"


class CallFailed(Exception):
    """A call without a usable answer; `kind` is one of the constants above, and nothing that was sent or said is in it.

    `tokens_in` and `tokens_out` are what it took all the same, as far as the endpoint says so.
    """

    def __init__(self, kind: str, tokens_in: int = 0, tokens_out: int = 0) -> None:
        super().__init__(kind)
        self.kind, self.tokens_in, self.tokens_out = kind, tokens_in, tokens_out


@dataclass(frozen=True)
class Completion:
    """The text of an answer with how many tokens were read and written (0 if the endpoint does not say)."""

    text: str
    tokens_in: int
    tokens_out: int


class CompletionClient:
    """Client of the endpoint at `url` (".../v1") for one model; `key` is sent as a bearer token and stands nowhere else.

    `form` is how the endpoint is told the form of an answer: "schema" (JSON Schema) or "json".
    """

    def __init__(self, url: str, model: str, key: str, form: str) -> None:
        self._address, self._model, self._request_form = url.rstrip("/") + PATH, model, RequestForm(form)
        self._headers = {
            "User-Agent": f"advisor/{version()}",
            "Accept-Encoding": "identity",
            **({"Authorization": f"Bearer {key}"} if key else {}),
        }
        self._session: aiohttp.ClientSession | None = None  # opened at the first call, inside the event loop

    async def complete(
        self, messages: list[dict[str, str]], schema: dict[str, Any], seconds: float, most_tokens: int
    ) -> Completion:
        """Return the answer to a prompt, of `most_tokens` at most, within `seconds`; raises CallFailed."""
        body = {
            "model": self._model,
            "messages": self._request_form.told(messages, schema),
            "stream": False,
            **self._request_form.limits(schema, most_tokens),
        }
        try:
            status, told = await self._post(body, seconds)
            self._request_form.learn(body, status, told)
            return _completion(status, told)
        except asyncio.TimeoutError:
            raise CallFailed(LATE) from None
        except aiohttp.ClientConnectorError:
            raise CallFailed(UNREACHABLE) from None
        except (aiohttp.ClientError, ValueError):  # broken off, or no HTTP at all
            raise CallFailed(BROKEN) from None

    async def close(self) -> None:
        """Close the connections to the endpoint."""
        if self._session:
            await self._session.close()

    async def _post(self, body: dict[str, Any], seconds: float) -> tuple[int, bytes]:
        """Return (status, body) of a response, of which no more than LONGEST_ANSWER is read; no redirect is followed."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers=self._headers,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # a few bytes may unpack to gigabytes
                trust_env=False,  # what stands in the settings is where messages go, and no proxy of the environment
            )
        timeout = aiohttp.ClientTimeout(total=seconds)  # from the connection to the last byte
        async with self._session.post(self._address, json=body, allow_redirects=False, timeout=timeout) as response:
            read = bytearray()
            async for chunk in response.content.iter_any():
                read += chunk
                if len(read) > LONGEST_ANSWER:
                    raise CallFailed(MALFORMED)
            return response.status, bytes(read)


def _completion(status: int, body: bytes) -> Completion:
    if status != 200:
        kinds = {429: BUSY, 503: BUSY}
        raise CallFailed(kinds.get(status, BROKEN if status >= 500 else REFUSED))
    tokens = (0, 0)
    try:
        told = json.loads(body)
        tokens = _tokens(told)
        choice = told["choices"][0]
        text, ended = choice["message"]["content"], choice.get("finish_reason")
    except (ValueError, RecursionError, KeyError, IndexError, TypeError, AttributeError):
        raise CallFailed(MALFORMED, *tokens) from None
    if not isinstance(text, str) or ended not in ("stop", "eos", None):
        raise CallFailed(MALFORMED, *tokens)  # such as one that was cut off, and is to be paid for all the same
    return Completion(text, *tokens)


def _tokens(told: dict[str, Any]) -> tuple[int, int]:
    """Return how many tokens were read and written, 0 where the endpoint does not say; raises AttributeError."""
    usage = told.get("usage") or {}
    read, written = (usage.get(name) for name in ("prompt_tokens", "completion_tokens"))
    return _count(read), _count(written)


def _count(told: Any) -> int:
    return told if isinstance(told, int) and 0 <= told < 10**7 else 0
