"""Reads a mention for trackers."""

from __future__ import annotations

from bisect import bisect_left

from harken.domain.mention import Mention
from harken.search.analysis.stems import primary
from harken.search.analysis.text import fold_mark
from harken.search.analysis.tokens import marks
from services.ingest.domain.tracking.heard import Heard, Span, host_of
from services.ingest.tracking.links import address, links, without_links
from services.ingest.tracking.words import languages_of, places, read_in


def hear(mention: Mention) -> Heard:
    text = without_links(mention.text)
    found = list(marks(text))
    text = _without_hosts(text, found)
    spans = places(text)
    starts = [start for start, _ in spans]
    languages = languages_of(mention)
    own = address(mention.url)
    return Heard(
        tokens=tuple(read_in(text[start:end], languages) for start, end in spans),
        marks=tuple(
            (fold_mark(mark), (bisect_left(starts, start), bisect_left(starts, end)))
            for (start, end), names in found
            for mark in names
        ),
        language=primary(mention.language),
        network=mention.network.lower(),
        authors=names_of(mention),
        site=host_of(own),
        addresses=(*([own] if own else ()), *links(mention.text)),
    )


def names_of(mention: Mention) -> frozenset[str]:
    """The author's handle, with and without its host, and name."""
    handle = mention.author.handle.lower().removeprefix("@")
    names = {handle, handle.partition("@")[0], mention.author.name.strip().lower()}
    return frozenset(names - {""})


def _without_hosts(text: str, found: list[tuple[Span, tuple[str, ...]]]) -> str:
    """Of ``@name@host`` the name is the writer's word, the host is not."""
    for (start, end), names in found:
        if len(names) > 1:
            host = start + len(names[0])
            text = text[:host] + " " * (end - host) + text[end:]
    return text
