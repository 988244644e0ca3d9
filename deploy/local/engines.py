"""The engines, whoever runs them: Docker Compose where it answers, else servers of our own."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from deploy.local import compose, elasticsearch, kafka, place, postgres, servers

_OWN: Mapping[str, Callable[[Path], None]] = {
    "kafka": kafka.start,
    "postgres": postgres.start,
    "elasticsearch": elasticsearch.start,
}
ADDRESSES: Mapping[str, str] = {
    "kafka": place.KAFKA,
    "postgres": place.POSTGRES,
    "elasticsearch": place.ELASTICSEARCH,
}


def by_docker() -> bool:
    """Servers of our own that run already stay in charge: the ports are theirs."""
    return not any(servers.alive(place.folder() / name) for name in _OWN) and compose.answers()


def start(names: Sequence[str]) -> None:
    """Returns when they answer. Raises `DidNotStart`."""
    if by_docker():
        compose.start(names)
        return
    home = place.made()
    for name in names:
        _OWN[name](home / name)


def stop(names: Sequence[str]) -> None:
    """What they hold stays."""
    if by_docker():
        compose.stop(names)
        return
    for name in names:
        # PostgreSQL would wait for its clients on TERM; INT closes them.
        how = signal.SIGINT if name == "postgres" else signal.SIGTERM
        servers.stop(place.folder() / name, how)


def kill(name: str) -> None:
    """As a power cut would."""
    if by_docker():
        compose.kill(name)
    else:
        servers.kill(place.folder() / name)


def running() -> frozenset[str]:
    if by_docker():
        return compose.running()
    return frozenset(name for name in _OWN if servers.alive(place.folder() / name))
