"""The migration, step by step.

1. The folder is ours alone, and notes that it is being migrated: nobody serves it from then on.
2. It must be drained, and the engines empty: new tables, new topics, a new index.
3. All rows go over in one transaction, which also stores the migration's id there.
4. The index is made from the rows. The folder notes that it is done.

A crash before the end of the third step leaves nothing on the engines: the next run begins anew.
After it the next run finds the id there, and goes on with the fourth.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec
from sqlalchemy import select

from cli.embedded import Embedded, check_holds_data, own_folder
from cli.migrate.copying import Copied, NotTheSame, copy_all
from cli.migrate.plan import LEFT, NUMBERED
from cli.migrate.under_way import under_way
from harken.domain.time import rfc3339
from harken.embedded.migration import (
    FolderMigrated,
    Migration,
    find_migration,
    forget_migration,
    note_migration,
)
from harken.events.topics import TOPICS
from harken.log.port import EventLog, TopicPartition
from harken.runtime.settings import Settings
from harken.store.changes import Position, StoreUnavailable
from harken.store.schema.infrastructure import POSITIONS
from services.search.documents import FIELDS
from services.search.reindex import Reindexed, Tell, reindex

if TYPE_CHECKING:
    from harken.search.elasticsearch import ElasticsearchIndex
    from harken.store.postgres import PostgresStore
    from harken.store.postgres.filling import Filling

_NUMBERS = "SELECT name, seq FROM sqlite_sequence"
GROUP = "migration"
"""Under which the id of a migration is stored, as a position."""


class Refused(Exception):
    """Nothing was changed; the message says what is to be done first."""


class Report(Protocol):
    """What a person sees of it."""

    def say(self, line: str) -> None: ...

    def copying(self, table: str, rows: int) -> None: ...

    def copied(self, copied: Copied) -> None: ...

    @property
    def indexing(self) -> Tell: ...

    def indexed(self, done: Reindexed) -> None: ...


@dataclass(frozen=True, slots=True)
class Target:
    """The engines, and what people call them."""

    name: str
    store: PostgresStore
    log: EventLog
    index: ElasticsearchIndex

    async def has(self, migration: Migration) -> bool:
        place = (POSITIONS.c.consumer_group == GROUP, POSITIONS.c.topic == migration.id)
        async with self.store.reading() as snapshot:
            found = await snapshot.across_tenants().first(select(POSITIONS).where(*place))
        return found is not None


async def migrate(settings: Settings, report: Report) -> None:
    """Raises `Refused`, `NotTheSame`, ``FolderMigrated``, ``CannotStart``, and what the folder and
    the engines raise where they cannot be used. It may be run again after any of them."""
    folder = Path(settings.data)
    check_holds_data(folder)
    async with own_folder(settings) as embedded, _open(settings) as target:
        now = rfc3339(embedded.kit.clock.now())
        noted = find_migration(folder) or Migration(str(uuid4()), target.name, now)
        if noted.done or noted.target != target.name:
            raise FolderMigrated(folder, noted)
        note_migration(folder, noted)
        if not await target.has(noted):
            try:
                await _check_drained(embedded)
                await _fill(embedded, target, noted, report)
            except StoreUnavailable:
                raise  # it may have been stored: the next run looks
            except Exception:
                forget_migration(folder)
                raise
        report.say("The rows are there.")
        await _index(target, report)
        note_migration(folder, msgspec.structs.replace(noted, done=True))


async def _check_drained(embedded: Embedded) -> None:
    """Raises `Refused`."""
    left = await under_way(embedded.store, embedded.log)
    if left:
        things = "".join(f"\n  - {line}" for line in left)
        raise Refused(
            f"The folder holds what is still under way:{things}\n"
            "`harken drain` finishes it. What ended as a dead letter is no hindrance."
        )


async def _fill(embedded: Embedded, target: Target, noted: Migration, report: Report) -> None:
    """Raises `Refused` where something is there, and `NotTheSame`."""
    await _check_no_records(target.log)
    if documents := await target.index.count(removed=True):
        raise Refused(
            f"The index holds {documents:,} documents, or did. It must be new: name another by "
            "HARKEN_ELASTICSEARCH_PREFIX."
        )
    numbers = dict(await embedded.file.read(lambda c: c.execute(_NUMBERS).fetchall()))
    async with target.store.filling() as filling:
        await filling.lock()
        if await target.has(noted):
            return  # a former run that nobody heard of any more came to its end
        await _check_empty(filling)
        for column in NUMBERED:
            await filling.count_on(column, numbers.get(column.table.name, 0))
        async with embedded.store.reading() as snapshot:
            rows, vault = snapshot.across_tenants(), embedded.kit.channels.vault
            copied = await copy_all(rows, filling, vault, report.copying)
        await filling.move(Position(GROUP, TopicPartition(noted.id, 0), None, 1))
    report.copied(copied)


async def _check_no_records(log: EventLog) -> None:
    """Old records would be taken for new ones. Raises `Refused`."""
    ends = await log.ends(list(TOPICS))
    if full := sorted({place.topic for place, end in ends.items() if end}):
        raise Refused(
            f"The topics {', '.join(full)} hold records, or did. They must be new: name others by "
            "HARKEN_KAFKA_PREFIX, or delete them and run `harken topics apply`."
        )


async def _check_empty(filling: Filling) -> None:
    """Raises `Refused`."""
    filled = [name for name in await filling.filled() if name not in {t.name for t in LEFT}]
    if filled:
        raise Refused(
            f"The schema holds rows already, in {', '.join(filled)}. It must be new: name another "
            "by HARKEN_POSTGRES_SCHEMA, or drop it."
        )


async def _index(target: Target, report: Report) -> None:
    """Raises `NotTheSame`."""
    done = await reindex(target.store, target.index, report.indexing)
    report.indexed(done)
    wanted = sum(done.documents.values()) - len(done.refused)
    found = await target.index.count()
    if found != wanted:
        raise NotTheSame(f"{wanted:,} documents were indexed and {found:,} are found: run it again")


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[Target]:
    from harken.runtime.distributed import check_named, open_index, opened_log, opened_store

    check_named(settings)
    async with (
        opened_store(settings) as store,
        opened_log(settings, store) as log,
        open_index(settings, FIELDS) as index,
    ):
        yield Target(_name(settings), store, log, index)


def _name(settings: Settings) -> str:
    """Without the password."""
    place = urlsplit(settings.postgres_url)
    where = f"{place.hostname or 'localhost'}:{place.port or 5432}{place.path}"
    return f"{where}, schema {settings.postgres_schema}"
