"""`make chaos`: 20,000 mentions while everything goes wrong; prints what became of them.

The exit status is not 0 where any promise was broken.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.chaos.distributed.faults import Away, Plan
from tests.chaos.distributed.run import run
from tests.chaos.victim import say, seed

FULL = Plan(
    mentions=20_000,
    kills=40,
    away=(
        Away("kafka", 0.0),
        Away("kafka", 3.0),
        Away("kafka", 120.0),
        Away("elasticsearch", 0.0),
        Away("elasticsearch", 90.0),
        Away("postgres", 0.0),
        Away("postgres", 90.0),
    ),
    paused=(("router", 60.0), ("sentiment", 60.0), ("ingest", 60.0), ("responder", 60.0)),
    severed=(False, False, False, True),
    seconds=600.0,
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.distributed", description=__doc__)
    parser.add_argument("--keep", type=Path, help="folder for what the processes say")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = given.keep or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        report = run(FULL, seed(), kept)
    say(report.table())
    report.judge()
    say("every promise was kept")


if __name__ == "__main__":
    main()
