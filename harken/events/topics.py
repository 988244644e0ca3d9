"""The topic registry: every topic is declared here, once, and nowhere else.

Partition counts are fixed for life: changing one would break the order per key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from harken.domain.mention import Lane
from harken.domain.time import Duration, days


class Payload(StrEnum):
    """The protobuf message of ``harken.v1`` that a topic carries."""

    MENTION = "Mention"
    TAGGED_MENTION = "TaggedMention"
    WORK = "Work"
    REPLY = "Reply"
    DELIVERY = "Delivery"
    PARTIAL_COUNTS = "PartialCounts"
    DEAD_LETTER = "DeadLetter"


@dataclass(frozen=True, slots=True)
class Topic:
    """``key`` says what the record key is made of (see ``harken.events.keys``).

    ``dead_letters`` names the topic for its poison records; "" means that one found here stops
    the consumer, since every record was written by ourselves. Of a ``compact`` topic the last
    record of each key in each partition is enough; older ones may go before their time.
    """

    name: str
    payload: Payload
    key: str
    partitions: int
    retention: Duration
    dead_letters: str = ""
    compact: bool = False


DEAD_LETTERS = Topic("dead-letters", Payload.DEAD_LETTER, "topic", 1, days(30))

_AUTHOR = "tenant|network|author"
_CASE = "tenant|case"

_ALL = (
    Topic("mentions.urgent", Payload.MENTION, _AUTHOR, 4, days(7), DEAD_LETTERS.name),
    Topic("mentions.live", Payload.MENTION, _AUTHOR, 8, days(7), DEAD_LETTERS.name),
    Topic("mentions.bulk", Payload.MENTION, _AUTHOR, 8, days(7), DEAD_LETTERS.name),
    Topic("mentions.tagged", Payload.TAGGED_MENTION, _AUTHOR, 8, days(7), DEAD_LETTERS.name),
    Topic("work", Payload.WORK, _CASE, 8, days(7), DEAD_LETTERS.name),
    Topic("replies", Payload.REPLY, _CASE, 8, days(7), DEAD_LETTERS.name),
    Topic("deliveries", Payload.DELIVERY, _CASE, 8, days(7), DEAD_LETTERS.name),
    # Counted by one worker for each partition of mentions.tagged, into the same partition here:
    # it is that worker's memory, too (`services.router.rates`). As many partitions, therefore.
    Topic(
        "rates",
        Payload.PARTIAL_COUNTS,
        "tenant|minute|partition",
        8,
        days(2),
        DEAD_LETTERS.name,
        compact=True,
    ),
    DEAD_LETTERS,
)

TOPICS: Mapping[str, Topic] = MappingProxyType({topic.name: topic for topic in _ALL})

LANES: Mapping[Lane, Topic] = MappingProxyType(
    {lane: TOPICS[f"mentions.{lane.value}"] for lane in Lane}
)
MENTIONS_TAGGED = TOPICS["mentions.tagged"]
WORK = TOPICS["work"]
REPLIES = TOPICS["replies"]
DELIVERIES = TOPICS["deliveries"]
RATES = TOPICS["rates"]
