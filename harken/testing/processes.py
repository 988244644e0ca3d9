"""Real programs as child processes: Harken itself, and a local network for it to speak with."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

STARTING_SECONDS = 60.0
STOPPING_SECONDS = 30.0

_ADDRESS = re.compile(r"serves at (http://\S+)")
_KEY = re.compile(r"HARKEN_KEY=(hk_\S+)")


class DidNotStart(RuntimeError):
    """The program ended, or was not ready in time; the message holds what it printed."""


@dataclass(slots=True)
class RunningHarken:
    """``key`` is the first admin key, "" where the data folder had one before."""

    process: subprocess.Popen[bytes]
    address: str
    key: str = field(repr=False)

    def kill(self) -> None:
        """As a power cut would: no handler runs."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Gracefully; returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOPPING_SECONDS)


def start_harken(
    folder: Path, *, port: int = 0, settings: Mapping[str, str] | None = None
) -> RunningHarken:
    """`harken up` on ``folder / "data"``, ready to be called. Raises `DidNotStart`."""
    folder.mkdir(parents=True, exist_ok=True)
    printed = folder / "printed.txt"
    given = {f"HARKEN_{name.upper()}": value for name, value in (settings or {}).items()}
    environment = {**os.environ, "COLUMNS": "400", "HARKEN_LOG_LEVEL": "warning", **given}
    command = [sys.executable, "-m", "cli", "up", "--data", str(folder / "data")]
    with printed.open("wb") as out, (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*command, "--port", str(port)], stdout=out, stderr=log, env=environment
        )
    deadline = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        text = printed.read_text(encoding="utf-8")
        if (found := _ADDRESS.search(text)) and _answers(f"{found[1]}/healthz"):
            key = _KEY.search(text)
            return RunningHarken(process, found[1], key[1] if key else "")
        time.sleep(0.02)
    process.kill()
    process.wait()
    log_text = (folder / "log.txt").read_text(encoding="utf-8")[-4_000:]
    raise DidNotStart(printed.read_text(encoding="utf-8") + log_text)


@contextmanager
def running_mastodon(state: Path | None = None, port: int = 0) -> Iterator[str]:
    """The address of a local server that speaks Mastodon's API; see `harken.testing.mastodon`."""
    chosen = port or free_port()
    command = [sys.executable, "-m", "harken.testing.mastodon", "--port", str(chosen)]
    command += ["--rate-limit", "0", *(["--state", str(state)] if state else [])]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603
    address = f"http://127.0.0.1:{chosen}"
    try:
        deadline = time.monotonic() + STARTING_SECONDS
        while not _answers(f"{address}/api/v1/instance"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise DidNotStart("the local network did not start")
            time.sleep(0.02)
        yield address
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(url: str) -> bool:
    with suppress(httpx.HTTPError):
        return httpx.get(url, timeout=2.0, trust_env=False).status_code < 500
    return False
