"""What an exception in a stage means for its batch. Pure: the runner makes it happen."""

from __future__ import annotations

from dataclasses import dataclass

from harken.log.port import LogUnavailable, PositionOutOfRange
from harken.runtime.batch import Batch, Item
from harken.runtime.flow import Backpressure, InvalidRecord, Transient
from harken.search.port import IndexUnavailable
from harken.store.changes import (
    AlreadyExists,
    Fenced,
    PositionTaken,
    RevisionConflict,
    StoreUnavailable,
)
from harken.telemetry.errors import last_line


class TooManyDeadLetters(Exception):
    """The group has buried so many lately that the fault is hardly the records'."""


class UnburiableRecord(Exception):
    """A record that cannot be handled, in a topic that has no dead letters: ours to repair."""


CONFLICTS = 5
"""Decisions taken again at once after somebody else was faster; then with pauses."""
LONELY_FAILURES = 3
"""Times that a record may fail alone, the first included, before it is dead-lettered."""
RATE_LOOKS = 1.0
"""Seconds between two looks whether dead letters may be buried again."""


@dataclass(frozen=True, slots=True)
class Again:
    """Decide again at once."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Decide again after a pause: of ``seconds`` at least, and growing where ``grows``.

    Where it is ``serious`` the consumer is not ready from now on, else from the second time.
    """

    why: str
    seconds: float = 0.0
    grows: bool = True
    serious: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    """One record failed alone: try it a few times more, after a pause."""


@dataclass(frozen=True, slots=True)
class Condemn:
    """This one record goes to the dead letters; the others go on."""

    item: Item
    reason: str


@dataclass(frozen=True, slots=True)
class Split:
    """One of several records is to blame: find it by halves."""


@dataclass(frozen=True, slots=True)
class Recheck:
    """Somebody else moved a position: see which, and go on from there."""


@dataclass(frozen=True, slots=True)
class Crash:
    """Not this batch's fault: end the process."""


Verdict = Again | Wait | Retry | Condemn | Split | Recheck | Crash


def judge(error: Exception, batch: Batch) -> Verdict:
    match error:
        case InvalidRecord():
            item = batch.find(error.record)
            return _blame(error, batch) if item is None else Condemn(item, error.reason)
        case Backpressure():
            return Wait(str(error), error.retry_after, grows=False)
        case Transient() | StoreUnavailable() | LogUnavailable() | IndexUnavailable():
            return Wait(str(error), error.retry_after)
        case PositionTaken():
            return Recheck()
        case Fenced():
            return Wait(f"another holds the lease: {error}")
        case RevisionConflict() | AlreadyExists():
            return _conflict(error, batch)
        case TooManyDeadLetters():
            pause = Wait(str(error), RATE_LOOKS, grows=False, serious=True)
            return Split() if len(batch.items) > 1 else pause
        case PositionOutOfRange() | UnburiableRecord() | MemoryError():
            return Crash()
        case _:
            return _blame(error, batch)


def _conflict(error: RevisionConflict | AlreadyExists, batch: Batch) -> Verdict:
    if batch.conflicts < CONFLICTS:
        return Again()
    if isinstance(error, AlreadyExists):
        return _blame(error, batch)
    return Wait(f"others keep changing the same row: {error}")


def _blame(error: Exception, batch: Batch) -> Verdict:
    if not batch.good:
        return Crash()
    if len(batch.good) > 1:
        return Split()
    if batch.failures + 1 < LONELY_FAILURES:
        return Retry()
    return Condemn(batch.good[0], last_line(error))
