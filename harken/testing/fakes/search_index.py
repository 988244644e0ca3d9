"""A `SearchIndex` in dicts, as plain as the port's promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass

from harken.domain.ids import TenantId
from harken.search.analysis import Analysed, analyse, highlights, matches
from harken.search.asked import Asked, understand
from harken.search.cursor import Place, cursor_after
from harken.search.documents import admit
from harken.search.facets import ranked
from harken.search.fields import LARGEST, Fields, check_names
from harken.search.port import (
    Answer,
    Document,
    Filter,
    Hit,
    Indexed,
    Query,
    RebuildOvertaken,
    Value,
)

_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Entry:
    document: Document
    analysed: Analysed
    stamp: int
    """How many rebuilds had begun when it was written."""

    @property
    def place(self) -> Place:
        return Place(self.document.at, self.document.id, self.document.kind)


class FakeSearchIndex:
    def __init__(self, fields: Fields) -> None:
        check_names(fields)
        self._fields = fields
        self._entries: dict[_Key, _Entry] = {}
        self._removed: dict[_Key, int] = {}
        self._stamp = 0

    async def upsert(self, documents: Sequence[Document]) -> Sequence[Indexed]:
        return [self._upsert(document) for document in documents]

    def _upsert(self, document: Document, *, renew: bool = False) -> Indexed:
        admitted = admit(document, self._fields)
        if admitted is None:
            return Indexed.REFUSED
        key = (admitted.tenant, admitted.kind, admitted.id)
        entry = self._entries.get(key)
        newest = entry.document.version if entry else self._removed.get(key, -1)
        outdated = renew and entry is not None and entry.stamp < self._stamp
        if admitted.version <= newest and not outdated:
            return Indexed.SUPERSEDED
        analysed = analyse(admitted.text, admitted.language)
        self._entries[key] = _Entry(admitted, analysed, self._stamp)
        self._removed.pop(key, None)
        return Indexed.STORED

    async def remove(self, tenant: TenantId, kind: str, ids: Sequence[str]) -> None:
        for id_ in ids:
            entry = self._entries.pop((tenant, kind, id_), None)
            if entry is not None:
                self._removed[tenant, kind, id_] = entry.document.version
            else:
                self._removed.setdefault((tenant, kind, id_), LARGEST)

    async def search(self, query: Query) -> Answer:
        asked = understand(query, self._fields)
        found = [entry for entry in self._entries.values() if _matches(entry, asked)]
        found.sort(key=lambda entry: entry.place, reverse=True)
        after = asked.after
        behind = [entry for entry in found if after is None or entry.place < after]
        page = behind[: query.limit]
        more = bool(page) and len(behind) > len(page)
        return Answer(
            tuple(_hit(entry, asked) for entry in page),
            len(found),
            {
                field: ranked(Counter(_counted(found, field)), query.facet_size)
                for field in asked.facets
            },
            cursor_after(page[-1].place, query) if more else "",
        )

    async def rebuild(self, source: AsyncIterator[Sequence[Document]]) -> Sequence[Document]:
        """In place: what the source does not renew, and nobody wrote meanwhile, goes at the end."""
        self._stamp += 1
        own, refused = self._stamp, []
        async for batch in source:
            self._check(own)
            answers = [self._upsert(document, renew=True) for document in batch]
            refused += [d for d, a in zip(batch, answers, strict=True) if a is Indexed.REFUSED]
        self._check(own)
        self._entries = {key: each for key, each in self._entries.items() if each.stamp == own}
        return refused

    def _check(self, stamp: int) -> None:
        if stamp != self._stamp:
            raise RebuildOvertaken("another rebuild began")

    async def close(self) -> None:
        pass


def _matches(entry: _Entry, asked: Asked) -> bool:
    document, query = entry.document, asked.query
    return (
        document.tenant == query.tenant
        and document.kind in query.kinds
        and (query.since is None or document.at >= query.since)
        and (query.until is None or document.at < query.until)
        and all(_passes(document.fields, filter_) for _, filter_ in asked.filters)
        and matches(entry.analysed, asked.words)
    )


def _passes(fields: Mapping[str, Value | tuple[str, ...]], filter_: Filter) -> bool:
    values = _values(fields, filter_.field)
    return any(
        (not filter_.values or value in filter_.values)
        and (filter_.at_least is None or value >= filter_.at_least)  # type: ignore[operator]
        and (filter_.below is None or value < filter_.below)  # type: ignore[operator]
        for value in values
    )


def _values(fields: Mapping[str, Value | tuple[str, ...]], field: str) -> set[Value]:
    value = fields.get(field, ())
    return set(value) if isinstance(value, tuple) else {value}


def _counted(entries: Iterable[_Entry], field: str) -> Iterable[Value]:
    return (value for entry in entries for value in _values(entry.document.fields, field))


def _hit(entry: _Entry, asked: Asked) -> Hit:
    return Hit(entry.document, highlights(entry.analysed, asked.words.wanted))
