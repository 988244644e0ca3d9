"""The indexer: carries every mention, case and reply into the index, and case facts into rows."""

from __future__ import annotations

from collections.abc import Sequence

from harken.domain.case import Case
from harken.domain.facts import PlacedMention
from harken.domain.mention import Change
from harken.domain.reply import Reply
from harken.events.codec import decode_reply, decode_work
from harken.events.topics import REPLIES, WORK, Topic
from harken.runtime.stage import Decided, Received
from harken.search.port import Document, Indexed, SearchIndex
from harken.store.body import encode
from harken.store.changes import ChangeSet, PutNewer
from harken.store.port import Store
from harken.store.schema.search import CASE_FACTS
from services.search.documents import (
    MENTION,
    case_document,
    mention_document,
    reply_document,
)
from services.search.erased import without_erased

_Place = tuple[str, str, str]


class IndexRefused(Exception):
    """The index will never take this document."""


class Indexer:
    """Index first, position after: a document that comes twice is superseded by itself."""

    group = "search"
    topics: Sequence[Topic] = (WORK, REPLIES)

    def __init__(self, store: Store, index: SearchIndex, batch: int) -> None:
        self.batch = batch
        self._store = store
        self._index = index

    async def handle(self, batch: Sequence[Received]) -> Decided:
        documents: dict[_Place, Document] = {}
        cases: dict[tuple[str, str], Case] = {}
        retracted: list[PlacedMention] = []
        for received in batch:
            fact = _fact(received)
            if isinstance(fact, Case):
                cases.setdefault(key := (fact.tenant, fact.id), fact)
                cases[key] = max(cases[key], fact, key=lambda case: case.revision)
            if isinstance(fact, PlacedMention) and (
                fact.tagged.mention.change is Change.RETRACTION
            ):
                retracted.append(fact)
            elif (document := _document(fact)) is not None:
                place = (document.tenant, document.kind, document.id)
                known = documents.get(place)
                if known is None or known.version < document.version:
                    documents[place] = document
        await self._upsert(await self._without_erased(list(documents.values())))
        for placed in retracted:
            mention = placed.tagged.mention
            await self._index.remove(mention.tenant, MENTION, [mention.id])
        return Decided(ChangeSet(writes=[_case_facts(case) for case in cases.values()]))

    async def _without_erased(self, documents: Sequence[Document]) -> list[Document]:
        """Not even from events that were still under way."""
        if not documents:
            return []
        async with self._store.reading() as snapshot:
            return await without_erased(snapshot.across_tenants(), documents)

    async def _upsert(self, documents: Sequence[Document]) -> None:
        if not documents:
            return
        for document, indexed in zip(documents, await self._index.upsert(documents), strict=True):
            if indexed is Indexed.REFUSED:
                raise IndexRefused(f"{document.kind} {document.id} version {document.version}")


def _fact(received: Received) -> object:
    if received.record.topic == REPLIES.name:
        return decode_reply(received.message)
    return decode_work(received.message)


def _document(fact: object) -> Document | None:
    if isinstance(fact, PlacedMention):
        return mention_document(fact)
    if isinstance(fact, Case):
        return case_document(fact)
    if isinstance(fact, Reply):
        return reply_document(fact)
    return None


def _case_facts(case: Case) -> PutNewer:
    return PutNewer(
        CASE_FACTS,
        {
            "tenant": case.tenant,
            "case_id": case.id,
            "revision": case.revision,
            "opened_at": case.opened_at,
            "updated_at": case.updated_at,
            "body": encode(case),
        },
    )
