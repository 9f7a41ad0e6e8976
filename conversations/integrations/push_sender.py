"""Tells the browsers of staff, by their push services, that somebody waits. Nothing of what was said is in it."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import socket
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

import httpx

from conversations.db.store import Store
from conversations.integrations import push_subscriptions
from conversations.integrations.guarded_client import AddressRefused, allowed_addresses, post
from conversations.integrations.push_subscriptions import PushSubscription

logger = logging.getLogger(__name__)
TIMEOUT_SECONDS = 10.0
KEPT_SECONDS = 600  # by the push service for a browser that is away; who waited longer was told that nobody came
TOGETHER = 8  # calls at once
GONE = (404, 410)  # what a push service answers for a browser that it does not know any more
PAUSES = (5.0, 20.0, 60.0, 180.0)  # seconds before each further attempt, unless the push service says how long
NOT_REACHED = 0  # in place of a status: no answer came
NOT_ALLOWED = -1  # in place of a status: the address may not be called, or the browser's keys cannot be used


@dataclass(frozen=True)
class PushMessage:
    """What a browser is to be told; `since` and `due` are on the monotonic clock, `attempts` those that have failed."""

    browser: PushSubscription
    text: bytes
    since: float = field(default_factory=time.monotonic)
    due: float = 0.0
    attempts: int = 0

    @property
    def is_due(self) -> bool:
        """True if it is time for the next attempt."""
        return self.due <= time.monotonic()

    @property
    def seconds_left(self) -> float:
        """How long it is still worth telling."""
        return self.since + KEPT_SECONDS - time.monotonic()


@dataclass(frozen=True)
class PushAnswer:
    """The status with which a push service answered, and after how many seconds it wants to be asked again, if it said so."""

    status: int
    retry_after: float | None = None

    @property
    def is_passing(self) -> bool:
        """True if another attempt may help: the service is busy, broken or away."""
        return self.status in (NOT_REACHED, 408, 425, 429) or self.status >= 500


class PushSender:
    """Sends a kind of alert to the browsers of everybody with one of `roles` who is not away.

    What a push service could not take is tried again after growing pauses, as long as it is worth telling. That is held in
    memory: after a restart, nobody is told a second time. `secret` is what the installation signs with, `contact` how a push
    service reaches its operator, `own_hosts` are addresses of the organisation's own network that may be called.
    """

    def __init__(
        self, store: Store, secret: str, roles: tuple[str, ...], contact: str = "", own_hosts: Collection[str] = ()
    ) -> None:
        self._store, self._secret, self._roles, self._contact = store, secret, roles, contact
        self._own_hosts = frozenset(map(str.lower, own_hosts))
        self._again: list[PushMessage] = []

    async def send(self, kind: str, conversation_id: str) -> None:
        """Tell every browser; one that its push service does not know any more is forgotten."""
        browsers = await self._store.read(push_subscriptions.to_be_told, self._roles)
        link = f"/staff/conversations/{conversation_id}#end" if conversation_id else "/staff"
        text = json.dumps({"kind": kind, "link": link}).encode()
        await self._tell_all(PushMessage(browser, text) for browser in browsers)

    async def send_again(self) -> None:
        """Try once more what a push service could not take and is due; called every few seconds."""
        if not any(message.is_due for message in self._again):
            return
        there = {browser.id for browser in await self._store.read(push_subscriptions.to_be_told, self._roles)}
        due = [message for message in self._again if message.is_due]
        self._again = [message for message in self._again if message not in due]
        await self._tell_all(message for message in due if message.browser.id in there)

    async def _tell_all(self, messages: Iterable[PushMessage]) -> None:
        messages = list(messages)
        if not messages:
            return
        room = asyncio.Semaphore(TOGETHER)
        limits = httpx.Limits(max_keepalive_connections=0)
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, limits=limits, trust_env=False) as client:
            await asyncio.gather(*(self._tell(client, room, message) for message in messages))

    async def _tell(self, client: httpx.AsyncClient, room: asyncio.Semaphore, message: PushMessage) -> None:
        browser = message.browser
        async with room:
            answer = await self._attempt(client, message)
        if 200 <= answer.status < 300:
            if browser.failing_since:
                await self._store.write(push_subscriptions.record_taken, browser.id)
            return
        if answer.status in GONE:
            await self._store.write(push_subscriptions.forget, browser.id)
            return
        details = {"subscription": browser.id, "status": answer.status}
        if answer.is_passing and (later := _later(message, answer)):
            self._again.append(later)
            logger.info("a browser will be told later", extra=details)
            return
        logger.warning("a browser was not told", extra=details)
        if not answer.is_passing and answer.status != NOT_ALLOWED:
            await self._store.write(push_subscriptions.record_refused, browser.id)

    async def _attempt(self, client: httpx.AsyncClient, message: PushMessage) -> PushAnswer:
        """Call the push service once."""
        from conversations.integrations import web_push  # its libraries take memory, for those alone who use it

        key, browser = web_push.signing_key(self._secret), message.browser
        try:
            body = web_push.encrypted(message.text, browser.p256dh, browser.auth)
            headers = web_push.headers(key, browser.endpoint, self._contact, max(1, int(message.seconds_left)))
            async with asyncio.timeout(TIMEOUT_SECONDS):
                addresses = await allowed_addresses(browser.endpoint, self._own_hosts)
                answer = await post(client, httpx.URL(browser.endpoint), addresses, body, headers)
        except (AddressRefused, httpx.InvalidURL, ValueError):
            return PushAnswer(NOT_ALLOWED)
        except (TimeoutError, socket.gaierror, httpx.HTTPError, OSError):
            return PushAnswer(NOT_REACHED)
        seconds = answer.headers.get("Retry-After", "")
        return PushAnswer(answer.status_code, float(seconds) if seconds.isascii() and seconds.isdigit() else None)


def _later(message: PushMessage, answer: PushAnswer) -> PushMessage | None:
    """Return the message with the time of its next attempt, None if it is not worth another."""
    if message.attempts == len(PAUSES):
        return None
    pause = answer.retry_after if answer.retry_after is not None else PAUSES[message.attempts]
    pause = max(1.0, pause) * random.uniform(1, 1.2)  # noqa: S311 (browsers of one office are not told in one moment)
    if pause >= message.seconds_left:
        return None
    return replace(message, due=time.monotonic() + pause, attempts=message.attempts + 1)
