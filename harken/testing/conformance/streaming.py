"""What every channel that is `Streaming` keeps to, with a network behind it whose streams break."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Protocol, Self

import pytest

from harken.channels.port import ChannelUnavailable, Connection, Page, Source
from harken.channels.streaming import NoStream, Streaming
from harken.domain.mention import Change, Mention

PATIENCE = 40.0


class StreamingRig(Protocol):
    """A channel, a source of it, and the other side of the network."""

    @property
    def channel(self) -> Streaming: ...

    @property
    def connection(self) -> Connection: ...

    @property
    def source(self) -> Source: ...

    async def say(self, text: str) -> str:
        """Somebody writes to us. Gives the source id."""
        ...

    async def edit(self, said: str, text: str) -> None: ...

    async def delete(self, said: str) -> None: ...

    async def cut(self) -> None:
        """Every stream that is open breaks off."""
        ...

    async def refuse(self) -> None:
        """From now on there are no streams."""
        ...


class Following:
    """Follows until it is cut; ``cursor`` is of the last page, whose mentions count as accepted."""

    def __init__(self, rig: StreamingRig, cursor: str = "") -> None:
        self.cursor = cursor
        self.heard: list[Mention] = []
        self._pages: AsyncGenerator[Page, None] = rig.channel.follow(
            rig.connection, rig.source, cursor
        )

    async def __aenter__(self) -> Self:
        """Returns once the stream lives: whatever is said from now on it brings, or a timeline."""
        await self._next()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pages.aclose()

    async def until(self, count: int) -> list[Mention]:
        """The mentions so far, when there are ``count``."""
        async with asyncio.timeout(PATIENCE):
            while len(self.heard) < count:
                await self._next()
        return self.heard

    async def to_the_end(self) -> None:
        """Until it says that it was cut."""
        async with asyncio.timeout(PATIENCE):
            try:
                while True:
                    await self._next()
            except ChannelUnavailable:
                return

    async def _next(self) -> None:
        page = await anext(self._pages)
        assert not page.parsed.unreadable
        self.heard += page.parsed.mentions
        self.cursor = page.cursor


class StreamingConformance:
    """Subclass it and give a ``rig`` fixture."""

    @pytest.fixture
    def rig(self) -> StreamingRig:
        raise NotImplementedError

    async def test_what_was_said_before_and_what_is_said_now_is_heard(
        self, rig: StreamingRig
    ) -> None:
        before = [await rig.say(f"before {n}") for n in range(3)]
        async with Following(rig) as following:
            now = [await rig.say(f"now {n}") for n in range(3)]
            heard = await following.until(6)
        assert [mention.source_id for mention in heard] == before + now

    async def test_edits_are_later_revisions_and_deletions_the_last(
        self, rig: StreamingRig
    ) -> None:
        async with Following(rig) as following:
            said = await rig.say("it leaks")
            await following.until(1)
            await rig.edit(said, "it leaks badly")
            await following.until(2)
            await rig.delete(said)
            first, edited, gone = await following.until(3)
        assert len({first.id, edited.id, gone.id}) == 1
        assert first.revision == 1 < edited.revision < gone.revision
        assert "badly" in edited.text
        assert (edited.change, gone.change) == (Change.CONTENT, Change.RETRACTION)

    async def test_after_a_cut_it_goes_on_where_it_was(self, rig: StreamingRig) -> None:
        async with Following(rig) as following:
            first, second = await rig.say("first"), await rig.say("second")
            await following.until(2)
            await rig.cut()
            await following.to_the_end()
        third = await rig.say("third")
        await rig.edit(first, "first, edited")
        await rig.delete(second)
        async with Following(rig, following.cursor) as again:
            heard = await again.until(3)
            assert {(each.source_id, each.change) for each in heard} == {
                (third, Change.CONTENT),
                (first, Change.CONTENT),
                (second, Change.RETRACTION),
            }
            fourth = await rig.say("fourth")
            assert (await again.until(4))[3].source_id == fourth

    async def test_without_a_stream_it_says_so(self, rig: StreamingRig) -> None:
        await rig.refuse()
        with pytest.raises(NoStream) as none:
            await anext(rig.channel.follow(rig.connection, rig.source, ""))
        assert none.value.retry_after > 0
