"""What a Mastodon connection and its sources need."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import httpx

from harken.channels.port import Connection, Source
from harken.channels.settings import Misconfigured, address, required, switched_on

NETWORK = "mastodon"
NOTIFICATIONS = "notifications"
HASHTAG = "hashtag"

_TOKEN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Account:
    """Our account on one instance. ``base`` is the instance's origin."""

    base: httpx.URL
    token: str = field(repr=False)

    @property
    def host(self) -> str:
        """The instance's host, with its port where that is not the usual one: the ids' scope."""
        return self.base.netloc.decode("ascii")


def authorization(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.token}"}


def read_account(connection: Connection) -> Account:
    """Settings ``instance`` and ``allow_http``, secret ``access_token``.

    ``instance`` may be a bare host. Raises `Misconfigured` with every problem.
    """
    problems: list[str] = []
    base, token = httpx.URL("https://invalid"), ""
    try:
        instance = required(
            connection.settings, "instance", "the server's address, https://mastodon.example"
        )
        if "://" not in instance:
            instance = f"https://{instance}"
        base = address(
            instance, name="instance", allow_http=switched_on(connection.settings, "allow_http")
        ).copy_with(path="/", query=None)
    except Misconfigured as wrong:
        problems += wrong.problems
    try:
        token = required(
            connection.secrets, "access_token", "a token with the scopes read and write:statuses"
        )
        if not _TOKEN.fullmatch(token):
            problems.append("'access_token' holds characters that no token has")
    except Misconfigured as wrong:
        problems += wrong.problems
    if problems:
        raise Misconfigured(*problems)
    return Account(base, token)


def read_source(source: Source) -> str:
    """The hashtag without ``#`` ("" for notifications). Raises `Misconfigured`."""
    if source.kind == NOTIFICATIONS:
        return ""
    if source.kind != HASHTAG:
        raise Misconfigured(f"'{source.kind}' is no kind of source here: notifications, hashtag")
    tag = required(source.settings, "tag", "the hashtag to listen to").lstrip("#")
    if not any(map(str.isalnum, tag)) or re.search(r"[\s/?#&%]", tag):
        raise Misconfigured("'tag' must be one hashtag")
    return tag
