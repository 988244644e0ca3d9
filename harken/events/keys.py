"""Record keys: what is kept in order together."""

from __future__ import annotations

from harken.domain.ids import CaseId, TenantId
from harken.domain.mention import Mention
from harken.domain.rates import Bucket
from harken.domain.time import Instant


def _key(*parts: str) -> bytes:
    return "|".join(parts).encode("utf-8", "surrogatepass")


def mention_key(mention: Mention) -> bytes:
    """Tenant, network and author; the source where there is no author."""
    return _key(mention.tenant, mention.network, mention.author.id or mention.source)


def case_key(tenant: TenantId, case: CaseId) -> bytes:
    return _key(tenant, case)


def bucket_key(bucket: Bucket) -> bytes:
    """`bucket_of` reads it."""
    return _key(bucket.tenant, str(bucket.minute), str(bucket.partition))


def bucket_of(key: bytes) -> Bucket:
    """Raises ``ValueError`` for what is no `bucket_key`."""
    tenant, minute, partition = key.decode("utf-8", "surrogatepass").rsplit("|", 2)
    return Bucket(TenantId(tenant), Instant(int(minute)), int(partition))
