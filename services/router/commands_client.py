"""The API's side of the command log: append a command, wait for what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy import select

from harken.clock import Clock
from harken.domain.ids import TenantId
from harken.http.etag import etag
from harken.http.problem import Problem, unavailable
from harken.store.changes import AlreadyExists, ChangeSet, Insert, StoreUnavailable, Write
from harken.store.port import Store
from harken.store.schema.router import COMMANDS
from harken.telemetry.tracing import TRACEPARENT, carry
from services.router.command_log import command_row
from services.router.domain.commands import Appended, Command
from services.router.domain.outcome import OK, Result
from services.router.history import read_result

PATIENCE = 10.0
"""Seconds that a caller waits for the decider."""
LOOK_SECONDS = 0.5
RETRY_AFTER = 1.0


class RouterCommands:
    """One per process. All who wait share one look at the store after each write.

    ``patience`` in seconds.
    """

    def __init__(self, store: Store, clock: Clock, patience: float = PATIENCE) -> None:
        self._store = store
        self._clock = clock
        self._patience = patience
        self._waiting: dict[tuple[TenantId, str], list[asyncio.Future[Result]]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def ask(
        self,
        tenant: TenantId,
        origin: str,
        command: Command,
        with_it: Sequence[Write] = (),
        *,
        again: bool = False,
    ) -> Result:
        """Appends the command and returns its result; a refused one raises its `Problem`.

        ``with_it`` is stored in the same change set, before it. ``again``: it was appended
        before, its result is asked for once more. An origin that was used before gets the first
        command's result. Raises the 503 problem where time is up: the command may still be
        applied, the same origin tells later.
        """
        if not again:
            await self._append(tenant, origin, command, with_it)
        return _accepted(await self._result(tenant, origin))

    async def tell(self, tenant: TenantId, origin: str, command: Command) -> None:
        """Appends the command and does not wait."""
        await self._append(tenant, origin, command, ())

    async def _append(
        self, tenant: TenantId, origin: str, command: Command, with_it: Sequence[Write]
    ) -> None:
        appended = Appended(origin, self._clock.now(), command)
        trace = dict(carry()).get(TRACEPARENT, b"").decode("ascii")
        row = command_row(tenant, appended, trace=trace)
        try:
            await self._store.submit(ChangeSet(writes=[*with_it, Insert(COMMANDS, row)]))
        except AlreadyExists as exists:
            if exists.table != COMMANDS.name:
                raise

    async def _result(self, tenant: TenantId, origin: str) -> Result:
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault((tenant, origin), [])
        waiting.append(future)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            return await asyncio.wait_for(future, self._patience)
        except TimeoutError:
            raise unavailable("The router is busy: ask again.", RETRY_AFTER) from None
        finally:
            waiting.remove(future)
            if not waiting:
                self._waiting.pop((tenant, origin), None)

    async def _look(self) -> None:
        """Runs while anybody waits."""
        while self._waiting:
            try:
                await self._settle()
            except StoreUnavailable as away:
                await asyncio.sleep(away.retry_after)
            # Whoever was told goes on first.
            await asyncio.sleep(0)
            if self._waiting:
                await self._store.wait(LOOK_SECONDS)

    async def _settle(self) -> None:
        by_tenant: dict[TenantId, list[str]] = {}
        for tenant, origin in self._waiting:
            by_tenant.setdefault(tenant, []).append(origin)
        table = COMMANDS.c
        query = select(table.origin, table.result).where(table.result.is_not(None))
        async with self._store.reading() as snapshot:
            for tenant, origins in by_tenant.items():
                rows = snapshot.for_tenant(tenant)
                for row in await rows.all(query.where(table.origin.in_(origins))):
                    self._tell(tenant, row.origin, read_result(row.result))

    def _tell(self, tenant: TenantId, origin: str, result: Result) -> None:
        for future in self._waiting.get((tenant, origin), ()):
            if not future.done():
                future.set_result(result)


def _accepted(result: Result) -> Result:
    if result.status == OK:
        return result
    title = result.kind.replace("-", " ").capitalize()
    more = {"current": etag(result.revision)} if result.revision else None
    raise Problem(result.status, result.kind, title, result.detail, more=more)
