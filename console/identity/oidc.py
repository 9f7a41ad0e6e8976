"""The organisation's identity provider, spoken to by OpenID Connect (authorization code with PKCE), with Authlib.

What must hold of its answer is checked here: who signed it, for whom, when, and that it answers our own question.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from conversations.accounts.oidc_logins import PendingLogin, Person

SECONDS = 10.0
KEPT_FOR = 3600.0  # seconds; keys and addresses change rarely, and are asked for again where a key is unknown
ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]  # never none, never a shared secret
LEEWAY = 60  # seconds of clocks that differ


class OidcError(Exception):
    """The provider could not be asked, or what it answered cannot be believed; the message is for whoever signs in."""


@dataclass(frozen=True)
class OidcConfig:
    """`name_claim` is what of its answer names the account: email, preferred_username."""

    issuer: str
    client_id: str
    client_secret: str
    name_claim: str = "email"


class OidcProvider:
    def __init__(self, config: OidcConfig, callback: str):
        self._config, self._callback = config, callback
        self._known: dict[str, Any] = {}
        self._known_at = float("-inf")
        self._keys: KeySet | None = None
        self._lock = asyncio.Lock()

    async def address(self, one: PendingLogin) -> str:
        """Where the browser is sent to sign in."""
        known = await self._about()
        async with self._client() as client:
            address, _ = client.create_authorization_url(
                known["authorization_endpoint"], state=one.state, code_verifier=one.verifier, nonce=one.nonce
            )
        return address

    async def who(self, one: PendingLogin, code: str) -> Person:
        """Who signed in, from the code that the browser brought back."""
        known = await self._about()
        try:
            async with self._client() as client:
                token = await client.fetch_token(
                    known["token_endpoint"], code=code, code_verifier=one.verifier, grant_type="authorization_code"
                )
        except (httpx.HTTPError, AuthlibBaseError, ValueError) as error:
            raise OidcError("The identity provider did not accept the sign-in. Try again.") from error
        claims = await self._checked(token.get("id_token", ""), one)
        name = str(claims.get(self._config.name_claim, "")).strip()
        if not name:
            raise OidcError(f"The identity provider did not say who you are ({self._config.name_claim} is missing).")
        # Entra ID sends no email_verified, but where it is asked for, whether the address's domain is its owner's.
        is_verified = claims.get("email_verified") is True or str(claims.get("xms_edov", "")).lower() in ("1", "true")
        return Person(str(claims["sub"]), name, self._config.name_claim == "email" and is_verified)

    async def _checked(self, id_token: str, one: PendingLogin) -> dict[str, Any]:
        """The claims of an ID token that is what OpenID Connect Core, 3.1.3.7, asks of it."""
        wanted = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": self._config.issuer},
            sub={"essential": True},
            aud={"essential": True, "value": self._config.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": one.nonce},
        )
        try:
            claims = jwt.decode(id_token, await self._keys_for(id_token), algorithms=ALGORITHMS).claims
            wanted.validate(claims)
        except (JoseError, ValueError, KeyError) as error:
            raise OidcError(
                "The identity provider's answer cannot be believed. Try again, or tell an admin."
            ) from error
        return claims

    async def _keys_for(self, id_token: str) -> KeySet:
        """The provider's keys, asked for again where it signs with one that we have not seen."""
        keys = await self._key_set()
        try:
            jwt.decode(id_token, keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            self._known_at = float("-inf")
            keys = await self._key_set()
        return keys

    async def _key_set(self) -> KeySet:
        await self._about()
        return self._keys

    async def _about(self) -> dict[str, Any]:
        """Its addresses and keys, from where OpenID Connect Discovery says that they are."""
        async with self._lock:
            if time.monotonic() - self._known_at > KEPT_FOR or not self._known:
                try:
                    async with httpx.AsyncClient(timeout=SECONDS) as client:
                        known = await _json(
                            client, f"{self._config.issuer.rstrip('/')}/.well-known/openid-configuration"
                        )
                        keys = KeySet.import_key_set(await _json(client, known["jwks_uri"]))
                except (httpx.HTTPError, JoseError, KeyError, ValueError) as error:
                    raise OidcError("The identity provider cannot be reached. Try again in a minute.") from error
                if known.get("issuer") != self._config.issuer:
                    raise OidcError("ADVISOR_OIDC_ISSUER is not what the identity provider calls itself.")
                self._known, self._keys, self._known_at = known, keys, time.monotonic()
            return self._known

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self._config.client_id,
            self._config.client_secret,
            scope="openid email profile",
            redirect_uri=self._callback,
            code_challenge_method="S256",
            timeout=SECONDS,
        )


async def _json(client: httpx.AsyncClient, address: str) -> dict[str, Any]:
    answer = await client.get(address)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise ValueError(address)
    return found
