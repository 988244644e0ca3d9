"""The root of a status's thread: its first post, under which an author's messages belong together.

A status names its parent only. The root of a parent we have met is remembered; otherwise the
status's context is read once. Where that does not tell (the parent is gone, or not for us), the
furthest ancestor that we know of stands in for the root.
"""

from __future__ import annotations

from collections import OrderedDict
from urllib.parse import quote

from harken.channels.mastodon.api import MastodonApi, Missing, RateLimited
from harken.channels.mastodon.payload import StatusEntity, read_context
from harken.channels.mastodon.settings import Account
from harken.channels.port import ChannelUnavailable, ConnectionRefused

_REMEMBERED = 20_000
_TRIES = 3


class Threads:
    def __init__(self, api: MastodonApi) -> None:
        self._api = api
        self._roots: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._failures: dict[tuple[str, str], int] = {}

    def known(self, account: Account, status: StatusEntity) -> str:
        """Without asking anybody: the parent stands in for a root that was not met."""
        if status.in_reply_to_id is None:
            return str(status.id)
        parent = str(status.in_reply_to_id)
        return self._roots.get((account.host, parent), parent)

    async def root(self, account: Account, status: StatusEntity) -> str:
        """Raises `ChannelUnavailable`: ask again later. Only a rate limit makes it raise more than
        twice for one status; a context that stays unreadable must not hold up all others.
        """
        parent = status.in_reply_to_id
        if parent is not None and (account.host, str(parent)) not in self._roots:
            await self._explore(account, str(status.id), str(parent))
        root = self.known(account, status)
        self.remember(account, str(status.id), root)
        return root

    def follow(self, account: Account, parent: StatusEntity, reply_id: str) -> None:
        """A reply of ours has its parent's root, if that is known for sure."""
        root = self._roots.get((account.host, str(parent.id)))
        if root is None and parent.in_reply_to_id is None:
            root = str(parent.id)
        if root is not None:
            self.remember(account, reply_id, root)

    def remember(self, account: Account, status_id: str, root: str) -> None:
        key = (account.host, status_id)
        self._roots[key] = root
        self._roots.move_to_end(key)
        if len(self._roots) > _REMEMBERED:
            self._roots.popitem(last=False)

    async def _explore(self, account: Account, status_id: str, parent: str) -> None:
        try:
            answer = await self._api.read(
                account, f"/api/v1/statuses/{quote(status_id, safe='')}/context"
            )
            ancestors, _ = read_context(answer.json())
        except (Missing, ConnectionRefused, ValueError):
            return
        except RateLimited:
            raise
        except ChannelUnavailable:
            failures = self._failures.pop((account.host, status_id), 0) + 1
            if failures < _TRIES:
                self._failures[account.host, status_id] = failures
                raise
            return
        parents = {str(each.id): each.in_reply_to_id for each in ancestors}
        root = _climb(parent, parents)
        for met in {parent, *parents}:
            self.remember(account, met, root)


def _climb(start: str, parents: dict[str, str | int | None]) -> str:
    """The furthest ancestor named, without trusting the list's order or its lack of circles."""
    met = {start}
    while (above := parents.get(start)) is not None and str(above) not in met:
        start = str(above)
        met.add(start)
    return start
