"""The way in: polls a consumer, places it at the stored positions, keeps polling while waiting."""

from __future__ import annotations

from collections.abc import Sequence

from harken.log.port import Consumer, LogUnavailable, Record, TopicPartition
from harken.runtime.positions import Positions
from harken.runtime.pulse import Pulse
from harken.telemetry.logs import Log

_log = Log(__name__)


class Inflow:
    """Of one consumer. ``batch`` is the most records at once, ``timeout`` of a poll in seconds."""

    def __init__(
        self,
        consumer: Consumer,
        positions: Positions,
        pulse: Pulse,
        batch: int,
        timeout: float,
    ) -> None:
        self._consumer = consumer
        self._positions = positions
        self._pulse = pulse
        self._batch = batch
        self._timeout = timeout
        self._new: set[TopicPartition] = set()
        self._backlog: list[Record] = []

    async def records(self) -> Sequence[Record]:
        """The next records to do, possibly none.

        Raises `LogUnavailable`, ``StoreUnavailable`` and ``PositionOutOfRange``.
        """
        await self._place_new()
        if not self._backlog:
            await self._poll(self._timeout)
            await self._place_new()
        taken, self._backlog = self._backlog[: self._batch], self._backlog[self._batch :]
        return [record for record in taken if self._positions.to_do(record)]

    async def wait(self, seconds: float) -> None:
        """Delivers nothing meanwhile, but learns of revoked partitions and stays in its group.

        Returns early when it is time to stop.
        """
        deadline = self._pulse.now() + seconds
        self._consumer.pause(self._positions.held)
        left = max(seconds, 0.0)
        while not self._pulse.stopping.is_set():
            await self._poll_or_sleep(min(left, self._timeout))
            left = deadline - self._pulse.now()
            if left <= 0:
                break
        self._consumer.resume(self._positions.held)

    async def _poll_or_sleep(self, seconds: float) -> None:
        try:
            await self._poll(seconds)
        except LogUnavailable:
            await self._pulse.sleep(seconds)

    def take_again(self, places: Sequence[TopicPartition]) -> None:
        """Somebody else moved these: go on from where they are stored by now, unless the next poll
        tells that they are another's. It may have been the last act of whom we have them from."""
        self._positions.drop(places)
        self._new.update(places)

    async def close(self) -> None:
        await self._consumer.close()

    async def _poll(self, timeout: float) -> None:
        polled = await self._consumer.poll(self._batch, timeout)
        self._pulse.beat()
        moved = {*polled.revoked, *polled.assigned}
        if moved:
            self._positions.drop(moved)
            self._new = (self._new - set(polled.revoked)) | set(polled.assigned)
            _log.info("partitions changed", count=len(self._positions.held) + len(self._new))
        self._backlog.extend(polled.records)

    async def _place_new(self) -> None:
        if not self._new:
            return
        stored = await self._positions.take(sorted(self._new))
        for place, position in stored.items():
            self._consumer.seek(place, position)
        # Whatever was read of them before that comes again, and may not be first of it.
        self._backlog = [record for record in self._backlog if record.place not in stored]
        self._consumer.resume(list(stored))
        self._new.clear()
