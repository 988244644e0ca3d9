"""The index's tables, which it makes and changes itself.

``search_documents`` has a column for each declared field and is clustered by tenant and time:
what a query without words reads lies together, newest last. ``search_texts`` is the FTS5 table
of what is found by words; its rowid is ``doc``. ``search_removed`` remembers versions. ``stamp``
says how many rebuilds had begun when a document was written; ``search_rebuilds`` counts them.
"""

from __future__ import annotations

import sqlite3

from harken.search.fields import Fields

# Words come analysed and parted by single spaces; all else in them belongs to a word.
_TOKENIZER = "ascii tokenchars '!#$%&()*+,-./:;<=>?@[\\]^_`{|}~'"

_TABLES = (
    """CREATE TABLE IF NOT EXISTS search_documents (
        tenant TEXT NOT NULL,
        at INTEGER NOT NULL,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        version INTEGER NOT NULL,
        doc INTEGER NOT NULL,
        language TEXT NOT NULL,
        stamp INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (tenant, at, id, kind)
    ) WITHOUT ROWID""",
    """CREATE UNIQUE INDEX IF NOT EXISTS search_documents_id
        ON search_documents (tenant, kind, id)""",
    "CREATE UNIQUE INDEX IF NOT EXISTS search_documents_doc ON search_documents (doc)",
    f"""CREATE VIRTUAL TABLE IF NOT EXISTS search_texts USING fts5 (
        words, keys, text UNINDEXED, columnsize = 0, tokenize = "{_TOKENIZER}"
    )""",
    """CREATE TABLE IF NOT EXISTS search_removed (
        tenant TEXT NOT NULL,
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        PRIMARY KEY (tenant, kind, id)
    ) WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS search_fields (name TEXT PRIMARY KEY, type TEXT NOT NULL)",
    """CREATE TABLE IF NOT EXISTS search_analysis (
        version TEXT NOT NULL,
        analysed INTEGER NOT NULL
    )""",
    "CREATE TABLE IF NOT EXISTS search_rebuilds (begun INTEGER NOT NULL)",
)

# Columns that files of earlier versions lack.
_ADDED = (("stamp", "ALTER TABLE search_documents ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0"),)


def column(field: str) -> str:
    return f"f_{field}"


def prepare(connection: sqlite3.Connection, fields: Fields) -> None:
    """Makes what is missing. Raises ``ValueError`` where a field's type was changed."""
    for statement in _TABLES:
        connection.execute(statement)
    there = {name for _, name, *_ in connection.execute("PRAGMA table_info(search_documents)")}
    for name, statement in _ADDED:
        if name not in there:
            connection.execute(statement)
    known = dict(connection.execute("SELECT name, type FROM search_fields"))
    for name, type_ in fields.items():
        if name not in known:
            # Without a type the column keeps integers and floats as they come.
            connection.execute(f"ALTER TABLE search_documents ADD COLUMN {column(name)}")
            connection.execute("INSERT INTO search_fields VALUES (?, ?)", (name, type_))
        elif known[name] != type_:
            raise ValueError(f"the field {name!r} is {known[name]} in the index, not {type_}")
