"""Reading a thread back: which replies of ours stand under a post?"""

from __future__ import annotations

from urllib.parse import quote

from harken.channels.html import html_to_text
from harken.channels.mastodon.api import MastodonApi, Missing
from harken.channels.mastodon.payload import StatusEntity, read_context, read_statuses
from harken.channels.mastodon.settings import Account
from harken.channels.port import ChannelUnavailable, OwnReply
from harken.channels.untrusted import past_instant
from harken.domain.time import Instant


async def own_replies(api: MastodonApi, account: Account, parent: str) -> tuple[OwnReply, ...]:
    """By the parent's context; where the parent is gone, by our own latest posts.

    Raises `ChannelUnavailable`, `ConnectionRefused`.
    """
    own_id = await api.own_id(account)
    try:
        try:
            path = f"/api/v1/statuses/{quote(parent, safe='')}/context"
            _, statuses = read_context((await api.read(account, path)).json())
        except Missing:
            statuses = await _own_latest(api, account, own_id)
    except ValueError as wrong:
        raise ChannelUnavailable(f"the thread is unreadable: {wrong}") from wrong
    now = api.clock.now()
    return tuple(
        _own_reply(status, now)
        for status in statuses
        if str(status.account.id) == own_id and str(status.in_reply_to_id) == parent
    )


async def _own_latest(api: MastodonApi, account: Account, own_id: str) -> list[StatusEntity]:
    path = f"/api/v1/accounts/{quote(own_id, safe='')}/statuses"
    try:
        answer = await api.read(account, path, (("limit", "40"), ("exclude_reblogs", "true")))
    except Missing:
        return []
    return read_statuses(answer.json())


def _own_reply(status: StatusEntity, now: Instant) -> OwnReply:
    return OwnReply(
        network_id=str(status.id),
        text=html_to_text(status.content or ""),
        created_at=past_instant(status.created_at, now),
        url=status.url or status.uri or "",
    )
