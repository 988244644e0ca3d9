"""Pages of a tenant's rows in the order of their ids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Row, Table, select

from harken.http.pagination import Cursor, Page, PageRequest, page
from harken.http.principal import Principal
from harken.store.port import Store

T = TypeVar("T")


class ById(Cursor, frozen=True):
    """The place after this id."""

    id: str


async def list_by_id(
    store: Store,
    table: Table,
    caller: Principal,
    paging: PageRequest,
    item: Callable[[Row[Any]], T],
) -> Page[T]:
    """``item`` gets the columns ``id``, ``revision`` and ``body``."""
    query = select(table.c.id, table.c.revision, table.c.body).order_by(table.c.id)
    if (after := paging.after(ById)) is not None:
        query = query.where(table.c.id > after.id)
    async with store.reading() as snapshot:
        rows = await snapshot.for_tenant(caller.tenant).all(query.limit(paging.limit + 1))
    return page(rows, paging, item, lambda row: ById(row.id))
