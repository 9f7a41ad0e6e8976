"""Calls of addresses that an account of the console, or a browser, has named: only in the internet, and only over https.

So an account is no way into the network behind the front, but to hosts that the operator allows.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

import httpx

from core.translations import marked

NOT_SECURE = marked("only https is used, but for hosts in ADVISOR_WEBHOOK_HOSTS")
INTERNAL = marked("an address of an internal network, and not in ADVISOR_WEBHOOK_HOSTS")


class AddressRefused(Exception):
    """An address to which nothing is sent; the message says why."""


async def allowed_addresses(url: str, own_hosts: Collection[str]) -> list[str]:
    """Return the IP addresses of an address's host; raises AddressRefused unless all of them may be reached.

    `own_hosts` are names of the organisation's own network that the operator allows, over http as well.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_own = host in own_hosts
    if parts.scheme != "https" and not is_own:
        raise AddressRefused(NOT_SECURE)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
    if not is_own and not all(ipaddress.ip_address(address).is_global for address in addresses):
        raise AddressRefused(INTERNAL)
    return addresses


async def post(
    client: httpx.AsyncClient, url: httpx.URL, addresses: Sequence[str], body: bytes, headers: dict[str, str]
) -> httpx.Response:
    """Send a body to the first of a host's addresses that takes a connection, and return the answer's status and headers.

    The host's name is not looked up again, since it could lead elsewhere the second time; it still names the host in the
    request and is what the certificate is checked against. The answer's body is nobody's business.
    """
    named = {"Host": url.netloc.decode(), **headers}
    for number, address in enumerate(addresses, 1):
        try:
            async with client.stream(
                "POST",
                url.copy_with(host=address),
                content=body,
                headers=named,
                extensions={"sni_hostname": url.raw_host.decode()},
            ) as answer:
                return answer
        except httpx.ConnectError:
            if number == len(addresses):
                raise
    raise socket.gaierror("no address")
