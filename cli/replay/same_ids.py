"""Ids that this file had before, however many: kept in a temporary file, gone with the process.

Two rows with one id and different texts would take turns as the newest revision, at every run
anew; so only the first is sent.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from cli.replay.problems import Refusal

OTHER_TEXT = "an earlier row has the same id and another text"


class SameIds:
    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("PRAGMA cache_size = -65536")
        self._file.execute(
            "CREATE TABLE ids (id BLOB PRIMARY KEY, text BLOB, line INTEGER) WITHOUT ROWID"
        )
        # One transaction without end: nothing is written before memory is full.
        self._file.execute("BEGIN")

    def close(self) -> None:
        self._file.close()

    def add(self, line: int, body: Mapping[str, Any]) -> Refusal | bool:
        """True for a new id, False for one that an earlier row has with the same text."""
        key = _digest(body.get("network", ""), body["source_id"], str(body.get("revision", "")))
        text = _digest(body["text"])
        added = self._file.execute("INSERT OR IGNORE INTO ids VALUES (?, ?, ?)", (key, text, line))
        if added.rowcount:
            return True
        row = self._file.execute("SELECT text, line FROM ids WHERE id = ?", (key,)).fetchone()
        return False if row[0] == text else Refusal(OTHER_TEXT, f"line {row[1]}")


def _digest(*parts: str) -> bytes:
    return blake2b("\x1f".join(parts).encode(), digest_size=16).digest()
