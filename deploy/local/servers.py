"""A server as a process of its own: started once, found again by its pid file, stopped by TERM."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

USER = "harken-stack"
"""Who runs the servers that refuse to be root."""
READY_SECONDS = 180.0
STOP_SECONDS = 30.0


class DidNotStart(RuntimeError):
    """The message holds the end of what the server said."""


def as_user(command: Sequence[str]) -> list[str]:
    return ["runuser", "-u", USER, "--", *command] if os.geteuid() == 0 else [*command]


def own(path: Path) -> None:
    """Hands the folder to `USER` where we are root."""
    if os.geteuid() != 0:
        return
    if subprocess.run(["id", "-u", USER], check=False, capture_output=True).returncode:  # noqa: S607
        run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER])
    run(["chown", "-R", USER, str(path)])


def run(command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
    """Raises `DidNotStart` with what it printed."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=env)
    if done.returncode:
        raise DidNotStart(f"{' '.join(command)}: {done.stdout[-2_000:]}{done.stderr[-2_000:]}")


def spawn(home: Path, command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
    """Detached; what it prints is added to ``home/log.txt``, its pid is kept in ``home/pid``."""
    with (home / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=home,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    (home / "pid").write_text(f"{process.pid} {_born(process.pid)}")
    process.returncode = 0  # it outlives us, and nobody here waits for it


def alive(home: Path) -> bool:
    return _pid(home) is not None


def until_ready(home: Path, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not ready():
        if not alive(home) or time.monotonic() > deadline:
            raise DidNotStart(f"{home.name}: {tail(home)}")
        time.sleep(0.3)


def stop(home: Path, how: signal.Signals = signal.SIGTERM) -> None:
    """The whole process group: some servers start others."""
    pid = _pid(home)
    if pid is None:
        return
    os.killpg(pid, how)
    deadline = time.monotonic() + STOP_SECONDS
    while alive(home) and time.monotonic() < deadline:
        time.sleep(0.1)
    if alive(home):
        os.killpg(pid, signal.SIGKILL)


def kill(home: Path) -> None:
    """As a power cut would."""
    pid = _pid(home)
    if pid is not None:
        os.killpg(pid, signal.SIGKILL)
        while alive(home):
            time.sleep(0.05)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def tail(home: Path) -> str:
    log = home / "log.txt"
    return log.read_text(errors="replace")[-3_000:] if log.exists() else "it said nothing"


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise DidNotStart(f"{name} is not installed")
    return found


def _pid(home: Path) -> int | None:
    """Of the process that was spawned, while it lives: after a restart of the machine, or of its
    container, the number may be a stranger's."""
    kept = home / "pid"
    if not kept.exists():
        return None
    pid, _, born = kept.read_text().partition(" ")
    try:
        os.kill(int(pid), 0)
    except OSError:
        return None
    return int(pid) if _born(int(pid)) == born else None


def _born(pid: int) -> str:
    """When it started, in the kernel's ticks; "ended" for one that nobody has waited for yet, and
    of which no thread is left that could hold its files and sockets."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        threads = sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())
    except OSError:  # no Linux, or it has just gone
        return ""
    return "ended" if fields[0] == "Z" and threads == 1 else fields[19]
