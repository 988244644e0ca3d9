"""What a service is to those who run it, and the kit that it is built from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from fastapi import APIRouter

from harken.channels.registry import Channels
from harken.clock import Clock
from harken.log.port import EventLog
from harken.runtime.pulse import Pulse
from harken.runtime.settings import Settings
from harken.store.port import Store


@dataclass(frozen=True, slots=True)
class Kit:
    """The adapters, built once per process and handed to every service's wiring.

    ``new_id`` makes a fresh UUIDv7 for what people make.
    """

    settings: Settings
    clock: Clock
    new_id: Callable[[], str]
    store: Store
    log: EventLog
    channels: Channels


class Worker(Protocol):
    """A loop that runs as long as the process: a stage, a relay, a poller, a decider."""

    @property
    def name(self) -> str: ...

    async def run(self, pulse: Pulse) -> None:
        """Returns soon after ``pulse.stopping``; calls ``pulse.beat()`` whenever it made progress
        or found nothing to do. An exception ends the process."""
        ...


@dataclass(frozen=True, slots=True)
class Service:
    """What a wiring returns: an API, loops, or both.

    ``problems`` explains the kinds of problem that only its API answers. ``on_stop`` is called
    when a stop begins, before the last requests are waited for.
    """

    name: str
    routers: Sequence[APIRouter] = ()
    workers: Sequence[Worker] = ()
    problems: Mapping[str, str] = field(default_factory=dict)
    on_stop: Sequence[Callable[[], None]] = ()


def joined(name: str, services: Sequence[Service]) -> Service:
    """Several as one."""
    return Service(
        name,
        routers=[one for service in services for one in service.routers],
        workers=[one for service in services for one in service.workers],
        problems={kind: text for service in services for kind, text in service.problems.items()},
        on_stop=[one for service in services for one in service.on_stop],
    )
