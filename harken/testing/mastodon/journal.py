"""The instance's memory on disk: one event a line, on the platter before anyone is answered."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harken.testing.mastodon.world import Event


class Journal:
    """Without a path, nothing is kept. A last line cut off by a crash was never answered for."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def replay(self) -> Iterator[dict[str, Any]]:
        if self._path is None or not self._path.exists():
            return
        whole = 0
        with self._path.open("rb") as lines:
            for line in lines:
                if not line.endswith(b"\n"):
                    break
                yield json.loads(line)
                whole += len(line)
        os.truncate(self._path, whole)

    def append(self, event: Event) -> None:
        if self._path is None:
            return
        with self._path.open("ab") as file:
            file.write(json.dumps(event).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
