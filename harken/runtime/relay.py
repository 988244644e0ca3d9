"""The outbox relay: sends a service's unsent outbox rows to the log, in order, one relay at a time.

A crash between sending and marking sends again: consumers apply only greater revisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Row, select, update

from harken.clock import Clock
from harken.log.headers import unpack_headers
from harken.log.port import EventLog, LogUnavailable, NewRecord
from harken.runtime.lease import Lease
from harken.runtime.pulse import Pulse
from harken.runtime.retry import Backoff
from harken.runtime.service import Kit
from harken.store.changes import ChangeSet, Fence, Fenced, Statement, StoreUnavailable
from harken.store.port import Store
from harken.store.schema.infrastructure import OUTBOX
from harken.telemetry import metrics
from harken.telemetry.errors import describe
from harken.telemetry.logs import Log

_log = Log(__name__)

LEASE_SECONDS = 15.0
ROWS_AT_ONCE = 500
LOOK_SECONDS = 1.0
"""The longest wait for a wake-up that was missed."""


class OutboxRelay:
    """A worker; see `of`. Rows without a topic are for event streams only: marked, not sent."""

    def __init__(
        self,
        service: str,
        holder: str,
        log: EventLog,
        store: Store,
        clock: Clock,
        backoff: Backoff,
    ) -> None:
        self.name = f"relay:{service}"
        self._service = service
        self._log = log
        self._store = store
        self._clock = clock
        self._backoff = backoff
        self._lease = Lease(store, self.name, holder, LEASE_SECONDS)

    @classmethod
    def of(cls, service: str, kit: Kit) -> OutboxRelay:
        backoff = Backoff.of(kit.settings)
        return cls(service, kit.new_id(), kit.log, kit.store, kit.clock, backoff)

    async def run(self, pulse: Pulse) -> None:
        failed = 0
        while not pulse.stopping.is_set():
            try:
                sent = await self._round(pulse)
            except (LogUnavailable, StoreUnavailable) as away:
                failed += 1
                pause = self._backoff.pause(failed, away.retry_after)
                if failed > 1:
                    pulse.pause(str(away))
                _log.warning(
                    "relay waits",
                    service=self._service,
                    attempt=failed,
                    retry_after=round(pause, 3),
                    error=describe(away),
                )
                await pulse.sleep(pause)
                continue
            failed = 0
            pulse.resume()
            pulse.beat()
            if not sent:
                await self._store.wait(LOOK_SECONDS)
        await self._lease.give_up()

    async def _round(self, pulse: Pulse) -> int:
        """Sends and marks the next rows. Returns how many there were, 0 without the lease."""
        fence = await self._lease.hold(pulse.now())
        if fence is None:
            return 0
        async with self._store.reading() as snapshot:
            rows = await snapshot.across_tenants().all(_unsent(self._service))
        if not rows:
            return 0
        await self._log.publish([_record(row) for row in rows if row.topic])
        try:
            await self._store.submit(self._marked(rows, fence))
        except Fenced:
            self._lease.doubt()
            return 0
        metrics.OUTBOX_SENT.labels(self._service).inc(len(rows))
        now, ages = self._clock.now(), metrics.OUTBOX_AGE.labels(self._service)
        for row in rows:
            ages.observe(max(now - row.created_at, 0) / 1_000_000)
        return len(rows)

    def _marked(self, rows: Sequence[Row[Any]], fence: Fence) -> ChangeSet:
        ids = [row.id for row in rows]
        mark = update(OUTBOX).where(OUTBOX.c.id.in_(ids)).values(sent_at=self._clock.now())
        return ChangeSet(fence=fence, writes=[Statement(mark)])


@cache
def _unsent(service: str) -> Any:
    table = OUTBOX.c
    return (
        select(OUTBOX)
        .where(table.service == service, table.sent_at.is_(None))
        .order_by(table.id)
        .limit(ROWS_AT_ONCE)
    )


def _record(row: Row[Any]) -> NewRecord:
    return NewRecord(
        row.topic, bytes(row.key), bytes(row.value), unpack_headers(bytes(row.headers))
    )
