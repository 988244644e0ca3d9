"""A policy under which everything that runs out does so between two faults."""

from __future__ import annotations

from harken.store.changes import ChangeSet, Insert
from harken.store.port import Store
from harken.store.schema.router import POLICIES
from services.router.domain.policy import RoutingPolicy
from services.router.policies import ROUTING, write_policy
from tests.chaos.verdict import TENANT


async def store_policy(store: Store, policy: RoutingPolicy) -> None:
    """The tenant's first."""
    row = {
        "tenant": TENANT,
        "name": ROUTING,
        "version": 1,
        "body": write_policy(policy).decode(),
        "created_at": 0,
        "created_by": "test",
    }
    await store.submit(ChangeSet(writes=[Insert(POLICIES, row)]))
