"""Who may use REST: programs on this machine, or whoever has the key; web pages of allowed origins."""

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
    """Access rules. Without a `key`, only this machine and pages of `origins` are admitted.

    Rates are messages a minute, 0 for any number; the rate by network address counts only if a key is set.
    """

    key: str = ""
    per_conversation: int = 0
    per_address: int = 120
    origins: tuple[str, ...] = ()


class RestGuard:
    """Admits callers of the REST channels by RestRules."""

    def __init__(self, rules: RestRules, rates: RateLimits) -> None:
        self._rules, self._rates = rules, rates

    async def admit(self, request: Request) -> None:
        """Admit a caller; Refused with 401, 403 or 429."""
        if self._rules.key:
            self._require_key(request)
            await self._rates.require(self._rules.per_address, "rest", "address", address_of(request))
        elif address_of(request) not in LOOPBACK or not self._is_ours(request.headers.get("origin")):
            raise Refused("this address answers programs on its own machine only, unless a key is set", 403)

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


class RestCors:
    """ASGI middleware that lets pages of the allowed origins call REST paths; all other paths pass unchanged."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
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
        """Handle a request: REST paths with CORS, others without."""
        is_rest = scope["type"] == "http" and scope["path"].startswith(PREFIXES)
        await (self._open if is_rest else self._app)(scope, receive, send)
