"""How PostgreSQL's tables come to be, who may change them, and what services see of them."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import create_engine
from typer.testing import CliRunner

from cli.store import app
from deploy.local import place
from harken.store.changes import ChangeSet, Insert
from harken.store.postgres import PostgresStore, SchemaMismatch
from harken.store.postgres import schema as ours
from harken.store.postgres import upgrade as upgrading
from harken.store.postgres.dialect import DIALECT
from harken.store.postgres.upgrade import CannotUpgrade, differences, upgrade, write_revision
from harken.store.schema import METADATA
from harken.store.schema.router import SKILLS
from harken.store.sql.expansion import lacking
from harken.testing.conformance.store import StoreConformance, rows, skill
from harken.testing.conformance.store_tenants import TENANTS, fill
from harken.testing.fakes.clock import FakeClock
from harken.testing.postgres import as_role, drop_schema, new_name, own_role, own_schema
from tests.engines import need_postgres

pytestmark = pytest.mark.engines

OWNER = place.POSTGRES
ROLE = new_name()
SERVICE = as_role(OWNER, ROLE)


@pytest.fixture(scope="module", autouse=True)
def role() -> Iterator[None]:
    need_postgres()
    with own_role(place.POSTGRES_SUPERUSER, ROLE):
        yield


@pytest.fixture
def empty() -> Iterator[str]:
    """The name of a schema that is not there."""
    name = new_name()
    yield name
    drop_schema(OWNER, name)


@pytest.fixture
def schema() -> Iterator[str]:
    name = new_name()
    with own_schema(OWNER, name, ROLE):
        yield name


def connected(address: str, schema: str) -> psycopg.Connection[Any]:
    return psycopg.connect(address, options=f"-c search_path={schema}", autocommit=True)


def run(schema: str, *statements: str, address: str = OWNER) -> list[tuple[Any, ...]]:
    with connected(address, schema) as connection:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


@asynccontextmanager
async def opened(address: str, schema: str) -> AsyncIterator[PostgresStore]:
    store = await PostgresStore.open(address, schema=schema, connections=2)
    try:
        yield store
    finally:
        await store.close()


# --- what revisions make

_SHAPE = """
SELECT table_name || '.' || column_name, data_type, is_nullable, column_default
FROM information_schema.columns WHERE table_schema = %(schema)s
UNION ALL SELECT indexname, indexdef, '', '' FROM pg_indexes WHERE schemaname = %(schema)s
UNION ALL SELECT conrelid::regclass::text || ' ' || conname, pg_get_constraintdef(oid), '', ''
FROM pg_constraint WHERE connamespace = to_regnamespace(%(schema)s)
"""


def shape(schema: str) -> set[tuple[str, ...]]:
    with connected(OWNER, schema) as connection:
        found = connection.execute(_SHAPE, {"schema": schema}).fetchall()
    plain = (tuple(str(part).replace(f"{schema}.", "") for part in row) for row in found)
    return {row for row in plain if not row[0].startswith(("alembic_version", "schema_support"))}


def test_revisions_make_what_the_tables_say(schema: str, empty: str) -> None:
    """To the last index, default and constraint. One that is lacking: `make revision`."""
    run(empty, f"CREATE SCHEMA {empty}")
    engine = create_engine("postgresql+psycopg://", creator=lambda: connected(OWNER, empty))
    METADATA.create_all(engine)
    engine.dispose()
    assert shape(schema) == shape(empty)
    assert differences(OWNER, schema=schema) == []
    assert differences(OWNER, schema=schema, role=ROLE) == []
    assert differences(SERVICE, schema=schema) == []


def test_again_there_is_nothing_to_do(schema: str) -> None:
    assert upgrade(OWNER, schema=schema, role=ROLE) == []


DAMAGE = {
    "DROP INDEX seen_age": "seen_age",
    "ALTER TABLE notes DROP COLUMN text": "text",
    "ALTER TABLE notes ADD COLUMN colour text": "colour",
    "ALTER TABLE skills NO FORCE ROW LEVEL SECURITY": "no row security on skills",
    "ALTER TABLE skills DISABLE ROW LEVEL SECURITY": "no row security on skills",
    "DROP POLICY own_tenant ON skills": "no row security on skills",
    f"REVOKE UPDATE ON skills FROM {ROLE}": f"{ROLE} lacks UPDATE on skills",
    f"REVOKE ALL ON SEQUENCE outbox_id_seq FROM {ROLE}": "USAGE on outbox_id_seq",
    f"REVOKE ALL ON SCHEMA {{schema}} FROM {ROLE}": f"{ROLE} lacks USAGE on the schema",
}


@pytest.mark.parametrize("statement", DAMAGE)
def test_what_differs_is_told(schema: str, statement: str) -> None:
    run(schema, statement.format(schema=schema))
    told = differences(OWNER, schema=schema, role=ROLE)
    assert any(DAMAGE[statement] in line for line in told), told


@pytest.mark.parametrize("statement", [one for one in DAMAGE if "ROW" in one or "ROLE" in one])
def test_an_upgrade_mends_rights(schema: str, statement: str) -> None:
    run(schema, statement.format(schema=schema))
    assert upgrade(OWNER, schema=schema, role=ROLE)
    assert differences(OWNER, schema=schema, role=ROLE) == []


async def test_tables_that_were_made_by_addition_are_taken_over(empty: str) -> None:
    made = [*lacking({}, (), DIALECT), "INSERT INTO schema_version VALUES (2)"]
    first = f"CREATE SCHEMA {empty}; CREATE TABLE schema_version (version integer PRIMARY KEY)"
    since = "DROP TABLE rates; DROP INDEX decisions_age; ALTER TABLE mentions DROP COLUMN severity"
    run(empty, first, *made, since, "INSERT INTO skills VALUES ('acme', 'polish', 1, '')")
    upgrade(OWNER, schema=empty)
    assert differences(OWNER, schema=empty) == []
    async with opened(OWNER, empty) as store:
        assert [row["name"] for row in await rows(store, SKILLS)] == ["polish"]


def test_processes_that_upgrade_at_once_do_it_once(empty: str) -> None:
    command = [sys.executable, "-m", "cli", "store", "upgrade", "--schema", empty]
    environment = {**os.environ, "HARKEN_POSTGRES_URL": OWNER}
    started = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = [one.communicate()[0] for one in started]
    assert [one.returncode for one in started] == [0] * 3
    assert sorted("revision none" in one for one in said) == [False, False, True]
    assert differences(OWNER, schema=empty) == []


# --- later revisions

LAST, NEXT, AFTER = (f"{ours.newest() + n:04}" for n in range(3))
COLUMN = "sa.Column('colour', sa.Text(), nullable=False, server_default='red')"
GROW = f"""
    op.add_column('skills', {COLUMN})
    op.create_table('labels', sa.Column('tenant', sa.Text(), primary_key=True))
"""
INDEX = """
    with op.get_context().autocommit_block():
        op.create_index('skills_colour', 'skills', ['colour'], postgresql_concurrently=True)
"""
CONTRACT = f"""
    op.drop_column('skills', 'body')
    op.execute('UPDATE schema_support SET oldest = {int(NEXT)}')
"""  # noqa: S608


def add(versions: Path, revision: str, body: str) -> None:
    head = "import sqlalchemy as sa\nfrom alembic import op\n"
    ids = f"revision = '{revision}'\ndown_revision = '{int(revision) - 1:04}'\n"
    upgrades = f"def upgrade() -> None:\n    {body.strip()}\n"
    (versions / f"{revision}_test.py").write_text(head + ids + upgrades)


def copied(folder: Path) -> Path:
    return shutil.copytree(ours.VERSIONS, folder / "versions", ignore=lambda *_: ["__pycache__"])


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a program's revisions are, for tests that add some."""
    folder = copied(tmp_path)
    monkeypatch.setattr(ours, "VERSIONS", folder)
    return folder


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A schema that later versions have expanded."""
    name = new_name()
    with own_schema(OWNER, name, ROLE):
        folder = copied(tmp_path_factory.mktemp("later"))
        add(folder, NEXT, GROW)
        add(folder, AFTER, INDEX)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ours, "VERSIONS", folder)
            assert upgrade(OWNER, schema=name, role=ROLE) == [f"revision {LAST} -> {AFTER}"]
        yield name


class TestAnOlderProgramOnALaterSchema(StoreConformance):
    @pytest.fixture
    async def store(self, clock: FakeClock, later: str) -> AsyncIterator[PostgresStore]:
        store = await PostgresStore.open(SERVICE, schema=later, connections=4, clock=clock)
        yield store
        await store.close()
        empty = [f"DELETE FROM {table}" for table in METADATA.tables]  # noqa: S608
        run(later, "SET harken.tenant = '*'", *empty)


def test_an_older_programs_commands_leave_a_later_schema_alone(later: str) -> None:
    """A deployment that goes back runs them."""
    before = shape(later)
    said = [f"nothing done: revision {AFTER} is later than this program's"]
    assert upgrade(OWNER, schema=later, role=ROLE) == said
    assert shape(later) == before
    assert differences(SERVICE, schema=later) == []


async def test_a_program_is_told_that_it_is_ahead(schema: str, versions: Path) -> None:
    add(versions, NEXT, GROW)
    with pytest.raises(SchemaMismatch, match=f"{LAST}, this program needs {NEXT}: .*store upgrade"):
        await PostgresStore.open(SERVICE, schema=schema)
    told = f"revision {LAST}, not {NEXT}: run `harken store upgrade`"
    assert told in differences(OWNER, schema=schema)
    upgrade(OWNER, schema=schema)
    async with opened(SERVICE, schema):
        new = (
            "INSERT INTO skills (tenant, name, revision, body, colour) VALUES ('x', 'y', 1, '', '')"
        )
        run(schema, "SET harken.tenant = 'x'", new, "SELECT colour FROM skills", address=SERVICE)


async def test_a_program_is_told_that_the_schema_left_it_behind(
    schema: str, versions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(versions, NEXT, CONTRACT)
    upgrade(OWNER, schema=schema)
    monkeypatch.undo()
    with pytest.raises(SchemaMismatch, match=f"from revision {NEXT} on, this program knows {LAST}"):
        await PostgresStore.open(SERVICE, schema=schema)


def test_what_fails_changes_nothing_and_is_done_when_mended(schema: str, versions: Path) -> None:
    before = shape(schema)
    add(versions, NEXT, f"{GROW}    op.execute('not SQL')")
    with pytest.raises(CannotUpgrade, match="syntax error"):
        upgrade(OWNER, schema=schema)
    assert shape(schema) == before
    add(versions, NEXT, GROW)
    assert upgrade(OWNER, schema=schema) == [f"revision {LAST} -> {NEXT}"]


def test_an_upgrade_makes_nobody_wait_for_long(
    schema: str, versions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a change that waits for a table, all who read it would wait, too."""
    add(versions, NEXT, GROW)
    monkeypatch.setattr(upgrading, "_PATIENCE", "SET lock_timeout = '100ms'")
    with connected(OWNER, schema) as busy, busy.transaction():
        busy.execute("TABLE skills")
        with pytest.raises(CannotUpgrade, match="lock timeout"):
            upgrade(OWNER, schema=schema)
    assert upgrade(OWNER, schema=schema) == [f"revision {LAST} -> {NEXT}"]


def test_a_revision_is_drafted_from_the_tables(schema: str, versions: Path) -> None:
    run(schema, "DROP TABLE notes", "DROP INDEX seen_age")
    write_revision(OWNER, "Bring them back", schema=schema)
    assert upgrade(OWNER, schema=schema, role=ROLE) == [
        f"revision {LAST} -> {NEXT}",
        "row security on notes",
    ]
    assert differences(OWNER, schema=schema, role=ROLE) == []


# --- what a service may

FORBIDDEN = [
    "CREATE TABLE more (id text)",
    "ALTER TABLE skills DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE skills ADD COLUMN colour text",
    "DROP POLICY own_tenant ON skills",
    "CREATE POLICY all_of_it ON skills USING (true)",
    "TRUNCATE skills",
    "DROP TABLE skills",
    "UPDATE alembic_version SET version_num = '0000'",
    "UPDATE schema_support SET oldest = 9",
    "SET ROLE harken",
    "SET SESSION AUTHORIZATION harken",
    f"ALTER ROLE {ROLE} BYPASSRLS",
    "SET row_security = off; TABLE skills",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_a_service_can_neither_change_tables_nor_switch_row_security_off(
    schema: str, statement: str
) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        run(schema, statement, address=SERVICE)


async def test_a_service_sees_the_rows_of_the_tenant_that_it_names(schema: str) -> None:
    async with opened(SERVICE, schema) as store:
        await fill(store, TENANTS)
    query = "SELECT DISTINCT tenant FROM skills ORDER BY tenant"
    for address in (SERVICE, OWNER):
        assert run(schema, query, address=address) == []
        for seen, expected in (("", []), ("acme", ["acme"]), ("*", sorted(TENANTS))):
            named = f"SET harken.tenant = '{seen}'"
            found = run(schema, named, query, address=address)
            assert [tenant for (tenant,) in found] == expected
        foreign = "INSERT INTO skills VALUES ('birch', 'x', 1, '{}')"
        with pytest.raises(errors.InsufficientPrivilege):
            run(schema, "SET harken.tenant = 'acme'", foreign, address=address)
        moved = "UPDATE skills SET tenant = 'birch'"
        with pytest.raises(errors.InsufficientPrivilege):
            run(schema, "SET harken.tenant = 'acme'", moved, address=address)


async def test_a_connection_that_comes_back_to_the_pool_sees_nothing(schema: str) -> None:
    """What is named holds for one transaction, not for whoever has the connection next."""
    async with opened(SERVICE, schema) as store:
        await store.submit(ChangeSet(writes=[Insert(SKILLS, skill())]))
        assert await rows(store, SKILLS) != []
        async with store._pool.connection() as connection:
            found = await connection.execute(f"TABLE {schema}.skills".encode())
            assert await found.fetchall() == []


async def test_a_role_without_rights_is_told_the_command(empty: str) -> None:
    with pytest.raises(SchemaMismatch, match=f"run `harken store upgrade` as its owner, .*{ROLE}"):
        await PostgresStore.open(SERVICE, schema=empty)
    await asyncio.to_thread(upgrade, OWNER, schema=empty)
    with pytest.raises(SchemaMismatch, match=f"run `harken store upgrade` as its owner, .*{ROLE}"):
        await PostgresStore.open(SERVICE, schema=empty)
    await asyncio.to_thread(upgrade, OWNER, schema=empty, role=ROLE)
    async with opened(SERVICE, empty) as store:
        assert await rows(store, SKILLS) == []


async def test_a_superuser_is_warned(schema: str, capsys: pytest.CaptureFixture[str]) -> None:
    async with opened(place.POSTGRES_SUPERUSER, schema):
        pass
    assert "row security does not bind" in capsys.readouterr().out
    assert differences(place.POSTGRES_SUPERUSER, schema=schema) == [
        "row security does not bind postgres: it is a superuser or has BYPASSRLS"
    ]


# --- on the command line


def test_the_commands_tell_what_they_did_and_what_differs(empty: str) -> None:
    def harken(*words: str, address: str = OWNER) -> tuple[int, str]:
        done = CliRunner().invoke(app, [*words, "--address", address, "--schema", empty])
        return done.exit_code, done.output

    assert harken("check") == (
        1,
        f"there is no schema {empty} of Harken's: run `harken store upgrade`\n",
    )
    status, said = harken("upgrade", "--role", ROLE)
    assert status == 0
    assert said.startswith(f"revision none -> {LAST}\nrow security on ")
    assert harken("upgrade", "--role", ROLE) == (0, "")
    assert harken("check") == harken("check", "--role", ROLE) == (0, "")
    assert harken("check", address=SERVICE) == (0, "")
    run(empty, "DROP INDEX seen_age")
    assert harken("check") == (1, "add index: seen_age\n")
    status, said = harken("upgrade", "--role", "nobody_of_that_name")
    assert (status, "nobody_of_that_name" in said) == (1, True)
    status, said = harken("upgrade", address="postgresql://127.0.0.1:1/harken")
    assert (status, "refused" in said) == (1, True)
