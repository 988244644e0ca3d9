"""The first start of a data folder makes one tenant, so that there is something to call."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from harken.http.api_keys import create_tenant
from harken.store.port import Store
from harken.store.schema.infrastructure import TENANTS

FIRST_TENANT = "main"


@dataclass(frozen=True, slots=True)
class FirstStart:
    """The tenant that was made, and its admin key, which cannot be shown again."""

    tenant: str
    key: str = field(repr=False)


async def first_start(store: Store) -> FirstStart | None:
    """None where the data folder has a tenant already."""
    async with store.reading() as snapshot:
        if await snapshot.across_tenants().first(select(TENANTS.c.id).limit(1)) is not None:
            return None
    return FirstStart(FIRST_TENANT, await create_tenant(store, FIRST_TENANT, "First tenant"))
