"""Real programs as child processes: Harken itself, and local networks for it to speak with."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

STARTING_SECONDS = 300.0
STOPPING_SECONDS = 60.0
PORTS = (10_000, 25_000)
"""Below those that systems give to connections which ask for none."""

HARKEN = ("-m", "cli", "up")
"""`harken up`, as arguments of this Python."""

_ADDRESS = re.compile(r"serves at (http://\S+)")
_KEY = re.compile(r"HARKEN_KEY=(hk_\S+)")


class DidNotStart(RuntimeError):
    """The program ended, or was not ready in time; the message holds what it printed."""


@dataclass(slots=True)
class RunningHarken:
    """``key`` is the first admin key, "" where the data folder had one before.

    ``seconds`` passed from its start until it answered.
    """

    process: subprocess.Popen[bytes]
    address: str
    key: str = field(repr=False)
    seconds: float = 0.0

    @property
    def port(self) -> int:
        return httpx.URL(self.address).port or 80

    def kill(self) -> None:
        """As a power cut would: no handler runs."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Gracefully; returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOPPING_SECONDS)


def spawn_harken(
    folder: Path,
    *,
    port: int = 0,
    settings: Mapping[str, str] | None = None,
    program: Sequence[str] = HARKEN,
) -> subprocess.Popen[bytes]:
    """Starts it on ``folder / "data"`` and does not wait.

    What it prints goes to ``printed.txt``, its log is added to ``log.txt``, both in ``folder``.
    """
    command = [*program, "--data", str(folder / "data"), "--port", str(port)]
    return spawn(command, folder, settings)


def start_harken(
    folder: Path,
    *,
    port: int = 0,
    settings: Mapping[str, str] | None = None,
    program: Sequence[str] = HARKEN,
) -> RunningHarken:
    """The same, ready to be called. Raises `DidNotStart`."""
    began = time.monotonic()
    process = spawn_harken(folder, port=port, settings=settings, program=program)
    return until_it_answers(process, folder, began)


def spawn(
    command: Sequence[str], folder: Path, settings: Mapping[str, str] | None
) -> subprocess.Popen[bytes]:
    """Starts arguments of this Python and does not wait. ``settings`` by their names in code.

    The networks that it may speak with are on this machine.
    """
    folder.mkdir(parents=True, exist_ok=True)
    given = {f"HARKEN_{name.upper()}": value for name, value in (settings or {}).items()}
    usual = {
        "COLUMNS": "400",
        "HARKEN_LOG_LEVEL": "warning",
        "HARKEN_PRIVATE_ADDRESSES": "true",
    }
    environment = {**os.environ, **usual, **given}
    with (folder / "printed.txt").open("wb") as out, (folder / "log.txt").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, *command], stdout=out, stderr=log, env=environment
        )


def until_it_answers(process: subprocess.Popen[bytes], folder: Path, began: float) -> RunningHarken:
    """Raises `DidNotStart`."""
    printed = folder / "printed.txt"
    with httpx.Client(trust_env=False, timeout=2.0) as client:
        while time.monotonic() < began + STARTING_SECONDS and process.poll() is None:
            found = _ADDRESS.search(printed.read_text(encoding="utf-8"))
            if found and _answers(client, f"{found[1]}/healthz"):
                # By now everything is printed.
                key = _KEY.search(printed.read_text(encoding="utf-8"))
                took = time.monotonic() - began
                return RunningHarken(process, found[1], key[1] if key else "", took)
            time.sleep(0.02)
    process.kill()
    process.wait()
    log_text = (folder / "log.txt").read_text(encoding="utf-8")[-4_000:]
    raise DidNotStart(printed.read_text(encoding="utf-8") + log_text)


@contextmanager
def running_mastodon(
    state: Path | None = None,
    port: int = 0,
    *,
    brand: str = "northkettle",
    software: str = "mastodon",
    said: Path | None = None,
) -> Iterator[str]:
    """The address of a local server that speaks Mastodon's API; see `harken.testing.mastodon`.

    Its complaints go to the file ``said``, where one is named.
    """
    chosen = port or free_port()
    program = ["-m", "harken.testing.mastodon", "--port", str(chosen), "--rate-limit", "0"]
    program += ["--software", software, "--brand", brand]
    program += [*(["--state", str(state)] if state else [])]
    with _running(program, chosen, "/api/v1/instance", said) as address:
        yield address


@contextmanager
def running_webhook_network(deliver_to: str = "", port: int = 0) -> Iterator[str]:
    """The address of a small network of signed calls; see `harken.testing.webhook_network`."""
    chosen = port or free_port()
    program = ["-m", "harken.testing.webhook_network", "--port", str(chosen)]
    program += ["--deliver-to", deliver_to] if deliver_to else []
    with _running(program, chosen, "/harken/replies") as address:
        yield address


@contextmanager
def running_feeds() -> Iterator[str]:
    """The address of a server of feeds; see `harken.testing.feeds`."""
    port = free_port()
    program = ["-m", "harken.testing.feeds", "--port", str(port)]
    with _running(program, port, "/harken/asked") as address:
        yield address


@contextmanager
def _running(
    program: Sequence[str], port: int, ready: str, said: Path | None = None
) -> Iterator[str]:
    with nullcontext() if said is None else said.open("wb") as complaints:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, *program], stdout=subprocess.DEVNULL, stderr=complaints
        )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + STARTING_SECONDS
        with httpx.Client(trust_env=False, timeout=2.0) as client:
            while not _answers(client, address + ready):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise DidNotStart("the local network did not start")
                time.sleep(0.02)
        yield address
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port that nobody listens on at this moment, and that no connection will be given: whoever
    is started again on it finds it free."""
    while True:
        port = random.randrange(*PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).status_code < 500
    except httpx.HTTPError:
        return False
