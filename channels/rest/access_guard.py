"""Who may use REST: programs of this machine, or whoever has the key; pages of a browser where their origin is allowed."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from channels.http import LOOPBACK, RateLimits, Refused, address_of, require_key

PREFIXES = ("/webhooks/rest/", "/webhooks/callback/", "/version", "/status")
PREFLIGHT_SECONDS = 600


@dataclass(frozen=True)
class RestRules:
    """`key` empty: loopback only. `origins` of pages that may call. Rates are messages a minute, 0 for no limit; by address
    only where a key is set.
    """

    key: str = ""
    per_conversation: int = 0
    per_address: int = 120
    origins: tuple[str, ...] = ()


class RestGuard:
    def __init__(self, rules: RestRules, rates: RateLimits):
        self._rules, self._rates = rules, rates

    async def admit(self, request: Request) -> None:
        """Refused (401, 403 or 429) unless this caller may use REST now."""
        if self._rules.key:
            self._require_key(request)
            await self._rates.require(self._rules.per_address, "rest", "address", address_of(request))
        elif address_of(request) not in LOOPBACK or not self._is_ours(request.headers.get("origin")):
            raise Refused("this address answers programs on its own machine only, unless a key is set", 403)

    async def count(self, channel: str, sender: str) -> None:
        """Refused (429) where this conversation has had too many messages in a minute."""
        await self._rates.require(self._rules.per_conversation, channel, sender)

    def _require_key(self, request: Request) -> None:
        """In the header or, as Rasa's clients send it, as `token` in the address."""
        token = request.query_params.get("token")
        if token and "authorization" not in request.headers:
            if hmac.compare_digest(token.encode(errors="backslashreplace"), self._rules.key.encode()):
                return
            raise Refused("token is not the key", 401, {"WWW-Authenticate": "Bearer"})
        require_key(request, self._rules.key)

    def _is_ours(self, origin: str | None) -> bool:
        return origin is None or origin in self._rules.origins


class RestCors:
    """Lets the pages of the allowed origins call REST and read its answers; ASGI. All other addresses pass it untouched."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]):
        self._app = app
        self._open = (
            app
            if not origins
            else CORSMiddleware(
                app,
                allow_origins=origins,
                allow_methods=["GET", "POST"],
                allow_headers=["Authorization", "Content-Type"],
                expose_headers=["Retry-After"],
                max_age=PREFLIGHT_SECONDS,
            )
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_rest = scope["type"] == "http" and scope["path"].startswith(PREFIXES)
        await (self._open if is_rest else self._app)(scope, receive, send)
