"""The cursor of a source: where to read on, and what was handed over lately.

The trail holds the ids of the last few items that were read, oldest first; the streaming API never
moves it. The statuses known are those to look at again: for edits, for deletions, and so that
nothing is handed over twice.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from harken.channels.port import ChannelUnavailable
from harken.domain.mention import Change, Mention

TRAIL = 10
KNOWN = 80
"""Statuses of each source that are looked at again, the last that were handed over."""
MOST_KNOWN = 400
"""So many where more were handed over since the last look."""


@dataclass(frozen=True, slots=True)
class Known:
    id: str
    author: str
    revision: int


@dataclass(frozen=True, slots=True)
class Cursor:
    trail: tuple[str, ...] = ()
    known: tuple[Known, ...] = ()

    def moved(self, ids: Sequence[str]) -> Cursor:
        """``ids`` are those of the items that were read now, oldest first.

        Raises `ChannelUnavailable` where none of them can be continued from.
        """
        trail = tuple(each for each in ids if each)[-TRAIL:]
        if ids and not trail:
            raise ChannelUnavailable("the answer's items have no ids to continue from")
        return replace(self, trail=trail or self.trail)

    def handing_over(self, mentions: Iterable[Mention]) -> tuple[tuple[Mention, ...], Cursor]:
        """Those that bring anything new, and the cursor that knows them."""
        known = {each.id: each for each in self.known}
        news: list[Mention] = []
        for mention in mentions:
            before = known.get(mention.source_id)
            if before is not None and before.revision >= mention.revision:
                continue
            news.append(mention)
            known.pop(mention.source_id, None)
            if mention.change is Change.CONTENT:
                author = str(mention.author.id)
                known[mention.source_id] = Known(mention.source_id, author, mention.revision)
        return tuple(news), replace(self, known=tuple(known.values())[-MOST_KNOWN:])

    def looked(self, shown: Sequence[str], asked: Collection[str]) -> Cursor:
        """``shown`` are the ids that stood there, oldest first; of the others, those that were
        asked for one by one have left the pages and are not looked at any more.
        """
        known = {each.id: each for each in self.known}
        standing = tuple(known.pop(id_) for id_ in shown if id_ in known)[-KNOWN:]
        waiting = tuple(each for id_, each in known.items() if id_ not in asked)
        return replace(self, known=waiting + standing)


def read_cursor(text: str) -> Cursor:
    """What `write_cursor` wrote; a bare id, or a list of them, is a trail."""
    if not text:
        return Cursor()
    try:
        body = json.loads(text)
    except ValueError:
        return Cursor((text,))
    match body:
        case {"trail": [*trail], "known": [*known]}:
            return Cursor(tuple(trail), tuple(Known(*each) for each in known))
        case [_, *_]:
            return Cursor(tuple(str(each) for each in body))
        case _:
            return Cursor((text,))


def write_cursor(cursor: Cursor) -> str:
    if not (cursor.trail or cursor.known):
        return ""
    known = [[each.id, each.author, each.revision] for each in cursor.known]
    return json.dumps({"trail": cursor.trail, "known": known}, separators=(",", ":"))
