"""Sends events to webhooks over HTTP, signed."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import time
from collections import defaultdict
from collections.abc import Collection, Iterable

import httpx

from conversations.db.store import Store
from conversations.integrations import webhooks
from conversations.integrations.guarded_client import AddressRefused, allowed_addresses, post
from conversations.integrations.signature import signed, signing_key
from conversations.integrations.webhooks import DueDelivery

logger = logging.getLogger(__name__)
TIMEOUT_SECONDS = 10.0  # for an answer; whoever needs longer takes the event first and works afterwards
TOGETHER = 10  # webhooks that are sent to at the same time
GONE = 410  # by which an address says that it wants no more


class WebhookSender:
    """Sends what is due; events that are not taken are tried again after growing pauses.

    Only addresses in the internet are reached, over https, so that an account of the console is no way into the network
    behind it. `own_hosts` are names of the organisation's own network that the operator allows, over http as well.
    """

    def __init__(self, store: Store, own_hosts: Collection[str] = ()) -> None:
        self._store, self._own_hosts = store, frozenset(map(str.lower, own_hosts))

    async def send_due(self) -> None:
        """Send the events that are due; called every few seconds."""
        due = defaultdict(list)
        for each in await self._store.read(webhooks.due_deliveries):
            due[each.webhook_id].append(each)
        if not due:
            return
        room = asyncio.Semaphore(TOGETHER)
        # No connection is kept: two hosts may share an IP address, and each is to show its own certificate.
        async with httpx.AsyncClient(
            timeout=TIMEOUT_SECONDS,
            limits=httpx.Limits(max_keepalive_connections=0),
            trust_env=False,
            follow_redirects=False,
        ) as client:
            await asyncio.gather(*(self._send_in_order(client, room, of_webhook) for of_webhook in due.values()))

    async def delete_old(self) -> None:
        """Delete what was sent long ago; called once a day."""
        await self._store.write(webhooks.delete_old_deliveries)

    async def _send_in_order(
        self, client: httpx.AsyncClient, room: asyncio.Semaphore, due: Iterable[DueDelivery]
    ) -> None:
        """Send a webhook's events one after the other, up to the first that is not taken: the others stay due.

        A program that is away thus holds up the others' events by TIMEOUT_SECONDS at most.
        """
        async with room:
            for each in due:
                if not await self._is_taken(client, each):
                    return

    async def _is_taken(self, client: httpx.AsyncClient, due: DueDelivery) -> bool:
        """Send an event once and record what came of it; return True if it was taken."""
        status, result = await self._attempt(client, due)
        if 200 <= status < 300:
            await self._store.write(webhooks.record_sent, due.delivery, result)
            return True
        logger.warning("an event was not taken by a webhook", extra={"webhook": due.webhook_id, "reason": result})
        await self._store.write(webhooks.record_failed, due.delivery, result)
        if status == GONE:
            await self._store.write(webhooks.stop_webhook, due.webhook_id, webhooks.GONE)
        return False

    async def _attempt(self, client: httpx.AsyncClient, due: DueDelivery) -> tuple[int, str]:
        """Send an event once; return the status, 0 without an answer, and what came of it in words."""
        body = json.dumps(due.delivery.payload, ensure_ascii=False).encode()
        # Numbers alone come again in a database that was restored, and receivers would leave out what they take for a copy.
        identity = f"evt_{due.delivery.id}_{int(due.delivery.at.timestamp())}"
        signature = signed(signing_key(due.secret), identity, int(time.time()), body)
        headers = {"Content-Type": "application/json", "User-Agent": "Advisor", **signature}
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                addresses = await allowed_addresses(due.url, self._own_hosts)
                status = (await post(client, httpx.URL(due.url), addresses, body, headers)).status_code
                return status, webhooks.ANSWERED % {"status": status}
        except AddressRefused as error:
            return 0, str(error)
        except (TimeoutError, httpx.TimeoutException):
            return 0, webhooks.TOO_SLOW % {"seconds": f"{TIMEOUT_SECONDS:.0f}"}
        except socket.gaierror:
            return 0, webhooks.NOT_FOUND
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return 0, webhooks.NOT_REACHED % {"error": type(error).__name__}
