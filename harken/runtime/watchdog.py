"""Ends a process that hangs: from a thread, since its event loop may be what hangs."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping

from harken.runtime.health import hung
from harken.runtime.lifecycle import FAILED
from harken.runtime.pulse import Pulse

LOOK_SECONDS = 5.0
LATER = 2.0
"""Times the limit of `/healthz`: an orchestrator that asks there is to be first."""


def watch(pulses: Mapping[str, Pulse], silent_limit: float) -> None:
    """From now on to the end of the process."""
    thread = threading.Thread(
        target=_watch, args=(pulses, LATER * silent_limit), name="watchdog", daemon=True
    )
    thread.start()


def _watch(pulses: Mapping[str, Pulse], limit: float) -> None:
    never = threading.Event()
    while not never.wait(LOOK_SECONDS):
        if found := hung(pulses, limit):
            # By no means that could hang as well: no logging, no closing.
            sys.stderr.write(f"Harken hangs and ends itself; seconds without progress: {found}\n")
            sys.stderr.flush()
            os._exit(FAILED)
