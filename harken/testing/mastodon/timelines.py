"""Which statuses stand where, in the order of their ids."""

from __future__ import annotations

from harken.testing.mastodon.instance import Instance
from harken.testing.mastodon.model import Account, Notification, Status


class Timelines:
    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._world = instance.world

    def home(self, viewer: Account) -> list[Status]:
        return [
            each
            for each in self._world.statuses.values()
            if (each.account == viewer.id or each.account in viewer.following)
            and self._instance.may_see(each, viewer)
        ]

    def tag(self, tag: str) -> list[Status]:
        return [
            each
            for each in self._world.statuses.values()
            if tag.lower() in each.tags and each.visibility == "public"
        ]

    def public(self) -> list[Status]:
        return [each for each in self._world.statuses.values() if each.visibility == "public"]

    def of_account(
        self, account: Account, viewer: Account | None, *, replies: bool = True
    ) -> list[Status]:
        return [
            each
            for each in self._world.statuses.values()
            if each.account == account.id
            and (replies or each.in_reply_to is None)
            and self._instance.may_see(each, viewer)
        ]

    def notifications(
        self, viewer: Account, kinds: list[str], without: list[str]
    ) -> list[Notification]:
        return [
            each
            for each in self._world.notifications[viewer.id]
            if (not kinds or each.kind in kinds) and each.kind not in without
        ]

    def ancestors(self, status: Status, viewer: Account | None) -> list[Status]:
        """From the root down, as far up as the viewer may see."""
        above: list[Status] = []
        while (parent := self._world.statuses.get(status.in_reply_to or 0)) is not None:
            if self._instance.may_see(parent, viewer):
                above.append(parent)
            status = parent
        return above[::-1]

    def descendants(self, status: Status, viewer: Account | None) -> list[Status]:
        """Depth first, as threads are read."""
        below: list[Status] = []
        waiting = list(reversed(self._world.replies.get(status.id, ())))
        while waiting:
            each = self._world.statuses[waiting.pop()]
            if self._instance.may_see(each, viewer):
                below.append(each)
            waiting += reversed(self._world.replies.get(each.id, ()))
        return below
