"""The distributed edition: the kit over PostgreSQL and Kafka, and the index in Elasticsearch.

The engines' clients are loaded here: import it only where `Settings.distributed`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from harken.channels.vault import Vault, read_keys
from harken.clock import SystemClock
from harken.events.topics import TOPICS
from harken.log.kafka import KafkaLog, KafkaSettings, KafkaTopics, NotTrusted
from harken.runtime.channels import make_channels
from harken.runtime.identity import Uuid7
from harken.runtime.log_identity import check_identity
from harken.runtime.service import Kit
from harken.runtime.settings import Settings
from harken.runtime.starting import CannotStart, NotYet, patiently
from harken.search.elasticsearch import AccessDenied, ElasticsearchIndex, ElasticsearchSettings
from harken.search.fields import Fields
from harken.store.port import Store
from harken.store.postgres import NeedsUpgrade, PostgresStore, SchemaMismatch
from harken.telemetry.logs import Log

CLOSING_SECONDS = 5.0
POSTGRES = "HARKEN_POSTGRES_URL"
KAFKA = "HARKEN_KAFKA_*"
ELASTICSEARCH = "HARKEN_ELASTICSEARCH_*"

_log = Log(__name__)


def check_named(settings: Settings) -> None:
    """Raises `CannotStart` where some of what the edition needs is not named, or not there."""
    needed = {
        "HARKEN_POSTGRES_URL": settings.postgres_url,
        "HARKEN_KAFKA_SERVERS": settings.kafka_servers,
        "HARKEN_ELASTICSEARCH_URLS": settings.elasticsearch_urls,
        "HARKEN_SECRETS_KEY": settings.secrets_key,
    }
    if missing := [name for name, value in needed.items() if not value.strip()]:
        raise CannotStart(f"the distributed edition needs {', '.join(missing)} as well")
    for name in ("ca", "certificate", "key"):
        for engine in ("kafka", "elasticsearch"):
            file: Path | None = getattr(settings, f"{engine}_{name}")
            if file is not None and not file.is_file():
                raise CannotStart(f"HARKEN_{engine}_{name}".upper() + f" names no file: {file}")


@asynccontextmanager
async def open_kit(settings: Settings) -> AsyncIterator[Kit]:
    """Waits a while for engines that are away. Raises `CannotStart`."""
    check_named(settings)
    try:
        vault = Vault(read_keys(settings.secrets_key, "HARKEN_SECRETS_KEY"))
    except ValueError as wrong:
        raise CannotStart(str(wrong)) from wrong
    clock = SystemClock()
    async with AsyncExitStack() as opened:
        channels = make_channels(settings, clock, vault)
        opened.push_async_callback(_close, channels.close)
        store = await opened.enter_async_context(opened_store(settings))
        log = await opened.enter_async_context(opened_log(settings, store))
        yield Kit(settings, clock, Uuid7(), store, log, channels)


@asynccontextmanager
async def open_index(settings: Settings, fields: Fields) -> AsyncIterator[ElasticsearchIndex]:
    """Waits a while where it is away. Raises `CannotStart`."""
    patience = settings.start_patience
    index = await patiently(lambda: _open_index(settings, fields), patience, ELASTICSEARCH)
    try:
        if await patiently(index.needs_rebuild, patience, ELASTICSEARCH):
            _log.warning("the index was made by another version: harken search reindex renews it")
        yield index
    finally:
        await _close(index.close)


@asynccontextmanager
async def opened_store(settings: Settings) -> AsyncIterator[PostgresStore]:
    """Waits a while where it is away. Raises `CannotStart`."""
    store = await patiently(lambda: open_store(settings), settings.start_patience, POSTGRES)
    try:
        yield store
    finally:
        await _close(store.close)


@asynccontextmanager
async def opened_log(settings: Settings, store: Store) -> AsyncIterator[KafkaLog]:
    """Waits a while where it is away, or lacks topics. Raises `CannotStart`."""
    await patiently(lambda: _check_log(settings, store), settings.start_patience, KAFKA)
    log = KafkaLog(kafka_settings(settings))
    try:
        yield log
    finally:
        await _close(log.close)


async def open_store(settings: Settings) -> PostgresStore:
    """Raises `CannotStart`, ``NotYet`` and ``StoreUnavailable``."""
    try:
        return await PostgresStore.open(
            settings.postgres_url,
            schema=settings.postgres_schema,
            connections=settings.postgres_connections,
            patience=settings.postgres_patience,
        )
    except NeedsUpgrade as lacking:
        raise NotYet(str(lacking)) from lacking
    except SchemaMismatch as mismatch:
        raise CannotStart(str(mismatch)) from mismatch


def kafka_settings(settings: Settings) -> KafkaSettings:
    return KafkaSettings(
        servers=settings.kafka_servers,
        prefix=settings.kafka_prefix,
        security=settings.kafka_security,
        mechanism=settings.kafka_mechanism,
        user=settings.kafka_user,
        password=settings.kafka_password,
        ca=settings.kafka_ca,
        certificate=settings.kafka_certificate,
        key=settings.kafka_key,
    )


def elasticsearch_settings(settings: Settings) -> ElasticsearchSettings:
    """Raises ``ValueError`` for a prefix that names no indices."""
    return ElasticsearchSettings(
        urls=settings.elasticsearch_urls,
        prefix=settings.elasticsearch_prefix,
        user=settings.elasticsearch_user,
        password=settings.elasticsearch_password,
        api_key=settings.elasticsearch_api_key,
        ca=settings.elasticsearch_ca,
        certificate=settings.elasticsearch_certificate,
        key=settings.elasticsearch_key,
        replicas=settings.elasticsearch_replicas,
        timeout=settings.elasticsearch_timeout,
    )


async def _check_log(settings: Settings, store: Store) -> None:
    """Raises `CannotStart`, ``NotYet`` and ``LogUnavailable``."""
    topics = KafkaTopics(kafka_settings(settings), settings.kafka_replication)
    try:
        await check_identity(store, await topics.identity())
        lacking = await topics.lacking(TOPICS.values())
    except NotTrusted as wrong:
        raise CannotStart(f"{wrong} (see {KAFKA})") from wrong
    if lacking:
        raise NotYet(f"Kafka: {'; '.join(lacking)}: `harken topics apply` makes what is missing")


async def _close(close: Callable[[], Awaitable[None]]) -> None:
    """An engine that is away must not keep us from ending."""
    try:
        async with asyncio.timeout(CLOSING_SECONDS):
            await close()
    except TimeoutError:
        _log.warning("left open at the end: it did not close in time", seconds=CLOSING_SECONDS)


async def _open_index(settings: Settings, fields: Fields) -> ElasticsearchIndex:
    try:
        return await ElasticsearchIndex.open(elasticsearch_settings(settings), fields)
    except (AccessDenied, ValueError) as wrong:
        raise CannotStart(f"{wrong} (see {ELASTICSEARCH})") from wrong
