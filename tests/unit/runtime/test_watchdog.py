"""A process that hangs ends itself, even where its event loop does nothing any more."""

from __future__ import annotations

import subprocess
import sys

import pytest

HANGING = """
import asyncio, time
from harken.runtime import watchdog
from harken.runtime.pulse import Pulse

watchdog.LOOK_SECONDS = 0.05

async def main():
    pulse = Pulse(asyncio.Event(), time.monotonic)
    watchdog.watch({"stage:router": pulse}, silent_limit=0.2)
    for _ in range(20):
        await asyncio.sleep(0.05)
        pulse.beat()
    print("beats", flush=True)
    HANG

asyncio.run(main())
"""


@pytest.mark.parametrize("hang", ["time.sleep(1000)", "await asyncio.sleep(1000)"])
def test_a_hanging_process_ends_and_names_the_loop(hang: str) -> None:
    command = [sys.executable, "-c", HANGING.replace("HANG", hang)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stdout) == (1, "beats\n")
    assert "stage:router" in ended.stderr
