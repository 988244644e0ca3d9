"""Answers from the tables, within one read job."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from harken.domain.ids import TenantId
from harken.domain.time import Instant
from harken.search.analysis import analyse, highlights
from harken.search.asked import Asked
from harken.search.cursor import Place, cursor_after
from harken.search.facets import ranked
from harken.search.fields import Fields
from harken.search.port import Answer, Document, Hit, Value
from harken.search.sqlite_fts.selection import Selection, select
from harken.search.sqlite_fts.tables import column
from harken.search.sqlite_fts.values import decode

Row = tuple[Any, ...]

_TEXT = "SELECT text FROM search_texts WHERE rowid = ?"
_HEAD = ("tenant", "kind", "id", "version", "at", "language", "doc")
_NEWEST_FIRST = "ORDER BY d.at DESC, d.id DESC, d.kind DESC"
_BEHIND = " AND (d.at, d.id, d.kind) < (?, ?, ?)"


def answer(connection: sqlite3.Connection, asked: Asked, fields: Fields) -> Answer:
    selection = select(asked)
    rows = _page(connection, selection, asked, fields)
    limit = asked.query.limit
    hits = tuple(_hit(connection, row, asked, fields) for row in rows[:limit])
    total, facets = _counts(connection, selection, asked, fields)
    more = bool(hits) and len(rows) > limit
    return Answer(hits, total, facets, _cursor(hits[-1], asked) if more else "")


def _page(
    connection: sqlite3.Connection, selection: Selection, asked: Asked, fields: Fields
) -> list[Row]:
    columns = ", ".join(f"d.{name}" for name in (*_HEAD, *(column(field) for field in fields)))
    behind = _BEHIND if asked.after else ""
    statement = (
        f"SELECT {columns} FROM {selection.source} WHERE {selection.condition}{behind} "  # noqa: S608
        f"{_NEWEST_FIRST} LIMIT ?"
    )
    values = (*selection.values, *(asked.after or ()), asked.query.limit + 1)
    return connection.execute(statement, values).fetchall()


def _hit(connection: sqlite3.Connection, row: Row, asked: Asked, fields: Fields) -> Hit:
    document = _document(connection, row, fields)
    if not asked.words.wanted or not document.text:
        return Hit(document)
    analysed = analyse(document.text, document.language)
    return Hit(document, highlights(analysed, asked.words.wanted))


def _document(connection: sqlite3.Connection, row: Row, fields: Fields) -> Document:
    tenant, kind, id_, version, at, language, doc = row[: len(_HEAD)]
    text = connection.execute(_TEXT, (doc,)).fetchone()
    columns = zip(fields.items(), row[len(_HEAD) :], strict=True)
    decoded = ((name, decode(value, type_)) for (name, type_), value in columns)
    return Document(
        TenantId(tenant),
        kind,
        id_,
        version,
        Instant(at),
        text[0] if text else "",
        language,
        {name: value for name, value in decoded if value is not None},
    )


def _cursor(last: Hit, asked: Asked) -> str:
    document = last.document
    return cursor_after(Place(document.at, document.id, document.kind), asked.query)


def _counts(
    connection: sqlite3.Connection, selection: Selection, asked: Asked, fields: Fields
) -> tuple[int, Mapping[str, Mapping[str, int]]]:
    """All counts in one pass over the matches, which SQLite keeps where they are used twice."""
    columns = ", ".join(f"d.{column(field)}" for field in asked.facets) or "1"
    parts = ["SELECT -1, NULL, count(*) FROM matches"]
    parts += [
        f"SELECT {n}, {column(field)}, count(*) FROM matches "  # noqa: S608
        f"WHERE {column(field)} IS NOT NULL GROUP BY 2"
        for n, field in enumerate(asked.facets)
    ]
    statement = (
        f"WITH matches AS (SELECT {columns} FROM {selection.source} "  # noqa: S608
        f"WHERE {selection.condition}) {' UNION ALL '.join(parts)}"
    )
    total = 0
    counts: dict[str, Counter[Value]] = {field: Counter() for field in asked.facets}
    for n, stored, count in connection.execute(statement, selection.values):
        if n < 0:
            total = count
        else:
            field = asked.facets[n]
            for value in _distinct(decode(stored, fields[field])):
                counts[field][value] += count
    return total, {
        field: ranked(counted, asked.query.facet_size) for field, counted in counts.items()
    }


def _distinct(value: Value | tuple[str, ...] | None) -> Iterable[Value]:
    if value is None:
        return ()
    return set(value) if isinstance(value, tuple) else (value,)
