"""Delivers alerts: what was decided reaches each of its receivers at least once."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence

from harken.domain.ids import TenantId
from harken.runtime.lease import Lease
from harken.runtime.pulse import Pulse
from harken.runtime.retry import Backoff
from harken.store.changes import ChangeRefused, Fence, StoreUnavailable
from harken.store.port import Store
from harken.telemetry.logs import Log
from services.ingest.alerting.attempt import Attempt
from services.ingest.alerting.deliveries import Kept, due_deliveries
from services.ingest.alerting.planning import plan_deliveries

LEASE = "alert-delivery"
LEASE_SECONDS = 30.0
LOOK_SECONDS = 1.0
PAUSE_SECONDS = 0.05
AT_ONCE = 100
MOST_RECEIVERS = 20
"""Spoken to at the same time."""
REST_SECONDS = 5.0
"""How long a receiver that failed is left alone, whatever else waits for it."""

Place = tuple[TenantId, str]
"""Tenant and receiver."""

_log = Log(__name__)


class AlertDelivering:
    """A worker. One process at a time delivers; each receiver gets one alert after the other, and
    no receiver waits for another."""

    name = "ingest.alerts"

    def __init__(
        self,
        store: Store,
        attempt: Attempt,
        holder: str,
        backoff: Backoff,
        close: Callable[[], Awaitable[None]],
    ) -> None:
        """``close`` is called at the end."""
        self._store = store
        self._attempt = attempt
        self._backoff = backoff
        self._close = close
        self._lease = Lease(store, LEASE, holder, LEASE_SECONDS)
        self._under_way: dict[Place, asyncio.Task[None]] = {}
        self._resting: dict[Place, float] = {}

    async def run(self, pulse: Pulse) -> None:
        """At a stop, the attempts that were begun come to their ends: each has a deadline."""
        failed = 0
        try:
            while not pulse.stopping.is_set():
                try:
                    more = await self.round(pulse)
                    failed = 0
                    pulse.resume()
                    pulse.beat()
                    if not more:
                        await self._store.wait(LOOK_SECONDS)
                        await pulse.sleep(PAUSE_SECONDS)
                except StoreUnavailable as away:
                    failed += 1
                    pulse.pause(str(away))
                    await pulse.sleep(self._backoff.pause(failed, away.retry_after))
            await self.idle()
        finally:
            for task in self._under_way.values():
                task.cancel()
            await self.idle()
            await self._close()
            await self._lease.give_up()

    async def round(self, pulse: Pulse) -> bool:
        """Plans what was decided, starts what is due. True where there may be more to plan."""
        fence = await self._lease.hold(pulse.now())
        if fence is None:
            return False
        try:
            more = await plan_deliveries(self._store, fence)
        except ChangeRefused:
            self._lease.doubt()
            return False
        now = pulse.now()
        self._resting = {place: until for place, until in self._resting.items() if until > now}
        for place, wanted in (await self._due()).items():
            if len(self._under_way) < MOST_RECEIVERS:
                self._under_way[place] = asyncio.create_task(
                    self._deliver(place, wanted, fence, pulse), name=f"alerts to {place[1]}"
                )
        return more

    async def idle(self) -> None:
        """Returns when nothing is under way."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _due(self) -> dict[Place, list[Kept]]:
        left_alone = [*self._resting, *self._under_way]
        async with self._store.reading() as snapshot:
            rows, now = snapshot.across_tenants(), snapshot.now
            found = await due_deliveries(rows, now, left_alone, AT_ONCE)
        due: dict[Place, list[Kept]] = defaultdict(list)
        for kept in found:
            due[kept[1].tenant, kept[1].receiver].append(kept)
        return due

    async def _deliver(
        self, place: Place, wanted: Sequence[Kept], fence: Fence, pulse: Pulse
    ) -> None:
        """One after the other, until one fails: that says enough of the others for now."""
        try:
            for kept in wanted:
                if pulse.stopping.is_set() or not await self._attempt.make(kept, fence):
                    self._rest(place, pulse)
                    return
                pulse.beat()
        except ChangeRefused:
            self._lease.doubt()
        except StoreUnavailable:
            self._rest(place, pulse)
        except Exception as error:  # noqa: BLE001 - one receiver must not stop all others
            self._rest(place, pulse)
            _log.error("alert delivery failed", error, tenant=place[0])
        finally:
            del self._under_way[place]

    def _rest(self, place: Place, pulse: Pulse) -> None:
        self._resting[place] = pulse.now() + REST_SECONDS
