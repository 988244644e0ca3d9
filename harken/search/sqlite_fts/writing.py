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

_FIND = """
    SELECT doc, version, language, stamp FROM search_documents
    WHERE (tenant, kind, id) = (?, ?, ?)
"""
_REMOVED = "SELECT version FROM search_removed WHERE (tenant, kind, id) = (?, ?, ?)"
_FORGET = "DELETE FROM search_removed WHERE (tenant, kind, id) = (?, ?, ?)"
_TEXT = "SELECT text, words, keys FROM search_texts WHERE rowid = ?"
_ADD_TEXT = "INSERT INTO search_texts (rowid, words, keys, text) VALUES (?, ?, ?, ?)"
_DELETE_TEXT = "DELETE FROM search_texts WHERE rowid = ?"
_DELETE = "DELETE FROM search_documents WHERE (tenant, kind, id) = (?, ?, ?)"
_REMEMBER = "INSERT OR REPLACE INTO search_removed VALUES (?, ?, ?, ?)"
_NEXT = "SELECT coalesce(max(doc), 0) + 1 FROM search_documents"
_STAMP = "SELECT coalesce(max(begun), 0) FROM search_rebuilds"


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
        names = ("tenant", "at", "id", "kind", "version", "doc", "language", "stamp")
        columns = (*names, *(column(field) for field in fields))
        places = ", ".join("?" * len(columns))
        # The names of columns are our own: declared, and checked to be plain words.
        self._add = f"INSERT INTO search_documents ({', '.join(columns)}) VALUES ({places})"  # noqa: S608
        self._change = (
            f"UPDATE search_documents SET ({', '.join(columns)}) = ({places}) WHERE doc = ?"  # noqa: S608
        )

    def store(self, connection: sqlite3.Connection, ready: Iterable[Ready | None]) -> list[Indexed]:
        return self._store_all(connection, ready, since=0)

    def renew(
        self, connection: sqlite3.Connection, ready: Iterable[Ready | None], stamp: int
    ) -> list[Indexed]:
        """What was last written before this rebuild is replaced whatever its version."""
        return self._store_all(connection, ready, since=stamp)

    def _store_all(
        self, connection: sqlite3.Connection, ready: Iterable[Ready | None], since: int
    ) -> list[Indexed]:
        stamp = current_stamp(connection)
        return [
            Indexed.REFUSED if each is None else self._store(connection, each, stamp, since)
            for each in ready
        ]

    def _store(
        self, connection: sqlite3.Connection, ready: Ready, stamp: int, since: int
    ) -> Indexed:
        document = ready.document
        key = (document.tenant, document.kind, document.id)
        found = connection.execute(_FIND, key).fetchone()
        if found is None:
            return self._store_new(connection, ready, stamp)
        doc, version, language, written = found
        if version >= document.version and written >= since:
            return Indexed.SUPERSEDED
        connection.execute(self._change, (*self._row(document, doc, stamp), doc))
        text = connection.execute(_TEXT, (doc,)).fetchone() or ("", "", "")
        # Most snapshots bring new fields, not a new text: FTS5 is left alone then.
        known = (ready.document.text, ready.words, ready.keys) if since else (document.text,)
        if language != document.language or text[: len(known)] != known:
            connection.execute(_DELETE_TEXT, (doc,))
            add_text(connection, doc, ready)
        return Indexed.STORED

    def _store_new(self, connection: sqlite3.Connection, ready: Ready, stamp: int) -> Indexed:
        document = ready.document
        key = (document.tenant, document.kind, document.id)
        removed = connection.execute(_REMOVED, key).fetchone()
        if removed is not None:
            if removed[0] >= document.version:
                return Indexed.SUPERSEDED
            connection.execute(_FORGET, key)
        doc: int = connection.execute(_NEXT).fetchone()[0]
        connection.execute(self._add, self._row(document, doc, stamp))
        add_text(connection, doc, ready)
        return Indexed.STORED

    def _row(self, document: Document, doc: int, stamp: int) -> tuple[object, ...]:
        values = document.fields
        return (
            document.tenant,
            document.at,
            document.id,
            document.kind,
            document.version,
            doc,
            document.language,
            stamp,
            *[encode(values.get(field)) for field in self._fields],
        )


def current_stamp(connection: sqlite3.Connection) -> int:
    """Of what is written now."""
    stamp: int = connection.execute(_STAMP).fetchone()[0]
    return stamp


def add_text(connection: sqlite3.Connection, doc: int, ready: Ready) -> None:
    if ready.document.text:
        row = (doc, ready.words, ready.keys, ready.document.text)
        connection.execute(_ADD_TEXT, row)


def remove(connection: sqlite3.Connection, tenant: TenantId, kind: str, ids: Sequence[str]) -> None:
    for id_ in ids:
        key = (tenant, kind, id_)
        found = connection.execute(_FIND, key).fetchone()
        if found is not None:
            drop(connection, found[0], key)
            connection.execute(_REMEMBER, (*key, found[1]))
        elif connection.execute(_REMOVED, key).fetchone() is None:
            connection.execute(_REMEMBER, (*key, LARGEST))


def drop(connection: sqlite3.Connection, doc: int, key: tuple[str, str, str]) -> None:
    connection.execute(_DELETE_TEXT, (doc,))
    connection.execute(_DELETE, key)
