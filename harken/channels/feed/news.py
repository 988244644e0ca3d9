"""What is new in a document, against what is known of the feed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harken.channels.feed.cursor import Cursor
from harken.channels.feed.document import Document
from harken.channels.feed.identity import identify
from harken.channels.feed.mention import Hearing, Timed, timing, to_mention
from harken.channels.port import Gap
from harken.domain.mention import Mention
from harken.domain.time import Instant


@dataclass(frozen=True, slots=True)
class News:
    """New and edited entries, oldest first, and what is to be remembered (see `Cursor`).

    ``ahead`` counts entries that are dated in the future.
    """

    mentions: tuple[Mention, ...]
    known: dict[str, str]
    undated: dict[str, int]
    reused: tuple[str, ...]
    size: int
    newest: int
    ahead: int
    gap: Gap | None


def news_of(document: Document, hearing: Hearing, before: Cursor) -> News:
    identities = identify(document.entries, before.known, frozenset(before.reused))
    known, undated = dict(before.known), dict(before.undated)
    heard: list[Mention] = []
    times: list[Instant] = []
    ahead = 0
    # Most feeds have the newest first, and the sort below keeps the order of equal times.
    for each in reversed(identities.entries):
        content = known.pop(each.key, None)
        known[each.key] = each.content
        timed = timing(each.entry, hearing)
        if not timed.believed:
            ahead += timed.ahead
            timed = _first_heard(timed, undated.get(each.key))
            undated[each.key] = -timed.at if timed.historical else timed.at
        times.append(timed.at)
        if content != each.content:
            heard.append(to_mention(each, document, hearing, timed, edited=content is not None))
    strangers = not any(each.key in before.known for each in identities.entries)
    rolled_over = bool(before.known) and strangers and len(times) >= max(before.size, 1)
    return News(
        tuple(sorted(heard, key=lambda mention: mention.created_at)),
        known,
        undated,
        tuple(sorted(identities.reused)),
        len(times),
        max(times, default=Instant(before.newest)),
        ahead,
        _gap(before, min(times)) if rolled_over else None,
    )


def _first_heard(timed: Timed, before: int | None) -> Timed:
    """An edit does not make an entry new."""
    return (
        timed if before is None else replace(timed, at=Instant(abs(before)), historical=before < 0)
    )


def _gap(before: Cursor, oldest: Instant) -> Gap:
    since = Instant(min(before.newest, oldest))
    why = "all entries were new at once: those that came and went between two looks were missed"
    return Gap(since, oldest, why)
