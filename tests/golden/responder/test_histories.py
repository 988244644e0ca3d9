"""Same history, same delivery: what is stored under way goes on as it would have."""

from __future__ import annotations

from tests.golden.responder.record import RECORDED, lines


def test_recorded_deliveries_go_as_they_went() -> None:
    assert list(lines()) == RECORDED.read_text(encoding="utf-8").splitlines()
