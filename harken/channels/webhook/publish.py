"""Posting a reply to the peer, signed, and asking it which replies it has."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated

import httpx
import msgspec

from harken.channels.exchange import AddressRefused, Answer, Clients, NeverSent, NoAnswer
from harken.channels.patience import patience
from harken.channels.port import (
    ChannelUnavailable,
    NotNow,
    OutcomeUnknown,
    OwnReply,
    Published,
    PublishRequest,
    Refused,
)
from harken.channels.untrusted import Identifier, past_instant
from harken.channels.webhook.settings import Peer
from harken.channels.webhook.signature import sign
from harken.clock import Clock

_READ_SECONDS = 20.0
_MAYBE = frozenset({408, 409, 425})
"""4xx answers that do not say that the reply was not taken."""

Address = Annotated[str, msgspec.Meta(max_length=2_000)]


class _Taken(msgspec.Struct):
    id: Identifier
    url: Address = ""


class _ReplyEntry(msgspec.Struct):
    id: Identifier
    text: str
    created_at: str
    url: Address = ""


class _Replies(msgspec.Struct):
    replies: list[_ReplyEntry]


def reply_body(request: PublishRequest) -> str:
    """What is posted to ``reply_url``; equal on every attempt under one key."""
    return json.dumps(
        {
            "type": "reply",
            "version": 1,
            "data": {
                "key": request.key,
                "parent": request.parent_source_id,
                "parent_author": request.parent_author_handle,
                "visibility": request.visibility.value,
                "text": request.text,
                "language": request.language,
            },
        }
    )


async def publish(
    clients: Clients, clock: Clock, peer: Peer, reply_url: httpx.URL, request: PublishRequest
) -> Published:
    """Raises `Refused`, `NotNow`, `OutcomeUnknown`."""
    body = reply_body(request)
    headers = sign(peer.secrets, request.key, clock.now(), body)
    try:
        answer = await clients.exchange(
            "POST",
            reply_url,
            deadline=request.deadline,
            headers={**headers, "Content-Type": "application/json"},
            content=body.encode(),
        )
    except AddressRefused as refused:
        raise Refused(str(refused)) from refused
    except NeverSent as never:
        raise NotNow(str(never), 5.0) from never
    except NoAnswer as nothing:
        raise OutcomeUnknown(str(nothing)) from nothing
    return _outcome(answer, request.key, clock)


def _outcome(answer: Answer, key: str, clock: Clock) -> Published:
    taken = _taken(answer)
    if answer.ok:
        return Published(taken.id, taken.url) if taken else Published(key)
    if answer.status == 409 and taken:
        return Published(taken.id, taken.url)
    said = f"the network answered {answer.status}"
    if answer.status == 429:
        raise NotNow(said, patience(answer.headers, clock.now()))
    if 400 <= answer.status < 500 and answer.status not in _MAYBE:
        words = answer.body[:300].decode("utf-8", "replace").strip()
        raise Refused(f"{said}: {words}" if words else said)
    raise OutcomeUnknown(said)


def _taken(answer: Answer) -> _Taken | None:
    try:
        return msgspec.convert(answer.json(), _Taken)
    except ValueError:
        return None


async def find_own_replies(
    clients: Clients, clock: Clock, peer: Peer, replies_url: httpx.URL, parent: str
) -> Sequence[OwnReply]:
    """``GET replies_url?parent=…``, signed as a webhook whose body is the query.

    Answer: ``{"replies": [{"id", "text", "created_at", "url"}]}``. Raises `ChannelUnavailable`.
    """
    url = replies_url.copy_merge_params({"parent": parent})
    now = clock.now()
    try:
        answer = await clients.exchange(
            "GET",
            url,
            deadline=_READ_SECONDS,
            headers=sign(peer.secrets, f"replies-{now}", now, url.query.decode("ascii")),
        )
    except (NeverSent, NoAnswer) as failed:
        raise ChannelUnavailable(str(failed)) from failed
    if not answer.ok:
        wait = patience(answer.headers, now)
        raise ChannelUnavailable(f"the network answered {answer.status}", wait)
    try:
        found = msgspec.convert(answer.json(), _Replies).replies
        return tuple(
            OwnReply(each.id, each.text, past_instant(each.created_at, now), each.url)
            for each in found
        )
    except ValueError as wrong:
        raise ChannelUnavailable(f"the answer is unreadable: {wrong}") from wrong
