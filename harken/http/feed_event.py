"""One row of the outbox as a server-sent event."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
from google.protobuf.json_format import MessageToDict
from sqlalchemy import Row

from harken.domain.roles import Role
from harken.domain.time import rfc3339
from harken.events.codec import Undecodable, parse
from harken.events.topics import TOPICS
from harken.http.principal import Principal
from harken.store.schema.infrastructure import OUTBOX
from harken.telemetry.logs import Log

_CURSOR = re.compile(r"(\d{1,18})-(\d{1,18})")

_log = Log(__name__)

COLUMNS = (
    OUTBOX.c.txid,
    OUTBOX.c.id,
    OUTBOX.c.tenant,
    OUTBOX.c.topic,
    OUTBOX.c.kind,
    OUTBOX.c.audience,
    OUTBOX.c.aggregate,
    OUTBOX.c.revision,
    OUTBOX.c.created_at,
    OUTBOX.c.value,
)


class Place(NamedTuple):
    """Where in the outbox somebody has read to: its order is that of the feed."""

    txid: int
    id: int

    def __str__(self) -> str:
        return f"{self.txid}-{self.id}"


BEGINNING = Place(0, 0)


def place(cursor: str) -> Place | None:
    """None for what was never a cursor."""
    found = _CURSOR.fullmatch(cursor)
    return None if found is None else Place(int(found[1]), int(found[2]))


class FeedEvent:
    def __init__(self, row: Row[Any]) -> None:
        self._row = row
        self.place = Place(row.txid, row.id)
        self.tenant: str = row.tenant
        self.kind: str = row.kind or row.topic
        self._audience = tuple(role for role in Role if role in row.audience.split(","))

    def visible_to(self, principal: Principal) -> bool:
        """An event for no role is for nobody, admins included."""
        ours = self.tenant == principal.tenant
        return ours and bool(self._audience) and principal.may(*self._audience)

    @cached_property
    def frame(self) -> bytes:
        """Made once, however many connections want it."""
        data = {
            "kind": self.kind,
            "aggregate": self._row.aggregate,
            "revision": self._row.revision,
            "at": rfc3339(self._row.created_at),
            "payload": self._payload(),
        }
        return frame(self.place, self.kind, msgspec.json.encode(data))

    def _payload(self) -> dict[str, Any] | None:
        if not self._row.topic:  # for event streams only: it is a JSON object already
            payload: dict[str, Any] = msgspec.json.decode(self._row.value)
            return payload
        try:
            message = parse(TOPICS[self._row.topic].payload, self._row.value)
        except (KeyError, Undecodable) as error:
            # What is stored cannot be mended here; whoever listens can still ask for it by id.
            _log.error("unreadable event", error, topic=self._row.topic, kind=self.kind)
            return None
        return MessageToDict(message, preserving_proto_field_name=True)


def frame(at: Place, event: str, data: bytes) -> bytes:
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (str(at).encode(), event.encode(), data)


def reset(at: Place) -> bytes:
    """What lies between the caller's cursor and now cannot be told: load again."""
    return frame(at, "reset", b"{}")


def heartbeat(at: Place) -> bytes:
    """A comment; its id keeps the cursor of a quiet connection fresh."""
    return b": heartbeat\nid: %b\n\n" % str(at).encode()
