"""Rows for tests that care about some columns only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, LargeBinary, Table


def row_of(table: Table, **values: Any) -> dict[str, Any]:
    """``values``, and something empty in every other column that must not be null.

    Raises ``ValueError`` for a column that the table doesn't have.
    """
    unknown = values.keys() - set(table.c.keys())
    if unknown:
        raise ValueError(f"{table.name} has no column {', '.join(sorted(unknown))}")
    row: dict[str, Any] = {}
    for column in table.c:
        if column.nullable or column is table.autoincrement_column:
            continue
        if isinstance(column.type, LargeBinary):
            row[column.name] = b""
        else:
            row[column.name] = 0 if isinstance(column.type, Integer) else ""
    return row | values
