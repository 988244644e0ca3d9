"""Agents, queues and skills."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harken.domain.case import SkillLevel
from harken.domain.ids import AgentId, QueueId, TenantId
from harken.domain.time import Instant

CRISIS = "crisis"
"""The skill that authorises to act in a crisis."""
LOWEST_LEVEL = 1
HIGHEST_LEVEL = 5
_NEVER = Instant(0)


def language_skill(language: str) -> str:
    """The skill of answering in a language, by its ISO 639-1 code."""
    return f"language:{language}"


class Status(StrEnum):
    AVAILABLE = "available"
    BUSY = "busy"
    """At work, but not to be given more."""
    BREAK = "break"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Agent:
    """``capacity`` is in the units of the policy's weights. Empty ``queues`` serve all of them.

    ``idle_since`` is when work was last given; ``missed`` counts offers missed in a row.
    ``active_at`` is the last sign of life that was written down.
    """

    tenant: TenantId
    id: AgentId
    revision: int
    name: str
    skills: tuple[SkillLevel, ...] = ()
    queues: tuple[QueueId, ...] = ()
    capacity: int = 5
    supervisor: bool = False
    status: Status = Status.OFFLINE
    status_since: Instant = _NEVER
    active_at: Instant = _NEVER
    idle_since: Instant = _NEVER
    missed: int = 0
    retired: bool = False

    def level(self, skill: str) -> int:
        """0 without the skill."""
        return next((s.level for s in self.skills if s.name == skill), 0)

    def serves(self, queue: QueueId) -> bool:
        return not self.queues or queue in self.queues

    @property
    def on_duty(self) -> bool:
        return self.status is not Status.OFFLINE and not self.retired


@dataclass(frozen=True, slots=True)
class Queue:
    """``pull_only`` work is never handed out: agents take it themselves."""

    tenant: TenantId
    id: QueueId
    revision: int
    name: str
    pull_only: bool = False


@dataclass(frozen=True, slots=True)
class Skill:
    tenant: TenantId
    name: str
    revision: int
    description: str = ""
