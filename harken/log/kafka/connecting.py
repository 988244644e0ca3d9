"""Why a cluster cannot be reached: aiokafka tells its own log alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.metadata import MetadataRequest

from harken.log.kafka.settings import KafkaSettings

ANSWER_MILLISECONDS = 5_000


@asynccontextmanager
async def telling_why(settings: KafkaSettings) -> AsyncIterator[None]:
    """Around a client's start. Where it reached no broker, one connection more is tried, and what
    keeps it from being of use is raised: one of aiokafka's errors or an ``OSError``."""
    try:
        yield
    except KafkaConnectionError:
        await _connect(settings)
        raise


async def _connect(settings: KafkaSettings) -> None:
    options = settings.client() | {"request_timeout_ms": ANSWER_MILLISECONDS}
    host, port, _ = collect_hosts(options.pop("bootstrap_servers"))[0]
    try:
        connection = await create_conn(host, port, **options)
        try:
            await connection.send(MetadataRequest([]))
        finally:
            connection.close()
    except KafkaConnectionError as closed:
        raise KafkaConnectionError(
            f"{host}:{port} closes the connection: perhaps it expects another security than"
            f" {settings.security}, or another certificate of ours"
        ) from closed
