"""Which addresses users may lead our requests to: those of the public internet alone."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import NoReturn

import httpx

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]

MOST_TRIED = 4
_CARRIES_V4 = tuple(
    ipaddress.ip_network(prefix) for prefix in ("64:ff9b::/96", "::/96", "::ffff:0:0/96")
)
"""IPv6 whose last 32 bits are the IPv4 address that is meant: RFC 6052, 4291."""


class NotPublic(httpx.ConnectError):
    """The host has no public address: it was not spoken to, and will not be."""


def is_public(address: Address) -> bool:
    """Whether it is anybody's on the internet: not this machine's, a private network's, a
    provider's inner one (metadata services), multicast or reserved.
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = _carried(address)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if any(address in prefix for prefix in _CARRIES_V4):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.sixtofour


async def resolve(host: str, port: int) -> Sequence[Address]:
    """All addresses of a host, in the system's order. Raises ``OSError``."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # A scope ("%eth0") follows link-local addresses only.
    named = dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found)
    return [ipaddress.ip_address(each) for each in named]


class PublicOnly(httpx.AsyncBaseTransport):
    """Connects to public addresses alone, each request for itself.

    The host is looked up here and the address that was checked is the one connected to, so a name
    that says something else the next moment gains nothing. Certificates are still checked against
    the name.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, lookup: Resolve = resolve) -> None:
        self._inner = inner
        self._lookup = lookup

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises `NotPublic`, and what the inner transport raises."""
        patience = request.extensions.get("timeout", {}).get("connect")
        addresses = await self._public(request, patience)
        shared = None if patience is None else patience / len(addresses)
        for address in addresses[:-1]:
            try:
                return await self._inner.handle_async_request(_to(request, address, shared))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue  # nothing was written
        return await self._inner.handle_async_request(_to(request, addresses[-1], shared))

    async def _public(self, request: httpx.Request, patience: float | None) -> Sequence[Address]:
        host = _host(request.url)
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        try:
            async with asyncio.timeout(patience):
                found = await self._lookup(host, port)
        except TimeoutError as late:
            raise httpx.ConnectTimeout("its name was not found in time", request=request) from late
        except (OSError, UnicodeError) as unknown:
            raise httpx.ConnectError("its name was not found", request=request) from unknown
        public = [address for address in found if is_public(address)][:MOST_TRIED]
        return public or _refuse(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _refuse(request: httpx.Request) -> NoReturn:
    # Without the address: whoever named the host learns nothing of the network inside.
    raise NotPublic(
        "it is no public address, and HARKEN_PRIVATE_ADDRESSES does not allow others",
        request=request,
    )


def _host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii")


def _to(request: httpx.Request, address: Address, connect: float | None) -> httpx.Request:
    """The same request to this address; its ``Host`` header keeps the name."""
    timeout = {**request.extensions.get("timeout", {}), "connect": connect}
    return httpx.Request(
        request.method,
        request.url.copy_with(host=str(address)),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "timeout": timeout, "sni_hostname": _host(request.url)},
    )
