"""Where the local servers keep their files, and how to reach them. Loopback only."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "HARKEN_STACK"

KAFKA = "127.0.0.1:29092"
POSTGRES = "postgresql://harken:harken@127.0.0.1:25432/harken"
ELASTICSEARCH = "http://127.0.0.1:29200"
ELASTICSEARCH_USER = "harken"
ELASTICSEARCH_PASSWORD = "harken-loopback"  # noqa: S105 - of a server on loopback only


def folder() -> Path:
    """Not below the checkout for root: the servers run as another user, who may not see it."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    if os.geteuid() == 0:
        return Path("/var/lib/harken-stack")
    return Path.home() / ".cache" / "harken" / "stack"


def made() -> Path:
    place = folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o755)
    return place
