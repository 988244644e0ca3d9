"""Faust's consumer, mended in two places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer
from faust.types import TP
from mode.threads import WorkerThread


class _Thread(WorkerThread):
    """Of the consumer. With the broker away it may take minutes to end: nobody waits for it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.daemon = True


class _ConsumerThread(AIOKafkaConsumerThread):
    Worker = _Thread

    async def seek_to_committed(self) -> Mapping[TP, int]:
        committed: Mapping[TP, int] = await self.call_thread(self._to_committed)
        return committed

    async def _to_committed(self) -> Mapping[TP, int]:
        """Also where nothing was committed. What was fetched before partitions were shared out is
        thrown away, and aiokafka would go on behind it: the first records would never be seen."""
        consumer = self._ensure_consumer()
        committed: Mapping[TP, int] = await consumer.seek_to_committed()
        tables = self.app.tables.changelog_topics
        never = [at for at, to in committed.items() if not to and at.topic not in tables]
        if never:
            await consumer.seek_to_beginning(*never)
        return committed


class CountsConsumer(Consumer):
    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return _ConsumerThread(self, loop=self.loop, beacon=self.beacon)
