"""Tells the browsers of staff, by their push services, that somebody waits. Nothing of what was said is in it."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import Collection

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


class PushSender:
    """Sends a kind of alert to the browsers of everybody with one of `roles` who is not away.

    `secret` is what the installation signs with, `contact` how a push service reaches its operator, `own_hosts` are
    addresses of the organisation's own network that may be called.
    """

    def __init__(
        self, store: Store, secret: str, roles: tuple[str, ...], contact: str = "", own_hosts: Collection[str] = ()
    ) -> None:
        self._store, self._secret, self._roles, self._contact = store, secret, roles, contact
        self._own_hosts = frozenset(map(str.lower, own_hosts))

    async def send(self, kind: str, conversation_id: str) -> None:
        """Tell every browser once; one that its push service does not know any more is forgotten."""
        browsers = await self._store.read(push_subscriptions.to_be_told, self._roles)
        if not browsers:
            return
        link = f"/staff/conversations/{conversation_id}#end" if conversation_id else "/staff"
        text = json.dumps({"kind": kind, "link": link}).encode()
        room = asyncio.Semaphore(TOGETHER)
        limits = httpx.Limits(max_keepalive_connections=0)
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, limits=limits, trust_env=False) as client:
            await asyncio.gather(*(self._tell(client, room, browser, text) for browser in browsers))

    async def _tell(
        self, client: httpx.AsyncClient, room: asyncio.Semaphore, browser: PushSubscription, text: bytes
    ) -> None:
        async with room:
            status = await self._attempt(client, browser, text)
        if status in GONE:
            await self._store.write(push_subscriptions.forget, browser.id)
        elif not 200 <= status < 300:
            logger.warning("a browser was not told", extra={"subscription": browser.id, "status": status})

    async def _attempt(self, client: httpx.AsyncClient, browser: PushSubscription, text: bytes) -> int:
        """Call the push service once; return its answer's status, 0 without one."""
        from conversations.integrations import web_push  # its libraries take memory, for those alone who use it

        key = web_push.signing_key(self._secret)
        try:
            body = web_push.encrypted(text, browser.p256dh, browser.auth)
            headers = web_push.headers(key, browser.endpoint, self._contact, KEPT_SECONDS)
            async with asyncio.timeout(TIMEOUT_SECONDS):
                addresses = await allowed_addresses(browser.endpoint, self._own_hosts)
                return await post(client, httpx.URL(browser.endpoint), addresses, body, headers)
        except (AddressRefused, TimeoutError, socket.gaierror, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
            return 0
