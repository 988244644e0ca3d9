"""The decider: applies every tenant's commands, each tenant's under a lease of its own."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress

from sqlalchemy import select

from harken.clock import Clock
from harken.domain.ids import TenantId
from harken.domain.time import Duration, Instant, elapsed, minutes
from harken.runtime.lease import Lease
from harken.runtime.pulse import Pulse
from harken.runtime.retry import Backoff
from harken.store.changes import ChangeRefused, StoreUnavailable
from harken.store.port import Store
from harken.store.schema.infrastructure import TIMERS
from harken.store.schema.router import COMMANDS
from harken.telemetry.errors import describe
from harken.telemetry.logs import Log
from services.router.command_log import PENDING
from services.router.loading import SERVICE
from services.router.seat import Poisoned, Seat, lease_name

_log = Log(__name__)

LEASE_SECONDS = 15.0
RENEW_SECONDS = LEASE_SECONDS / 3
LONGEST_WAIT = 0.5
MOST_REFUSALS = 20
"""Change sets refused in a row; more than that is a fault of ours."""
MOST_POISON = 5
POISON_WINDOW = minutes(10)
"""More failing commands than that in this time are no accident of theirs: the process ends."""


class Decider:
    """A worker. ``holder`` names this process in the leases."""

    name = "router:decider"

    def __init__(self, store: Store, clock: Clock, holder: str, backoff: Backoff) -> None:
        self._store = store
        self._clock = clock
        self._holder = holder
        self._backoff = backoff
        self._seats: dict[TenantId, Seat] = {}
        self._leases: dict[TenantId, Lease] = {}
        self._next_due: Instant | None = None
        self._refused = 0
        self._poison: set[str] = set()
        self._poisoned_at: deque[Instant] = deque()

    async def run(self, pulse: Pulse) -> None:
        failed = 0
        while not pulse.stopping.is_set():
            try:
                count = await self.round(pulse)
            except StoreUnavailable as away:
                self._seats.clear()
                self._leases.clear()
                failed += 1
                pulse.pause(str(away))
                _log.warning("decider waits", attempt=failed, error=describe(away))
                await pulse.sleep(self._backoff.pause(failed, away.retry_after))
                continue
            if failed:
                failed = 0
                pulse.resume()
            pulse.beat()
            if not count:
                await self._store.wait(self._until_due())
        await self._leave()

    async def round(self, pulse: Pulse) -> int:
        """One batch for every tenant that has work; those that have none cost nothing.

        Returns how much was done.
        """
        count = 0
        for tenant in await self._tenants():
            seat = await self._seat(tenant, pulse)
            if seat is not None:
                count += await self._work(seat, pulse)
        return count

    async def _work(self, seat: Seat, pulse: Pulse) -> int:
        lease = self._leases[seat.tenant]
        renewing = asyncio.create_task(_renew(lease, pulse))
        try:
            count = await seat.work()
        except ChangeRefused as refused:
            # Another holds the lease, or wrote what we did not know: all in memory is suspect.
            _log.warning("state dropped", tenant=seat.tenant, error=describe(refused))
            self._refused += 1
            if self._refused > MOST_REFUSALS:
                raise
        except Poisoned as poisoned:
            self._note(poisoned, seat.tenant)
        else:
            self._refused = 0
            return count
        finally:
            await _end(renewing)
        del self._seats[seat.tenant]
        lease.doubt()
        return 0

    def _note(self, poisoned: Poisoned, tenant: TenantId) -> None:
        """The command is refused when its batch is applied again from a fresh state."""
        cause = poisoned.__cause__
        _log.error("command failed", cause, tenant=tenant, command=poisoned.kind)
        now = self._clock.now()
        self._poisoned_at.append(now)
        while elapsed(self._poisoned_at[0], now) > POISON_WINDOW:
            self._poisoned_at.popleft()
        if len(self._poisoned_at) > MOST_POISON or poisoned.origin in self._poison:
            raise poisoned
        self._poison.add(poisoned.origin)

    async def _tenants(self) -> list[TenantId]:
        """Those that have something to do; also learns when the next timer will be due."""
        async with self._store.reading() as snapshot:
            rows, table = snapshot.across_tenants(), TIMERS.c
            pending = select(COMMANDS.c.tenant).where(PENDING).distinct()
            due = select(table.tenant).where(table.service == SERVICE, table.due <= snapshot.now)
            found = [*await rows.all(pending), *await rows.all(due.distinct())]
            later = select(table.due).where(table.service == SERVICE, table.due > snapshot.now)
            upcoming = await rows.first(later.order_by(table.due).limit(1))
        self._next_due = None if upcoming is None else Instant(upcoming.due)
        return list(dict.fromkeys(TenantId(row.tenant) for row in found))

    async def _seat(self, tenant: TenantId, pulse: Pulse) -> Seat | None:
        """The seat under a lease that is held; None if another's."""
        lease = self._leases.get(tenant)
        if lease is None:
            lease = Lease(self._store, lease_name(tenant), self._holder, LEASE_SECONDS)
            self._leases[tenant] = lease
        fence = await lease.hold(pulse.now())
        if fence is None:
            self._seats.pop(tenant, None)
            return None
        seat = self._seats.get(tenant)
        if seat is None or seat.epoch != fence.epoch:
            seat = self._seats[tenant] = Seat(tenant, self._store, fence.epoch, self._poison)
        return seat

    def _until_due(self) -> float:
        """Seconds until the next timer, at most `LONGEST_WAIT`."""
        if self._next_due is None:
            return LONGEST_WAIT
        left = Duration(max(0, elapsed(self._clock.now(), self._next_due)))
        return min(LONGEST_WAIT, left / 1_000_000)

    async def _leave(self) -> None:
        """So that another replica goes on at once."""
        for tenant in self._seats:
            await self._leases[tenant].give_up()


async def _renew(lease: Lease, pulse: Pulse) -> None:
    """While one piece of work lasts longer than the lease, as the first on a large state may:
    else those who wait would take the seat from each other, and nobody would get done."""
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        with suppress(StoreUnavailable):  # the work itself will meet it
            await lease.renew(pulse.now())


async def _end(renewing: asyncio.Task[None]) -> None:
    """Raises what had ended it before."""
    renewing.cancel()
    await asyncio.wait([renewing])
    if not renewing.cancelled():
        renewing.result()
