"""One instance: what accounts may do to it, and the rules that it keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harken.channels.mastodon.counting import graphemes, length
from harken.clock import Clock
from harken.domain.time import Instant
from harken.testing.mastodon import software
from harken.testing.mastodon.journal import Journal
from harken.testing.mastodon.model import Account, Notification, Rejected, Status, not_found
from harken.testing.mastodon.world import Event, World

Notes = Sequence[tuple[int, Notification]]
"""Notifications with the accounts that they are for."""
Told = Callable[[str, Status, Notes], None]
"""Called with ``status``, ``edit`` or ``delete`` once it has happened."""

VISIBILITIES = ("public", "unlisted", "private", "direct")


@dataclass(frozen=True, slots=True)
class Settings:
    """``address`` is the instance's origin. ``rate_limit`` 0 lets everyone ask as they like."""

    address: str = "http://127.0.0.1:3999"
    brand: str = "northkettle"
    customers: tuple[str, ...] = ("mara", "tomek")
    max_characters: int = 500
    url_length: int = 23
    rate_limit: int = 300
    rate_seconds: int = 300
    state: Path | None = None
    software: software.Name = "mastodon"

    @property
    def domain(self) -> str:
        return self.address.partition("://")[2]


@dataclass(frozen=True, slots=True)
class Draft:
    text: str
    visibility: str = "public"
    in_reply_to: str = ""
    spoiler: str = ""
    language: str = ""
    key: str = ""


class Instance:
    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.software = software.KINDS[settings.software]
        self.world = World(settings.domain)
        self.told: list[Told] = []
        self._clock = clock
        self._journal = Journal(settings.state)
        for event in self._journal.replay():
            self.world.apply(event)
        for name in (settings.brand, *settings.customers):
            self.register(name)

    def now(self) -> Instant:
        """Whole milliseconds, as the API tells times."""
        return Instant(self._clock.now() // 1_000 * 1_000)

    def register(
        self, username: str, domain: str = "", display_name: str = "", followers: int = 0
    ) -> Account:
        """The account of that name, made if it is new. Its token is its name with ``-token``."""
        known = self.world.find(username, domain)
        if known is not None:
            return known
        now = self.now()
        account_id = self.world.ids.next(now)
        account = {
            "id": account_id,
            "username": username,
            "domain": domain,
            "display_name": display_name or username.capitalize(),
            "followers": followers,
            "token": f"{username}@{domain}-token" if domain else f"{username}-token",
            "created_at": now,
        }
        self._do({"event": "account", **account})
        return self.world.accounts[account_id]

    def post(self, account: Account, draft: Draft) -> Status:
        """The same key within an hour gives the same status again. Raises `Rejected`."""
        now = self.now()
        if draft.key:
            repeated = self.world.repeated(account.id, draft.key, now)
            if repeated is not None:
                return self.own(account, repeated)
        parent = None
        if draft.in_reply_to:
            parent = self.visible(draft.in_reply_to, account).id
        self._check(draft)
        status_id = self.world.ids.next(now)
        self._tell(
            {
                "event": "status",
                "id": status_id,
                "account": account.id,
                "text": draft.text,
                "visibility": draft.visibility,
                "in_reply_to": parent,
                "spoiler": draft.spoiler,
                "language": draft.language,
                "created_at": now,
                "key": draft.key,
            }
        )
        return self.world.statuses[status_id]

    def edit(self, account: Account, status_id: int, draft: Draft) -> Status:
        """Raises `Rejected`."""
        status = self.own(account, status_id)
        self._check(draft)
        self._tell(
            {
                "event": "edit",
                "id": status.id,
                "text": draft.text,
                "spoiler": draft.spoiler,
                "language": draft.language or status.language,
                "at": self.now(),
            }
        )
        return status

    def delete(self, account: Account, status_id: int) -> Status:
        """Raises `Rejected`."""
        status = self.own(account, status_id)
        self._tell({"event": "delete", "id": status.id})
        return status

    def react(self, account: Account, status_id: str, kind: str) -> Status:
        """``kind`` is favourite or reblog. Raises `Rejected`."""
        status = self.visible(status_id, account)
        done = status.favourites if kind == "favourite" else status.reblogs
        if account.id not in done:
            self._do({"event": kind, "id": status.id, "account": account.id, "at": self.now()})
        return status

    def follow(self, account: Account, target: Account) -> None:
        if target.id not in account.following:
            self._do({"event": "follow", "account": account.id, "target": target.id})

    def own(self, account: Account, status_id: int) -> Status:
        status = self.world.statuses.get(status_id)
        if status is None or status.account != account.id:
            raise not_found()
        return status

    def visible(self, status_id: str, viewer: Account | None) -> Status:
        """Raises `Rejected` alike for what is not there and for what is not for this viewer."""
        status = self.world.statuses.get(number(status_id))
        if status is None or not self.may_see(status, viewer):
            raise not_found()
        return status

    def may_see(self, status: Status, viewer: Account | None) -> bool:
        if status.visibility in {"public", "unlisted"}:
            return True
        if viewer is None:
            return False
        if viewer.id == status.account or viewer.id in status.mentions:
            return True
        return status.visibility == "private" and status.account in viewer.following

    def _check(self, draft: Draft) -> None:
        if not draft.text.strip():
            raise Rejected(422, "Validation failed: Text can't be blank")
        if draft.visibility not in VISIBILITIES:
            raise Rejected(422, "Validation failed: Visibility is not included in the list")
        counted = graphemes(draft.spoiler) + length(draft.text, self.settings.url_length)
        most = self.settings.max_characters
        if counted > most:
            raise Rejected(422, f"Validation failed: Text character limit of {most} exceeded")

    def _tell(self, event: Event) -> None:
        """Does it, and tells those who listen of the status and of the notifications made."""
        status = self.world.statuses.get(event["id"])
        before = {who: len(notes) for who, notes in self.world.notifications.items()}
        self._do(event)
        status = status or self.world.statuses[event["id"]]
        notes = [
            (who, note)
            for who, found in self.world.notifications.items()
            for note in found[before.get(who, 0) :]
        ]
        for told in self.told:
            told(event["event"], status, notes)

    def _do(self, event: Event) -> None:
        self._journal.append(event)
        self.world.apply(event)


def number(text: str) -> int:
    """An id as the database would read it; 0, which is nobody's, for what is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
