"""The embedded edition: every adapter over one SQLite file, built once."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from harken.channels.vault import KEY_BYTES, Vault, read_keys
from harken.clock import SystemClock
from harken.domain.time import Instant, seconds
from harken.embedded.file import EmbeddedFile, FileUnavailable
from harken.embedded.folder import FolderInUse, lock_folder
from harken.embedded.key_file import NAME as KEY_FILE
from harken.embedded.key_file import find_key, make_key
from harken.embedded.migration import FolderMigrated, check_not_migrated
from harken.log.sqlite.log import SqliteLog
from harken.runtime.channels import make_channels
from harken.runtime.identity import Uuid7
from harken.runtime.service import Kit
from harken.runtime.settings import Settings
from harken.search.sqlite_fts import SqliteFtsIndex
from harken.store.changes import StoreUnavailable
from harken.store.sqlite.schema import SchemaMismatch
from harken.store.sqlite.store import SqliteStore
from harken.telemetry.logs import Log
from services.search.documents import FIELDS

FILE = "harken.db"


class NoDataFolder(Exception):
    """There is none under this name: nobody wants a new one here."""


class WrongKeys(Exception):
    """The keys for secrets cannot be read."""


CANNOT_OPEN = (
    NoDataFolder,
    WrongKeys,
    FolderInUse,
    FolderMigrated,
    SchemaMismatch,
    FileUnavailable,
    StoreUnavailable,
    sqlite3.Error,
    OSError,
)
"""What a person is told in one line where a data folder cannot be used."""

WORTH_SAYING = seconds(1)

_log = Log(__name__)


@dataclass(frozen=True, slots=True)
class Embedded:
    """The kit, and the engines behind it that need looking after."""

    kit: Kit
    file: EmbeddedFile
    store: SqliteStore
    log: SqliteLog
    index: SqliteFtsIndex


@asynccontextmanager
async def open_embedded(settings: Settings) -> AsyncIterator[Embedded]:
    """For operators' commands: works beside a serving process. Makes the folder and the file.

    Raises one of `CANNOT_OPEN`.
    """
    check_not_migrated(Path(settings.data))
    async with open_folder(settings) as embedded:
        yield embedded


@asynccontextmanager
async def open_folder(settings: Settings) -> AsyncIterator[Embedded]:
    """The same for a folder that was migrated, too."""
    vault = Vault(_keys(settings))
    clock = SystemClock()
    file = await EmbeddedFile.open(_folder(settings) / FILE, clock)
    channels = make_channels(settings, clock, vault)
    try:
        store = await SqliteStore.open(file, clock)
        log = await SqliteLog.open(file, clock)
        _hold_back_no_time(clock, await store.newest(), await log.newest())
        index = await SqliteFtsIndex.open(file, FIELDS)
        kit = Kit(settings, clock, Uuid7(), store, log, channels)
        yield Embedded(kit, file, store, log, index)
        await log.close()
    finally:
        await channels.close()
        await file.close()


@asynccontextmanager
async def serve_embedded(settings: Settings) -> AsyncIterator[Embedded]:
    """The same, holding the data folder for this process. Raises `FolderInUse`."""
    check_not_migrated(Path(settings.data))
    async with own_folder(settings) as embedded:
        yield embedded


def check_holds_data(folder: Path) -> None:
    """Raises `NoDataFolder`."""
    if not (folder / FILE).exists():
        raise NoDataFolder(f"{folder} is no data folder: it holds no {FILE}")


@asynccontextmanager
async def own_folder(settings: Settings) -> AsyncIterator[Embedded]:
    """The same for a folder that was migrated, too."""
    lock = lock_folder(Path(settings.data))
    try:
        async with open_folder(settings) as embedded:
            # The folder is ours alone: whoever holds a lease in it was killed.
            await embedded.store.release_all()
            yield embedded
    finally:
        lock.release()


def _keys(settings: Settings) -> list[bytes]:
    """What was sealed under the folder's own key still opens when keys are given. Raises
    `WrongKeys`."""
    folder = _folder(settings)
    try:
        given = read_keys(settings.secrets_key, "HARKEN_SECRETS_KEY")
        own = find_key(folder)
        if own is None:
            return given or read_keys(make_key(folder, KEY_BYTES), KEY_FILE)
        return [*given, *read_keys(own or "none", KEY_FILE)]
    except ValueError as wrong:
        raise WrongKeys(str(wrong)) from wrong


def _hold_back_no_time(clock: SystemClock, *stored: Instant) -> None:
    """The machine's clock may have been set back since the last start."""
    behind = clock.not_before(max(stored))
    if behind > WORTH_SAYING:
        _log.warning("the clock is behind the data", seconds=behind / 1_000_000)


def _folder(settings: Settings) -> Path:
    folder = Path(settings.data)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
