"""Documents into the tables, within one write job."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harken.domain.ids import TenantId
from harken.search.analysis import analyse
from harken.search.documents import admit
from harken.search.fields import LARGEST, Fields
from harken.search.port import Document, Indexed
from harken.search.sqlite_fts.tables import column
from harken.search.sqlite_fts.values import encode

_FIND = "SELECT doc, version, language FROM search_documents WHERE (tenant, kind, id) = (?, ?, ?)"
_REMOVED = "SELECT version FROM search_removed WHERE (tenant, kind, id) = (?, ?, ?)"
_TEXT = "SELECT text FROM search_texts WHERE rowid = ?"
_ADD_TEXT = "INSERT INTO search_texts (rowid, words, keys, text) VALUES (?, ?, ?, ?)"
_DELETE_TEXT = "DELETE FROM search_texts WHERE rowid = ?"
_DELETE = "DELETE FROM search_documents WHERE (tenant, kind, id) = (?, ?, ?)"
_REMEMBER = "INSERT OR REPLACE INTO search_removed VALUES (?, ?, ?, ?)"
_NEXT = "SELECT coalesce(max(doc), 0) + 1 FROM search_documents"


@dataclass(frozen=True, slots=True)
class Ready:
    """A document with all that was made of it outside the writer thread."""

    document: Document
    words: str
    keys: str


def make_ready(document: Document, fields: Fields) -> Ready | None:
    """None for a document that is refused."""
    admitted = admit(document, fields)
    if admitted is None:
        return None
    analysed = analyse(admitted.text, admitted.language)
    return Ready(admitted, " ".join(analysed.words), " ".join(analysed.keys))


class Writing:
    """The statements for one set of fields."""

    def __init__(self, fields: Fields) -> None:
        self._fields = tuple(fields)
        names = ("tenant", "at", "id", "kind", "version", "doc", "language")
        columns = (*names, *(column(field) for field in fields))
        places = ", ".join("?" * len(columns))
        # The names of columns are our own: declared, and checked to be plain words.
        self._add = f"INSERT INTO search_documents ({', '.join(columns)}) VALUES ({places})"  # noqa: S608
        self._change = (
            f"UPDATE search_documents SET ({', '.join(columns)}) = ({places}) WHERE doc = ?"  # noqa: S608
        )

    def store(
        self, connection: sqlite3.Connection, documents: Iterable[Ready | None]
    ) -> list[Indexed]:
        return [
            Indexed.REFUSED if ready is None else self._store(connection, ready)
            for ready in documents
        ]

    def _store(self, connection: sqlite3.Connection, ready: Ready) -> Indexed:
        document = ready.document
        key = (document.tenant, document.kind, document.id)
        found = connection.execute(_FIND, key).fetchone()
        if found is None:
            return self._store_new(connection, ready)
        doc, version, language = found
        if version >= document.version:
            return Indexed.SUPERSEDED
        connection.execute(self._change, (*self._row(document, doc), doc))
        text = connection.execute(_TEXT, (doc,)).fetchone()
        # Most snapshots bring new fields, not a new text: FTS5 is left alone then.
        if language != document.language or (text[0] if text else "") != document.text:
            connection.execute(_DELETE_TEXT, (doc,))
            add_text(connection, doc, ready)
        return Indexed.STORED

    def _store_new(self, connection: sqlite3.Connection, ready: Ready) -> Indexed:
        document = ready.document
        key = (document.tenant, document.kind, document.id)
        removed = connection.execute(_REMOVED, key).fetchone()
        if removed is not None and removed[0] >= document.version:
            return Indexed.SUPERSEDED
        doc: int = connection.execute(_NEXT).fetchone()[0]
        connection.execute(self._add, self._row(document, doc))
        add_text(connection, doc, ready)
        return Indexed.STORED

    def _row(self, document: Document, doc: int) -> tuple[object, ...]:
        values = document.fields
        return (
            document.tenant,
            document.at,
            document.id,
            document.kind,
            document.version,
            doc,
            document.language,
            *[encode(values.get(field)) for field in self._fields],
        )


def add_text(connection: sqlite3.Connection, doc: int, ready: Ready) -> None:
    if ready.document.text:
        row = (doc, ready.words, ready.keys, ready.document.text)
        connection.execute(_ADD_TEXT, row)


def remove(connection: sqlite3.Connection, tenant: TenantId, kind: str, ids: Sequence[str]) -> None:
    for id_ in ids:
        key = (tenant, kind, id_)
        found = connection.execute(_FIND, key).fetchone()
        if found is not None:
            connection.execute(_DELETE_TEXT, (found[0],))
            connection.execute(_DELETE, key)
            connection.execute(_REMEMBER, (*key, found[1]))
        elif connection.execute(_REMOVED, key).fetchone() is None:
            connection.execute(_REMEMBER, (*key, LARGEST))
