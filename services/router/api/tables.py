"""Small tables that are read whole: agents, queues, skills."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from fastapi import Path
from sqlalchemy import Table, select

from harken.http.models import bounded
from harken.http.pagination import Cursor, Paging
from harken.http.principal import Principal
from harken.store.body import decode
from harken.store.port import Store
from harken.store.schema.router import SKILLS

T = TypeVar("T")
NamePath = Annotated[str, Path(min_length=1, max_length=100), bounded(100)]
NEW = 0
"""The revision that one expects of what is not there yet."""


class ByName(Cursor, frozen=True):
    """The place after this id or name."""

    name: str


class Tables:
    """Reads whole tables of small things."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def one(self, caller: Principal, table: Table, key: str, kind: type[T]) -> T | None:
        column = _key(table)
        query = select(table.c.body).where(column == key)
        async with self._store.reading() as snapshot:
            row = await snapshot.for_tenant(caller.tenant).first(query)
        return decode(row.body, kind) if row is not None else None

    async def some(self, caller: Principal, table: Table, kind: type[T], paging: Paging) -> list[T]:
        column = _key(table)
        query = select(table.c.body).order_by(column)
        if (after := paging.after(ByName)) is not None:
            query = query.where(column > after.name)
        async with self._store.reading() as snapshot:
            rows = await snapshot.for_tenant(caller.tenant).all(query.limit(paging.limit + 1))
        return [decode(row.body, kind) for row in rows]


def _key(table: Table) -> Any:
    return table.c.name if table is SKILLS else table.c.id
