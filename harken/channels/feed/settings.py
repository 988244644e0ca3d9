"""What a feed's source needs: its address."""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx

from harken.channels.port import Connection, Source
from harken.channels.settings import Misconfigured, address, required
from harken.domain.mention import Kind

NETWORK = "feed"
FEED = "feed"

_KINDS = {each.value: each for each in (Kind.ARTICLE, Kind.COMMENT, Kind.POST, Kind.REVIEW)}
_SCHEME = re.compile(r"\A[a-z][a-z0-9+.-]*:/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Feed:
    """``scope`` is what its guids are unique within: its address as it was given first, without
    the scheme. ``entries`` is what they are, where somebody said so.
    """

    address: httpx.URL
    entries: Kind | None = None

    @property
    def scope(self) -> str:
        return f"{self.address.netloc.decode('ascii')}{self.address.raw_path.decode('ascii')}"


def read_connection(connection: Connection) -> None:
    """It needs nothing: feeds know no accounts."""


def read_source(source: Source) -> Feed:
    """Setting ``url``, with or without its scheme, and ``entries`` (article, comment, post or
    review; found out by itself where it is left out). Raises `Misconfigured` with every problem.
    """
    if source.kind != FEED:
        raise Misconfigured(f"'{source.kind}' is no kind of source here: {FEED}")
    problems: list[str] = []
    url = httpx.URL("https://invalid")
    told = source.settings.get("entries", "").strip().lower()
    if told and told not in _KINDS:
        problems.append(f"'entries' must be one of {', '.join(_KINDS)}")
    try:
        url = _address(required(source.settings, "url", "the feed's address"))
    except Misconfigured as wrong:
        problems += wrong.problems
    problems += [
        f"'{name}' is not known to a feed's source"
        for name in source.settings
        if name not in {"url", "entries"}
    ]
    if problems:
        raise Misconfigured(*problems)
    return Feed(url, _KINDS.get(told))


def _address(told: str) -> httpx.URL:
    """As people copy it: ``feed://``, ``feed:https://`` or a bare host. No secret goes there, so
    plain http is no harm. Raises `Misconfigured`."""
    bare = told.removeprefix("feed:").removeprefix("//")
    if not _SCHEME.match(bare):
        bare = f"https://{bare}"
    return address(bare, name="url", allow_http=True)
