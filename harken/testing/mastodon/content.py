"""From the plain text of a status to the HTML that Mastodon makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import regex

from harken.channels.mastodon.counting import MENTION, URL
from harken.testing.mastodon.model import Account

_HASHTAG = regex.compile(r"(?<![\w/&])#(?P<tag>\w*[\p{L}_]\w*)")
_PREFIX = regex.compile(r"https?://(?:www\.)?", regex.IGNORECASE)
_PARAGRAPHS = regex.compile(r"\n{2,}")
_SHOWN = 30

Find = Callable[[str, str], Account | None]
"""An account by user name and host ("" for ours)."""


@dataclass(frozen=True, slots=True)
class Entities:
    mentions: tuple[int, ...]
    tags: tuple[str, ...]


def entities(text: str, find: Find) -> Entities:
    rest = URL.sub(" ", text)
    found = (_mentioned(match, find) for match in MENTION.finditer(rest))
    mentions = dict.fromkeys(account.id for account in found if account)
    tags = dict.fromkeys(match["tag"].lower() for match in _HASHTAG.finditer(rest))
    return Entities(tuple(mentions), tuple(tags))


def html(text: str, find: Find, address: str) -> str:
    """``address`` is our own origin, without a slash at its end."""
    paragraphs = _PARAGRAPHS.split(text.replace("\r\n", "\n").strip("\n"))
    return "".join(
        f"<p>{'<br />'.join(_line(line, find, address) for line in each.split(chr(10)))}</p>"
        for each in paragraphs
        if each
    )


def account_url(account: Account, address: str) -> str:
    if account.domain:
        return f"https://{account.domain}/@{account.username}"
    return f"{address}/@{account.username}"


def _line(line: str, find: Find, address: str) -> str:
    parts: list[str] = []
    last = 0
    while (found := _next(line, last, find, address)) is not None:
        start, end, rendered = found
        parts += escape(line[last:start]), rendered
        last = end
    return "".join(parts) + escape(line[last:])


def _next(line: str, at: int, find: Find, address: str) -> tuple[int, int, str] | None:
    """The next link, handle or hashtag: where it stands and how it is shown."""
    matches = [
        (match.start(), kind, match)
        for kind, pattern in enumerate((URL, MENTION, _HASHTAG))
        if (match := pattern.search(line, at)) is not None
    ]
    if not matches:
        return None
    _, kind, match = min(matches, key=lambda each: each[:2])
    if kind == 0:
        shown = _link(match[0])
    elif kind == 1:
        shown = _handle(match, find, address)
    else:
        shown = _tag(match["tag"], address)
    return match.start(), match.end(), shown


def _mentioned(match: regex.Match[str], find: Find) -> Account | None:
    user, _, host = match[0][1:].partition("@")
    return find(user, host)


def _link(url: str) -> str:
    prefix = _PREFIX.match(url)
    cut = prefix.end() if prefix else 0
    shown, hidden = url[cut : cut + _SHOWN], url[cut + _SHOWN :]
    kind = "ellipsis" if hidden else ""
    return (
        f'<a href="{escape(url)}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">{escape(url[:cut])}</span>'
        f'<span class="{kind}">{escape(shown)}</span>'
        f'<span class="invisible">{escape(hidden)}</span></a>'
    )


def _handle(match: regex.Match[str], find: Find, address: str) -> str:
    account = _mentioned(match, find)
    if account is None:
        return escape(match[0])
    return (
        f'<span class="h-card" translate="no"><a href="{account_url(account, address)}"'
        f' class="u-url mention">@<span>{account.username}</span></a></span>'
    )


def _tag(tag: str, address: str) -> str:
    url = f"{address}/tags/{escape(tag.lower())}"
    return f'<a href="{url}" class="mention hashtag" rel="tag">#<span>{escape(tag)}</span></a>'
