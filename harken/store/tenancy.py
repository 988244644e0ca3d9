"""Queries of one tenant: every table that a query reads becomes that tenant's part of it.

The query itself is not rewritten. Common table expressions are put before it that have the
tables' own names and hold the tenant's rows alone: wherever the query names a table, in a join,
a subquery or EXISTS, the database resolves the name to these rows. Both engines inline them, so
that the tenant leads the index look-up as if the query had said so itself.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from sqlalchemy import CTE, MetaData, Select, Table, TextClause, bindparam, select
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnClause
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import (
    AliasedReturnsRows,
    FromClause,
    HasHints,
    HasPrefixes,
    HasSuffixes,
    Join,
    SelectBase,
    TextualSelect,
)

from harken.store.schema import METADATA

TENANT_PARAMETER = "tenant_of_view"
"""The bind parameter that the executing engine fills in."""

_HARMLESS = re.compile(r"\*|\d+").fullmatch
"""Literal columns that SQLAlchemy itself uses, in count(*) for one."""


def of_tenant(query: Select[Any], schema: str) -> Select[Any]:
    """The query over one tenant's rows; ``schema`` is where the engine keeps the real tables.

    Raises ``ValueError`` for a table without a tenant column, and for everything of which it
    cannot be proven what it reads: textual SQL, hints, tables outside the schema.
    """
    tables: set[Table] = set()
    for element in visitors.iterate(query):
        _refuse_text(element)
        if isinstance(element, Table):
            tables.add(element)
        elif isinstance(element, FromClause):
            _refuse_unknown(element)
    views = (_own_rows(table, schema) for table in sorted(tables, key=lambda table: table.name))
    return query.add_cte(*views)


@cache
def _own_rows(table: Table, schema: str) -> CTE:
    if METADATA.tables.get(table.name) is not table:
        raise ValueError(f"{table.name} is not a table of the schema")
    if "tenant" not in table.c:
        raise ValueError(f"{table.name} belongs to no tenant")
    real = table.to_metadata(MetaData(schema=schema))
    own = select(real).where(real.c.tenant == bindparam(TENANT_PARAMETER, required=True))
    return own.cte(table.name).prefix_with("NOT MATERIALIZED")


def _refuse_text(element: visitors.ExternallyTraversible) -> None:
    """Whatever would put a string of the caller's into the SQL as it is."""
    if isinstance(element, TextClause | TextualSelect):
        raise ValueError("a tenant's query may not hold textual SQL")
    if isinstance(element, ColumnClause) and element.is_literal and not _HARMLESS(element.name):
        raise ValueError("a tenant's query may not hold a literal column")
    if isinstance(element, HasPrefixes) and element._prefixes:  # noqa: SLF001
        raise ValueError("a tenant's query may not have prefixes")
    if isinstance(element, HasSuffixes) and element._suffixes:  # noqa: SLF001
        raise ValueError("a tenant's query may not have suffixes")
    if isinstance(element, HasHints) and (element._hints or element._statement_hints):  # noqa: SLF001
        raise ValueError("a tenant's query may not have hints")


def _refuse_unknown(element: FromClause) -> None:
    if isinstance(element, CTE) and element.name in METADATA.tables:
        raise ValueError(f"{element.name} is the name of a table")
    if not isinstance(element, AliasedReturnsRows | FunctionElement | Join | SelectBase):
        raise ValueError(f"a tenant's query may not read from {element!r}")
