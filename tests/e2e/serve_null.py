"""`harken up`, or `harken serve` a part, with a tone model that costs nothing: for tests and
figures that leave tone out.

Takes the same options; everything else is the real program.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from harken.runtime.lifecycle import run_process
from harken.runtime.settings import Settings
from harken.testing.fakes.tone_model import NullTone
from harken.testing.processes import RunningHarken, start_harken

PROGRAM = (str(Path(__file__)),)
"""For `harken.testing.processes.start_harken`."""
SERVE = (*PROGRAM, "serve")
"""For `harken.testing.fleet.Fleet`."""


def start_null(
    folder: Path, *, port: int = 0, settings: Mapping[str, str] | None = None
) -> RunningHarken:
    """Raises `DidNotStart`."""
    return start_harken(folder, port=port, settings=settings, program=PROGRAM)


def set_back(nanoseconds: int) -> None:
    """As if somebody had done it to the machine while the program was not running."""
    from cli import embedded
    from harken.clock import SystemClock

    vars(embedded)["SystemClock"] = lambda: SystemClock(lambda: time.time_ns() - nanoseconds)


def serve_part() -> int:
    from cli.main import app
    from services.sentiment import wiring

    vars(wiring)["bundled_or_named"] = lambda _: NullTone()
    return int(app(standalone_mode=False) or 0)


def main() -> int:
    if "serve" in sys.argv[1:2]:
        return serve_part()
    from cli.up import up

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--behind", type=int, default=0, help="Seconds to set its clock back by.")
    given = parser.parse_args()
    if given.behind:
        set_back(given.behind * 1_000_000_000)
    settings = Settings(data=given.data, port=given.port)
    return run_process(up(settings, Console(), lambda _: NullTone()))


if __name__ == "__main__":
    sys.exit(main())
