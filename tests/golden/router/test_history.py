"""A recorded history gives the decisions that it gave when it was recorded."""

from __future__ import annotations

from types import SimpleNamespace

import msgspec

from services.router.command_log import read_command
from services.router.domain.apply import apply
from services.router.domain.policy import RoutingPolicy
from services.router.domain.state import TenantState
from tests.golden.router.record import DECIDED, HISTORY, final_lines, lines_of, record
from tests.unit.router.making import TENANT


def test_a_recorded_history_gives_the_same_decisions() -> None:
    state = TenantState(TENANT, RoutingPolicy())
    decided: list[str] = []
    for line in HISTORY.read_text(encoding="utf-8").splitlines():
        entry = msgspec.json.decode(line)
        body = msgspec.json.encode(entry["body"]).decode()
        command = read_command(SimpleNamespace(**{**entry, "body": body}))
        outcome = apply(state, command, entry["applied_at"])
        decided += lines_of(outcome, entry["applied_at"])
    decided += final_lines(state)
    assert decided == DECIDED.read_text(encoding="utf-8").splitlines()


def test_the_recording_is_of_these_commands() -> None:
    """Commands still encode as they did: histories of years ago can be read."""
    assert record().history == HISTORY.read_text(encoding="utf-8").splitlines()
