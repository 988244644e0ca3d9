"""The Faust application: it shares out partitions and keeps what was counted in a table.

It follows ADR 36. Events are acknowledged by who counts them, never by leaving an agent's body:
that would commit an event whose body had failed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path

import faust
from faust.tables.manager import TableManager
from faust.types import AppT, EventT, FutureMessage, StreamT
from yarl import URL

from harken.events.keys import bucket_of
from harken.events.topics import MENTIONS_TAGGED, RATES
from harken.log.kafka import KafkaSettings
from harken.log.kafka.consumer import REBALANCE_SECONDS, SESSION_SECONDS
from services.router.rates.stages import COUNTING
from services.router.rates.worker.consumer import CountsConsumer

STOP_SECONDS = 10.0
Event = EventT[bytes]
Receive = Callable[[Event], Awaitable[None]]


class CountsTable(faust.Table[bytes, bytes]):
    """Partial counts by their `bucket_key`, as the topic carries them: it is the table's changelog.

    ``sent`` are the changes that may not be durable yet.
    """

    sent: list[FutureMessage]

    def partition_for_key(self, key: bytes) -> int:
        """Each row knows its own, so it can be written at any time."""
        return bucket_of(key).partition

    def on_key_set(self, key: bytes, value: bytes) -> None:
        self.sent.append(self.send_changelog(self.partition_for_key(key), key, value))


class Application:
    """``receive`` is awaited for each tagged mention. Faust wants a folder, and leaves it empty."""

    def __init__(self, settings: KafkaSettings, folder: Path, receive: Receive) -> None:
        self.app = _app(settings, folder)
        self.app.transport.Consumer = CountsConsumer  # type: ignore[misc]
        tagged = self.app.topic(
            settings.prefix + MENTIONS_TAGGED.name,
            key_type=bytes,
            value_type=bytes,
            value_serializer="raw",
            partitions=MENTIONS_TAGGED.partitions,
        )
        self.table = _table(self.app, settings.prefix + RATES.name)

        async def hand_over(stream: StreamT[bytes]) -> None:
            assert isinstance(stream, faust.Stream)  # noqa: S101
            async for event in stream.noack().events():
                await receive(event)

        self.app.agent(tagged, name=COUNTING, concurrency=1)(hand_over)
        self._source = tagged.get_topic_name()

    @property
    def generation(self) -> int:
        """Of the group: what was received in an earlier one is received again."""
        return self.app.consumer_generation_id

    def held(self) -> set[int]:
        """The partitions that are counted here."""
        return {at.partition for at in self.app.consumer.assignment() if at.topic == self._source}

    @property
    def begun(self) -> Mapping[int, int]:
        """From which offset each partition is read, since it was last gone back to what was
        acknowledged; another mapping each time."""
        assert isinstance(self.app.consumer, CountsConsumer)  # noqa: S101
        return self.app.consumer.begun

    async def go_back(self) -> None:
        """To what was acknowledged: all that came since then comes again."""
        await self.app.consumer.perform_seek()

    @property
    def settling(self) -> bool:
        """While partitions are shared out, and their counts read."""
        return self.app.rebalancing or self.app.in_recovery

    @property
    def recovered(self) -> int:
        """Grows while counts are read."""
        tables = self.app.tables
        assert isinstance(tables, TableManager)  # noqa: S101
        return sum(offset or 0 for offset in tables.recovery.active_offsets.values())

    async def start(self) -> None:
        """Returns when what was counted before is read."""
        await self.app.start()

    async def stop(self) -> None:
        """Commits what was acknowledged, unless the broker is away."""
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self.app.stop()

    @property
    def ended(self) -> bool:
        return self.app.crashed or self.app.should_stop


def _app(settings: KafkaSettings, folder: Path) -> faust.App:
    return faust.App(
        settings.prefix + COUNTING,
        broker=[URL(f"kafka://{server.strip()}") for server in settings.servers.split(",")],
        broker_credentials=_credentials(settings),
        broker_commit_interval=1.0,
        broker_max_poll_records=500,
        broker_session_timeout=float(SESSION_SECONDS),
        broker_rebalance_timeout=float(REBALANCE_SECONDS),
        consumer_auto_offset_reset="earliest",
        producer_acks=-1,
        producer_compression_type="lz4",
        stream_buffer_maxsize=256,
        # At a stop or a rebalance: what is not acknowledged then comes again.
        stream_wait_empty=False,
        store="memory://",
        table_standby_replicas=0,
        topic_allow_declare=False,
        topic_disable_leader=True,
        autodiscover=False,
        web_enabled=False,
        datadir=folder,
    )


def _table(app: AppT, changelog: str) -> CountsTable:
    table = CountsTable(
        app,
        name=RATES.name,
        key_type=bytes,
        value_type=bytes,
        partitions=RATES.partitions,
        changelog_topic=app.topic(
            changelog,
            key_type=bytes,
            value_type=bytes,
            key_serializer="raw",
            value_serializer="raw",
            partitions=RATES.partitions,
        ),
    )
    table.sent = []
    app.tables.add(table)
    return table


def _credentials(settings: KafkaSettings) -> faust.SASLCredentials | faust.SSLCredentials | None:
    """Raises ``OSError`` for files that are not there."""
    context = settings.client().get("ssl_context")
    if settings.security.startswith("SASL"):
        return faust.SASLCredentials(
            username=settings.user,
            password=settings.password,
            mechanism=settings.mechanism,
            ssl_context=context,
        )
    return None if context is None else faust.SSLCredentials(context)
