"""Instants and enums on the wire."""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, TypeVar

from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from harken.domain.time import LATEST, Instant

E = TypeVar("E", bound=StrEnum)

EARLIEST = Instant(-62_135_596_800_000_000)
"""0001-01-01T00:00Z, the first instant that RFC 3339 can say."""


def stamp(instant: Instant) -> Timestamp:
    seconds, microseconds = divmod(instant, 1_000_000)
    return Timestamp(seconds=seconds, nanos=microseconds * 1_000)


def optional_stamp(instant: Instant | None) -> Timestamp | None:
    return None if instant is None else stamp(instant)


def instant(timestamp: Timestamp) -> Instant:
    """Whole microseconds, held within what RFC 3339 can say; an absent one is the epoch."""
    exact = timestamp.seconds * 1_000_000 + timestamp.nanos // 1_000
    return Instant(min(max(exact, EARLIEST), LATEST))


def optional_instant(message: Message, field: str) -> Instant | None:
    return instant(getattr(message, field)) if message.HasField(field) else None


class Words(Generic[E]):
    """One enum in both forms; the schema's names are ``PREFIX_MEMBER``.

    A number that this code does not know (0, or one of a newer schema) reads as ``default``.
    Forwarding keeps the number all the same: stages forward the message, not its reading.
    """

    def __init__(self, kind: type[E], schema: EnumTypeWrapper, prefix: str, default: E):
        self._names = {member: f"{prefix}_{member.name}" for member in kind}
        self._members = {schema.Value(name): member for member, name in self._names.items()}
        self.default = default

    def name(self, member: E) -> str:
        """What generated constructors take."""
        return self._names[member]

    def known(self, number: int) -> E | None:
        return self._members.get(number)

    def member(self, number: int) -> E:
        return self._members.get(number, self.default)
