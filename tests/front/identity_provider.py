"""A small identity provider on loopback that speaks OpenID Connect as far as signing in goes, and lies where a test asks.

It holds what it must: the exact redirect address, the client's secret, PKCE, one use of a code.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "console", "a-client-secret"


@dataclass
class Provider:
    """`person` are the claims of who signs in; `lies` replace claims of the token; `down` makes it answer 503."""

    issuer: str = ""
    redirect: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    signs_with: RSAKey | None = None
    algorithm: str = "RS256"
    refuses: bool = False
    down: bool = False

    def __post_init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "first"})
        self._asked: dict[str, dict[str, str]] = {}

    @property
    def application(self) -> Starlette:
        """Return the application that serves the provider."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.about),
                Route("/keys", self.keys),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
            ]
        )

    def new_key(self) -> None:
        """Sign with another key from now on."""
        self.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4)})

    async def about(self, request: Request) -> Response:
        """Answer with the discovery document, or 503 while down."""
        if self.down:
            return Response("down", 503)
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        addresses = {name: f"{self.issuer}/{place}" for name, place in places.items()}
        return JSONResponse({"issuer": self.issuer, **addresses})

    async def keys(self, request: Request) -> Response:
        """Answer with the public key."""
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def authorize(self, request: Request) -> Response:
        """Lead back to the console with a code: the person is signed in here already, and agrees unless `refuses`."""
        asked = dict(request.query_params)
        right = {
            "client_id": CLIENT,
            "response_type": "code",
            "redirect_uri": self.redirect,
            "code_challenge_method": "S256",
        }
        if any(asked.get(name) != value for name, value in right.items()) or "openid" not in asked["scope"].split():
            return HTMLResponse("<h1>Not for us</h1>", 400)
        if self.refuses:
            return RedirectResponse(
                f"{self.redirect}?{urlencode({'error': 'access_denied', 'state': asked['state']})}", 302
            )
        code = secrets.token_urlsafe(16)
        self._asked[code] = asked
        return RedirectResponse(f"{self.redirect}?{urlencode({'code': code, 'state': asked['state']})}", 302)

    async def token(self, request: Request) -> Response:
        """Exchange a code, once, for the person's token, if all is as the request said."""
        form = dict(await request.form())
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        known = kind == "Basic" and base64.b64decode(given).decode() == f"{CLIENT}:{SECRET}"
        asked = self._asked.pop(form.get("code", ""), None)
        if not known or asked is None or form.get("redirect_uri") != self.redirect:
            return JSONResponse({"error": "invalid_grant"}, 400)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": self._id_token(asked["nonce"])})

    def _id_token(self, nonce: str) -> str:
        at = int(time.time())
        usual = {"iss": self.issuer, "aud": CLIENT, "exp": at + 300, "iat": at, "nonce": nonce}
        claims = {name: value for name, value in {**usual, **self.person, **self.lies}.items() if value is not None}
        key = self.signs_with or self.key
        return jwt.encode({"alg": self.algorithm, "kid": self.key.kid}, claims, key)
