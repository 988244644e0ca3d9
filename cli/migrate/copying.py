"""Copies a folder's rows into empty tables, and reads them back to see that they are the same."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Row, Table, select, tuple_

from cli.migrate.plan import SEALED, WHOLE
from harken.channels.vault import CannotOpen, Vault
from harken.store.port import Rows
from harken.store.schema.router import RATES
from services.ingest.sealing import sealed_body

if TYPE_CHECKING:
    from harken.store.postgres.filling import Filling

ROWS_AT_ONCE = 1_000
_MODULUS = 2**128

Values = Mapping[str, Any]
Tell = Callable[[str, int], None]
"""Is told of a table how many of its rows are copied so far."""


class NotTheSame(Exception):
    """What was read back is not what was written: nothing of it is kept."""


@dataclass(slots=True)
class Sum:
    """Counts rows, and adds up their digests: in whatever order they come."""

    rows: int = 0
    digest: int = 0

    def add(self, values: Iterable[object]) -> None:
        plain = [bytes(v) if isinstance(v, memoryview) else v for v in values]
        packed = blake2b(msgspec.msgpack.encode(plain), digest_size=16).digest()
        self.rows += 1
        self.digest = (self.digest + int.from_bytes(packed)) % _MODULUS


@dataclass(frozen=True, slots=True)
class Copied:
    """``lost``: sentences about secrets that did not open, and were copied as they are."""

    sums: Mapping[str, Sum]
    lost: Sequence[str]


async def copy_all(source: Rows, filling: Filling, vault: Vault, tell: Tell) -> Copied:
    """``source``: rows of all tenants, out of one snapshot. Raises `NotTheSame`."""
    sums: dict[str, Sum] = {}
    lost: list[str] = []
    for table in WHOLE:
        written = Sum()
        async for page in _pages(source, table):
            values = [_moved(table, row, vault, lost) for row in page]
            await filling.insert(table, values)
            for each in values:
                written.add(each.values())
            tell(table.name, written.rows)
        await _check(filling, table, written)
        sums[table.name] = written
    return Copied(sums, lost)


async def _pages(source: Rows, table: Table) -> AsyncIterator[Sequence[Row[Any]]]:
    """By primary key."""
    key = tuple_(*table.primary_key)
    query = select(table).order_by(*table.primary_key).limit(ROWS_AT_ONCE)
    behind = query
    while page := await source.all(behind):
        yield page
        last = page[-1]._asdict()
        behind = query.where(key > tuple_(*(last[column.name] for column in table.primary_key)))


def _moved(table: Table, row: Row[Any], vault: Vault, lost: list[str]) -> Values:
    """The row as it is to be stored."""
    values = row._asdict()
    if table is RATES:
        # The new log's partitions count from nothing; the old ones' counts stay beside theirs.
        values["partition"] = -1 - values["partition"]
    elif table in SEALED:
        try:
            values["body"] = sealed_body(table, row.body, vault)
        except CannotOpen as why:
            lost.append(f"{table.name}: {row.name} of {row.tenant}: {why}")
    return values


async def _check(filling: Filling, table: Table, written: Sum) -> None:
    there = Sum()
    async for page in filling.rows(table):
        for row in page:
            there.add(row)
    if there != written:
        raise NotTheSame(
            f"{table.name}: {written.rows:,} rows were written and {there.rows:,} read back"
            + (", which differ" if there.rows == written.rows else "")
        )
