"""Topics of a test's own on a real Kafka."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient

from harken.events.topics import TOPICS, Topic
from harken.log.kafka import KafkaSettings, KafkaTopics

ALL = tuple(TOPICS.values())


@asynccontextmanager
async def own_topics(
    settings: KafkaSettings, topics: Collection[Topic] = ALL
) -> AsyncIterator[None]:
    """Under the settings' prefix, removed in the end."""
    await KafkaTopics(settings).apply(topics)
    try:
        yield
    finally:
        await remove_topics(settings, topics)


async def remove_topics(settings: KafkaSettings, topics: Collection[Topic] = ALL) -> None:
    async with administrator(settings) as admin:
        await admin.delete_topics([settings.prefix + topic.name for topic in topics])


@asynccontextmanager
async def administrator(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**settings.client())
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()
