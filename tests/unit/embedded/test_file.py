from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from harken.clock import SystemClock
from harken.embedded import writer
from harken.embedded.connection import connect
from harken.embedded.file import EmbeddedFile, FileUnavailable

PATIENCE = 10.0


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[EmbeddedFile]:
    file = await EmbeddedFile.open(tmp_path / "harken.db", SystemClock())
    await file.write(lambda connection: connection.execute("CREATE TABLE t (n UNIQUE, v)"))
    yield file
    await file.close()


def insert(n: int, v: object = None) -> Callable[[sqlite3.Connection], None]:
    def job(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO t VALUES (?, ?)", (n, v))

    return job


def numbers(connection: sqlite3.Connection) -> list[int]:
    return [n for (n,) in connection.execute("SELECT n FROM t ORDER BY n")]


def setting(connection: sqlite3.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


async def test_every_commit_is_flushed_to_a_write_ahead_log(file: EmbeddedFile) -> None:
    assert await file.write(partial(setting, name="journal_mode")) == "wal"
    assert await file.write(partial(setting, name="synchronous")) == 2
    assert await file.write(partial(setting, name="secure_delete")) == 1
    assert await file.read(partial(setting, name="query_only")) == 1


async def test_what_was_written_is_read(file: EmbeddedFile) -> None:
    await file.write(insert(1))
    assert await file.read(numbers) == [1]


async def test_a_failing_job_undoes_its_own_changes_only(file: EmbeddedFile) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        insert(50)(connection)
        raise LookupError("no")

    def wrong(connection: sqlite3.Connection) -> None:
        insert(51)(connection)
        insert(2)(connection)

    jobs = [insert(1), fail, insert(2), wrong, insert(3)]
    outcomes = await asyncio.gather(*map(file.write, jobs), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [
        LookupError,
        sqlite3.IntegrityError,
    ]
    assert await file.read(numbers) == [1, 2, 3]


async def test_waiting_jobs_share_a_transaction(file: EmbeddedFile) -> None:
    before = file.commits
    await asyncio.gather(*(file.write(insert(n)) for n in range(200)))
    assert file.commits - before < 100
    assert len(await file.read(numbers)) == 200


async def test_a_full_queue_is_refused_and_the_rest_is_written(
    file: EmbeddedFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "WAITING_JOBS", 3)
    hold = Event()
    held = asyncio.create_task(file.write(lambda _: hold.wait(PATIENCE)))
    waiting = [asyncio.create_task(file.write(insert(n))) for n in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(FileUnavailable) as refused:
        await file.write(insert(9))
    assert refused.value.retry_after > 0
    hold.set()
    await asyncio.gather(held, *waiting)
    await file.write(insert(9))
    assert await file.read(numbers) == [0, 1, 9]


async def test_a_full_disk_is_said_and_survived(file: EmbeddedFile) -> None:
    await file.write(insert(1))

    def limit(connection: sqlite3.Connection, pages: int) -> None:
        used = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {used + pages}")

    await file.write(partial(limit, pages=2))
    large = [file.write(insert(n, b"x" * 50_000)) for n in range(10, 14)]
    outcomes = await asyncio.gather(*large, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {FileUnavailable}
    assert "full" in str(outcomes[0])
    assert await file.read(numbers) == [1]
    await file.write(partial(limit, pages=1_000))
    await file.write(insert(10, b"x" * 50_000))
    assert await file.read(numbers) == [1, 10]


async def test_a_disk_that_ends_in_the_middle_of_a_commit_is_survived(file: EmbeddedFile) -> None:
    await file.write(insert(1))
    log = file.path.with_name(file.path.name + "-wal")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 20_000, before[1]))
    try:
        for n in range(2, 5):
            with pytest.raises(FileUnavailable, match="disk"):
                await file.write(insert(n, b"x" * 50_000))
        assert await file.read(numbers) == [1]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    await file.write(insert(2, b"x" * 50_000))
    assert await file.read(numbers) == [1, 2]
    assert await file.read(partial(setting, name="integrity_check")) == "ok"


async def test_another_process_may_write(file: EmbeddedFile) -> None:
    other = connect(file.path, read_only=False)
    other.execute("BEGIN IMMEDIATE")
    insert(1)(other)
    ours = asyncio.create_task(file.write(insert(2)))
    await asyncio.sleep(0.1)
    assert not ours.done()
    other.execute("COMMIT")
    other.close()
    await asyncio.wait_for(ours, PATIENCE)
    assert await file.read(numbers) == [1, 2]


async def test_another_process_that_holds_the_file_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harken.embedded.connection.BUSY_SECONDS", 0.05)
    file = await EmbeddedFile.open(tmp_path / "harken.db", SystemClock())
    other = connect(file.path, read_only=False)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(FileUnavailable, match="another process"):
        await file.write(lambda _: None)
    other.execute("ROLLBACK")
    other.close()
    await file.write(lambda _: None)
    await file.close()


async def test_wait_sees_what_another_process_writes(file: EmbeddedFile) -> None:
    await asyncio.sleep(0.1)
    waiting = asyncio.create_task(file.wait(PATIENCE * 10))
    await asyncio.sleep(0.1)
    other = connect(file.path, read_only=False)
    insert(1)(other)
    other.close()
    await asyncio.wait_for(waiting, PATIENCE)


async def test_wait_since_a_count_misses_nothing(file: EmbeddedFile) -> None:
    since = file.commits
    await file.write(insert(1))
    await asyncio.wait_for(file.wait(PATIENCE * 10, since=since), PATIENCE)


async def test_a_cancelled_write_is_still_whole(file: EmbeddedFile) -> None:
    hold = Event()
    held = asyncio.create_task(file.write(lambda _: hold.wait(PATIENCE)))
    cancelled = asyncio.create_task(file.write(insert(1)))
    await asyncio.sleep(0)
    cancelled.cancel()
    hold.set()
    await asyncio.gather(held, cancelled, return_exceptions=True)
    await file.write(insert(2))
    assert await file.read(numbers) in ([1, 2], [2])


async def test_readers_cannot_write(file: EmbeddedFile) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await file.read(insert(1))


async def test_a_read_transaction_sees_one_state(file: EmbeddedFile) -> None:
    async with file.reading() as transaction:
        assert await transaction.run(numbers) == []
        await file.write(insert(1))
        assert await transaction.run(numbers) == []
    with pytest.raises(RuntimeError, match="over"):
        await transaction.run(numbers)


async def test_more_read_transactions_than_connections_take_turns(file: EmbeddedFile) -> None:
    async def read() -> list[int]:
        async with file.reading() as transaction:
            await asyncio.sleep(0.001)
            return await transaction.run(numbers)

    async with asyncio.timeout(PATIENCE):
        assert await asyncio.gather(*(read() for _ in range(200))) == [[]] * 200


async def test_cancelled_readers_give_their_connections_back(file: EmbeddedFile) -> None:
    slow = (
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 20000)"
        " SELECT count(*) FROM c"
    )

    def count(connection: sqlite3.Connection) -> int:
        return int(connection.execute(slow).fetchone()[0])

    for _ in range(100):
        reading = asyncio.create_task(file.read(count))
        await asyncio.sleep(0.001)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    async with asyncio.timeout(PATIENCE):
        assert await asyncio.gather(*(file.read(count) for _ in range(40))) == [20_000] * 40


async def test_close_finishes_what_was_begun(tmp_path: Path) -> None:
    file = await EmbeddedFile.open(tmp_path / "harken.db", SystemClock())
    await file.write(lambda connection: connection.execute("CREATE TABLE t (n UNIQUE, v)"))
    writing = [asyncio.create_task(file.write(insert(n))) for n in range(50)]
    await asyncio.sleep(0)
    await file.close()
    await file.close()
    await asyncio.gather(*writing)
    with closing(connect(file.path, read_only=True)) as connection:
        assert numbers(connection) == list(range(50))
    with pytest.raises(FileUnavailable, match="closed"):
        await file.write(insert(99))
    with pytest.raises(FileUnavailable, match="closed"):
        await file.read(numbers)


async def test_a_file_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileUnavailable, match="cannot be opened"):
        await EmbeddedFile.open(tmp_path / "nowhere" / "harken.db", SystemClock())


async def test_a_file_that_is_no_database_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "harken.db"
    path.write_bytes(b"not a database at all" * 1_000)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        await EmbeddedFile.open(path, SystemClock())
