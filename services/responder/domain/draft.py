"""A draft: what an agent has begun to write, kept for them alone."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.ids import CaseId, MentionId, TenantId
from harken.domain.mention import Visibility
from harken.domain.time import Instant


@dataclass(frozen=True, slots=True)
class Draft:
    """``writer`` is the agent, or the credential where no agent is behind it.

    ``parent_revision`` is the revision of the parent that the writer had read.
    """

    tenant: TenantId
    case: CaseId
    writer: str
    revision: int
    text: str
    parent: MentionId
    parent_revision: int
    visibility: Visibility
    language: str
    updated_at: Instant
