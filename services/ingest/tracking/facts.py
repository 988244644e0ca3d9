"""What filters ask of a mention."""

from __future__ import annotations

from harken.domain.mention import Mention
from services.ingest.domain.tracking.heard import host_of
from services.ingest.tracking.links import address, links


def names_of(mention: Mention) -> set[str]:
    """The author's handle, with and without its host, and name, in lower case."""
    handle = mention.author.handle.lower().removeprefix("@")
    return {handle, handle.partition("@")[0], mention.author.name.strip().lower()} - {""}


def site_of(mention: Mention) -> str:
    """The host of the mention's own address, "" where it has none."""
    return host_of(address(mention.url))


def addresses_of(mention: Mention) -> list[str]:
    """The mention's own and those of its text's links."""
    own = address(mention.url)
    return [*([own] if own else ()), *links(mention.text)]
