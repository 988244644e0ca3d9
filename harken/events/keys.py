"""Record keys: what is kept in order together."""

from __future__ import annotations

from harken.domain.ids import CaseId, TenantId
from harken.domain.mention import Mention


def _key(*parts: str) -> bytes:
    return "|".join(parts).encode("utf-8", "surrogatepass")


def mention_key(mention: Mention) -> bytes:
    """Tenant, network and author; the source where there is no author."""
    return _key(mention.tenant, mention.network, mention.author.id or mention.source)


def case_key(tenant: TenantId, case: CaseId) -> bytes:
    return _key(tenant, case)
