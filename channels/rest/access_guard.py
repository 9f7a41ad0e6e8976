"""Who may use REST: programs on this machine, or whoever has the key; web pages of allowed origins."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from channels.http import LOOPBACK, RateLimits, Refused, address_of, require_key
from channels.rest.guides import pack_of_key

PREFIXES = ("/webhooks/rest/", "/webhooks/callback/", "/version", "/status")
PREFLIGHT_SECONDS = 600


@dataclass(frozen=True)
class RestRules:
    """Access rules. Without a `key`, only this machine and pages of `origins` are admitted.

    Rates are messages a minute, 0 for any number; the rate by network address counts only for who has a key.
    `pack_keys` are keys that open one guide pack alone, with its name.
    """

    key: str = ""
    per_conversation: int = 0
    per_address: int = 120
    origins: tuple[str, ...] = ()
    pack_keys: Mapping[str, str] = field(default_factory=dict)


class RestGuard:
    """Admits callers of the REST channels by RestRules."""

    def __init__(self, rules: RestRules, rates: RateLimits) -> None:
        self._rules, self._rates = rules, rates

    async def admit(self, request: Request) -> str | None:
        """Admit a caller; Refused with 401, 403 or 429. Return the pack that their key is bound to, or None for any."""
        bound = None
        if self._rules.pack_keys:
            given = _given(request)
            bound = pack_of_key(self._rules.pack_keys, given)
            if bound is None and given and not self._rules.key:
                raise Refused("this key opens no guide", 401, {"WWW-Authenticate": "Bearer"})
        if self._rules.key or bound is not None:
            if bound is None:
                self._require_key(request)
            await self._rates.require(self._rules.per_address, "rest", "address", address_of(request))
        elif address_of(request) not in LOOPBACK or not self._is_ours(request.headers.get("origin")):
            raise Refused("this address answers programs on its own machine only, unless a key is set", 403)
        return bound

    async def count(self, channel: str, sender: str) -> None:
        """Count a message of a conversation; Refused with 429 if there are too many in a minute."""
        await self._rates.require(self._rules.per_conversation, channel, sender)

    def _require_key(self, request: Request) -> None:
        """Require the key, in the header or, as Rasa's clients send it, as `token` in the query string."""
        token = request.query_params.get("token")
        if token and "authorization" not in request.headers:
            if hmac.compare_digest(token.encode(errors="backslashreplace"), self._rules.key.encode()):
                return
            raise Refused("token is not the key", 401, {"WWW-Authenticate": "Bearer"})
        require_key(request, self._rules.key)

    def _is_ours(self, origin: str | None) -> bool:
        return origin is None or origin in self._rules.origins


def _given(request: Request) -> str:
    """Return the key that a caller sends, in the header or else in the query string; "" for none."""
    header = request.headers.get("authorization")
    return request.query_params.get("token", "") if header is None else header.removeprefix("Bearer ")


class RestCors:
    """ASGI middleware that lets pages of the allowed origins call REST paths; all other paths pass unchanged."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        self._app = app
        self._open = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=["Retry-After"],
            max_age=PREFLIGHT_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request: REST paths with CORS, others without."""
        is_rest = scope["type"] == "http" and scope["path"].startswith(PREFIXES)
        await (self._open if is_rest else self._app)(scope, receive, send)
