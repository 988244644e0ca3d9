"""What a folder holds is still in it after a power cut."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def flush_entries(folder: Path) -> None:
    """Not everywhere can a folder be opened."""
    with suppress(OSError):
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)
