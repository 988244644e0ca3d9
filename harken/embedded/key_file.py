"""A random key in the data folder, made once and readable by its owner only."""

from __future__ import annotations

import base64
import os
import secrets
from contextlib import suppress
from pathlib import Path

from harken.embedded.durable import flush_entries

NAME = "secrets.key"


def find_key(folder: Path) -> str | None:
    """What the file holds, or None where there is none. Raises ``OSError``."""
    with suppress(FileNotFoundError):
        return (folder / NAME).read_text(encoding="ascii", errors="replace").strip()
    return None


def make_key(folder: Path, size: int) -> str:
    """Of ``size`` bytes, in base64; or the one that somebody else just made. Durable, and whole or
    not at all."""
    draft = folder / f"{NAME}.{secrets.token_hex(8)}"
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "wb") as out:
            out.write(base64.b64encode(secrets.token_bytes(size)) + b"\n")
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            (folder / NAME).hardlink_to(draft)
    finally:
        draft.unlink()
    flush_entries(folder)
    return find_key(folder) or ""
