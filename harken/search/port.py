"""The `SearchIndex` port: versioned documents, filters, facets, highlights, cursors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from harken.domain.ids import TenantId
from harken.domain.time import Instant

Value = str | int | float | bool


class Indexed(StrEnum):
    """What became of one document of an upsert; none of them needs to be sent again."""

    STORED = "stored"
    SUPERSEDED = "superseded"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Document:
    """A full snapshot of one thing. An older ``version`` never replaces a newer one.

    ``text`` is searched in ``language`` (folded words and stems), ``fields`` are filtered and
    counted exactly; a tuple means several values. ``at`` orders results and never changes for
    an id (it chooses the monthly index).
    """

    tenant: TenantId
    kind: str
    id: str
    version: int
    at: Instant
    text: str = ""
    language: str = ""
    fields: Mapping[str, Value | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filter:
    """A document matches if its field has any of ``values`` and lies within the bounds.

    Without both, it matches if it has the field at all.
    """

    field: str
    values: tuple[Value, ...] = ()
    at_least: Value | None = None
    below: Value | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """``text``: every word must occur, in its own form or as a stem; "quoted words" as a phrase;
    -word excludes. Empty text matches all. Newest first; ``cursor`` continues a former answer.

    A phrase is looked for in the words' own forms. Without ``language`` the stems of all languages
    are tried. ``since`` belongs to the time asked for, ``until`` doesn't.
    """

    tenant: TenantId
    kinds: tuple[str, ...]
    text: str = ""
    language: str = ""
    filters: tuple[Filter, ...] = ()
    since: Instant | None = None
    until: Instant | None = None
    facets: tuple[str, ...] = ()
    facet_size: int = 10
    limit: int = 20
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """``highlights`` are (start, end) in code points of the document's text, in order."""

    document: Document
    highlights: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    cursor: str = ""
    """Empty where nothing follows."""


class BadQuery(ValueError):
    """The query cannot be understood: an unknown field, a broken cursor, unbalanced quotes."""


class IndexUnavailable(Exception):
    def __init__(self, why: str, retry_after: float = 1.0) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class RebuildOvertaken(Exception):
    """Another rebuild began meanwhile; its result will be used."""


class SearchIndex(Protocol):
    async def upsert(self, documents: Sequence[Document]) -> Sequence[Indexed]:
        """One answer per document, in order; durable when it returns. Raises `IndexUnavailable`."""
        ...

    async def remove(self, tenant: TenantId, kind: str, ids: Sequence[str]) -> None:
        """Removed documents stay away: an older version that arrives later is `SUPERSEDED`.

        Of an id that was not there, no version is taken any more: its removal came first.
        """
        ...

    async def search(self, query: Query) -> Answer:
        """Sees every upsert that returned before. Raises `BadQuery`, `IndexUnavailable`."""
        ...

    async def rebuild(self, source: AsyncIterator[Sequence[Document]]) -> Sequence[Document]:
        """Makes the index anew while it is written and searched.

        ``source`` brings all documents there are, in any order, read after the call. What is
        written meanwhile wins where it is as new or newer, what was removed stays away, what the
        source no longer has is gone. Returns the documents that were refused. Raises
        `IndexUnavailable`, `RebuildOvertaken`, and what the source raises: whatever was found
        before is found then, and the next rebuild begins anew.
        """
        ...

    async def close(self) -> None: ...
