"""Positions are of one Kafka cluster: processes refuse another until somebody adopts it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.topics import app
from deploy.local import place
from harken.log.kafka import KafkaTopics
from harken.runtime.distributed import kafka_settings, open_store
from harken.runtime.log_identity import check_identity
from harken.runtime.settings import Settings
from harken.runtime.starting import CannotStart
from harken.store.postgres import PostgresStore
from harken.testing.engines import need
from harken.testing.postgres import new_name, own_schema

FORMER = "the cluster that was lost/"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    need("PostgreSQL", f"127.0.0.1:{place.POSTGRES_PORT}")
    schema = new_name()
    monkeypatch.setenv("HARKEN_POSTGRES_URL", place.POSTGRES)
    monkeypatch.setenv("HARKEN_POSTGRES_SCHEMA", schema)
    monkeypatch.setenv("HARKEN_KAFKA_SERVERS", need("Kafka", place.KAFKA))
    with own_schema(place.POSTGRES, schema):
        yield Settings()


def with_store(settings: Settings, work: Callable[[PostgresStore], Any]) -> None:
    async def done() -> None:
        store = await open_store(settings)
        try:
            await work(store)
        finally:
            await store.close()

    asyncio.run(done())


def test_another_cluster_is_refused_until_it_is_adopted(settings: Settings) -> None:
    here = asyncio.run(KafkaTopics(kafka_settings(settings)).identity())
    with_store(settings, lambda store: check_identity(store, FORMER))
    with pytest.raises(CannotStart, match="harken topics adopt"):
        with_store(settings, lambda store: check_identity(store, here))
    done = CliRunner().invoke(app, ["adopt"])
    assert (done.exit_code, done.output) == (0, f"adopted {here}\n")
    with_store(settings, lambda store: check_identity(store, here))
