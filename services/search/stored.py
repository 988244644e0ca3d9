"""Every document there is, made from the store's rows: what a rebuild of the index reads.

They are what the indexer makes of the events that told of the rows. Each page is a snapshot of
its own, so nothing is held for long; what is written behind the page is told of by an event.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import Row, Select, Table, select, tuple_

from harken.domain.case import Case
from harken.domain.facts import PlacedMention, TaggedMention
from harken.domain.ids import CaseId
from harken.domain.mention import Change
from harken.domain.reply import Reply
from harken.domain.severity import UNJUDGED, Severity
from harken.events.codec import decode_tagged
from harken.events.v1 import tone_pb2
from harken.search.port import Document
from harken.store.body import decode
from harken.store.changes import StoreUnavailable
from harken.store.port import Rows, Store
from harken.store.schema.responder import REPLIES
from harken.store.schema.router import CASES, MENTIONS
from services.search.documents import case_document, mention_document, reply_document
from services.search.erased import without_erased

PAGE = 500
PATIENCE = 120.0
"""Seconds for which a page is asked for again while the store is away."""

_Read = Callable[[Rows, Sequence[Row[Any]]], Awaitable[list[Document]]]


async def stored_documents(store: Store, page: int = PAGE) -> AsyncIterator[Sequence[Document]]:
    """In pages, of all tenants; some may be empty. Raises `StoreUnavailable`."""
    m = MENTIONS.c
    columns = (m.tenant, m.id, m.case_id, m.revision, m.placed_revision, m.severity, m.tagged)
    mentions = select(*columns).where(m.case_id != "", m.placed_revision > 0)
    cases = select(CASES.c.tenant, CASES.c.id, CASES.c.body)
    replies = select(REPLIES.c.tenant, REPLIES.c.id, REPLIES.c.body)
    async for documents in _pages(store, MENTIONS, mentions, _mentions, page):
        yield documents
    async for documents in _pages(store, CASES, cases, _cases, page):
        yield documents
    async for documents in _pages(store, REPLIES, replies, _replies, page):
        yield documents


async def _pages(
    store: Store, table: Table, query: Select[Any], read: _Read, size: int
) -> AsyncIterator[Sequence[Document]]:
    """By primary key, each page behind the last one."""
    key = tuple_(table.c.tenant, table.c.id)
    ordered = query.order_by(table.c.tenant, table.c.id).limit(size)
    behind = ordered
    while True:
        found, documents = await _page(store, behind, read)
        yield documents
        if len(found) < size:
            return
        behind = ordered.where(key > tuple_(found[-1].tenant, found[-1].id))


async def _page(
    store: Store, query: Select[Any], read: _Read
) -> tuple[Sequence[Row[Any]], list[Document]]:
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE
    while True:
        try:
            async with store.reading() as snapshot:
                rows = snapshot.across_tenants()
                found = await rows.all(query)
                return found, await without_erased(rows, await read(rows, found))
        except StoreUnavailable as away:
            if loop.time() + away.retry_after > until:
                raise
            await asyncio.sleep(away.retry_after)


async def _cases(_: Rows, found: Sequence[Row[Any]]) -> list[Document]:
    return [case_document(decode(row.body, Case)) for row in found]


async def _replies(_: Rows, found: Sequence[Row[Any]]) -> list[Document]:
    return [reply_document(decode(row.body, Reply)) for row in found]


async def _mentions(rows: Rows, found: Sequence[Row[Any]]) -> list[Document]:
    """Those that the router told of and that were not taken back."""
    read = [(row, _tagged(row)) for row in found]
    shown = [(row, tagged) for row, tagged in read if not _retracted(tagged)]
    judged = await _severities_of_cases(rows, [row for row, _ in shown if not row.severity])
    return [_mention(row, tagged, judged) for row, tagged in shown]


def _mention(
    row: Row[Any], tagged: TaggedMention, judged: dict[tuple[str, str], Severity]
) -> Document:
    """A newer revision that no decider saw yet is as old as what was told last: its own event
    will bring what the decider finds."""
    severity = judged.get((row.tenant, row.case_id), UNJUDGED)
    if row.severity:
        severity = decode(row.severity, Severity)
    elif tagged.mention.echo:
        severity = UNJUDGED
    placed = PlacedMention(tagged, CaseId(row.case_id), severity)
    return mention_document(placed, min(row.revision, row.placed_revision))


async def _severities_of_cases(
    rows: Rows, mentions: Sequence[Row[Any]]
) -> dict[tuple[str, str], Severity]:
    """For mentions placed before theirs was kept: most cases have one mention, and its severity."""
    if not mentions:
        return {}
    key = tuple_(CASES.c.tenant, CASES.c.id)
    wanted = {(row.tenant, row.case_id) for row in mentions}
    cases = await rows.all(select(CASES.c.body).where(key.in_(list(wanted))))
    decoded = (decode(row.body, Case) for row in cases)
    return {(case.tenant, case.id): case.severity for case in decoded}


def _tagged(row: Row[Any]) -> TaggedMention:
    return decode_tagged(tone_pb2.TaggedMention.FromString(bytes(row.tagged)))


def _retracted(tagged: TaggedMention) -> bool:
    return tagged.mention.change is Change.RETRACTION
