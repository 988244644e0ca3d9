"""The `Store` port: readers over consistent snapshots, and one way to write."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from sqlalchemy import Row, Select

from harken.domain.ids import TenantId
from harken.domain.time import Instant
from harken.store.changes import ChangeSet


class Rows(Protocol):
    """Queries over one snapshot. Rows of a tenant's view belong to that tenant, always."""

    async def all(self, query: Select[Any]) -> Sequence[Row[Any]]: ...

    async def first(self, query: Select[Any]) -> Row[Any] | None: ...


class Snapshot(Protocol):
    """A consistent view of the store. ``now`` is the store's clock, read once at its start."""

    @property
    def now(self) -> Instant: ...

    def for_tenant(self, tenant: TenantId) -> Rows:
        """Adds ``table.tenant = tenant`` for every table a query reads.

        A table without a tenant column is refused with ``ValueError``.
        """
        ...

    def across_tenants(self) -> Rows:
        """For stages, relays and operators' commands only; never for a request of a tenant."""
        ...

    async def horizon(self) -> int:
        """Outbox rows with a ``txid`` below it are complete: nothing that still runs can add one.

        Feeds read below it, in order of (txid, id), and so never pass over a row.
        """
        ...


class Store(Protocol):
    def reading(self) -> AbstractAsyncContextManager[Snapshot]:
        """Nothing read can be stale when `submit` compares revisions. Raises `StoreUnavailable`."""
        ...

    async def submit(self, change: ChangeSet) -> None:
        """Applies the change set whole and durably, or raises a `ChangeRefused`.

        Raises `StoreUnavailable` where it cannot be known or done now; if the change set moved
        a position or carried a revision, repeating it is harmless.
        """
        ...

    async def claim(self, lease: str, holder: str, seconds: float) -> int | None:
        """The lease's new or kept epoch if ``holder`` has it now, None while another does.

        Claiming again renews; a lease taken over after it ran out gets a greater epoch.
        """
        ...

    async def release(self, lease: str, holder: str) -> None: ...

    async def wait(self, seconds: float) -> None:
        """Returns soon after anything was written by anyone, at the latest after ``seconds``."""
        ...

    async def close(self) -> None: ...
