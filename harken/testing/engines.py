"""Whether the real engines answer here, and how loudly their absence is told."""

from __future__ import annotations

import os
import socket
from typing import NoReturn

import pytest

REQUIRED = "HARKEN_REQUIRE_ENGINES"
"""Set to 1, a missing engine fails the tests instead of leaving some out."""
ELSEWHERE = "HARKEN_ENGINES_ELSEWHERE"
"""Set where tests on the engines run in another process: what is not marked as such fails."""


def need(engine: str, address: str) -> str:
    """The address, where somebody answers at it; else the test is left out, or fails."""
    if ELSEWHERE in os.environ:
        pytest.fail("whatever works on the engines is marked `engines`")
    host, _, port = address.rpartition(":")
    with socket.socket() as probe:
        probe.settimeout(2)
        if probe.connect_ex((host, int(port))) != 0:
            left_out(f"{engine} does not answer at {address}: `make stack-up` starts it")
    return address


def left_out(why: str) -> NoReturn:
    """So is the test; or it fails."""
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(f"{why} ({REQUIRED}=1)")
    pytest.skip(why)
