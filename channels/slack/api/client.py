"""Client of Slack's Web API, and what its errors mean."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from channels.slack.api.answers import UNREADABLE, Answer
from channels.slack.api.payloads import id_at
from channels.slack.errors import SlackSetupError

logger = logging.getLogger(__name__)
API_URL = "https://slack.com/api/"
BOT_TOKEN, APP_TOKEN = re.compile(r"(xoxe\.)?xoxb-[\w.-]+"), re.compile(r"xapp-[\w.-]+")
SIGNING_SECRET = re.compile(r"\S{16,128}")
NAME_OF_ERROR = re.compile(r"[a-z0-9_]{1,60}")
NOT_OURS = ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "no_permission")
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds between two tries to reach Slack at the start
AT_ONCE = 64  # connections, as many as there are deliveries at a time
TROUBLE = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError)  # whatever a call may end in


class SlackClient:
    """The Web API's client and the bot's identity.

    `seconds` is the time-out of a call. Raises SlackSetupError if the token or the secret cannot be right.
    """

    def __init__(self, token: str, signing_secret: str, api_url: str = API_URL, seconds: float = 10.0) -> None:
        if not BOT_TOKEN.fullmatch(token):
            raise SlackSetupError(
                "ADVISOR_SLACK_BOT_TOKEN is not a bot's token (xoxb-...): copy it from the app's page OAuth & Permissions."
            )
        if not SIGNING_SECRET.fullmatch(signing_secret):
            raise SlackSetupError(
                "ADVISOR_SLACK_SIGNING_SECRET is missing or cannot be right: copy it from the app's page Basic Information."
            )
        self.token, self.signing_secret, self.user_id = token, signing_secret, ""
        self._api_url, self._seconds = api_url, seconds
        self._web: AsyncWebClient | None = None
        self._session: aiohttp.ClientSession | None = None

    @property
    def web(self) -> AsyncWebClient:
        """Return the client; made at its first use, as its connections belong to the running event loop."""
        if self._web is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self._seconds),
                connector=aiohttp.TCPConnector(limit=AT_ONCE),
                trust_env=True,
                response_class=Answer,
            )
            self._web = client_at(self._api_url, self.token, self._session)
        return self._web

    async def set_up(self) -> None:
        """Ask Slack for the bot's user id; retry until it answers."""
        wait = FIRST_WAIT
        while True:
            try:
                answer = await self.web.auth_test()
                self.user_id = id_at(answer.data, "user_id")
                reason = "" if self.user_id else "Slack did not say who we are"
            except TROUBLE as error:
                reason = describe_error(error)
            if not reason:
                logger.info("Slack knows us")
                return
            logger.error("Slack could not be set up", extra={"reason": reason})
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    async def close(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()


def client_at(api_url: str, token: str | None = None, session: aiohttp.ClientSession | None = None) -> AsyncWebClient:
    """Return a client that never retries by itself: if a message may be sent twice is for the outbox to decide."""
    base = (api_url or API_URL).rstrip("/") + "/"
    client = AsyncWebClient(token=token, base_url=base, session=session, retry_handlers=[])
    client.proxy = None  # the session takes it from the environment, with the exceptions named there
    return client


def name_of(error: BaseException) -> str:
    """Return Slack's name of an error; empty if the error is not Slack's."""
    if not isinstance(error, SlackApiError):
        return ""
    data = getattr(error.response, "data", error.response)
    name = data.get("error") if isinstance(data, Mapping) else None
    return name if isinstance(name, str) and NAME_OF_ERROR.fullmatch(name) else UNREADABLE


def status_of(error: SlackApiError) -> int:
    """Return the HTTP status of an error; 0 if it has none."""
    response = error.response
    return int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)


def describe_error(error: BaseException) -> str:
    """Return an error's description for the log and for staff: never the token, never what people wrote."""
    name = name_of(error)
    if name in NOT_OURS:
        return f"Slack does not take our token ({name}): check ADVISOR_SLACK_BOT_TOKEN and that the app is installed"
    return f"Slack said {name}" if name else type(error).__name__
