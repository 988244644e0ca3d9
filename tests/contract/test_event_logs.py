from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from harken.clock import SystemClock
from harken.embedded.file import EmbeddedFile
from harken.log.port import EventLog
from harken.log.sqlite import SqliteLog
from harken.testing.conformance.event_log import EventLogConformance, log_machine
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.event_log import FakeEventLog


@asynccontextmanager
async def sqlite_log(folder: Path) -> AsyncIterator[EventLog]:
    clock = SystemClock()
    file = await EmbeddedFile.open(folder / "harken.db", clock)
    try:
        yield await SqliteLog.open(file, clock)
    finally:
        await file.close()


class TestSqliteLog(EventLogConformance):
    @pytest.fixture
    async def log(self, tmp_path: Path) -> AsyncIterator[EventLog]:
        async with sqlite_log(tmp_path) as log:
            yield log


class TestFakeEventLog(EventLogConformance):
    @pytest.fixture
    def log(self) -> EventLog:
        return FakeEventLog(FakeClock())


@asynccontextmanager
async def throwaway_sqlite_log() -> AsyncIterator[EventLog]:
    with TemporaryDirectory() as folder:
        async with sqlite_log(Path(folder)) as log:
            yield log


@asynccontextmanager
async def fake_log() -> AsyncIterator[EventLog]:
    yield FakeEventLog(FakeClock())


TestSqliteLogAgainstLists = log_machine(throwaway_sqlite_log).TestCase
TestSqliteLogAgainstLists.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None
)
TestFakeEventLogAgainstLists = log_machine(fake_log).TestCase
TestFakeEventLogAgainstLists.settings = settings(deadline=None)
