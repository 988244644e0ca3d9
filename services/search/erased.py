"""What was erased stays away, wherever documents come from."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, tuple_

from harken.search.port import Document
from harken.store.port import Rows
from harken.store.schema.infrastructure import TOMBSTONES


async def without_erased(rows: Rows, documents: Sequence[Document]) -> list[Document]:
    """``rows`` of all tenants."""
    table = TOMBSTONES.c
    key = tuple_(table.tenant, table.kind, table.id)
    query = select(table.tenant, table.kind, table.id)
    found = await rows.all(query.where(key.in_([_place(document) for document in documents])))
    erased = {(row.tenant, row.kind, row.id) for row in found}
    return [document for document in documents if _place(document) not in erased]


def _place(document: Document) -> tuple[str, str, str]:
    return document.tenant, document.kind, document.id
