"""The example messages of each topic: every consumer is run on all of them.

``proto/examples/<topic>/*.json`` are messages in protobuf's JSON form, ``*.binpb`` are bytes that
JSON cannot say: messages of a newer schema, with fields and kinds that this code does not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from google.protobuf import json_format
from google.protobuf.message import Message

from harken.domain.ids import CaseId, TenantId
from harken.events.codec import MESSAGES, decode_counts, decode_mention
from harken.events.keys import bucket_key, case_key, mention_key
from harken.events.topics import TOPICS, Payload, Topic
from harken.log.port import NewRecord

EXAMPLES = Path(__file__).resolve().parents[2] / "proto" / "examples"


@dataclass(frozen=True, slots=True)
class Example:
    topic: Topic
    name: str
    value: bytes

    def message(self) -> Any:
        message: Message = MESSAGES[self.topic.payload]()
        message.ParseFromString(self.value)
        return message

    def record(self) -> NewRecord:
        """Under the key that its topic declares."""
        return NewRecord(self.topic.name, _key(self.topic, self.message()), self.value)

    def __str__(self) -> str:
        return f"{self.topic.name}/{self.name}"


def examples(topic: Topic) -> Sequence[Example]:
    """By name. Raises ``json_format.ParseError`` for a file that is not the topic's message."""
    return [_read(topic, path) for path in sorted((EXAMPLES / topic.name).iterdir())]


def all_examples() -> Sequence[Example]:
    return [example for topic in TOPICS.values() for example in examples(topic)]


def _read(topic: Topic, path: Path) -> Example:
    if path.suffix == ".binpb":
        return Example(topic, path.stem, path.read_bytes())
    message = MESSAGES[topic.payload]()
    json_format.Parse(path.read_text(encoding="utf-8"), message)
    return Example(topic, path.stem, message.SerializeToString())


def _key(topic: Topic, message: Any) -> bytes:
    match topic.payload:
        case Payload.MENTION:
            return mention_key(decode_mention(message))
        case Payload.TAGGED_MENTION:
            return mention_key(decode_mention(message.mention))
        case Payload.REPLY | Payload.DELIVERY:
            return case_key(TenantId(message.tenant), CaseId(message.case_id))
        case Payload.WORK:
            return _work_key(message)
        case Payload.PARTIAL_COUNTS:
            return bucket_key(decode_counts(message).bucket)
        case Payload.DEAD_LETTER:
            return cast("str", message.topic).encode()


def _work_key(message: Any) -> bytes:
    what = message.WhichOneof("what")
    if what is None:
        return b""
    fact = getattr(message, what)
    tenant = fact.tagged.mention.tenant if what == "mention" else fact.tenant
    return case_key(TenantId(tenant), CaseId(fact.id if what == "case" else fact.case_id))
