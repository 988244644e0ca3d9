"""Signs of life: what an agent does over the API keeps their status and their assignments."""

from __future__ import annotations

from collections.abc import Callable

from harken.clock import Clock
from harken.domain.ids import AgentId, CaseId, TenantId
from harken.domain.time import Instant, elapsed, minutes
from harken.http.principal import Principal
from harken.store.changes import StoreUnavailable
from harken.telemetry.errors import describe
from harken.telemetry.logs import Log
from services.router.commands_client import RouterCommands
from services.router.domain.commands import AgentActive

_log = Log(__name__)

NEWS_AFTER = minutes(1)
"""A sign so soon after the last one says nothing new."""
MOST_REMEMBERED = 10_000

_Sign = tuple[TenantId, AgentId, CaseId | None]


class SignsOfLife:
    def __init__(self, commands: RouterCommands, clock: Clock, new_id: Callable[[], str]) -> None:
        self._commands = commands
        self._clock = clock
        self._new_id = new_id
        self._told: dict[_Sign, Instant] = {}

    async def seen(self, caller: Principal, case: CaseId | None = None) -> None:
        """Nobody waits for it, and it never fails what the agent asked for."""
        if caller.agent is None or not self._is_news((caller.tenant, caller.agent, case)):
            return
        command = AgentActive(caller.agent, (case,) if case is not None else ())
        try:
            await self._commands.tell(caller.tenant, self._new_id(), command)
        except StoreUnavailable as away:
            _log.info("sign of life lost", agent=caller.agent, error=describe(away))

    def _is_news(self, sign: _Sign) -> bool:
        now = self._clock.now()
        last = self._told.get(sign)
        if last is not None and elapsed(last, now) < NEWS_AFTER:
            return False
        if len(self._told) >= MOST_REMEMBERED:
            self._told.clear()
        self._told[sign] = now
        return True
