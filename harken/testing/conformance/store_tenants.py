"""Tenants never see each other: what a tenant's view answers, other tenants' rows don't change.

The oracle is a second store that holds one tenant's rows alone. Whatever a query is made of, the
first store's view of that tenant must answer as the second store does without any view.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from hypothesis import strategies as st
from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    column,
    exists,
    func,
    literal_column,
    select,
    table,
    text,
    union_all,
)

from harken.domain.ids import TenantId
from harken.store.changes import ChangeSet, Insert
from harken.store.port import Store
from harken.store.schema.infrastructure import LEASES, POSITIONS
from harken.store.schema.router import QUEUES, SKILLS
from harken.testing.rows import row_of

TENANTS = (TenantId("acme"), TenantId("birch"), TenantId("cedar"))
_WORDS = "abcd"


async def fill(store: Store, tenants: tuple[TenantId, ...]) -> None:
    """Rows with the same ids and names for every tenant, and other numbers."""
    change = ChangeSet()
    for tenant in tenants:
        offset = TENANTS.index(tenant)
        for n, word in enumerate(_WORDS):
            if (n + offset) % 4:
                number = n + offset
                row = row_of(SKILLS, tenant=tenant, name=word, revision=number, body=tenant)
                change.add(Insert(SKILLS, row))
            number = n * 2 + offset
            row = row_of(QUEUES, tenant=tenant, id=word, revision=number, name=tenant)
            change.add(Insert(QUEUES, row))
    await store.submit(change)


# --- queries of any make


@dataclass(frozen=True)
class Source:
    """Something to select from, and its columns for words, numbers and texts."""

    rows: FromClause
    word: ColumnElement[Any]
    number: ColumnElement[Any]
    body: ColumnElement[Any]

    @classmethod
    def of(cls, rows: FromClause) -> Source:
        return cls(rows, rows.c.word, rows.c.number, rows.c.body)


Sources = st.SearchStrategy[Source]


@st.composite
def tables(draw: st.DrawFn) -> Source:
    chosen = draw(st.sampled_from([SKILLS, QUEUES]))
    rows = chosen.alias() if draw(st.booleans()) else chosen
    if chosen is SKILLS:
        return Source(rows, rows.c.name, rows.c.revision, rows.c.body)
    return Source(rows, rows.c.id, rows.c.revision, rows.c.name)


def labelled(source: Source) -> Select[Any]:
    query = select(
        source.word.label("word"), source.number.label("number"), source.body.label("body")
    )
    return query.select_from(source.rows)


@st.composite
def conditions(draw: st.DrawFn, outer: Source, inner: Source) -> ColumnElement[bool]:
    """About ``outer``; ``inner`` is another source, for subqueries."""
    related = and_(inner.word == outer.word, inner.number != outer.number)
    return draw(
        st.sampled_from(
            [
                outer.number > draw(st.integers(0, 8)),
                outer.word.in_(draw(st.lists(st.sampled_from(_WORDS), max_size=3))),
                outer.word.in_(select(inner.word).where(inner.number > 2)),
                outer.word.not_in(select(inner.word).where(inner.number > 4)),
                exists(select(inner.word).where(related)),
                ~exists(select(inner.number).where(related)),
                select(func.count()).select_from(inner.rows).scalar_subquery() > outer.number,
                select(func.max(inner.number)).where(related).scalar_subquery() >= outer.number,
            ]
        )
    )


@st.composite
def nested(draw: st.DrawFn, children: Sources) -> Source:
    """Subqueries, common table expressions, unions and joins of simpler sources."""
    one, other = draw(children), draw(children)
    kind = draw(st.sampled_from(["subquery", "cte", "union", "join", "outer join"]))
    if kind in ("subquery", "cte"):
        inner = labelled(one).where(draw(conditions(one, draw(tables()))))
        return Source.of(inner.subquery() if kind == "subquery" else inner.cte(_fresh_name()))
    if kind == "union":
        return Source.of(union_all(labelled(one), labelled(other)).subquery())
    left, right = Source.of(labelled(one).subquery()), Source.of(labelled(other).subquery())
    joined = left.rows.join(right.rows, left.word == right.word, isouter=kind == "outer join")
    number = func.coalesce(right.number, -1)
    return Source(joined, left.word, number, func.coalesce(right.body, left.body))


_names = count()


def _fresh_name() -> str:
    return f"part_{next(_names)}"


SOURCES = st.recursive(tables(), nested, max_leaves=4)


@st.composite
def queries(draw: st.DrawFn) -> Select[Any]:
    source = draw(SOURCES)
    query = labelled(source).where(draw(conditions(source, draw(SOURCES))))
    kind = draw(st.sampled_from(["rows", "ordered", "groups", "count", "window"]))
    if kind == "ordered":
        return query.order_by(source.word, source.number, source.body).limit(3)
    if kind == "groups":
        part = query.subquery()
        return select(part.c.body, func.count(), func.sum(part.c.number)).group_by(part.c.body)
    if kind == "count":
        return select(func.count()).select_from(query.subquery())
    if kind == "window":
        sizes = select(source.word, func.count().over(partition_by=source.word))
        return sizes.select_from(source.rows)
    return query


async def assert_view_is_the_tenants_own(
    query: Select[Any], tenant: TenantId, everybodys: Store, own: Store
) -> None:
    async with everybodys.reading() as snapshot:
        seen = await snapshot.for_tenant(tenant).all(query)
    async with own.reading() as snapshot:
        expected = await snapshot.across_tenants().all(query)
    assert sorted(map(repr, seen)) == sorted(map(repr, expected))


# --- refusals

UNPROVABLE: dict[str, Callable[[], Select[Any]]] = {
    "a table without tenants": lambda: select(LEASES),
    "such a table in a join": lambda: select(SKILLS).join(
        POSITIONS, POSITIONS.c.topic == SKILLS.c.name
    ),
    "such a table in a subquery": lambda: select(SKILLS).where(
        SKILLS.c.name.in_(select(LEASES.c.holder))
    ),
    "a column of such a table": lambda: select(SKILLS.c.name).where(LEASES.c.epoch > 1),
    "textual criteria": lambda: select(SKILLS).where(text("1 = 1")),
    "a textual order": lambda: select(SKILLS).order_by(text("name")),
    "a textual source": lambda: select(text("*")).select_from(text("skills")),
    "a textual subquery": lambda: select(
        text("SELECT name FROM skills").columns(column("name")).subquery()
    ),
    "a literal column": lambda: select(literal_column("(SELECT max(body) FROM queues)")),
    "a nameless table": lambda: select(column("name")).select_from(table("skills")),
    "a table of its own": lambda: select(_namesake().c.tenant),
    "a table under a schema": lambda: select(_namesake("main").c.tenant),
    "a part with a table's name": lambda: select(select(QUEUES).cte("skills").c.id, SKILLS.c.name),
    "a prefix": lambda: select(SKILLS.c.name).prefix_with("DISTINCT"),
    "a suffix": lambda: select(SKILLS.c.name).suffix_with("LIMIT 1"),
    "a hint": lambda: select(SKILLS).with_hint(SKILLS, "NOT INDEXED"),
    "a statement's hint": lambda: select(SKILLS).with_statement_hint("UNION SELECT 1"),
}


def _namesake(schema: str | None = None) -> Table:
    return Table("skills", MetaData(schema=schema), Column("tenant", Text))


class TenantViewConformance:
    """Subclass it and give a ``store`` fixture, filled by `fill` for all `TENANTS`."""

    @pytest.fixture
    def store(self) -> Store:
        raise NotImplementedError

    @pytest.mark.parametrize("make", UNPROVABLE.values(), ids=UNPROVABLE)
    async def test_what_cannot_be_proven_is_refused(
        self, store: Store, make: Callable[[], Select[Any]]
    ) -> None:
        async with store.reading() as snapshot:
            for _ in range(2):  # nor is it allowed the second time
                with pytest.raises(ValueError, match=r"tenant|table"):
                    await snapshot.for_tenant(TENANTS[0]).all(make())

    async def test_a_view_after_another_is_its_own(self, store: Store) -> None:
        query = select(SKILLS.c.tenant, QUEUES.c.tenant).join(QUEUES, QUEUES.c.id == SKILLS.c.name)
        async with store.reading() as snapshot:
            for tenant in (*TENANTS, *TENANTS):
                found = await snapshot.for_tenant(tenant).all(query)
                assert {tuple(row) for row in found} == {(tenant, tenant)}
            everything = await snapshot.across_tenants().all(select(SKILLS.c.tenant).distinct())
            assert sorted(row.tenant for row in everything) == sorted(TENANTS)

    async def test_a_query_for_another_tenant_finds_nothing(self, store: Store) -> None:
        query = select(SKILLS).where(SKILLS.c.tenant == TENANTS[1])
        async with store.reading() as snapshot:
            assert await snapshot.for_tenant(TENANTS[0]).first(query) is None

    async def test_an_unknown_tenant_sees_nothing(self, store: Store) -> None:
        async with store.reading() as snapshot:
            for name in ("", "ACME", "acme' OR '1'='1", "%"):
                assert await snapshot.for_tenant(TenantId(name)).first(select(SKILLS)) is None
