"""From what an instance sends (notifications, statuses, stream events) to mentions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harken.channels.mastodon.mention import Hearing, retraction, to_mention
from harken.channels.mastodon.payload import (
    StatusEntity,
    read_notification,
    read_status,
)
from harken.channels.mastodon.settings import Account
from harken.channels.mastodon.threads import Threads
from harken.channels.port import Parsed, Unreadable
from harken.channels.untrusted import as_bytes, read_json
from harken.domain.mention import Mention


@dataclass(frozen=True, slots=True)
class Heard:
    status: StatusEntity
    direct: bool


async def hear(
    entries: Sequence[object], hearing: Hearing, account: Account, threads: Threads
) -> Parsed:
    """Asks for the root of a thread where it was not met.

    Raises `ChannelUnavailable` where that has to be asked again later.
    """
    mentions: list[Mention] = []
    unreadable: list[Unreadable] = []
    for entry in entries:
        try:
            heard = _read(entry, hearing.own_id)
            if heard is not None:
                root = await threads.root(account, heard.status)
                mentions.append(to_mention(heard.status, hearing, root=root, direct=heard.direct))
        except ValueError as wrong:
            unreadable.append(Unreadable(as_bytes(entry), str(wrong)))
    return Parsed(tuple(mentions), tuple(unreadable))


def overhear(payload: bytes, hearing: Hearing, account: Account, threads: Threads) -> Parsed:
    """As `hear`, of a payload as it came, asking nobody.

    One entry, a list of them, or an event of the streaming API, the only place where an instance
    tells of deletions.
    """
    mentions: list[Mention] = []
    unreadable: list[Unreadable] = []
    try:
        entries = list(_entries(read_json(payload)))
    except ValueError as wrong:
        return Parsed(unreadable=(Unreadable(payload, str(wrong)),))
    for entry in entries:
        try:
            if isinstance(entry, _Deleted):
                mentions.append(retraction(hearing, entry.status_id))
                continue
            heard = _read(entry, hearing.own_id)
            if heard is not None:
                root = threads.known(account, heard.status)
                mentions.append(to_mention(heard.status, hearing, root=root, direct=heard.direct))
        except ValueError as wrong:
            unreadable.append(Unreadable(payload, str(wrong)))
    return Parsed(tuple(mentions), tuple(unreadable))


@dataclass(frozen=True, slots=True)
class _Deleted:
    status_id: str


def _entries(body: object) -> Iterator[object]:
    """Raises ``ValueError``."""
    if isinstance(body, list):
        yield from body
    elif isinstance(body, dict) and "event" in body:
        yield from _event(body["event"], body.get("payload"))
    else:
        yield body


def _event(event: object, payload: object) -> Iterator[object]:
    if not isinstance(payload, str):
        raise ValueError("a stream event without a payload")
    if event == "delete":
        yield _Deleted(payload)
    elif event in {"notification", "update", "status.update"}:
        yield read_json(payload.encode("utf-8", "surrogatepass"))


def _read(entry: object, own_id: str) -> Heard | None:
    """None for what is no mention: other notifications, boosts. Raises ``ValueError``."""
    if not isinstance(entry, dict):
        raise ValueError("expected a notification or a status")
    if "type" not in entry:
        return _status(read_status(entry), own_id)
    if entry["type"] != "mention":
        return None
    notification = read_notification(entry)
    if notification.status is None:
        raise ValueError("a mention without its status")
    return Heard(notification.status, direct=True)


def _status(status: StatusEntity, own_id: str) -> Heard | None:
    if status.reblog is not None:
        return None
    ids = [named.id for named in status.mentions or ()]
    if status.in_reply_to_account_id is not None:
        ids.append(status.in_reply_to_account_id)
    return Heard(status, direct=any(str(one) == own_id for one in ids))
