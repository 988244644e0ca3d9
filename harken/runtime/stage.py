"""What a stage is: it gets decoded records, decides, and returns everything that should happen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from harken.events.topics import Topic
from harken.log.port import NewRecord, Record
from harken.store.changes import ChangeSet


@dataclass(frozen=True, slots=True)
class Received:
    """A record and the protobuf message in it, decoded as its topic declares."""

    record: Record
    message: Any


@dataclass(slots=True)
class Decided:
    """``change`` is submitted with the batch's positions, as one.

    ``publish`` is for stateless stages: it is awaited before the positions move, so a crash in
    between publishes again; the ids inside must therefore be derived ones.
    """

    change: ChangeSet = field(default_factory=ChangeSet)
    publish: Sequence[NewRecord] = ()


class Stage(Protocol):
    """``handle`` loads what it needs, decides purely, and returns; it writes nothing itself.

    It raises `harken.runtime.flow` exceptions to steer the flow. Any other exception is taken as
    the fault of one record of the batch: the runner bisects, and dead-letters the one that
    fails alone. The same batch may come again, in part or whole: ids must be derived.
    """

    @property
    def group(self) -> str: ...

    @property
    def topics(self) -> Sequence[Topic]: ...

    @property
    def batch(self) -> int:
        """The most records one call of `handle` should get."""
        ...

    async def handle(self, batch: Sequence[Received]) -> Decided: ...
