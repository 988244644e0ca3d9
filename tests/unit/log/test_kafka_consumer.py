"""Rebalances come between any two steps of who uses the consumer."""

from __future__ import annotations

from typing import cast

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as KafkaPlace

from harken.events.topics import WORK
from harken.log.kafka.consumer import KafkaConsumer
from harken.log.kafka.settings import KafkaSettings
from harken.log.port import TopicPartition

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
