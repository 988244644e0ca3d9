"""Keeping the words' index right: after a change of the analysis, and after an erasure.

Each function is one short write job; the caller repeats it while it returns True.
"""

from __future__ import annotations

import sqlite3

from harken.search.analysis import analyse, version

STEP = 200
_PAGES = 200
_ALL = -1

_BEHIND = """
    SELECT d.doc, d.language, t.words, t.keys, t.text
    FROM search_documents AS d LEFT JOIN search_texts AS t ON t.rowid = d.doc
    WHERE d.doc > ? ORDER BY d.doc LIMIT ?
"""
_REWRITE = "UPDATE search_texts SET words = ?, keys = ? WHERE rowid = ?"
_MERGE = "INSERT INTO search_texts (search_texts, rank) VALUES ('merge', ?)"


def renew_step(connection: sqlite3.Connection) -> bool:
    """Analyses the next texts again if another analysis made the index; goes on after a crash."""
    current = version()
    state = connection.execute("SELECT version, analysed FROM search_analysis").fetchone()
    if state is None:
        connection.execute("INSERT INTO search_analysis VALUES (?, ?)", (current, _ALL))
        return False
    if state == (current, _ALL):
        return False
    behind = state[1] if state[0] == current else 0
    rows = connection.execute(_BEHIND, (behind, STEP)).fetchall()
    for doc, language, words, keys, text in rows:
        if text is not None:
            analysed = analyse(text, language)
            renewed = (" ".join(analysed.words), " ".join(analysed.keys))
            if renewed != (words, keys):
                connection.execute(_REWRITE, (*renewed, doc))
    reached = rows[-1][0] if rows else _ALL
    connection.execute("UPDATE search_analysis SET version = ?, analysed = ?", (current, reached))
    return bool(rows)


def begin_merge(connection: sqlite3.Connection) -> bool:
    """A negative number of pages tells FTS5 to merge all segments into one, from now on."""
    return _merge(connection, -_PAGES)


def go_on_merging(connection: sqlite3.Connection) -> bool:
    return _merge(connection, _PAGES)


def _merge(connection: sqlite3.Connection, pages: int) -> bool:
    before = connection.total_changes
    connection.execute(_MERGE, (pages,))
    # The statement itself counts as one change: more than that means that something was merged.
    return connection.total_changes - before > 1
