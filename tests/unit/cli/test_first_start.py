"""The process is killed while its data folder is being made: the next start makes the rest."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from harken.embedded.connection import connect
from tests.unit.store.test_upgrades import Shape, shape

POINTS = 30

# Forks for every point, so that the imports are paid for once.
KILLED_AT = """
import asyncio, os, signal, sys
from pathlib import Path
import cli.up  # all that a start needs
from cli.embedded import serve_embedded
from cli.first_start import first_start
from harken.embedded import writer
from harken.runtime.settings import Settings

async def start(folder):
    async with serve_embedded(Settings(data=folder)) as embedded:
        return await first_start(embedded.store)

def child(work):
    pid = os.fork()
    if pid == 0:
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

def killed_at(point, folder):
    seen = 0
    plain = writer.connect

    def count(_):
        nonlocal seen
        seen += 1
        if seen == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def connect(path, *, read_only):
        connection = plain(path, read_only=read_only)
        connection.set_trace_callback(count)
        return connection

    writer.connect = connect
    asyncio.run(start(folder))
    (folder / "statements").write_text(str(seen))

root, points = Path(sys.argv[1]), int(sys.argv[2])
child(lambda: killed_at(0, root / "0"))
total = int((root / "0" / "statements").read_text())
for n in range(points):
    point = 1 + n * (total - 1) // (points - 1)
    folder = root / str(point)
    print(point, child(lambda: killed_at(point, folder)), child(lambda: asyncio.run(start(folder))))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
def test_a_kill_while_the_folder_is_made(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED_AT, str(tmp_path), str(POINTS)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=250, check=False)
    assert ran.returncode == 0, ran.stderr
    outcomes = [tuple(map(int, line.split())) for line in ran.stdout.splitlines()]
    assert len(outcomes) == POINTS
    for point, killed, again in outcomes:
        assert killed == -signal.SIGKILL, f"nothing was killed at statement {point}"
        assert again == 0, f"killed at statement {point}, it does not start again"
        made = whole(tmp_path / str(point))
        assert made == whole(tmp_path / "0"), f"killed at statement {point}"


def whole(folder: Path) -> tuple[Shape, list[object]]:
    """The tables, and the rows that a first start makes."""
    with closing(connect(folder / "harken.db", read_only=True)) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return shape(file), [
            file.execute("SELECT id, name FROM tenants").fetchall(),
            file.execute("SELECT tenant, roles FROM api_keys").fetchall(),
            file.execute("SELECT count(*) FROM log_partitions").fetchall(),
            version(file),
        ]


def version(file: sqlite3.Connection) -> object:
    return file.execute("PRAGMA user_version").fetchone()
