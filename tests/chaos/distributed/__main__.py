"""`make chaos`: 20,000 mentions while everything goes wrong; prints what became of them.

The exit status is not 0 where any promise was broken.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.chaos.distributed.plans import FULL, SMALL
from tests.chaos.distributed.run import run
from tests.chaos.victim import say, seed


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.distributed", description=__doc__)
    parser.add_argument("--keep", type=Path, help="folder for what the processes say")
    parser.add_argument("--small", action="store_true", help="some minutes, as in the tests")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = given.keep or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        report = run(SMALL if given.small else FULL, seed(), kept)
    say(report.table())
    report.judge()
    say("every promise was kept")


if __name__ == "__main__":
    main()
