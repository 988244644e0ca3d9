"""What the server holds: feeds by path, scripted answers, and what was asked."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

MODIFIED = "Mon, 02 Mar 2026 09:30:00 GMT"


@dataclass(frozen=True, slots=True)
class Reply:
    """One scripted answer. ``missing`` bytes are announced and never sent; after ``seconds`` it
    begins. An ``endless`` body is repeated until the client goes.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    missing: int = 0
    seconds: float = 0.0
    endless: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    path: str
    headers: Mapping[str, str]
    status: int


@dataclass(slots=True)
class FeedServer:
    """Scripted answers come first, each once; then what is published. ``validators`` are sent and
    honoured.
    """

    validators: bool = True
    published: dict[str, Reply] = field(default_factory=dict)
    scripts: dict[str, deque[Reply]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def publish(
        self, path: str, body: bytes, content_type: str = "application/rss+xml", **headers: str
    ) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.published[path] = Reply(200, {"content-type": content_type, **named}, body)

    def script(self, path: str, *replies: Reply) -> None:
        self.scripts.setdefault(path, deque()).extend(replies)

    def answer(self, path: str, headers: Mapping[str, str]) -> Reply:
        reply = self._reply(path, headers)
        self.asked.append(Asked(path, dict(headers), reply.status))
        return reply

    def _reply(self, path: str, headers: Mapping[str, str]) -> Reply:
        if self.scripts.get(path):
            return self.scripts[path].popleft()
        feed = self.published.get(path)
        if feed is None:
            return Reply(404)
        if not self.validators:
            return feed
        etag = f'"{blake2b(feed.body, digest_size=6).hexdigest()}"'
        told = {"etag": etag, "last-modified": MODIFIED, **feed.headers}
        if headers.get("if-none-match") == etag:
            return Reply(304, told)
        return Reply(200, told, feed.body)
