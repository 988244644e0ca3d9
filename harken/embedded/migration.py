"""A data folder that was migrated to real engines, or is just being so, is served no more.

A note in the folder says it. It is written before anything is stored elsewhere, so at no moment
are there two places that could both be served.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import msgspec

from harken.embedded.durable import flush_entries

NAME = "migrated.json"


class Migration(msgspec.Struct, frozen=True):
    """``id`` is known to the target once everything is there; ``done`` once its index is, too."""

    id: str
    target: str
    begun_at: str
    done: bool = False


class FolderMigrated(Exception):
    """The message says what a person may do."""

    def __init__(self, folder: Path, migration: Migration) -> None:
        note = folder / NAME
        began = f"{folder} was to be migrated to {migration.target} at {migration.begun_at}"
        if migration.done:
            why = (
                f"{folder} was migrated to {migration.target} at {migration.begun_at}: serve from"
                " there. What it holds is what there was then. Where no service has run there yet,"
                f" removing {note} makes it the one to serve again; once one has, replies that"
                " waited here were posted from there, and would be posted again from here"
            )
        else:
            why = (
                f"{began}, which did not come to an end: `harken migrate --data {folder}` goes on"
                f" with it. To serve the folder instead, drop what is in {migration.target} and"
                f" remove {note}"
            )
        super().__init__(why)
        self.migration = migration


def check_not_migrated(folder: Path) -> None:
    """Raises `FolderMigrated`."""
    found = find_migration(folder)
    if found is not None:
        raise FolderMigrated(folder, found)


def find_migration(folder: Path) -> Migration | None:
    """Raises ``OSError``, and ``msgspec.DecodeError`` for a note that somebody else wrote."""
    with suppress(FileNotFoundError):
        return msgspec.json.decode((folder / NAME).read_bytes(), type=Migration)
    return None


def note_migration(folder: Path, migration: Migration) -> None:
    """Durable when it returns; whole or not at all."""
    draft = folder / f"{NAME}.draft"
    with draft.open("wb") as out:
        out.write(msgspec.json.format(msgspec.json.encode(migration)) + b"\n")
        out.flush()
        os.fsync(out.fileno())
    draft.replace(folder / NAME)
    flush_entries(folder)


def forget_migration(folder: Path) -> None:
    """Of which surely nothing was stored elsewhere."""
    (folder / NAME).unlink(missing_ok=True)
    flush_entries(folder)
