"""The instance's state, changed by events only: the same events make the same state again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from harken.domain.time import Duration, Instant, hours
from harken.testing.mastodon.content import entities
from harken.testing.mastodon.model import Account, Notification, Snowflakes, Status

Event = Mapping[str, Any]
KEY_KEPT: Duration = hours(1)


class World:
    def __init__(self, domain: str) -> None:
        self.domain = domain
        self.accounts: dict[int, Account] = {}
        self.statuses: dict[int, Status] = {}
        self.deleted: list[Status] = []
        self.posted: defaultdict[int, list[int]] = defaultdict(list)
        self.replies: defaultdict[int, list[int]] = defaultdict(list)
        self.notifications: defaultdict[int, list[Notification]] = defaultdict(list)
        self.keys: dict[tuple[int, str], tuple[int, Instant]] = {}
        self.ids = Snowflakes()
        self._by_acct: dict[str, int] = {}
        self._by_token: dict[str, int] = {}
        self._last_notification = 0

    def find(self, username: str, host: str = "") -> Account | None:
        own = host.lower() in {"", self.domain, self.domain.partition(":")[0]}
        acct = username if own else f"{username}@{host}"
        found = self._by_acct.get(acct.lower())
        return None if found is None else self.accounts[found]

    def of_token(self, token: str) -> Account | None:
        found = self._by_token.get(token)
        return None if found is None else self.accounts[found]

    def repeated(self, account: int, key: str, now: Instant) -> int | None:
        """The status that was posted under this key within the last hour."""
        status, at = self.keys.get((account, key), (0, Instant(0)))
        return status if status and now - at < KEY_KEPT else None

    def apply(self, event: Event) -> None:
        body = {name: value for name, value in event.items() if name != "event"}
        getattr(self, f"_on_{event['event']}")(**body)

    def _on_account(self, **body: Any) -> None:
        account = Account(**body)
        self.accounts[account.id] = account
        self._by_acct[account.acct.lower()] = account.id
        self._by_token[account.token] = account.id
        self.ids.seen(account.id)

    def _on_status(self, **body: Any) -> None:
        status = Status(**body)
        self.statuses[status.id] = status
        self.posted[status.account].append(status.id)
        self.ids.seen(status.id)
        self._name(status)
        if status.in_reply_to is not None:
            self.replies[status.in_reply_to].append(status.id)
        if status.key:
            self.keys[status.account, status.key] = (status.id, status.created_at)
        for account in status.mentions:
            self._notify("mention", account, status.account, status, status.created_at)

    def _on_edit(self, *, id: int, text: str, spoiler: str, language: str, at: Instant) -> None:  # noqa: A002
        status = self.statuses[id]
        named = set(status.mentions)
        status.text, status.spoiler, status.language = text, spoiler, language
        status.edited_at = at
        self._name(status)
        for account in set(status.mentions) - named:
            self._notify("mention", account, status.account, status, at)

    def _on_delete(self, *, id: int) -> None:  # noqa: A002
        status = self.statuses.pop(id)
        self.deleted.append(status)
        self.posted[status.account].remove(id)
        for reply in self.replies.pop(id, ()):
            self.statuses[reply].in_reply_to = None
        if status.in_reply_to is not None:
            self.replies[status.in_reply_to].remove(id)
        for account, told in self.notifications.items():
            self.notifications[account] = [each for each in told if each.status != id]

    def _on_favourite(self, *, id: int, account: int, at: Instant) -> None:  # noqa: A002
        status = self.statuses[id]
        status.favourites.add(account)
        self._notify("favourite", status.account, account, status, at)

    def _on_reblog(self, *, id: int, account: int, at: Instant) -> None:  # noqa: A002
        status = self.statuses[id]
        status.reblogs.add(account)
        self._notify("reblog", status.account, account, status, at)

    def _on_follow(self, *, account: int, target: int) -> None:
        self.accounts[account].following.add(target)

    def _name(self, status: Status) -> None:
        named = entities(status.text, self.find)
        status.mentions, status.tags = named.mentions, named.tags

    def _notify(self, kind: str, to: int, by: int, status: Status, at: Instant) -> None:
        if to == by:
            return
        self._last_notification += 1
        told = Notification(self._last_notification, kind, by, status.id, at)
        self.notifications[to].append(told)
