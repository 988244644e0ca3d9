"""Rebalances come between any two steps of who uses the consumer."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as KafkaPlace

from harken.events.topics import WORK
from harken.log.kafka.consumer import KafkaConsumer
from harken.log.kafka.settings import KafkaSettings
from harken.log.port import LogUnavailable, Polled, TopicPartition

AT, PLACE = KafkaPlace("work", 3), TopicPartition("work", 3)


class Member:
    """As much of aiokafka's consumer as a rebalance asks for."""

    def seek(self, at: KafkaPlace, offset: int) -> None: ...

    def pause(self, at: KafkaPlace) -> None: ...


@pytest.fixture
def consumer() -> KafkaConsumer:
    return KafkaConsumer(KafkaSettings("nobody:1"), "router", [WORK])


def test_a_partition_that_is_lost_before_it_is_placed_is_left_alone(
    consumer: KafkaConsumer,
) -> None:
    member = cast("AIOKafkaConsumer", Member())
    consumer.take_over(member, [AT])
    consumer.give_up([AT])
    consumer.seek(PLACE, 7)
    consumer.take_over(member, [AT])
    consumer.seek(PLACE, 7)


def test_a_partition_that_was_never_ours_is_our_mistake(consumer: KafkaConsumer) -> None:
    with pytest.raises(KeyError):
        consumer.seek(PLACE, 7)


class Unanswered:
    """A consumer of aiokafka's whose group never takes it in."""

    def __init__(self, **_: object) -> None:
        self.stopped = False
        MADE.append(self)

    def subscribe(self, topics: object, listener: object) -> None: ...

    async def start(self) -> None:
        await asyncio.Event().wait()

    async def stop(self) -> None:
        self.stopped = True


MADE: list[Unanswered] = []


async def test_a_poll_ends_in_time_though_the_group_takes_nobody_in(
    consumer: KafkaConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harken.log.kafka.consumer.AIOKafkaConsumer", Unanswered)
    MADE.clear()
    for _ in range(3):
        assert await consumer.poll(10, 0.01) == Polled()
    await consumer.close()
    assert [one.stopped for one in MADE] == [True]


async def test_a_group_that_takes_too_long_is_tried_anew(
    consumer: KafkaConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harken.log.kafka.consumer.AIOKafkaConsumer", Unanswered)
    monkeypatch.setattr("harken.log.kafka.consumer.SESSION_SECONDS", 0.0)
    monkeypatch.setattr("harken.log.kafka.consumer.REBALANCE_SECONDS", 0.01)
    MADE.clear()
    for _ in range(2):
        with pytest.raises(LogUnavailable):
            await consumer.poll(10, 60.0)
    assert [one.stopped for one in MADE] == [True, True]
