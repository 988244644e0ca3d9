"""Listens to one source: follows its stream where there is one, else looks again and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from math import ldexp

from harken.channels.port import Channel, ChannelUnavailable, ConnectionRefused, Page, SourceGone
from harken.channels.registry import Channels
from harken.channels.settings import Misconfigured
from harken.channels.streaming import NoStream, Streaming
from harken.clock import Clock
from harken.domain.mention import Mention
from harken.domain.time import Duration
from harken.log.port import LogUnavailable
from harken.runtime.pulse import Pulse
from harken.store.changes import ChangeRefused, Fenced, StoreUnavailable
from harken.store.port import Store
from harken.telemetry import metrics
from harken.telemetry.logs import Log
from services.ingest.connections import SourceKey
from services.ingest.held import LEASE_SECONDS, RENEW_SECONDS, Held, hold, lease_of
from services.ingest.intake import Intake, Taken
from services.ingest.source_alerts import to_tell
from services.ingest.sources import Brought, Mode, answered, failed, planned
from services.ingest.unreadable import dead_letter

GONE_SECONDS = 86_400.0
"""Until what is gone for good is asked for once more."""
_LIVED = 10.0
"""Seconds after which a stream's end is no sign that the next one will end at once."""
_NOTHING = Taken((), ())

_log = Log(__name__)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds between two looks at a quiet source, the longest pause after failures, and the pause
    before a stream that was cut is begun again.
    """

    quiet: float = 5.0
    longest: float = 300.0
    again: float = 0.5


@dataclass(frozen=True, slots=True)
class Listening:
    """What every listener of the process needs. ``jitter`` maps a pause to a different one."""

    store: Store
    intake: Intake
    channels: Channels
    clock: Clock
    holder: str
    rhythm: Rhythm
    jitter: Callable[[float], float]
    failing_for: Duration


class Listener:
    def __init__(self, key: SourceKey, all_: Listening) -> None:
        self._key = key
        self._all = all_
        self._held: Held | None = None
        self._failures = 0
        self._cuts = 0
        self._stream_at = 0.0
        self._no_stream = ""

    @property
    def held(self) -> Held | None:
        """What it listens to now, if the source is ours."""
        return self._held

    async def run(self, pulse: Pulse) -> None:
        """Until it is cancelled or time to stop; the source is left to others in the end, who need
        not wait for the lease then.
        """
        try:
            while not pulse.stopping.is_set():
                pause = await self._round(pulse)
                if pause and not await pulse.sleep(self._all.jitter(pause)):
                    return
        finally:
            # Refused where what was under way when it was cancelled has been applied.
            with suppress(StoreUnavailable, ChangeRefused):
                if self._held is not None:
                    await self._held.save(self._all.store, self._all.clock.now())
            with suppress(StoreUnavailable):
                await self._all.store.release(lease_of(self._key), self._all.holder)

    async def _round(self, pulse: Pulse) -> float:
        """One look, or one stream to its end. Gives the seconds until the next."""
        rhythm = self._all.rhythm
        try:
            held = await self._hold(pulse)
            if held is None:
                return RENEW_SECONDS
            channel = self._all.channels.of(held.connection.network)
            if isinstance(channel, Streaming) and pulse.now() >= self._stream_at:
                return await self._follow(channel, held, pulse)
            return await self._look(channel, held, pulse)
        except (ChannelUnavailable, LogUnavailable, StoreUnavailable) as away:
            await self._failed(str(away), refused=False)
            return max(_growing(rhythm.quiet, self._failures, rhythm.longest), away.retry_after)
        except (ConnectionRefused, Misconfigured) as refused:
            await self._failed(str(refused), refused=True)
            _log.warning("source_refused", source=self._key.id, why=str(refused))
            return GONE_SECONDS if isinstance(refused, SourceGone) else rhythm.longest
        except ChangeRefused:
            # Another has it, or it was edited: what is held is not to be trusted any more.
            self._held = None
            return rhythm.quiet

    async def _hold(self, pulse: Pulse) -> Held | None:
        held = await hold(
            self._all.store,
            self._all.channels.vault,
            self._key,
            self._all.holder,
            self._held,
            pulse.now(),
        )
        if held is not None and held is not self._held:
            held.move(replace(held.state, holder=self._all.holder))
        self._held = held
        return held

    async def _look(self, channel: Channel, held: Held, pulse: Pulse) -> float:
        """One page: fetched, taken in, and then, not before, the cursor moved."""
        page = await channel.fetch(held.connection, held.source, held.kept.cursor)
        pause = 0.0 if page.more else max(self._all.rhythm.quiet, page.retry_after)
        notice = page.notice or self._no_stream
        await self._accept(held, replace(page, notice=notice), Mode.POLL, pause, pulse)
        return pause

    async def _follow(self, channel: Streaming, held: Held, pulse: Pulse) -> float:
        rhythm, began = self._all.rhythm, pulse.now()
        try:
            async with aclosing(
                channel.follow(held.connection, held.source, held.kept.cursor)
            ) as pages:
                async for page in pages:
                    await self._accept_at_last(held, page, pulse)
                    self._no_stream = ""
                    if pulse.stopping.is_set() or await self._hold(pulse) is not held:
                        return 0.0
        except NoStream as none:
            self._no_stream = str(none)
            self._stream_at = pulse.now() + none.retry_after
            return 0.0
        except ChannelUnavailable as cut:
            metrics.STREAM_CUTS.labels(held.connection.network).inc()
            self._no_stream = str(cut)
            self._cuts = 1 if pulse.now() - began > _LIVED else self._cuts + 1
            wait = max(_growing(rhythm.again, self._cuts, rhythm.longest), cut.retry_after)
            self._stream_at = pulse.now() + wait
            # One that breaks off again and again is polled in between: that shows what is wrong.
            return wait if self._cuts == 1 else 0.0
        return 0.0

    async def _accept_at_last(self, held: Held, page: Page, pulse: Pulse) -> None:
        """The stream waits meanwhile: it reads ahead only so far."""
        while True:
            try:
                await self._accept(held, page, Mode.STREAM, self._all.rhythm.quiet, pulse)
            except (LogUnavailable, StoreUnavailable) as away:
                await self._failed(str(away), refused=False)
                pause = max(_growing(0.1, self._failures, 10.0), away.retry_after)
                if not await pulse.sleep(self._all.jitter(pause)):
                    raise
                if await self._hold(pulse) is not held:
                    raise
            else:
                return

    async def _accept(self, held: Held, page: Page, mode: Mode, pause: float, pulse: Pulse) -> None:
        if pulse.now() - held.claimed_at > LEASE_SECONDS:
            raise Fenced("we were away for longer than the lease lasts")
        taken = await self._take(held, page.parsed.mentions)
        self._failures = 0
        now = self._all.clock.now()
        gaps = len(held.state.gaps)
        state = answered(held.state, Brought(page, taken, mode, planned(now, pause)), now)
        self._measure(held, page, mode, missed=len(state.gaps) > gaps)
        state, alerts = to_tell(held.source, state, now, self._all.failing_for, refused=False)
        held.move(state, page.cursor)
        held.alerts += alerts
        letters = [dead_letter(now, held.source.id, bad) for bad in page.parsed.unreadable]
        moved = mode is Mode.POLL and page.cursor != held.saved.cursor
        if letters or moved or held.due(now):
            await held.save(self._all.store, now, letters)

    async def _take(self, held: Held, mentions: Sequence[Mention]) -> Taken:
        if not mentions:
            return _NOTHING
        only_tracked = held.source.only_trackers
        return await self._all.intake.take(self._key.tenant, mentions, only_tracked=only_tracked)

    async def _failed(self, why: str, *, refused: bool) -> None:
        """Kept where it can be: what failed may be the store itself."""
        self._failures += 1
        held, now = self._held, self._all.clock.now()
        if held is None:
            return
        metrics.SOURCE_FAILURES.labels(held.connection.network).inc()
        state = failed(held.state, why, now)
        state, alerts = to_tell(held.source, state, now, self._all.failing_for, refused=refused)
        held.move(state)
        held.alerts += alerts
        if held.due(now):
            try:
                await held.save(self._all.store, now)
            except StoreUnavailable:
                return
            except ChangeRefused:
                self._held = None

    def _measure(self, held: Held, page: Page, mode: Mode, *, missed: bool) -> None:
        network = held.connection.network
        for mention in page.parsed.mentions:
            if not mention.historical and mention.author.id:
                lag = (mention.received_at - mention.created_at) / 1_000_000
                metrics.SOURCE_LAG.labels(network, mode).observe(lag)
        if missed:
            metrics.SOURCE_GAPS.labels(network).inc()


def _growing(first: float, times: int, longest: float) -> float:
    return min(ldexp(first, min(max(times - 1, 0), 16)), longest)
