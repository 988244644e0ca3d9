"""Making the index anew from the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass

from harken.search.port import Document, SearchIndex
from harken.store.port import Store
from services.search.documents import KINDS
from services.search.stored import stored_documents

Tell = Callable[[Mapping[str, int]], None]
"""Is told how many documents of each kind were read so far."""


@dataclass(frozen=True, slots=True)
class Reindexed:
    """``refused``: what the index will never take; it is not found."""

    documents: Mapping[str, int]
    refused: Sequence[Document]


async def reindex(store: Store, index: SearchIndex, tell: Tell) -> Reindexed:
    """Works while both are used. Raises ``StoreUnavailable``, ``IndexUnavailable`` where they stay
    away for minutes, and ``RebuildOvertaken``: the index is as it was then."""
    counts = Counter(dict.fromkeys(KINDS, 0))

    async def counted() -> AsyncIterator[Sequence[Document]]:
        async for documents in stored_documents(store):
            yield documents
            counts.update(document.kind for document in documents)
            tell(counts)

    refused = await index.rebuild(counted())
    return Reindexed(dict(counts), refused)
