"""Reading the settings of a connection: what is missing, and which addresses may be spoken to."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

import httpx

HANDLE = "handle"
"""The setting that names our own handles on a network, apart by spaces."""

LAST_PORT = 65_535

_HOST = re.compile(rb"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")


class Misconfigured(Exception):
    """A connection or source lacks something; ``problems`` are sentences for people to read."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def required(values: Mapping[str, str], name: str, what: str) -> str:
    """The stripped value. Raises `Misconfigured` where it is absent or blank."""
    value = values.get(name, "").strip()
    if not value:
        raise Misconfigured(f"'{name}' is missing: {what}")
    return value


def switched_on(values: Mapping[str, str], name: str) -> bool:
    return values.get(name, "").strip().lower() in {"true", "1", "yes", "on"}


def is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def address(text: str, *, name: str, allow_http: bool) -> httpx.URL:
    """An address we may send secrets to: https, or plain http to this machine itself.

    Plain http to another host needs the connection's own ``allow_http``. Raises `Misconfigured`.
    """
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as wrong:
        raise Misconfigured(f"'{name}' is no address: {wrong}") from None
    if url.scheme not in {"http", "https"} or not _HOST.fullmatch(url.raw_host):
        raise Misconfigured(f"'{name}' must be a full address, such as https://network.example")
    if url.port is not None and not 0 < url.port <= LAST_PORT:
        raise Misconfigured(f"'{name}' is no address: there is no port {url.port}")
    if url.userinfo:
        raise Misconfigured(f"'{name}' must not hold a user name or password")
    if url.scheme == "http" and not (allow_http or is_loopback(url.host)):
        raise Misconfigured(
            f"'{name}' is plain http, which would show our credentials to the network between; "
            "use https, or set allow_http=true where that network is trusted"
        )
    return url.copy_with(fragment=None)
