"""The API's entities as JSON."""

from __future__ import annotations

from typing import Any

from harken.domain.time import Instant, to_datetime
from harken.testing.mastodon.content import account_url, html
from harken.testing.mastodon.instance import Instance
from harken.testing.mastodon.model import Account, Notification, Status

Json = dict[str, Any]


def moment(at: Instant) -> str:
    return to_datetime(at).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class Entities:
    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._world = instance.world
        self._address = instance.settings.address

    def account(self, account: Account) -> Json:
        posted = self._world.posted[account.id]
        following = self._world.accounts.values()
        return {
            "id": str(account.id),
            "username": account.username,
            "acct": account.acct,
            "display_name": account.display_name,
            "locked": False,
            "bot": False,
            "created_at": moment(account.created_at),
            "note": "",
            "url": account_url(account, self._address),
            "uri": f"{self._address}/users/{account.username}",
            "avatar": f"{self._address}/avatar.svg",
            "header": f"{self._address}/avatar.svg",
            "followers_count": account.followers
            + sum(account.id in each.following for each in following),
            "following_count": len(account.following),
            "statuses_count": len(posted),
            "last_status_at": self._day(posted[-1]) if posted else None,
            "emojis": [],
            "fields": [],
        }

    def own_account(self, account: Account) -> Json:
        source = {"privacy": "public", "sensitive": False, "language": None, "note": ""}
        return {**self.account(account), "source": {**source, "fields": []}}

    def status(self, status: Status, viewer: Account | None = None) -> Json:
        accounts = self._world.accounts
        parent = self._world.statuses.get(status.in_reply_to or 0)
        me = viewer.id if viewer else 0
        return {
            "id": str(status.id),
            "created_at": moment(status.created_at),
            "in_reply_to_id": str(parent.id) if parent else None,
            "in_reply_to_account_id": str(parent.account) if parent else None,
            "sensitive": bool(status.spoiler),
            "spoiler_text": status.spoiler,
            "visibility": status.visibility,
            "language": status.language or None,
            "uri": self.status_url(status),
            "url": self.status_url(status),
            "replies_count": len(self._world.replies.get(status.id, ())),
            "reblogs_count": len(status.reblogs),
            "favourites_count": len(status.favourites),
            "edited_at": moment(status.edited_at) if status.edited_at else None,
            "favourited": me in status.favourites,
            "reblogged": me in status.reblogs,
            "content": html(status.text, self._world.find, self._address),
            "reblog": None,
            "application": None,
            "account": self.account(accounts[status.account]),
            "media_attachments": [],
            "mentions": [self._mention(accounts[each]) for each in status.mentions],
            "tags": [{"name": tag, "url": f"{self._address}/tags/{tag}"} for tag in status.tags],
            "emojis": [],
            "card": None,
            "poll": None,
        }

    def status_url(self, status: Status) -> str:
        account = self._world.accounts[status.account]
        return f"{self._address}/@{account.acct}/{status.id}"

    def notification(self, told: Notification, viewer: Account) -> Json:
        return {
            "id": str(told.id),
            "type": told.kind,
            "created_at": moment(told.created_at),
            "account": self.account(self._world.accounts[told.account]),
            "status": self.status(self._world.statuses[told.status], viewer),
        }

    def instance_v1(self) -> Json:
        return {
            "uri": self._instance.settings.domain,
            "title": "A local instance",
            "short_description": "",
            "description": "",
            "email": "",
            "version": self._instance.software.version,
            "urls": {"streaming_api": self._streaming()},
            "stats": {
                "user_count": len(self._world.accounts),
                "status_count": len(self._world.statuses),
                "domain_count": 1,
            },
            "languages": ["en"],
            "registrations": False,
            "configuration": self._configuration(),
            "rules": [],
        }

    def instance_v2(self) -> Json:
        return {
            "domain": self._instance.settings.domain,
            "title": "A local instance",
            "version": self._instance.software.version,
            "source_url": self._address,
            "description": "",
            "usage": {"users": {"active_month": len(self._world.accounts)}},
            "languages": ["en"],
            "configuration": self._configuration(),
            "registrations": {"enabled": False, "approval_required": False, "message": None},
            "rules": [],
        }

    def _day(self, status_id: int) -> str:
        return moment(self._world.statuses[status_id].created_at)[:10]

    def _configuration(self) -> Json:
        settings = self._instance.settings
        return {
            "urls": {"streaming": self._streaming()},
            "statuses": {
                "max_characters": settings.max_characters,
                "max_media_attachments": 4,
                "characters_reserved_per_url": settings.url_length,
            },
        }

    def _streaming(self) -> str:
        return self._address.replace("http", "ws", 1)

    def _mention(self, account: Account) -> Json:
        return {
            "id": str(account.id),
            "username": account.username,
            "acct": account.acct,
            "url": account_url(account, self._address),
        }
