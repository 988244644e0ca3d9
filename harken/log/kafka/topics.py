"""The registry's topics on a cluster: made where they are missing, compared where they are not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from harken.events.topics import Topic
from harken.log.kafka.connecting import telling_why
from harken.log.kafka.errors import as_log_unavailable
from harken.log.kafka.log import LARGEST
from harken.log.kafka.settings import KafkaSettings

KNOWN_SECONDS = 30.0
SEGMENTS = 8
"""Into which the time of a compact topic is cut: Kafka compacts and removes whole ones only."""


class KafkaTopics:
    """``replication`` is of new topics; ``min.insync.replicas`` is one less, at least one."""

    def __init__(self, settings: KafkaSettings, replication: int = 1) -> None:
        self._settings = settings
        self._replication = replication

    async def apply(self, topics: Iterable[Topic]) -> list[str]:
        """Makes what is missing and sets what may change; returns what it did, for people.

        What it may not change (the count of partitions) `check` tells. Raises `LogUnavailable`.
        """
        wanted = {self._settings.prefix + topic.name: topic for topic in topics}
        done: list[str] = []
        with as_log_unavailable():
            async with _admin(self._settings) as admin:
                there = set(await admin.list_topics())
                missing = [self._new(name, wanted[name]) for name in wanted if name not in there]
                if missing:
                    _raise_errors(await admin.create_topics(missing))
                    await _until_known(admin, {topic.name for topic in missing})
                    done += [f"{topic.name}: made" for topic in missing]
                for name in sorted(wanted.keys() & there):
                    configs = self._configs(wanted[name])
                    if different := await _different(admin, name, configs):
                        await _set(admin, name, configs)
                        done += [f"{name}: {key} set to {configs[key]}" for key in different]
        return done

    async def check(self, topics: Iterable[Topic]) -> list[str]:
        """What is not as the registry says, for people; empty where all is well."""
        wrong: list[str] = []
        with as_log_unavailable():
            async with _admin(self._settings) as admin:
                there = set(await admin.list_topics())
                for topic in topics:
                    if self._settings.prefix + topic.name in there:
                        wrong += await self._compared(admin, topic)
                    else:
                        wrong.append(f"{self._settings.prefix}{topic.name} is missing")
        return wrong

    async def lacking(self, topics: Iterable[Topic]) -> list[str]:
        """Of what `check` says, that without which nothing can be done."""
        wanted = {self._settings.prefix + topic.name: topic.partitions for topic in topics}
        with as_log_unavailable():
            async with _admin(self._settings) as admin:
                there = wanted.keys() & set(await admin.list_topics())
                counts = await _partitions(admin, there)
        return [
            _miscounted(name, counts[name], partitions) if name in counts else f"{name} is missing"
            for name, partitions in wanted.items()
            if counts.get(name) != partitions
        ]

    async def identity(self) -> str:
        """Of the cluster, and of what is ours on it. Raises `LogUnavailable`."""
        with as_log_unavailable():
            async with _admin(self._settings) as admin:
                described = await admin.describe_cluster()
        return f"{described['cluster_id']}/{self._settings.prefix}"

    async def _compared(self, admin: AIOKafkaAdminClient, topic: Topic) -> list[str]:
        name, configs = self._settings.prefix + topic.name, self._configs(topic)
        count = (await _partitions(admin, [name]))[name]
        counts = count == topic.partitions
        wrong = [] if counts else [_miscounted(name, count, topic.partitions)]
        different = await _different(admin, name, configs)
        return wrong + [f"{name}: {k} is {v}, not {configs[k]}" for k, v in different.items()]

    def _new(self, name: str, topic: Topic) -> NewTopic:
        configs = self._configs(topic)
        return NewTopic(name, topic.partitions, self._replication, topic_configs=configs)

    def _configs(self, topic: Topic) -> dict[str, str]:
        compact = {"segment.ms": str(topic.retention // 1_000 // SEGMENTS)} if topic.compact else {}
        return {
            "cleanup.policy": "compact,delete" if topic.compact else "delete",
            "retention.ms": str(topic.retention // 1_000),
            "min.insync.replicas": str(max(1, self._replication - 1)),
            "max.message.bytes": str(LARGEST),
            **compact,
        }


@asynccontextmanager
async def _admin(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**settings.client())
    try:
        async with telling_why(settings):
            await admin.start()
        yield admin
    finally:
        await admin.close()


async def _partitions(admin: AIOKafkaAdminClient, names: Iterable[str]) -> dict[str, int]:
    """Asked of one that is not there, a broker may make it."""
    described = await admin.describe_topics(list(names))
    return {each["topic"]: len(each["partitions"]) for each in described}


def _miscounted(name: str, count: int, wanted: int) -> str:
    return f"{name} has {count} partitions, not {wanted}"


async def _settings_of(admin: AIOKafkaAdminClient, name: str) -> dict[str, str]:
    (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
    ((code, why, _, _, entries),) = answer.resources
    if code:
        raise for_code(code)(f"{name}: {why}")
    return {entry[0]: entry[1] for entry in entries}


async def _different(
    admin: AIOKafkaAdminClient, name: str, configs: Mapping[str, str]
) -> dict[str, str]:
    """What is set otherwise now, and to what."""
    now = await _settings_of(admin, name)
    return {key: now[key] for key, wanted in configs.items() if now[key] != wanted}


async def _until_known(admin: AIOKafkaAdminClient, names: set[str]) -> None:
    """The controller makes them; every broker learns of it some moments later."""
    async with asyncio.timeout(KNOWN_SECONDS):
        while not names <= set(await admin.list_topics()):  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(0.1)


async def _set(admin: AIOKafkaAdminClient, name: str, configs: dict[str, str]) -> None:
    """All of them: what is not named falls back to the cluster's default."""
    resource = ConfigResource(ConfigResourceType.TOPIC, name, configs)
    for answer in await admin.alter_configs([resource]):
        for code, why, *_ in answer.resources:
            if code:
                raise for_code(code)(f"{name}: {why}")
    async with asyncio.timeout(KNOWN_SECONDS):
        while await _different(admin, name, configs):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


def _raise_errors(answer: object) -> None:
    """Somebody else may have made the topic at the same moment: that is as good."""
    for name, code, *why in answer.topic_errors:  # type: ignore[attr-defined]
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise error(f"{name}: {why}")
