"""A lease that one of several replicas holds."""

from __future__ import annotations

from harken.store.changes import Fence, StoreUnavailable
from harken.store.port import Store
from harken.telemetry.errors import describe
from harken.telemetry.logs import Log

ASK_AGAIN = 1.0
"""Seconds after which a lease that another had is asked for again: asking is a write, too."""

_log = Log(__name__)


class Lease:
    """``holder`` names this replica; ``seconds`` is how long the lease lasts without being renewed.

    ``now`` is in seconds that never go back.
    """

    def __init__(self, store: Store, name: str, holder: str, seconds: float) -> None:
        self._store = store
        self._name = name
        self._holder = holder
        self._seconds = seconds
        self._fence: Fence | None = None
        self._claimed_at = 0.0
        self._denied_at = float("-inf")

    async def hold(self, now: float) -> Fence | None:
        """None while another has it. Raises `StoreUnavailable`.

        Renewed when a third of it is over, so not with every call.
        """
        if now - self._denied_at < ASK_AGAIN:
            return None
        if self._fence is None or now - self._claimed_at > self._seconds / 3:
            return await self.renew(now)
        return self._fence

    async def renew(self, now: float) -> Fence | None:
        """The same at once, whether it is time or not."""
        epoch = await self._store.claim(self._name, self._holder, self._seconds)
        self._fence = None if epoch is None else Fence(self._name, epoch)
        self._claimed_at = now
        if epoch is None:
            self._denied_at = now
        return self._fence

    def doubt(self) -> None:
        """A change set was refused under it: the next `hold` asks."""
        self._fence = None

    async def give_up(self) -> None:
        """So that another replica goes on at once."""
        try:
            await self._store.release(self._name, self._holder)
        except StoreUnavailable as away:
            _log.info("lease left to run out", lease=self._name, error=describe(away))
