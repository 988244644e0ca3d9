"""The optional capability of a channel: to be told at once, instead of asking again and again."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol, runtime_checkable

from harken.channels.port import Connection, Page, Source


class NoStream(Exception):
    """There is none here, or not for us: the source is to be polled.

    ``retry_after`` is in seconds; asking again sooner is useless.
    """

    def __init__(self, why: str, retry_after: float = 600.0) -> None:
        super().__init__(why)
        self.retry_after = retry_after


@runtime_checkable
class Streaming(Protocol):
    """A `Channel` whose sources may be followed."""

    def follow(
        self, connection: Connection, source: Source, cursor: str
    ) -> AsyncGenerator[Page, None]:
        """All that comes after ``cursor``, as it happens, until the stream is cut.

        What came since the cursor is read while the stream's news already wait, so that nothing
        falls between; what both bring comes twice. Edits and deletions come too. A page without
        mentions says that the stream lives. The memory used is bounded: whoever takes pages
        slowly slows the network down.

        Raises `NoStream`, `ConnectionRefused`, and `ChannelUnavailable` where it was cut: follow
        again from the last cursor whose mentions were accepted.
        """
        ...
