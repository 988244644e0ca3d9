"""A pytest plugin: what tests do with a store of their own, they do with one on PostgreSQL.

``python -m pytest -p tests.on_postgres tests/unit/router``; processes that tests start themselves
stay on the embedded file.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg

from deploy.local import place
from harken.clock import Clock
from harken.store.postgres import PostgresStore
from harken.store.postgres.upgrade import upgrade
from harken.store.schema import METADATA
from harken.testing.fakes import store as fakes
from harken.testing.postgres import as_role, drop_schema, new_name, own_role

ROLE = new_name()
SERVICE = as_role(place.POSTGRES, ROLE)
_EMPTY = f"TRUNCATE {', '.join(METADATA.tables)} RESTART IDENTITY"
_role = own_role(place.POSTGRES_SUPERUSER, ROLE)


class _Schemas:
    """One for each folder of a test; after it they are emptied and used again."""

    def __init__(self) -> None:
        self._of: dict[Path, str] = {}
        self._free: list[str] = []

    async def of(self, folder: Path) -> str:
        if folder not in self._of:
            self._of[folder] = await asyncio.to_thread(self._empty)
        return self._of[folder]

    def _empty(self) -> str:
        if not self._free:
            name = new_name()
            upgrade(place.POSTGRES, schema=name, role=ROLE)
            return name
        name = self._free.pop()
        with psycopg.connect(place.POSTGRES, options=f"-c search_path={name}") as connection:
            connection.execute(_EMPTY.encode())
        return name

    def give_back(self) -> None:
        self._free += self._of.values()
        self._of.clear()

    def drop(self) -> None:
        self.give_back()
        for name in self._free:
            drop_schema(place.POSTGRES, name)


_schemas = _Schemas()


@asynccontextmanager
async def store_in(folder: Path, clock: Clock) -> AsyncIterator[PostgresStore]:
    schema = await _schemas.of(folder)
    store = await PostgresStore.open(SERVICE, schema=schema, connections=6, clock=clock)
    store._clock = clock  # type: ignore[attr-defined] # some tests take it from the embedded one
    try:
        yield store
    finally:
        await store.close()


def pytest_configure() -> None:
    _role.__enter__()
    fakes.store_in = store_in  # type: ignore[assignment]


def pytest_runtest_logfinish() -> None:
    _schemas.give_back()


def pytest_unconfigure() -> None:
    _schemas.drop()
    _role.__exit__(None, None, None)
