"""Two replicas of each service on the real engines; all of it fails, one after the other, under
load: nothing is lost, nothing said twice. `make chaos` does the same for longer.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.distributed.plans import SMALL
from tests.chaos.distributed.run import run
from tests.chaos.victim import say, seed

pytestmark = [pytest.mark.engines, pytest.mark.chaos, pytest.mark.timeout(900)]


def test_whatever_fails_each_mention_goes_its_way_once(tmp_path: Path) -> None:
    report = run(SMALL, seed(), tmp_path)
    say(report.table())
    report.judge()
    # Else too little happened for the rest to mean anything.
    assert len(report.ledger.accepted) == SMALL.mentions
    assert report.ledger.turned_away
    assert report.network.ours
