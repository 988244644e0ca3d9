"""From the events of the streaming API to mentions."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from harken.channels.mastodon.again import Place, taken_back
from harken.channels.mastodon.cursor import Cursor
from harken.channels.mastodon.hear import hear
from harken.channels.mastodon.listen import item_id
from harken.channels.mastodon.mention import retraction
from harken.channels.mastodon.threads import Threads
from harken.channels.mastodon.ways import UNREADABLE
from harken.channels.port import Parsed, Unreadable
from harken.channels.sse import ServerEvent
from harken.channels.untrusted import Identifier, read_json, refuse_surrogates
from harken.domain.mention import Mention

NOTIFICATION = "notification"
UPDATE = "update"
EDIT = "status.update"
DELETE = "delete"

_OF_TAG = frozenset({UPDATE, EDIT, DELETE})
_OF_ACCOUNT = frozenset({NOTIFICATION, EDIT, DELETE})


async def told(
    events: Sequence[ServerEvent], place: Place, threads: Threads, cursor: Cursor, *, tagged: bool
) -> tuple[Parsed, Cursor]:
    """In the order of the events. ``tagged``: a hashtag's stream, else that of our account.

    Our account's stream tells of all whom we follow: only what names us, or was heard before, is
    a mention. Raises `ChannelUnavailable`.
    """
    mentions: list[Mention] = []
    unreadable: list[Unreadable] = []
    for event in events:
        # A message's JSON can say half a character.
        data = event.data.encode("utf-8", "surrogatepass")
        if event.name == UNREADABLE:
            unreadable.append(Unreadable(data, "no event of the streaming API"))
        if event.name not in (_OF_TAG if tagged else _OF_ACCOUNT):
            continue
        try:
            if event.name == DELETE:
                mentions.append(_deleted(event.data.strip(), place, cursor))
                continue
            entry = read_json(data)
        except ValueError as wrong:
            unreadable.append(Unreadable(data, str(wrong)))
            continue
        parsed = await hear([entry], place.hearing, place.account, threads)
        if tagged or event.name == NOTIFICATION or _ours(parsed, item_id(entry), cursor):
            mentions += parsed.mentions
            unreadable += parsed.unreadable
    news, cursor = cursor.handing_over(mentions)
    return Parsed(news, tuple(unreadable)), cursor


def _ours(parsed: Parsed, status: str, cursor: Cursor) -> bool:
    return any(each.direct for each in parsed.mentions) or any(
        known.id == status for known in cursor.known
    )


def _deleted(status: str, place: Place, cursor: Cursor) -> Mention:
    """Raises ``ValueError``."""
    msgspec.convert(status, Identifier)
    refuse_surrogates(status)
    known = next((each for each in cursor.known if each.id == status), None)
    return retraction(place.hearing, status) if known is None else taken_back(place.hearing, known)
