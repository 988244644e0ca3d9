"""The rows that our own execution gives are the rows that SQLAlchemy's would give."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from sqlalchemy import Connection, Row, Select, create_engine, func, literal, null, select

from harken.domain.ids import TenantId
from harken.store.schema.router import QUEUES, SKILLS
from harken.store.sqlite.dialect import make_queries
from harken.testing.conformance.store_tenants import TENANTS, fill, queries
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in

QUERIES = make_queries()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    folder = tmp_path_factory.mktemp("store")

    async def prepare(folder: Path) -> None:
        async with store_in(folder, FakeClock()) as store:
            await fill(store, TENANTS)

    asyncio.run(prepare(folder))
    engine = create_engine(f"sqlite:///{folder / 'harken.db'}", enable_from_linting=False)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def ours(database: Connection, statement: Select[Any]) -> list[Row[Any]]:
    raw: Any = database.connection.dbapi_connection
    query = QUERIES.query(statement)
    return list(query.rows(raw.execute(query.sql, query.arguments).fetchall()))


def look(row: Row[Any]) -> tuple[object, ...]:
    return tuple(row), row._fields, [type(value) for value in row]


@given(query=queries())
@settings(max_examples=200, deadline=None)
def test_any_query_gives_the_same_rows(database: Connection, query: Select[Any]) -> None:
    expected = sorted(map(repr, map(look, database.execute(query))))
    for _ in range(2):  # compiled, and found
        assert sorted(map(repr, map(look, ours(database, query)))) == expected


NAMED: dict[str, Any] = {
    "two tables": select(SKILLS, QUEUES).join(QUEUES, QUEUES.c.id == SKILLS.c.name),
    "a count": select(func.count()).select_from(SKILLS),
    "booleans": select(SKILLS.c.revision > 2, (SKILLS.c.name == "a").label("is_a")),
    "values": select(literal("x"), literal(2), literal(b"\x00"), null(), literal(True)),
    "a label": select(func.max(SKILLS.c.revision).label("greatest")),
    "an empty list": select(SKILLS).where(SKILLS.c.name.in_([])),
}


@pytest.mark.parametrize("query", NAMED.values(), ids=NAMED)
def test_names_and_types_are_the_same(database: Connection, query: Any) -> None:
    assert list(map(look, ours(database, query))) == list(map(look, database.execute(query)))


def test_values_are_each_statements_own(database: Connection) -> None:
    for names in (["a"], ["b", "c"], [], ["c"]):
        for limit in (1, 5):
            query = select(SKILLS.c.name).where(SKILLS.c.name.in_(names)).limit(limit)
            found = [row.name for row in ours(database, query.distinct())]
            assert found == [row.name for row in database.execute(query.distinct())]


# --- a tenant's view costs no index

INDEXED: dict[str, tuple[Select[Any], str]] = {
    "by key": (select(SKILLS).where(SKILLS.c.name == "a"), "(tenant=? AND name=?)"),
    "joined": (
        select(SKILLS.c.name, QUEUES.c.name)
        .join(QUEUES, QUEUES.c.id == SKILLS.c.name)
        .where(SKILLS.c.name == "a"),
        "(tenant=? AND id=?)",
    ),
    "joined outside": (
        select(SKILLS.c.name, QUEUES.c.name)
        .outerjoin(QUEUES, QUEUES.c.id == SKILLS.c.name)
        .where(SKILLS.c.name == "a"),
        "(tenant=? AND id=?)",
    ),
    "twice": (
        select(SKILLS.c.body).where(
            SKILLS.c.name == select(SKILLS.alias().c.name).limit(1).scalar_subquery()
        ),
        "(tenant=? AND name=?)",
    ),
    "in a subquery": (
        select(QUEUES.c.id).where(
            select(SKILLS.c.name).where(SKILLS.c.name == QUEUES.c.id).exists(),
            QUEUES.c.id == "a",
        ),
        "(tenant=? AND name=?)",
    ),
}


@pytest.mark.parametrize(("query", "search"), INDEXED.values(), ids=INDEXED)
def test_the_tenant_leads_the_index(database: Connection, query: Select[Any], search: str) -> None:
    raw: Any = database.connection.dbapi_connection
    compiled = QUERIES.query(query, TenantId("acme"))
    plan = raw.execute(f"EXPLAIN QUERY PLAN {compiled.sql}", compiled.arguments).fetchall()
    steps = [step for _, _, _, step in plan]
    assert any(search in step for step in steps), steps
    assert not any(step.startswith(("SCAN", "MATERIALIZE")) for step in steps), steps
