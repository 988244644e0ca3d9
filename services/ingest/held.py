"""A source held under a lease: its state and cursor, which move only while the lease is ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harken.channels.port import Connection, Source
from harken.channels.vault import Vault
from harken.domain.time import BEGINNING, Duration, Instant, elapsed, seconds
from harken.store.changes import ChangeSet, Fence, RevisionConflict, Write
from harken.store.port import Store
from services.ingest.alerts import raised
from services.ingest.connections import SourceKey, find_connection, find_source
from services.ingest.domain.alert import Alert
from services.ingest.source_states import Kept, find_state, keep
from services.ingest.sources import SourceState

LEASE_SECONDS = 90.0
RENEW_SECONDS = 30.0
"""Claiming is a write, so it is not done at each look."""
HEARD_SAVED: Duration = seconds(2)
STATE_SAVED: Duration = seconds(60)
"""How long what a stream brought, or that nothing came, may wait to be saved."""


@dataclass(slots=True)
class Held:
    """``claimed_at`` is in monotonic seconds. What was not saved yet is lost with the process:
    then it is read again, and falls out as doubles.
    """

    source: Source
    connection: Connection
    epoch: int
    claimed_at: float
    kept: Kept
    saved: Kept
    saved_at: Instant = BEGINNING
    alerts: list[Alert] = field(default_factory=list)

    @property
    def state(self) -> SourceState:
        return self.kept.state

    def move(self, state: SourceState, cursor: str | None = None) -> None:
        cursor = self.kept.cursor if cursor is None else cursor
        self.kept = self.kept._replace(state=state, cursor=cursor)

    def due(self, now: Instant) -> bool:
        """Is it time to save?"""
        waited = elapsed(self.saved_at, now)
        if self.alerts or _marks(self.kept.state) != _marks(self.saved.state):
            return True
        heard = self.kept.state.heard_at != self.saved.state.heard_at
        if (heard or self.kept.cursor != self.saved.cursor) and waited >= HEARD_SAVED:
            return True
        return self.kept != self.saved and waited >= STATE_SAVED

    async def save(self, store: Store, now: Instant, writes: Sequence[Write] = ()) -> None:
        """Raises `ChangeRefused` where the lease or the source is not ours any more."""
        change = ChangeSet(fence=Fence(lease_of(self.key), self.epoch), writes=[*writes])
        for alert in map(raised, self.alerts):
            change.add(*alert.writes)
            change.emit(*alert.events)
        kept = self.kept
        if kept != self.saved:
            kept = kept._replace(revision=kept.revision + 1)
            change.add(*keep(self.source, kept))
        if change.empty:
            return
        await store.submit(change)
        self.kept = self.saved = kept
        self.saved_at = now
        self.alerts.clear()

    @property
    def key(self) -> SourceKey:
        return SourceKey(self.source.tenant, self.source.id)


def _marks(state: SourceState) -> tuple[object, ...]:
    """What is not to wait: people look at it, or it decides what happens after a restart."""
    return (
        state.mode,
        state.holder,
        bool(state.failures),
        state.gaps,
        state.catching_up,
        state.told,
        state.notice,
    )


def lease_of(key: SourceKey) -> str:
    return f"source:{key.tenant}:{key.id}"


async def hold(
    store: Store, vault: Vault, key: SourceKey, holder: str, before: Held | None, now: float
) -> Held | None:
    """``before``, renewed where it is time, or what is in the store; None while another holds it.

    ``now`` is in monotonic seconds. Raises `RevisionConflict` where the source is gone.
    """
    if before is not None and now - before.claimed_at < RENEW_SECONDS:
        return before
    epoch = await store.claim(lease_of(key), holder, LEASE_SECONDS)
    if epoch is None:
        return None
    if before is not None and before.epoch == epoch:
        before.claimed_at = now
        return before
    async with store.reading() as snapshot:
        rows = snapshot.for_tenant(key.tenant)
        row = await find_source(rows, key.id)
        found = None if row is None else await find_connection(rows, row.source.connection, vault)
        kept = await find_state(rows, key.id)
    if row is None or found is None:
        raise RevisionConflict(f"source {key.id} is gone")
    return Held(row.source, found[1], epoch, now, kept, saved=kept)
