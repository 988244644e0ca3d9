"""Dead letters, and the headers inside them."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.time import Instant
from harken.events.codec.wire import instant, stamp
from harken.events.v1 import dead_letter_pb2 as pb


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that a group could not handle, with its bytes."""

    id: str
    group: str
    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    reason: str
    at: Instant


def encode_dead_letter(letter: DeadLetter) -> pb.DeadLetter:
    return pb.DeadLetter(
        id=letter.id,
        group=letter.group,
        topic=letter.topic,
        partition=letter.partition,
        offset=letter.offset,
        key=letter.key,
        value=letter.value,
        headers=[pb.Header(name=name, value=value) for name, value in letter.headers],
        reason=letter.reason,
        at=stamp(letter.at),
    )


def decode_dead_letter(message: pb.DeadLetter) -> DeadLetter:
    return DeadLetter(
        id=message.id,
        group=message.group,
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        key=message.key,
        value=message.value,
        headers=tuple((header.name, header.value) for header in message.headers),
        reason=message.reason,
        at=instant(message.at),
    )
