"""Positions are of one Kafka cluster: processes refuse another until somebody adopts it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from cli.topics import app
from deploy.local import place
from harken.log.kafka import KafkaTopics
from harken.runtime.distributed import kafka_settings, opened_store
from harken.runtime.log_identity import check_identity
from harken.runtime.settings import Settings
from harken.runtime.starting import CannotStart
from harken.testing.postgres import new_name, own_schema
from tests.engines import need_kafka, need_postgres

pytestmark = pytest.mark.engines

FORMER = "the cluster that was lost/"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    need_postgres()
    schema = new_name()
    monkeypatch.setenv("HARKEN_POSTGRES_URL", place.POSTGRES)
    monkeypatch.setenv("HARKEN_POSTGRES_SCHEMA", schema)
    monkeypatch.setenv("HARKEN_KAFKA_SERVERS", need_kafka())
    with own_schema(place.POSTGRES, schema):
        yield Settings()


def check(settings: Settings, identity: str) -> None:
    async def checked() -> None:
        async with opened_store(settings) as store:
            await check_identity(store, identity)

    asyncio.run(checked())


def test_another_cluster_is_refused_until_it_is_adopted(settings: Settings) -> None:
    here = asyncio.run(KafkaTopics(kafka_settings(settings)).identity())
    check(settings, FORMER)
    with pytest.raises(CannotStart, match="harken topics adopt"):
        check(settings, here)
    done = CliRunner().invoke(app, ["adopt"])
    assert (done.exit_code, done.output) == (0, f"adopted {here}\n")
    check(settings, here)
