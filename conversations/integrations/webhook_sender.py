"""Sends events to webhooks over HTTP, signed."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import socket
import time
from collections.abc import Collection
from urllib.parse import urlsplit

import httpx

from conversations.db.store import Store
from conversations.integrations import webhooks
from conversations.integrations.signature import signed, signing_key
from conversations.integrations.webhooks import DueDelivery

logger = logging.getLogger(__name__)
TIMEOUT_SECONDS = 10.0  # for an answer; whoever needs longer takes the event first and works afterwards
TOGETHER = 10  # events that are under way at the same time
GONE = 410  # by which an address says that it wants no more


class AddressRefused(Exception):
    """An address to which nothing is sent; the message says why."""


class WebhookSender:
    """Sends what is due; events that are not taken are tried again after growing pauses.

    Only addresses in the internet are reached, over https, so that an account of the console is no way into the network
    behind it. `own_hosts` are names of the organisation's own network that the operator allows, over http as well.
    """

    def __init__(self, store: Store, own_hosts: Collection[str] = ()) -> None:
        self._store, self._own_hosts = store, frozenset(map(str.lower, own_hosts))

    async def send_due(self) -> None:
        """Send the events that are due; called every few seconds."""
        due = await self._store.read(webhooks.due_deliveries)
        if not due:
            return
        room = asyncio.Semaphore(TOGETHER)
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False, follow_redirects=False) as client:
            await asyncio.gather(*(self._send(client, room, each) for each in due))

    async def delete_old(self) -> None:
        """Delete what was sent long ago; called once a day."""
        await self._store.write(webhooks.delete_old_deliveries)

    async def _send(self, client: httpx.AsyncClient, room: asyncio.Semaphore, due: DueDelivery) -> None:
        async with room:
            status, result = await self._attempt(client, due)
        if 200 <= status < 300:
            await self._store.write(webhooks.record_sent, due.delivery, result)
            return
        logger.warning("an event was not taken by a webhook", extra={"webhook": due.webhook_id, "reason": result})
        await self._store.write(webhooks.record_failed, due.delivery, result)
        if status == GONE:
            await self._store.write(
                webhooks.stop_webhook, due.webhook_id, "The address answered that it is gone (410)."
            )

    async def _attempt(self, client: httpx.AsyncClient, due: DueDelivery) -> tuple[int, str]:
        """Send an event once; return the status, 0 without an answer, and what came of it in words."""
        body = json.dumps(due.delivery.payload, ensure_ascii=False).encode()
        # Numbers alone come again in a database that was restored, and receivers would leave out what they take for a copy.
        identity = f"evt_{due.delivery.id}_{int(due.delivery.at.timestamp())}"
        signature = signed(signing_key(due.secret), identity, int(time.time()), body)
        headers = {"Content-Type": "application/json", "User-Agent": "Advisor", **signature}
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await self._require_allowed(due.url)
                async with client.stream("POST", due.url, content=body, headers=headers) as answer:
                    return answer.status_code, f"answered {answer.status_code}"  # its body is nobody's business
        except AddressRefused as error:
            return 0, str(error)
        except (TimeoutError, httpx.TimeoutException):
            return 0, f"no answer within {TIMEOUT_SECONDS:.0f} seconds"
        except socket.gaierror:
            return 0, "its host was not found"
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return 0, f"could not be reached ({type(error).__name__})"

    async def _require_allowed(self, url: str) -> None:
        """Raise AddressRefused unless the address may be reached."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if host in self._own_hosts:
            return
        if parts.scheme != "https":
            raise AddressRefused("only https is used, but for hosts in ADVISOR_WEBHOOK_HOSTS")
        found = await asyncio.get_running_loop().getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
        if not all(ipaddress.ip_address(address[0]).is_global for *_, address in found):
            raise AddressRefused("an address of an internal network, and not in ADVISOR_WEBHOOK_HOSTS")
