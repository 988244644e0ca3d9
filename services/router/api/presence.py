"""Who looks at a case, or writes in it, right now: rows that are true for seconds only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from harken.domain.ids import AgentId, CaseId, TenantId
from harken.domain.time import Duration, Instant, after, seconds
from harken.store.changes import ChangeSet, Put, Remove, StoreUnavailable, Write
from harken.store.port import Rows, Store
from harken.store.schema.router import PRESENCE
from harken.telemetry.errors import describe
from harken.telemetry.logs import Log

_log = Log(__name__)

VIEWING_FOR = seconds(60)
TYPING_FOR = seconds(10)
VIEWING, TYPING = "viewing", "typing"
NEWS_AFTER = seconds(20)
"""Looking again so soon says nothing new: a write for each look would cost more than it tells."""
MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Present:
    agent: AgentId
    typing: bool


class Presence:
    """Any replica of the API tells what was done at the others."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._told: dict[tuple[TenantId, CaseId, AgentId], Instant] = {}

    async def views(self, tenant: TenantId, case: CaseId, agent: AgentId, now: Instant) -> None:
        """``now`` is the store's, here as below. Whatever fails is no reason to show no case."""
        last = self._told.get((tenant, case, agent))
        if last is not None and now < after(last, NEWS_AFTER):
            return
        try:
            await self._submit(_until(tenant, case, agent, VIEWING, now, VIEWING_FOR))
        except StoreUnavailable as away:
            _log.info("look lost", agent=agent, error=describe(away))
            return
        if len(self._told) >= MOST_REMEMBERED:
            self._told.clear()
        self._told[tenant, case, agent] = now

    async def types(
        self, tenant: TenantId, case: CaseId, agent: AgentId, now: Instant, *, typing: bool
    ) -> None:
        written = _until(tenant, case, agent, TYPING, now, TYPING_FOR)
        await self._submit(
            _until(tenant, case, agent, VIEWING, now, VIEWING_FOR),
            written if typing else Remove(PRESENCE, _key(tenant, case, agent, TYPING)),
        )

    async def _submit(self, *writes: Write) -> None:
        await self._store.submit(ChangeSet(writes=[*writes]))


async def present(
    rows: Rows, case: CaseId, now: Instant, also: AgentId | None = None
) -> Sequence[Present]:
    """In the order of the agents' ids; with ``also``, who looks at this very moment."""
    table = PRESENCE.c
    query = select(table.agent, table.what).where(table.case_id == case, table.until > now)
    found = {(row.agent, row.what) for row in await rows.all(query)}
    agents = {agent for agent, _ in found} | ({also} if also is not None else set())
    return [Present(AgentId(agent), (agent, TYPING) in found) for agent in sorted(agents)]


def _until(
    tenant: TenantId, case: CaseId, agent: AgentId, what: str, now: Instant, length: Duration
) -> Put:
    return Put(PRESENCE, {**_key(tenant, case, agent, what), "until": after(now, length)})


def _key(tenant: TenantId, case: CaseId, agent: AgentId, what: str) -> dict[str, str]:
    return {"tenant": tenant, "case_id": case, "agent": agent, "what": what}
