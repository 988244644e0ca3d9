"""What the engines hold of a fleet: read beside it, or after it."""

from __future__ import annotations

from collections.abc import Mapping

from harken.events.topics import TOPICS
from harken.log.kafka import KafkaLog
from harken.runtime.distributed import kafka_settings, opened_store
from harken.runtime.settings import Settings
from harken.testing.fleet import Fleet
from services.router.domain.policy import RoutingPolicy
from tests.chaos.ruling import store_policy
from tests.chaos.verdict import Kept, read_kept


async def rule(fleet: Fleet, policy: RoutingPolicy) -> None:
    """Stores the tenant's policy before the first start."""
    async with opened_store(_settings(fleet)) as store:
        await store_policy(store, policy)


async def rows_of(fleet: Fleet) -> Kept:
    async with opened_store(_settings(fleet)) as store:
        return await read_kept(store)


async def records_of(fleet: Fleet) -> Mapping[str, int]:
    """How many were ever published, by topic."""
    log = KafkaLog(kafka_settings(_settings(fleet)))
    try:
        ends = await log.ends(list(TOPICS))
    finally:
        await log.close()
    return {name: sum(end for at, end in ends.items() if at.topic == name) for name in TOPICS}


def _settings(fleet: Fleet) -> Settings:
    return Settings(_env_file=None, **fleet.settings)  # type: ignore[arg-type]
