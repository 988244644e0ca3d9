"""What the network knows: the mentions it delivered, and the replies it took, one for each key."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harken.channels.port import NotVerified
from harken.channels.webhook.signature import sign, verify
from harken.clock import Clock
from harken.domain.time import rfc3339

DEFAULT_SECRET = "whsec_bG9jYWwgd2ViaG9vayBuZXR3b3JrIHNlY3JldCE="


@dataclass(frozen=True, slots=True)
class TakenReply:
    id: str
    key: str
    parent: str
    text: str
    visibility: str
    created_at: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A signed call, ready to be posted to Harken."""

    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Turned:
    """What a reply is answered with."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)


class WebhookNetwork:
    """``max_length`` of a reply is in code points; 0 is no limit."""

    def __init__(self, clock: Clock, secret: str = DEFAULT_SECRET, max_length: int = 0) -> None:
        self._clock = clock
        self._secrets = (secret,)
        self._max_length = max_length
        self._replies: dict[str, TakenReply] = {}
        self._said: list[str] = []

    @property
    def replies(self) -> Sequence[TakenReply]:
        return tuple(self._replies.values())

    def mention(self, text: str, **fields: Any) -> dict[str, Any]:
        """A mention by version 1 of the payload; ``fields`` replace or add to its fields."""
        mention = {
            "id": f"said-{len(self._said) + 1}",
            "text": text,
            "created_at": rfc3339(self._clock.now()),
            "author": {"id": "person-1", "handle": "mara", "name": "Mara"},
            **fields,
        }
        self._said.append(mention["id"])
        return mention

    def delivery(self, payload: Mapping[str, Any]) -> Delivery:
        body = json.dumps(payload)
        headers = sign(self._secrets, f"delivery-{len(self._said)}", self._clock.now(), body)
        return Delivery({**headers, "content-type": "application/json"}, body.encode())

    def take(self, headers: Mapping[str, str], body: bytes) -> Turned:
        """A reply of Harken's: taken once for each key. Header names are lower case."""
        try:
            verify(self._secrets, headers, body, self._clock.now())
        except NotVerified as wrong:
            return Turned(401, {"error": str(wrong)})
        data = json.loads(body)["data"]
        key = headers["webhook-id"]
        if key in self._replies:
            return Turned(409, {"id": self._replies[key].id})
        if data["parent"] not in self._said:
            return Turned(404, {"error": "nobody said what is answered"})
        if self._max_length and len(data["text"]) > self._max_length:
            return Turned(422, {"error": f"a reply has at most {self._max_length} characters"})
        reply = TakenReply(
            id=f"reply-{len(self._replies) + 1}",
            key=key,
            parent=data["parent"],
            text=data["text"],
            visibility=data["visibility"],
            created_at=rfc3339(self._clock.now()),
        )
        self._replies[key] = reply
        return Turned(201, {"id": reply.id})

    def under(self, headers: Mapping[str, str], query: str, parent: str) -> Turned:
        """The replies under a parent; the call is signed over its query."""
        try:
            verify(self._secrets, headers, query.encode(), self._clock.now())
        except NotVerified as wrong:
            return Turned(401, {"error": str(wrong)})
        found = [
            {"id": each.id, "text": each.text, "created_at": each.created_at}
            for each in self._replies.values()
            if each.parent == parent
        ]
        return Turned(200, {"replies": found})
