"""Commands as rows: how they are appended, and read back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, get_args

from harken.domain.ids import TenantId
from harken.domain.time import Instant
from harken.store.body import decode, encode
from harken.store.schema.router import COMMANDS
from services.router.domain.commands import Appended, Command


class Priority(IntEnum):
    """The smallest is applied first."""

    NOW = 0
    """People's commands, and what may be dangerous or is spoken in private."""
    SOON = 1
    WHENEVER = 2
    """History."""
    AFTERWARDS = 3
    """Answers of our own in history: they find their case once what they answer is placed."""


def kind_of(command: Command | type[Command]) -> str:
    """For example ``place_mention``."""
    name = command.__name__ if isinstance(command, type) else type(command).__name__
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


_KINDS: Mapping[str, type[Command]] = {kind_of(kind): kind for kind in get_args(Command)}
_NAMES: Mapping[type[Command], str] = {kind: name for name, kind in _KINDS.items()}


def command_row(
    tenant: TenantId,
    appended: Appended,
    priority: Priority = Priority.NOW,
    trace: str = "",
) -> dict[str, Any]:
    """Without ``seq``: the store counts."""
    return {
        "tenant": tenant,
        "origin": appended.origin,
        "kind": _NAMES[type(appended.command)],
        "priority": int(priority),
        "body": encode(appended.command),
        "trace": trace,
        "appended_at": appended.at,
        "applied_seq": None,
        "applied_at": None,
        "status": None,
        "result": None,
    }


def read_command(row: Any) -> Appended:
    """Raises ``KeyError`` or ``msgspec.ValidationError`` for what this code never wrote."""
    command = decode(row.body, _KINDS[row.kind])
    return Appended(row.origin, Instant(row.appended_at), command)


PENDING = COMMANDS.c.applied_seq.is_(None)
