"""OpenID Connect client of the organisation's identity provider: authorization code flow with PKCE, by Authlib.

The ID token's signature, issuer, audience, times and nonce are checked here.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any, cast

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from console.identity.oidc_errors import OidcError
from conversations.accounts.oidc_logins import PendingLogin, Person
from core.translations import gettext as _

TIMEOUT_SECONDS = 10.0
CACHE_SECONDS = 3600.0  # of the provider's metadata and keys; an unknown key has them loaded at once
ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]  # never none, never a shared secret
LEEWAY_SECONDS = 60  # for clocks that differ


@dataclass(frozen=True)
class OidcConfig:
    """The client's registration with the provider; `name_claim` is the claim that names the account, such as email."""

    issuer: str
    client_id: str
    client_secret: str
    name_claim: str = "email"


class OidcProvider:
    """The identity provider; `callback` is the address to which it sends the browser back."""

    def __init__(self, config: OidcConfig, callback: str) -> None:
        self._config, self._callback = config, callback
        self._metadata: dict[str, Any] = {}
        self._loaded_at = float("-inf")
        self._keys = KeySet([])
        self._lock = asyncio.Lock()

    async def authorization_url(self, login: PendingLogin) -> str:
        """Return the address at which the browser signs in; raises OidcError."""
        metadata = await self._load_metadata()
        async with self._client() as client:
            address, _ = client.create_authorization_url(
                metadata["authorization_endpoint"], state=login.state, code_verifier=login.verifier, nonce=login.nonce
            )
        return str(address)

    async def exchange_code(self, login: PendingLogin, code: str) -> Person:
        """Return the person who signed in, by the code that the browser brought back; raises OidcError."""
        metadata = await self._load_metadata()
        try:
            async with self._client() as client:
                token = await client.fetch_token(
                    metadata["token_endpoint"],
                    code=code,
                    code_verifier=login.verifier,
                    grant_type="authorization_code",
                )
        except (httpx.HTTPError, AuthlibBaseError, ValueError) as error:
            raise OidcError(_("The identity provider did not accept the sign-in. Try again.")) from error
        claims = await self._validated_claims(token.get("id_token", ""), login)
        name = str(claims.get(self._config.name_claim, "")).strip()
        if not name:
            raise OidcError(
                _("The identity provider did not say who you are (%(name_claim)s is missing).")
                % {"name_claim": self._config.name_claim}
            )
        # Entra ID sends no email_verified; xms_edov, if asked for, says whether the domain's owner controls the address.
        is_verified = claims.get("email_verified") is True or str(claims.get("xms_edov", "")).lower() in ("1", "true")
        return Person(str(claims["sub"]), name, self._config.name_claim == "email" and is_verified)

    async def _validated_claims(self, id_token: str, login: PendingLogin) -> dict[str, Any]:
        """Return the claims of an ID token that passes the checks of OpenID Connect Core, section 3.1.3.7."""
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._config.issuer},
            sub={"essential": True},
            aud={"essential": True, "value": self._config.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": login.nonce},
        )
        try:
            claims = jwt.decode(id_token, await self._keys_for(id_token), algorithms=ALGORITHMS).claims
            registry.validate(claims)
        except (JoseError, ValueError, KeyError) as error:
            raise OidcError(
                _("The identity provider's answer cannot be believed. Try again, or tell an admin.")
            ) from error
        return claims

    async def _keys_for(self, id_token: str) -> KeySet:
        """Return the provider's keys, loaded anew if none of them signed the token."""
        await self._load_metadata()
        try:
            jwt.decode(id_token, self._keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            self._loaded_at = float("-inf")
            await self._load_metadata()
        return self._keys

    async def _load_metadata(self) -> dict[str, Any]:
        """Return the provider's metadata (OpenID Connect Discovery) and load its keys with it."""
        async with self._lock:
            if time.monotonic() - self._loaded_at > CACHE_SECONDS or not self._metadata:
                url = f"{self._config.issuer.rstrip('/')}/.well-known/openid-configuration"
                try:
                    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
                        metadata = await _get_json(client, url)
                        key_set = cast(KeySetSerialization, await _get_json(client, metadata["jwks_uri"]))
                    keys = KeySet.import_key_set(key_set)
                except (httpx.HTTPError, JoseError, KeyError, ValueError) as error:
                    raise OidcError(_("The identity provider cannot be reached. Try again in a minute.")) from error
                if metadata.get("issuer") != self._config.issuer:
                    raise OidcError(_("ADVISOR_OIDC_ISSUER is not what the identity provider calls itself."))
                self._metadata, self._keys, self._loaded_at = metadata, keys, time.monotonic()
            return self._metadata

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self._config.client_id,
            self._config.client_secret,
            scope="openid email profile",
            redirect_uri=self._callback,
            code_challenge_method="S256",
            timeout=TIMEOUT_SECONDS,
        )


async def _get_json(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    response = await client.get(url)
    response.raise_for_status()
    content = response.json()
    if not isinstance(content, dict):
        raise ValueError(url)
    return content
