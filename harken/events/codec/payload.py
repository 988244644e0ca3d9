"""Bytes to messages, as a topic declares them."""

from __future__ import annotations

from collections.abc import Mapping

from google.protobuf.message import DecodeError, Message

from harken.events.topics import Payload
from harken.events.v1 import (
    dead_letter_pb2,
    mention_pb2,
    rates_pb2,
    reply_pb2,
    tone_pb2,
    work_pb2,
)

MESSAGES: Mapping[Payload, type[Message]] = {
    Payload.MENTION: mention_pb2.Mention,
    Payload.TAGGED_MENTION: tone_pb2.TaggedMention,
    Payload.WORK: work_pb2.Work,
    Payload.REPLY: reply_pb2.Reply,
    Payload.DELIVERY: reply_pb2.Delivery,
    Payload.PARTIAL_COUNTS: rates_pb2.PartialCounts,
    Payload.DEAD_LETTER: dead_letter_pb2.DeadLetter,
}


class Undecodable(ValueError):
    """The bytes are not this message."""


def parse(payload: Payload, value: bytes) -> Message:
    """Fields and numbers of a newer schema are kept. Raises `Undecodable`."""
    message = MESSAGES[payload]()
    try:
        message.ParseFromString(value)
    except DecodeError as error:
        raise Undecodable(f"not a {payload.value}: {error}") from error
    return message
