"""Where the local servers keep their files, and how to reach them. Loopback only."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "HARKEN_STACK"
SHIFT = int(os.environ.get("HARKEN_STACK_PORT_SHIFT", "0"))
"""Added to every port, so that a second stack in another folder can run beside the first."""

KAFKA_PORT = 29092 + SHIFT
POSTGRES_PORT = 25432 + SHIFT
ELASTICSEARCH_PORT = 29200 + SHIFT

KAFKA = f"127.0.0.1:{KAFKA_PORT}"
POSTGRES = f"postgresql://harken:harken@127.0.0.1:{POSTGRES_PORT}/harken"
POSTGRES_SUPERUSER = f"postgresql://postgres:harken@127.0.0.1:{POSTGRES_PORT}/harken"
ELASTICSEARCH = f"http://127.0.0.1:{ELASTICSEARCH_PORT}"
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
