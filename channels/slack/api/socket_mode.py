"""Socket Mode, for a first try on a laptop: takes Slack's calls from a socket and forwards each, signed, to the running front.

An envelope is acknowledged only when the front has stored its content, so nothing is lost whatever stops in between.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from channels.slack import WEBHOOK_PATH
from channels.slack.api.client import APP_TOKEN, NOT_OURS, TROUBLE, client_at, describe_error, name_of
from channels.slack.errors import SlackSetupError, SocketFailed

WAIT = 2.0  # seconds before what failed is tried again
PASSING = (408, 425, 429)  # refusals that are none of what was sent
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
REFUSED = {"missing_scope", "not_allowed_token_type", "forbidden_team", *NOT_OURS}


def app_token(given: str) -> str:
    """Return an app-level token. Raises SlackSetupError if it cannot be right."""
    if not APP_TOKEN.fullmatch(given):
        raise SlackSetupError(
            "ADVISOR_SLACK_APP_TOKEN is no app-level token (xapp-...): make one with the scope connections:write on the "
            "app's page Basic Information."
        )
    return given


async def listen(token: str, api_url: str, secret: str, front_url: str, say: Callable[[str], None]) -> None:
    """Forward calls until cancelled. Raises SocketFailed."""
    client = SocketModeClient(token, web_client=client_at(api_url))
    client.proxy = None
    async with httpx.AsyncClient(base_url=front_url, trust_env=False, timeout=30) as http:
        handing = SocketForwarder(http, SignatureVerifier(secret), say)
        client.socket_mode_request_listeners.append(handing.take)  # type: ignore[arg-type]  # it is given this client and no other
        try:
            await _connected(client, say)
            say(f"Slack is answered by {front_url}. Ctrl-C stops that.")
            await handing.failed
        finally:
            await client.close()  # type: ignore[no-untyped-call]
            await client.aiohttp_client_session.close()


class SocketForwarder:
    """Forwards envelopes in the order of their arrival; `failed` ends in the error that waiting cannot mend."""

    def __init__(self, http: httpx.AsyncClient, verifier: SignatureVerifier, say: Callable[[str], None]) -> None:
        self._http, self._verifier, self._say = http, verifier, say
        self._one_at_a_time = asyncio.Lock()
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def take(self, client: SocketModeClient, envelope: SocketModeRequest) -> None:
        """Forward an envelope and acknowledge it; a listener of slack-sdk."""
        try:
            async with self._one_at_a_time:
                payload = await self._handed_over(envelope)
            await client.send_socket_mode_response(SocketModeResponse(envelope.envelope_id, payload))
        except SocketFailed as error:
            if not self.failed.done():
                self.failed.set_exception(error)

    async def _handed_over(self, envelope: SocketModeRequest) -> dict[str, Any] | None:
        """Retry until the front has taken an envelope; return its response, or None if it never will."""
        content, kind = as_called(envelope.type, envelope.payload)
        told = False
        while True:
            try:
                answer = await self._http.post(WEBHOOK_PATH, content=content, headers=self._headers(content, kind))
            except httpx.HTTPError:
                answer = None
            if answer is not None:
                if answer.status_code == 200:
                    return answer.json() if answer.content.startswith(b"{") else None
                self._require_taken(answer.status_code)
                if 400 <= answer.status_code < 500 and answer.status_code not in PASSING:
                    self._say(f"The front refused a call of Slack's ({answer.status_code}); it is left out.")
                    return None  # it would be refused for ever, and hold up all that come behind it
            if not told:
                self._say(
                    f"The front at {self._http.base_url} does not take this; is it running (make run)? Trying on ..."
                )
            told = True
            await asyncio.sleep(WAIT)

    def _headers(self, content: str, kind: str) -> dict[str, str]:
        now = str(int(time.time()))
        signature = self._verifier.generate_signature(timestamp=now, body=content) or ""
        return {"Content-Type": kind, "X-Slack-Request-Timestamp": now, "X-Slack-Signature": signature}

    def _require_taken(self, status: int) -> None:
        if status == 401:
            raise SocketFailed("the front refuses this: start both with the same ADVISOR_SLACK_SIGNING_SECRET")
        if status in (404, 405):
            raise SocketFailed("the front runs without Slack: set ADVISOR_SLACK_BOT_TOKEN for it, too")


def as_called(kind: str, payload: Mapping[str, Any]) -> tuple[str, str]:
    """Return (body, content type) with which Slack would have called the webhook."""
    if kind == "slash_commands":
        return urlencode({key: value for key, value in payload.items() if isinstance(value, str)}), FORM
    if kind == "interactive":
        return urlencode({"payload": json.dumps(payload)}), FORM
    return json.dumps(payload), JSON


async def _connected(client: SocketModeClient, say: Callable[[str], None]) -> None:
    """Retry until Slack opens the socket. Raises SocketFailed for what waiting cannot mend."""
    told = False
    while True:
        try:
            await client.connect_to_new_endpoint()
            return
        except TROUBLE as error:
            name = name_of(error)
            if name in REFUSED:
                raise SocketFailed(f"Slack does not open a socket ({name}): check ADVISOR_SLACK_APP_TOKEN") from None
            if not told:
                say(f"Slack does not answer ({describe_error(error)}); trying on ...")
            told = True
        await asyncio.sleep(WAIT)
