"""An older data file is brought up to date and is then like a new one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Index, MetaData, Table, Text

from cli.embedded import open_embedded
from harken.embedded.connection import connect
from harken.runtime.settings import Settings
from harken.store.schema.metadata import SCHEMA_VERSION, text, whole
from harken.store.sql import expansion
from harken.store.sql.expansion import CannotBeAdded
from harken.store.sqlite import schema
from harken.store.sqlite.schema import SchemaMismatch, create_or_upgrade

FILES = Path(__file__).parent / "files"
OLDER = sorted(FILES.glob("version-*.sql"), key=lambda file: file.stem)
"""The tables as each released version made them: added with the version, then never changed."""

ROWS = {
    "tenants": ("main", "Main", 1),
    "timers": ("main", "router", "case-1", "sla", 3, 99, ""),
    "mentions": ("main", "m", 1, "forum", "", "mara", "case-1", "post-1", "post-1", 1, 1, b"\1"),
    "replies": ("main", "r", 1, "case-1", "c", "p", "reply", "sent", "n", "k", 1, 1, "{}", ""),
}

SOURCE = ("main", "s", 7, "c", "hashtag", "read up to here", '{"id":"s"}')

Shape = dict[str, Any]


@pytest.fixture
def file(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(tmp_path / "harken.db", read_only=False)) as connection:
        yield connection


def shape(connection: sqlite3.Connection) -> Shape:
    """Everything that matters of the tables; in which order columns were added does not."""
    found: Shape = {}
    names = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    for table, sql in names.fetchall():
        columns = connection.execute(f"PRAGMA table_xinfo({table})").fetchall()
        indexes = connection.execute(f"PRAGMA index_list({table})").fetchall()
        found[table] = {
            "columns": {name: about for _, name, *about in columns},
            "indexes": sorted(map(str, (index_shape(connection, *index) for index in indexes))),
            "autoincrement": "AUTOINCREMENT" in (sql or ""),
            "checks": (sql or "").count("CHECK"),
        }
    return found


def index_shape(
    connection: sqlite3.Connection, _: int, name: str, unique: int, origin: str, partial: int
) -> tuple[Any, ...]:
    columns = connection.execute(f"PRAGMA index_xinfo({name})").fetchall()
    made = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    where = ((made and made[0]) or "").partition(" WHERE ")[2]
    # SQLite names the indexes of constraints itself.
    called = name if origin == "c" else ""
    return (called, unique, origin, partial, where, [row[2:] for row in columns])


def fresh() -> Shape:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        create_or_upgrade(connection)
        return shape(connection)


def test_every_released_version_is_at_hand() -> None:
    assert [file.stem for file in OLDER] == [f"version-{n}" for n in range(1, SCHEMA_VERSION)]


@pytest.mark.parametrize("older", OLDER, ids=lambda file: file.stem)
def test_an_older_file_keeps_its_rows_and_is_like_a_new_one(
    file: sqlite3.Connection, older: Path
) -> None:
    file.executescript(older.read_text(encoding="utf-8"))
    for table, row in ROWS.items():
        marks = ", ".join("?" * len(row))
        file.execute(f"INSERT INTO {table} VALUES ({marks})", row)
    before = {table: file.execute(f"SELECT * FROM {table}").fetchall() for table in ROWS}
    create_or_upgrade(file)
    assert shape(file) == fresh(), "a change that is more than an addition needs a step"
    for table, rows in before.items():
        assert [row[: len(rows[0])] for row in file.execute(f"SELECT * FROM {table}")] == rows
    assert file.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_the_program_opens_a_folder_of_the_first_version(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "harken.db", read_only=False)) as connection:
        connection.executescript(OLDER[0].read_text(encoding="utf-8"))
    for _ in range(2):
        async with open_embedded(Settings(data=tmp_path)):
            pass


def test_a_source_of_the_first_version_goes_on_where_it_was(file: sqlite3.Connection) -> None:
    file.executescript(OLDER[0].read_text(encoding="utf-8"))
    file.execute("INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?, ?)", SOURCE)
    create_or_upgrade(file)
    [state] = file.execute("SELECT * FROM source_states").fetchall()
    assert state == ("main", "s", 1, "read up to here", "{}")
    assert file.execute("SELECT id, revision, paused FROM sources").fetchall() == [("s", 7, 0)]


def test_what_was_added_between_two_versions_is_added_too(file: sqlite3.Connection) -> None:
    create_or_upgrade(file)
    file.execute("DROP TABLE drafts")
    file.execute("DROP INDEX seen_age")
    create_or_upgrade(file)
    assert shape(file) == fresh()


@pytest.mark.parametrize("version", [SCHEMA_VERSION + 1, -1])
def test_a_newer_file_is_refused_untouched(file: sqlite3.Connection, version: int) -> None:
    file.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(SchemaMismatch, match=f"version {version}, this program knows"):
        create_or_upgrade(file)
    assert shape(file) == {}


# --- what will come


@pytest.fixture
def grown(monkeypatch: pytest.MonkeyPatch) -> MetaData:
    """A later schema: ``parcels`` has got a column and an index, ``labels`` is new."""
    later = MetaData()
    parcels = Table("parcels", later, text("id", primary_key=True), text("size"))
    parcels.append_column(whole("weight", server_default="7"))
    parcels.append_column(Column("colour", Text, nullable=True))
    Index("parcels_weight", parcels.c.weight)
    Table("labels", later, text("id", primary_key=True))
    monkeypatch.setattr(expansion, "METADATA", later)
    monkeypatch.setattr(schema, "STEPS", {})
    return later


def older_parcels(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE parcels (id TEXT NOT NULL PRIMARY KEY, size TEXT NOT NULL)")
    connection.execute("INSERT INTO parcels VALUES ('a', 'large')")
    connection.execute("PRAGMA user_version = 1")


def test_columns_indexes_and_tables_are_added(file: sqlite3.Connection, grown: MetaData) -> None:
    older_parcels(file)
    create_or_upgrade(file)
    assert shape(file) == fresh()
    assert file.execute("SELECT * FROM parcels").fetchall() == [("a", "large", 7, None)]


def test_a_column_that_old_rows_cannot_have_is_found_out(
    file: sqlite3.Connection, grown: MetaData
) -> None:
    older_parcels(file)
    grown.tables["parcels"].append_column(whole("height"))
    with pytest.raises(CannotBeAdded, match=r"parcels\.height"):
        create_or_upgrade(file)


@pytest.mark.parametrize("fails", [False, True])
def test_steps_run_in_order_and_all_or_nothing(
    file: sqlite3.Connection, grown: MetaData, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    def sized(size: str) -> Callable[[sqlite3.Connection], None]:
        return lambda connection: _run(
            connection, f"UPDATE parcels SET colour = colour || '{size}'"
        )

    def begun(connection: sqlite3.Connection) -> None:
        _run(connection, "UPDATE parcels SET colour = '2'")

    steps = {3: sized("3"), 2: begun, 4: sized("4"), 1: sized("never")}
    if fails:
        steps[5] = lambda connection: _run(connection, "not SQL")
    monkeypatch.setattr(schema, "SCHEMA_VERSION", 5)
    monkeypatch.setattr(schema, "STEPS", steps)
    older_parcels(file)
    before = shape(file)
    file.execute("BEGIN")
    if fails:
        with pytest.raises(sqlite3.OperationalError):
            create_or_upgrade(file)
        file.execute("ROLLBACK")
        assert shape(file) == before
        assert file.execute("PRAGMA user_version").fetchone() == (1,)
    else:
        create_or_upgrade(file)
        file.execute("COMMIT")
        assert file.execute("SELECT colour FROM parcels").fetchall() == [("234",)]


def test_a_new_file_takes_no_steps(
    file: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "STEPS", {2: lambda connection: _run(connection, "not SQL")})
    create_or_upgrade(file)
    assert shape(file) == fresh()


def _run(connection: sqlite3.Connection, sql: str) -> None:
    connection.execute(sql)
