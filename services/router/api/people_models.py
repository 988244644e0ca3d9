"""Agents, queues, skills and offers as the API shows them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from harken.domain.case import SkillLevel
from harken.domain.roles import Role
from harken.http.models import ApiModel, Time, bounded, examples
from services.router.api.case_examples import SKILL, SUMMARY
from services.router.api.case_models import CaseSummary, SkillLevelAnswer
from services.router.domain.offer import OfferState
from services.router.domain.people import Status

_AT = "2026-03-01T09:30:00Z"
AGENT: dict[str, Any] = {
    "id": "eva",
    "revision": 3,
    "name": "Eva",
    "skills": [SKILL],
    "queues": [],
    "capacity": 5,
    "supervisor": False,
    "status": "available",
    "status_since": _AT,
    "active_at": _AT,
}
OFFER: dict[str, Any] = {
    "id": "9c4b1f0e-2d3a-5e6f-8a7b-1c2d3e4f5a6b",
    "case": "5d1f7a3e-8a5c-5b0e-9a8e-6f1d2c3b4a59",
    "agent": "eva",
    "state": "open",
    "made_at": _AT,
    "until": "2026-03-01T09:30:30Z",
}
QUEUE: dict[str, Any] = {"id": "billing", "revision": 1, "name": "Billing", "pull_only": False}
SKILL_ENTRY: dict[str, Any] = {
    "name": "crisis",
    "revision": 1,
    "description": "May act for the brand in a crisis",
}

ShortName = Annotated[str, bounded(100)]


class AgentAnswer(ApiModel):
    """Somebody who works on cases. `capacity` is in units of the policy's weights."""

    model_config = examples(AGENT)

    id: str
    revision: int
    name: str
    skills: list[SkillLevelAnswer]
    queues: list[str]
    """Which they serve; none named serves all."""
    capacity: int
    supervisor: bool
    status: Status
    status_since: Time
    active_at: Time


class AgentEdit(ApiModel):
    """An agent, whole."""

    model_config = examples({"name": "Eva", "skills": [SKILL], "capacity": 5})

    name: Annotated[str, bounded(200)]
    skills: Annotated[list[SkillLevelAnswer], Field(max_length=100)] = Field(default_factory=list)
    queues: Annotated[list[ShortName], Field(max_length=100)] = Field(default_factory=list)
    capacity: Annotated[int, Field(ge=0, le=1_000)] = 5
    supervisor: bool = False

    def levels(self) -> tuple[SkillLevel, ...]:
        """Each skill once, the last one named."""
        levels = {skill.name: skill.level for skill in self.skills}
        return tuple(SkillLevel(name, level) for name, level in levels.items())


class NewAgent(AgentEdit):
    """An agent to add; without `id` one is made."""

    model_config = examples({"id": "eva", "name": "Eva", "skills": [SKILL], "capacity": 5})

    id: ShortName | None = None


class QueueAnswer(ApiModel):
    """Where work waits; `pull_only` work is never handed out."""

    model_config = examples(QUEUE)

    id: str
    revision: int
    name: str
    pull_only: bool


class QueueEdit(ApiModel):
    """A queue, whole."""

    model_config = examples({"name": "Billing", "pull_only": False})

    name: Annotated[str, bounded(200)]
    pull_only: bool = False


class NewQueue(QueueEdit):
    """A queue to add; rules and transfers name it by its id."""

    model_config = examples({"id": "billing", "name": "Billing"})

    id: ShortName


class SkillAnswer(ApiModel):
    """A skill; levels from 1 to 5 are the agents'."""

    model_config = examples(SKILL_ENTRY)

    name: str
    revision: int
    description: str


class SkillEdit(ApiModel):
    """What the skill means."""

    model_config = examples({"description": "May act for the brand in a crisis"})

    description: Annotated[str, bounded(1_000, least=0)] = ""


class NewSkill(SkillEdit):
    """A skill to add."""

    model_config = examples({"name": "crisis", "description": "May act for the brand in a crisis"})

    name: ShortName


class OfferAnswer(ApiModel):
    """An assignment that must be accepted until then."""

    model_config = examples(OFFER)

    id: str
    case: str
    agent: str
    state: OfferState
    made_at: Time
    until: Time


class NewStatus(ApiModel):
    """Whether one takes work now."""

    model_config = examples({"status": "available"})

    status: Status


class MeAnswer(ApiModel):
    """Whose credential this is."""

    model_config = examples(
        {"tenant": "tarn-and-toll", "principal": "key-7", "roles": ["agent"], "agent": AGENT}
    )

    tenant: str
    principal: str
    roles: list[Role]
    agent: AgentAnswer | None


class Assignments(ApiModel):
    """What the caller has: cases and open offers."""

    model_config = examples({"cases": [SUMMARY], "offers": [OFFER]})

    cases: list[CaseSummary]
    offers: list[OfferAnswer]
