"""Who looks at a case, or writes in it, right now. Kept in memory: it is true for seconds only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harken.clock import Clock
from harken.domain.ids import AgentId, CaseId, TenantId
from harken.domain.time import Instant, after, seconds

VIEWING_FOR = seconds(60)
TYPING_FOR = seconds(10)


@dataclass(frozen=True, slots=True)
class Present:
    agent: AgentId
    typing: bool


class Presence:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._viewing: dict[tuple[TenantId, CaseId], dict[AgentId, Instant]] = {}
        self._typing: dict[tuple[TenantId, CaseId, AgentId], Instant] = {}

    def views(self, tenant: TenantId, case: CaseId, agent: AgentId) -> None:
        until = after(self._clock.now(), VIEWING_FOR)
        self._viewing.setdefault((tenant, case), {})[agent] = until

    def types(self, tenant: TenantId, case: CaseId, agent: AgentId, *, typing: bool) -> None:
        self.views(tenant, case, agent)
        if typing:
            self._typing[(tenant, case, agent)] = after(self._clock.now(), TYPING_FOR)
        else:
            self._typing.pop((tenant, case, agent), None)

    def of(self, tenant: TenantId, case: CaseId) -> Sequence[Present]:
        """In the order of the agents' ids; forgets those who left."""
        now = self._clock.now()
        self._typing = {key: until for key, until in self._typing.items() if until > now}
        viewing = self._viewing.get((tenant, case), {})
        here = {agent: until for agent, until in viewing.items() if until > now}
        if here:
            self._viewing[(tenant, case)] = here
        else:
            self._viewing.pop((tenant, case), None)
        return [Present(agent, (tenant, case, agent) in self._typing) for agent in sorted(here)]
