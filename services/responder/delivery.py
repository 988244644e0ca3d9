"""The delivery loop: takes what is due, several at once, each network at its own pace."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from harken.domain.ids import ConnectionId, ReplyId, TenantId
from harken.domain.reply import DeliveryState as State
from harken.runtime.pulse import Pulse
from harken.runtime.retry import Backoff
from harken.store.changes import ChangeRefused, StoreUnavailable
from harken.store.port import Store
from harken.telemetry import tracing
from harken.telemetry.errors import describe
from harken.telemetry.logs import Log
from services.responder.attempt import Attempt
from services.responder.domain.delivery_events import Lapsed
from services.responder.domain.delivery_terms import Impossible
from services.responder.read_back import ReadBack
from services.responder.recording import NoSuchReply, Recording
from services.responder.replies import Due, due_replies

PER_CONNECTION = 4
AT_ONCE = 32
LOOK_SECONDS = 1.0
"""The longest wait before looking for what has become due."""

Place = tuple[TenantId, ConnectionId]
Work = Callable[[TenantId, ReplyId], Awaitable[float]]

_log = Log(__name__)


class Delivery:
    """A worker. Any number of them may run: the store decides who gets a reply."""

    name = "responder.delivery"

    def __init__(
        self,
        store: Store,
        recording: Recording,
        attempt: Attempt,
        read_back: ReadBack,
        backoff: Backoff,
    ) -> None:
        self._store = store
        self._recording = recording
        self._backoff = backoff
        self._works: Mapping[State, Work] = {
            State.PLANNED: attempt.deliver,
            State.UNKNOWN: read_back.look,
            State.CLAIMED: self._lapse,
            State.SENDING: self._lapse,
        }
        self._under_way: dict[ReplyId, asyncio.Task[None]] = {}
        self._busy: Counter[Place] = Counter()
        self._left_alone: dict[Place, float] = {}
        self._failed: dict[ReplyId, tuple[int, float]] = {}

    async def run(self, pulse: Pulse) -> None:
        """At a stop, what was begun comes to its end: each attempt has a deadline."""
        failed = 0
        try:
            while not pulse.stopping.is_set():
                try:
                    await self.round(pulse)
                    failed = 0
                    pulse.resume()
                    pulse.beat()
                    await self._store.wait(LOOK_SECONDS)
                except StoreUnavailable as away:
                    failed += 1
                    pulse.pause(str(away))
                    await pulse.sleep(self._backoff.pause(failed, away.retry_after))
            await self.idle()
        finally:
            for task in self._under_way.values():
                task.cancel()
            await self.idle()

    async def round(self, pulse: Pulse) -> None:
        """Starts what is due and not under way, as far as there is room."""
        async with self._store.reading() as snapshot:
            rows, now = snapshot.across_tenants(), snapshot.now
            due = await due_replies(rows, now, 2 * PER_CONNECTION)
        for one in due:
            if self._may_start(one, pulse.now()):
                self._start(one, pulse)

    async def idle(self) -> None:
        """Returns when nothing is under way."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    def _may_start(self, due: Due, now: float) -> bool:
        place = (due.tenant, due.connection)
        return (
            due.id not in self._under_way
            and len(self._under_way) < AT_ONCE
            and self._busy[place] < PER_CONNECTION
            and now >= self._left_alone.get(place, now)
            and now >= self._failed.get(due.id, (0, now))[1]
        )

    def _start(self, due: Due, pulse: Pulse) -> None:
        self._busy[due.tenant, due.connection] += 1
        task = asyncio.create_task(self._work(due, pulse), name=f"reply {due.id}")
        self._under_way[due.id] = task

    async def _work(self, due: Due, pulse: Pulse) -> None:
        place = (due.tenant, due.connection)
        try:
            with tracing.span("deliver reply", due.trace, reply=due.id):
                pause = await self._works[due.state](due.tenant, due.id)
            if pause > 0:
                self._left_alone[place] = pulse.now() + pause
            self._failed.pop(due.id, None)
        except (Impossible, ChangeRefused, NoSuchReply) as faster:
            self._failed.pop(due.id, None)
            _log.debug("another was faster", reply=due.id, why=str(faster))
        except Exception as error:  # noqa: BLE001 - one reply must not stop all others
            self._put_aside(due, error, pulse)
        finally:
            del self._under_way[due.id]
            self._busy[place] -= 1
            pulse.beat()

    def _put_aside(self, due: Due, error: Exception, pulse: Pulse) -> None:
        """Whatever it was, the reply's state says what is known, and its time limits go on."""
        attempt = self._failed.get(due.id, (0, 0.0))[0] + 1
        pause = self._backoff.pause(attempt)
        self._failed[due.id] = (attempt, pulse.now() + pause)
        if isinstance(error, StoreUnavailable):
            _log.warning("reply waits", reply=due.id, attempt=attempt, error=describe(error))
        else:
            _log.error("reply failed", error, tenant=due.tenant, reply=due.id, attempt=attempt)

    async def _lapse(self, tenant: TenantId, id_: ReplyId) -> float:
        await self._recording.advance(tenant, id_, Lapsed())
        return 0.0
