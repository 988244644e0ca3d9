"""Harken as a process, on a folder of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harken.testing.processes import RunningHarken
from tests.e2e.dockerfile import Workshop
from tests.e2e.serve_null import start_null

QUICK = {"poll_quiet": "0.3", "poll_longest": "2", "feed_pause": "0.3"}
"""Networks are looked at more often than anybody would outside of a test."""

Start = Callable[..., RunningHarken]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts it, again on the same data if need be; what still runs at the end is killed."""
    started: list[RunningHarken] = []

    def run(port: int = 0) -> RunningHarken:
        started.append(start_null(tmp_path, port=port, settings=QUICK))
        return started[-1]

    yield run
    for harken in started:
        if harken.process.poll() is None:
            harken.kill()


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """What the container image holds, as far as it can be built without Docker."""
    built = Workshop(tmp_path_factory.mktemp("image"))
    built.build()
    return built
