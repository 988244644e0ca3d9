"""Nothing is forgotten: each table is named once, and each group that reads the log."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from cli.embedded import open_embedded
from cli.migrate.plan import LEFT, NUMBERED, SEALED, WHOLE
from cli.migrate.under_way import READERS
from cli.up import everything
from harken.runtime.runner import StageRunner
from harken.runtime.settings import Settings
from harken.store.schema import METADATA
from harken.testing.fakes.tone_model import NullTone


def test_every_table_has_one_fate() -> None:
    fates = Counter(table.name for table in (*WHOLE, *LEFT))
    assert fates == Counter(METADATA.tables.keys()), "say in cli/migrate/plan.py what becomes of it"
    assert {table.name for table in SEALED} <= {table.name for table in WHOLE}


def test_every_column_that_numbers_itself_counts_on() -> None:
    own = {
        table.autoincrement_column
        for table in METADATA.tables.values()
        if table.dialect_options["sqlite"]["autoincrement"]
    }
    assert set(NUMBERED) == own


async def test_every_group_that_reads_the_log_is_waited_for(tmp_path: Path) -> None:
    async with open_embedded(Settings(_env_file=None, data=tmp_path)) as embedded:
        workers = everything(embedded, NullTone()).workers
    stages = [worker._stage for worker in workers if isinstance(worker, StageRunner)]
    assert {stage.group: list(stage.topics) for stage in stages} == {
        group: list(topics) for group, topics in READERS.items()
    }
