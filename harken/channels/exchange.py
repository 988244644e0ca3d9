"""One HTTP exchange under a hard deadline, and what is known when it fails."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import httpx

from harken.channels.guard import NotPublic, PublicOnly
from harken.channels.settings import LAST_PORT, is_loopback
from harken.channels.untrusted import read_json

Params = Sequence[tuple[str, str]]

MAX_BODY = 16 * 1024 * 1024
_CONNECT_SECONDS = 5.0
_CODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
"""Of an answer, one at a time: others, and several upon each other, can grow without measure."""
_POOL = httpx.Limits(max_connections=100, max_keepalive_connections=20)
_UNBOUNDED = httpx.Limits(max_connections=None, max_keepalive_connections=0)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer, or (``whole`` is false) the beginning of one whose beginning suffices.

    Header names are looked up in any case.
    """

    status: int
    headers: httpx.Headers
    body: bytes
    whole: bool = True

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> object:
        """Raises ``ValueError``."""
        return read_json(self.body)


@dataclass(frozen=True, slots=True)
class Listening:
    """An answer that goes on. ``chunks`` raises `NoAnswer` where it breaks off or falls silent."""

    status: int
    headers: httpx.Headers
    chunks: AsyncGenerator[bytes, None]


class NeverSent(Exception):
    """No connection was made: surely not a byte of the request was written."""


class AddressRefused(NeverSent):
    """The host is no public one, and only those may be spoken to: trying again will not help."""


class NoAnswer(Exception):
    """No complete answer came in time: the request was, or may have been, written."""


class Clients:
    """One HTTP client per origin, made at first use. Redirects are never followed: whoever does
    sends the next request here too.

    Whoever makes them says whether ``private_addresses`` may be spoken to, which users' settings
    must not decide. Where not, each connection is made to a public address that was looked up for
    it, and proxies named by the environment are not used. ``transport`` stands in for the network.
    """

    def __init__(
        self,
        user_agent: str = "Harken",
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        private_addresses: bool,
    ) -> None:
        self._user_agent = user_agent
        self._transport = transport
        self._private_addresses = private_addresses
        self._clients: dict[tuple[str, bool], httpx.AsyncClient] = {}
        self._tls: ssl.SSLContext | None = None

    def _at(self, url: httpx.URL, *, listening: bool = False) -> httpx.AsyncClient:
        if url.port is not None and url.port > LAST_PORT:
            raise NeverSent(f"no connection to {url.host}: there is no port {url.port}")
        key = (f"{url.scheme}://{url.netloc.decode('ascii')}", listening)
        if key not in self._clients:
            # Who listens holds its connection for hours: none may wait for another's.
            self._clients[key] = self._make(url, _UNBOUNDED if listening else _POOL)
        return self._clients[key]

    def _make(self, url: httpx.URL, limits: httpx.Limits) -> httpx.AsyncClient:
        # Shared: reading the machine's certificates takes longer than all else here.
        self._tls = self._tls or httpx.create_ssl_context()
        transport = self._transport
        if not self._private_addresses:
            transport = PublicOnly(
                transport or httpx.AsyncHTTPTransport(verify=self._tls, limits=limits)
            )
        return httpx.AsyncClient(
            headers={
                "User-Agent": self._user_agent,
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",
            },
            follow_redirects=False,
            trust_env=not is_loopback(url.host),
            transport=transport,
            verify=self._tls,
            limits=limits,
        )

    async def exchange(
        self,
        method: str,
        url: httpx.URL,
        *,
        deadline: float,
        params: Params = (),
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        beginning: int = 0,
    ) -> Answer:
        """Sends one request and reads the whole answer within ``deadline`` seconds.

        With ``beginning``, that many bytes suffice, and fewer where the answer breaks off.

        Raises `NeverSent` (`AddressRefused` where it never will be), `NoAnswer`.
        """
        connecting = min(_CONNECT_SECONDS, deadline / 2)
        client = self._at(url)
        request = client.build_request(
            method,
            url.copy_merge_params(list(params)) if params else url,
            headers=headers,
            content=content,
            timeout=httpx.Timeout(deadline, connect=connecting, pool=connecting),
        )
        with _failing(url):
            async with asyncio.timeout(deadline):
                return await _send(client, request, beginning)

    @asynccontextmanager
    async def listening(
        self, url: httpx.URL, *, deadline: float, silent: float, headers: Mapping[str, str]
    ) -> AsyncIterator[Listening]:
        """An answer that is read as it comes. It begins within ``deadline`` seconds, and counts as
        broken off after ``silent`` seconds in which we waited and nothing came.

        Raises what `beginning` does.
        """
        headers = {**headers, "Accept": "text/event-stream", "Accept-Encoding": "identity"}
        async with self.beginning(url, deadline=deadline, silent=silent, headers=headers) as begun:
            yield Listening(begun.status_code, begun.headers, _chunks(begun))

    @asynccontextmanager
    async def beginning(
        self, url: httpx.URL, *, deadline: float, silent: float, headers: Mapping[str, str]
    ) -> AsyncIterator[httpx.Response]:
        """An answer whose head came within ``deadline`` seconds, over a connection of its own.

        Raises `NeverSent` (`AddressRefused` where it never will be), `NoAnswer`.
        """
        connecting = min(_CONNECT_SECONDS, deadline / 2)
        client = self._at(url, listening=True)
        timeout = httpx.Timeout(silent, connect=connecting, pool=connecting)
        request = client.build_request("GET", url, headers=headers, timeout=timeout)
        with _failing(url):
            async with asyncio.timeout(deadline):
                response = await client.send(request, stream=True)
        try:
            yield response
        finally:
            await response.aclose()

    async def close(self) -> None:
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.aclose()


@contextmanager
def _failing(url: httpx.URL) -> Iterator[None]:
    try:
        yield
    except NotPublic as refused:
        raise AddressRefused(f"no connection to {url.host}: {refused}") from refused
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as failed:
        raise NeverSent(f"no connection to {url.host}: {_what(failed)}") from failed
    except (httpx.HTTPError, TimeoutError) as failed:
        raise NoAnswer(f"no answer from {url.host}: {_what(failed)}") from failed


async def _send(client: httpx.AsyncClient, request: httpx.Request, beginning: int) -> Answer:
    response = await client.send(request, stream=True)
    body = bytearray()
    whole = True
    try:
        if response.headers.get("content-encoding", "").strip().lower() not in _CODINGS:
            raise httpx.DecodingError("encoded as we did not ask for", request=request)
        async for chunk in response.aiter_bytes():
            body += chunk
            if beginning and len(body) > beginning:
                whole = False
                break
            if len(body) > MAX_BODY:
                raise httpx.DecodingError("the answer is too large", request=request)
    except httpx.HTTPError:
        if not (beginning and body):
            raise
        whole = False
    finally:
        await response.aclose()
    kept = bytes(body[:beginning] if beginning else body)
    return Answer(response.status_code, response.headers, kept, whole)


async def _chunks(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise NoAnswer(f"{response.url.host} encodes its stream as we did not ask for")
    try:
        async for chunk in response.aiter_bytes():
            yield chunk
    except httpx.ReadTimeout as silent:
        raise NoAnswer(f"{response.url.host} fell silent") from silent
    except httpx.HTTPError as failed:
        raise NoAnswer(f"{response.url.host} broke off: {_what(failed)}") from failed


def _what(failed: BaseException) -> str:
    return str(failed) or type(failed).__name__
