"""A folder that was migrated, or is being so, is not served."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.embedded import open_embedded, open_folder, serve_embedded
from harken.embedded.migration import (
    NAME,
    FolderMigrated,
    Migration,
    find_migration,
    forget_migration,
    note_migration,
)
from harken.runtime.settings import Settings

BEGUN = Migration("id-1", "db.example:5432/harken, schema harken", "2026-03-02T09:30:00Z")
DONE = Migration(BEGUN.id, BEGUN.target, BEGUN.begun_at, done=True)


def test_the_note_is_read_as_it_was_written_last(tmp_path: Path) -> None:
    assert find_migration(tmp_path) is None
    for migration in (BEGUN, DONE):
        note_migration(tmp_path, migration)
        assert find_migration(tmp_path) == migration
    forget_migration(tmp_path)
    assert find_migration(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("migration", "why"), [(BEGUN, "did not come to an end"), (DONE, "was migrated to db.example")]
)
async def test_whoever_would_use_the_folder_is_told_and_refused(
    tmp_path: Path, migration: Migration, why: str
) -> None:
    settings = Settings(_env_file=None, data=tmp_path)
    async with open_embedded(settings):
        pass
    note_migration(tmp_path, migration)
    for opening in (open_embedded, serve_embedded):
        with pytest.raises(FolderMigrated, match=why) as refused:
            async with opening(settings):
                raise AssertionError("it was opened")
        assert str(tmp_path / NAME) in str(refused.value)
    async with open_folder(settings):
        pass
    forget_migration(tmp_path)
    async with open_embedded(settings):
        pass
