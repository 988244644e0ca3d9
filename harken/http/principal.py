"""Who is calling: a tenant's key, the roles it carries, and the agent behind it, if any."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.ids import AgentId, TenantId
from harken.domain.roles import Role


@dataclass(frozen=True, slots=True)
class Principal:
    """``id`` names the credential, not the secret; it scopes idempotency keys and audit."""

    tenant: TenantId
    id: str
    roles: frozenset[Role]
    agent: AgentId | None = None

    def may(self, *roles: Role) -> bool:
        """Admins may do all that a tenant's people may do."""
        return Role.ADMIN in self.roles or not self.roles.isdisjoint(roles)
