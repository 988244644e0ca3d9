"""What is new in a document, against what is known of the feed."""

from __future__ import annotations

from dataclasses import dataclass

from harken.channels.feed.cursor import Cursor
from harken.channels.feed.document import Document
from harken.channels.feed.identity import identify
from harken.channels.feed.mention import Hearing, timing, to_mention
from harken.channels.port import Gap
from harken.domain.mention import Mention
from harken.domain.time import Instant


@dataclass(frozen=True, slots=True)
class News:
    """New and edited entries, oldest first, and what is to be remembered (see `Cursor`).

    ``ahead`` counts new entries that were dated in the future.
    """

    mentions: tuple[Mention, ...]
    known: dict[str, str]
    reused: tuple[str, ...]
    size: int
    newest: int
    ahead: int
    gap: Gap | None


def news_of(document: Document, hearing: Hearing, before: Cursor) -> News:
    identities = identify(document.entries, before.known, frozenset(before.reused))
    known = dict(before.known)
    heard: list[Mention] = []
    ahead = 0
    # Most feeds have the newest first, and the sort below keeps the order of equal times.
    for each in reversed(identities.entries):
        content = known.pop(each.key, None)
        known[each.key] = each.content
        if content != each.content:
            edited = content is not None
            heard.append(to_mention(each, document, hearing, edited=edited))
            ahead += not edited and timing(each.entry, hearing).ahead
    times = [timing(each.entry, hearing).at for each in identities.entries]
    strangers = not any(each.key in before.known for each in identities.entries)
    size = len(identities.entries)
    rolled_over = bool(before.known) and strangers and size >= max(before.size, 1)
    return News(
        tuple(sorted(heard, key=lambda mention: mention.created_at)),
        known,
        tuple(sorted(identities.reused)),
        size,
        max(times, default=before.newest),
        ahead,
        _gap(before, min(times)) if rolled_over else None,
    )


def _gap(before: Cursor, oldest: Instant) -> Gap:
    since = Instant(min(before.newest, oldest))
    why = "all entries were new at once: those that came and went between two looks were missed"
    return Gap(since, oldest, why)
