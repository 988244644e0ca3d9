"""The recorded history: which command was applied as what, when, and what it answered.

It is kept for ``HARKEN_COMMANDS_KEPT`` days. Replayed from a tenant's beginning it gives the same
decisions; what is left of a longer one tells what happened, but not from where it started.
"""

from __future__ import annotations

from typing import Any

from harken.domain.ids import TenantId, derive
from harken.domain.time import Instant
from harken.store.body import decode, encode
from harken.store.changes import Insert, Put
from harken.store.schema.router import COMMANDS
from services.router.command_log import command_row
from services.router.domain.commands import Appended, TimerFired
from services.router.domain.outcome import Result
from services.router.domain.timer import Timer

_COLUMNS = COMMANDS.c.keys()


def applied(row: Any, applied_seq: int, now: Instant, result: Result) -> Put:
    """``row``: all columns of the command; they get what became of it."""
    return Put(
        COMMANDS,
        {
            **dict(zip(_COLUMNS, row, strict=True)),
            "applied_seq": applied_seq,
            "applied_at": now,
            "status": result.status,
            "result": encode(result),
        },
    )


def firing(tenant: TenantId, timer: Timer, applied_seq: int, now: Instant) -> Appended:
    """A timer becomes a command of its own: replays need no clock."""
    origin = derive("timer", tenant, timer.key.aggregate, timer.key.kind.value, applied_seq)
    fired = TimerFired(timer.key.aggregate, timer.key.kind, timer.generation)
    return Appended(origin, now, fired)


def fired(
    tenant: TenantId, appended: Appended, applied_seq: int, now: Instant, result: Result
) -> Insert:
    row = command_row(tenant, appended)
    row["applied_seq"], row["applied_at"] = applied_seq, now
    row["status"], row["result"] = result.status, encode(result)
    return Insert(COMMANDS, row)


def read_result(text: str) -> Result:
    return decode(text, Result)
