"""The distributed edition on the local engines, one process of each of its parts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

from deploy.local import engines, place
from harken.channels.vault import KEY_BYTES
from harken.embedded.key_file import find_key, make_key

PORTS = {
    "api": 8080 + place.SHIFT,
    "ingest": 8081 + place.SHIFT,
    "sentiment": 8082 + place.SHIFT,
    "router": 8083 + place.SHIFT,
    "responder": 8084 + place.SHIFT,
    "search": 8085 + place.SHIFT,
    "rates": 8086 + place.SHIFT,
}
STOPPING_SECONDS = 60.0


def settings() -> dict[str, str]:
    """As variables. The key for secrets is made once, and stays beside the engines' data."""
    home = place.made()
    return {
        "HARKEN_POSTGRES_URL": place.POSTGRES,
        "HARKEN_KAFKA_SERVERS": place.KAFKA,
        "HARKEN_KAFKA_REPLICATION": "1",
        "HARKEN_ELASTICSEARCH_URLS": place.ELASTICSEARCH,
        "HARKEN_ELASTICSEARCH_USER": place.ELASTICSEARCH_USER,
        "HARKEN_ELASTICSEARCH_PASSWORD": place.ELASTICSEARCH_PASSWORD,
        "HARKEN_ELASTICSEARCH_REPLICAS": "0",
        "HARKEN_PRIVATE_ADDRESSES": "true",
        "HARKEN_SECRETS_KEY": find_key(home) or make_key(home, KEY_BYTES),
    }


def print_settings() -> int:
    """For a shell to read."""
    for name, value in settings().items():
        print(f"export {name}='{value}'")
    return 0


def serve() -> int:
    """Until one of them ends, or Ctrl-C; the exit status."""
    engines.start(list(engines.ADDRESSES))
    for words in (["topics", "apply"], ["store", "upgrade"]):
        if status := _harken(*words).wait():
            return status
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parts = [_harken("serve", name, "--port", str(port)) for name, port in PORTS.items()]
    try:
        _until_one_ends(parts)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        for part in parts:
            part.terminate()
        for part in parts:
            part.wait(STOPPING_SECONDS)


def _harken(*words: str) -> subprocess.Popen[bytes]:
    quiet = {"HARKEN_LOG_FORMAT": "console", "HARKEN_LOG_LEVEL": "warning"}
    environment = {**settings(), **quiet, **os.environ}
    # Of a session of their own: Ctrl-C is for us, who tell each of them once.
    return subprocess.Popen(
        [sys.executable, "-m", "cli", *words], env=environment, start_new_session=True
    )


def _until_one_ends(parts: Sequence[subprocess.Popen[bytes]]) -> None:
    while all(part.poll() is None for part in parts):
        with suppress(subprocess.TimeoutExpired):
            parts[0].wait(1.0)
