"""The words of a mention's text, and where its hashtags and handles are among them."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from harken.search.analysis.text import Span as Place
from harken.search.analysis.text import fold_mark
from harken.search.analysis.tokens import marks
from services.ingest.domain.tracking.heard import Span
from services.ingest.tracking.links import without_links
from services.ingest.tracking.words import places


@dataclass(frozen=True, slots=True)
class Text:
    """``words`` as written. ``found`` are the marks' names, the most exact last, and places."""

    words: list[str]
    found: list[tuple[Place, tuple[str, ...]]]
    spans: list[Place]

    @property
    def marks(self) -> list[tuple[str, Span]]:
        starts = [start for start, _ in self.spans]
        return [
            (fold_mark(name), (bisect_left(starts, start), bisect_left(starts, end)))
            for (start, end), names in self.found
            for name in names
        ]


def read_text(text: str) -> Text:
    """The words of links and of handles' hosts are not the writer's, and are left out."""
    text = without_links(text)
    found = list(marks(text))
    spans = places(_without_hosts(text, found))
    return Text([text[start:end] for start, end in spans], found, spans)


def _without_hosts(text: str, found: list[tuple[Place, tuple[str, ...]]]) -> str:
    kept: list[str] = []
    at = 0
    for (start, end), names in found:
        if len(names) > 1:
            host = start + len(names[0])
            kept += (text[at:host], " " * (end - host))
            at = end
    return "".join((*kept, text[at:])) if kept else text
