"""SQLAlchemy statements to SQL strings and arguments: each structure is compiled once.

A statement's cache key says what it is made of apart from its values, and lists the values. So
the SQL is found by the key, and its arguments are the values in the compiled order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Delete, Row, Select, Update
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.sql.compiler import SQLCompiler

from harken.domain.ids import TenantId
from harken.store.tenancy import TENANT_PARAMETER, of_tenant

_MOST_STRUCTURES = 2048


@dataclass(frozen=True, slots=True)
class Query:
    """SQL for one execution, and how its rows are to be read (nothing for UPDATE and DELETE)."""

    sql: str
    arguments: Sequence[Any]
    columns: SimpleResultMetaData

    def rows(self, fetched: Sequence[tuple[Any, ...]]) -> Sequence[Row[Any]]:
        result: IteratorResult[Any] = IteratorResult(self.columns, iter(fetched))
        return result.all()


class Queries:
    """Usable from any thread. ``dialect`` must place its parameters by position; ``schema`` is
    where the engine keeps the tables."""

    def __init__(self, dialect: Dialect, schema: str) -> None:
        self.dialect = dialect
        self.schema = schema
        self._structures: dict[Any, _Structure] = {}

    def query(
        self, statement: Select[Any] | Update | Delete, tenant: TenantId | None = None
    ) -> Query:
        """With a tenant, the statement must be a SELECT; raises ``ValueError`` as `of_tenant`."""
        cache_key = statement._generate_cache_key()  # noqa: SLF001 - what SQLAlchemy itself uses
        if cache_key is None:
            return _Structure(self, statement, (), scoped=tenant is not None).query((), tenant)
        key = (tenant is not None, cache_key.key)
        structure = self._structures.get(key)
        if structure is None:
            values = cache_key.bindparams
            structure = _Structure(self, statement, values, scoped=tenant is not None)
            if len(self._structures) >= _MOST_STRUCTURES:
                self._structures.clear()
            self._structures[key] = structure
        return structure.query(cache_key.bindparams, tenant)


class _Structure:
    """A compiled statement, good for every statement with an equal cache key."""

    def __init__(
        self,
        engine: Queries,
        statement: Select[Any] | Update | Delete,
        values: Sequence[BindParameter[Any]],
        *,
        scoped: bool,
    ) -> None:
        if scoped:
            if not isinstance(statement, Select):
                raise ValueError("a tenant's view is read only")
            statement = of_tenant(statement, engine.schema)
        compiled = statement.compile(dialect=engine.dialect)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101
        self._compiled = compiled
        self._keys = [value.key for value in values]
        self._columns = _columns(compiled, engine.dialect)
        self._converters = compiled._bind_processors  # noqa: SLF001
        self._late = bool(compiled.post_compile_params or compiled.literal_execute_params)

    def query(self, values: Sequence[BindParameter[Any]], tenant: TenantId | None) -> Query:
        given: dict[str, Any] = {
            key: value.effective_value for key, value in zip(self._keys, values, strict=True)
        }
        if tenant is not None:
            given[TENANT_PARAMETER] = tenant
        converters: Mapping[str, Any] = self._converters
        if self._late:  # IN (...) has as many marks as values
            state = self._compiled.construct_expanded_state(given, escape_names=False)
            sql, names, parameters = state.statement, state.positiontup, state.parameters
            converters = {**converters, **state.processors}
        else:
            sql, names = self._compiled.string, self._compiled.positiontup
            parameters = self._compiled.construct_params(given, escape_names=False)
        arguments = [
            converters[name](parameters[name]) if name in converters else parameters[name]
            for name in names or ()
        ]
        return Query(sql, arguments, self._columns)


def _columns(compiled: SQLCompiler, dialect: Dialect) -> SimpleResultMetaData:
    """Names, columns and types of the rows, as SQLAlchemy's own results have them."""
    entries = compiled._result_columns  # noqa: SLF001
    uses = Counter(target for entry in entries for target in {entry.keyname, *entry.objects})
    processors = [
        entry.type.dialect_impl(dialect).result_processor(dialect, None) for entry in entries
    ]
    return SimpleResultMetaData(
        [entry.keyname for entry in entries],
        extra=[entry.objects for entry in entries],
        _processors=processors if any(processors) else None,
        _ambiguous_keys=frozenset(
            target for target, n in uses.items() if n > 1 and isinstance(target, str)
        ),
    )
