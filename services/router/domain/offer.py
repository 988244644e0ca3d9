"""Offers: assignments that must be accepted within seconds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harken.domain.ids import AgentId, CaseId, OfferId, TenantId
from harken.domain.time import Instant


class OfferState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"
    """The case went another way meanwhile."""


@dataclass(frozen=True, slots=True)
class Offer:
    tenant: TenantId
    id: OfferId
    revision: int
    case: CaseId
    agent: AgentId
    state: OfferState
    made_at: Instant
    until: Instant
    settled_at: Instant | None = None
