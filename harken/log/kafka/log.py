"""The `EventLog` port on Kafka."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka import TopicPartition as KafkaPlace

from harken.events.topics import TOPICS, Topic
from harken.log.kafka.connecting import telling_why
from harken.log.kafka.consumer import KafkaConsumer
from harken.log.kafka.errors import as_log_unavailable
from harken.log.kafka.settings import KafkaSettings
from harken.log.partitioner import partition_of
from harken.log.port import LogUnavailable, NewRecord, TopicPartition

LARGEST = 4 * 1024 * 1024
"""Bytes of one request: room for the longest text that is taken in, with its facts."""
BATCH = 256 * 1024


class KafkaLog:
    """Connects when it is first used, and again after a broker was away."""

    def __init__(self, settings: KafkaSettings, topics: Mapping[str, Topic] = TOPICS) -> None:
        self._settings = settings
        self._topics = topics
        self._producer: AIOKafkaProducer | None = None
        self._watcher: AIOKafkaConsumer | None = None
        self._connecting = asyncio.Lock()
        self._consumers: list[KafkaConsumer] = []

    async def publish(self, records: Sequence[NewRecord]) -> None:
        """Durable on every in-sync replica when it returns. Raises ``KeyError`` for a topic that
        is not declared."""
        placed = [
            (self._settings.prefix + record.topic, self._partition(record), record)
            for record in records
        ]
        if not placed:
            return
        sent: list[asyncio.Future[object]] = []
        try:
            with as_log_unavailable():
                async with asyncio.timeout(self._settings.send_deadline):
                    producer = await self._produce()
                    for topic, partition, record in placed:
                        sent.append(
                            await producer.send(
                                topic,
                                record.value,
                                record.key,
                                partition,
                                headers=list(record.headers),
                            )
                        )
                    await producer.flush()
                    for one in sent:
                        one.result()
        except LogUnavailable as away:
            # What is on its way may still arrive: nobody may take this for "not stored".
            raise LogUnavailable(f"{away}; repeat with the same ids", away.retry_after) from away
        finally:
            for one in sent:
                one.add_done_callback(_heard)

    def consumer(self, group: str, topics: Sequence[str]) -> KafkaConsumer:
        """Raises ``KeyError`` for a topic that is not declared."""
        known = [self._topics[topic] for topic in topics]
        consumer = KafkaConsumer(self._settings, group, known)
        self._consumers.append(consumer)
        return consumer

    async def ends(self, topics: Sequence[str]) -> Mapping[TopicPartition, int]:
        places = {
            KafkaPlace(self._settings.prefix + topic, n): TopicPartition(topic, n)
            for topic in topics
            for n in range(self._topics[topic].partitions)
        }
        with as_log_unavailable():
            async with asyncio.timeout(self._settings.send_deadline):
                ends = await (await self._watch()).end_offsets(list(places))
        return {places[at]: end for at, end in ends.items()}

    async def close(self) -> None:
        """Its consumers leave their groups, if they have not yet."""
        for consumer in self._consumers:
            await consumer.close()
        if self._producer is not None:
            await self._producer.stop()
        if self._watcher is not None:
            await self._watcher.stop()

    def _partition(self, record: NewRecord) -> int:
        return partition_of(record.key, self._topics[record.topic].partitions)

    async def _produce(self) -> AIOKafkaProducer:
        async with self._connecting:
            if self._producer is not None and _has_ended(self._producer):
                producer, self._producer = self._producer, None
                await producer.stop()
            if self._producer is None:
                producer = AIOKafkaProducer(
                    **self._settings.client(),
                    acks="all",
                    enable_idempotence=True,
                    compression_type="lz4",
                    max_batch_size=BATCH,
                    max_request_size=LARGEST,
                )
                await _start(producer, self._settings)
                self._producer = producer
        return self._producer

    async def _watch(self) -> AIOKafkaConsumer:
        """A consumer of no group: it only asks for ends."""
        async with self._connecting:
            if self._watcher is None:
                watcher = AIOKafkaConsumer(**self._settings.client(), enable_auto_commit=False)
                await _start(watcher, self._settings)
                self._watcher = watcher
        return self._watcher


async def _start(client: AIOKafkaProducer | AIOKafkaConsumer, settings: KafkaSettings) -> None:
    """One that could not start, or was cut short, is closed: its sockets must not stay."""
    try:
        async with telling_why(settings):
            await client.start()
    except BaseException:
        await client.stop()
        raise


def _has_ended(producer: AIOKafkaProducer) -> bool:
    """After an error that no retry mends it sends nothing more, and says so to nobody else."""
    return bool(producer._sender.sender_task.done())  # noqa: SLF001


def _heard(sent: asyncio.Future[object]) -> None:
    """A failure that nobody waits for any more is no news."""
    if not sent.cancelled():
        sent.exception()
