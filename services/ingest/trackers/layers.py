"""A tenant's trackers, compiled in two layers: a change costs what changed, not what is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harken.domain.mention import Mention
from harken.telemetry.logs import Log
from services.ingest.tracking import QueryError, TrackerIndex, check_query

MOST_FRESH = 100
"""Trackers in the upper layer; with more of them the lower one is made anew."""

Queries = Mapping[str, str]

_log = Log(__name__)


@dataclass(frozen=True, slots=True)
class Layers:
    """``base`` is of ``based``, ``fresh`` of what became different since; ``hidden`` are the
    trackers of the base that were changed or removed. ``revision`` is the tracker set's."""

    revision: int
    queries: Queries
    base: TrackerIndex
    based: Queries
    fresh: TrackerIndex | None
    hidden: frozenset[str]

    def match(self, mention: Mention) -> tuple[str, ...]:
        """Ids of the trackers that match, sorted."""
        found = self.base.match(mention)
        if self.hidden:
            found = tuple(each for each in found if each not in self.hidden)
        more = () if self.fresh is None else self.fresh.match(mention)
        return tuple(sorted((*found, *more))) if more else found


def compiled(revision: int, queries: Queries, before: Layers | None = None) -> Layers:
    """On the base of what was there before, where only little is different."""
    if before is not None:
        layers = _on(before, revision, queries)
        if layers is not None:
            return layers
    return Layers(revision, queries, _index(queries), queries, None, frozenset())


def _on(before: Layers, revision: int, queries: Queries) -> Layers | None:
    based = before.based
    fresh = {each: query for each, query in queries.items() if based.get(each) != query}
    hidden = frozenset(each for each, query in based.items() if queries.get(each) != query)
    if len(fresh) > MOST_FRESH or len(hidden) > MOST_FRESH:
        return None
    return Layers(revision, queries, before.base, based, _index(fresh) if fresh else None, hidden)


def _index(queries: Queries) -> TrackerIndex:
    """Without those that cannot be read any more: they must not take all others with them."""
    try:
        return TrackerIndex(queries)
    except QueryError:
        return TrackerIndex({each: query for each, query in queries.items() if _reads(each, query)})


def _reads(tracker: str, query: str) -> bool:
    try:
        check_query(query)
    except QueryError as error:
        _log.error("tracker cannot be read", error, aggregate=tracker)
        return False
    return True
