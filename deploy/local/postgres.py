"""One PostgreSQL cluster with one database; durable, as in production."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from deploy.local import servers
from deploy.local.packages import need_postgres
from deploy.local.place import POSTGRES_PORT as PORT

_DATABASE = Path(__file__).with_name("database.sql")
_SHARED_MEMORY = 6
"""Which line of the lock file, from 0, holds the key and the id of the shared memory."""
_SETTINGS = """\
max_connections = 200
shared_buffers = '128MB'
"""


def start(home: Path) -> None:
    home.mkdir(exist_ok=True)
    if not servers.alive(home):
        launch(home, _SETTINGS, PORT)


def launch(home: Path, settings: str, port: int) -> None:
    """Returns when it answers at the port. The settings are those of a new cluster: one that is
    there has its own."""
    programs, data = need_postgres(), home / "data"
    if not (data / "PG_VERSION").exists():
        _make(home, programs, data)
        with (data / "postgresql.conf").open("a") as kept:
            kept.write(f"listen_addresses = '127.0.0.1'\nport = {port}\n{settings}")
    _until_left(data / "postmaster.pid")
    command = [str(programs / "postgres"), "-D", str(data), "-c", "unix_socket_directories="]
    servers.spawn(home, servers.as_user(command))
    servers.until_ready(home, lambda: _ready(programs, port))
    _make_database(home, programs, port)


def _make(home: Path, programs: Path, data: Path) -> None:
    data.mkdir(exist_ok=True)
    password = home / "password"
    password.write_text("harken")
    servers.own(home)
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-E", "UTF8"]
    options = ["--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={password}"]
    servers.run(servers.as_user([*initdb, *options]))


def _until_left(lock: Path) -> None:
    """The children of a server that was killed notice some moments later, and write until then.

    Its lock is ours to remove after that: it names a process that may be a stranger's by now.
    """
    if not lock.exists():
        return
    deadline = time.monotonic() + servers.STOP_SECONDS
    while _in_use(lock.read_text().split("\n")):
        if time.monotonic() > deadline:
            raise servers.DidNotStart("an earlier PostgreSQL still uses its data")
        time.sleep(0.05)
    lock.unlink()


def _in_use(lock: Sequence[str]) -> bool:
    """Whether anybody holds the shared memory that the lock's seventh line names."""
    shared = Path("/proc/sysvipc/shm")
    if len(lock) <= _SHARED_MEMORY or not shared.exists():
        return False
    _, _, named = lock[_SHARED_MEMORY].strip().partition(" ")
    held = [line.split() for line in shared.read_text().splitlines()[1:]]
    return any(int(fields[6]) for fields in held if fields[1] == named.strip())


def _ready(programs: Path, port: int) -> bool:
    probe = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(probe, check=False).returncode == 0


def _make_database(home: Path, programs: Path, port: int) -> None:
    address = f"postgresql://postgres:harken@127.0.0.1:{port}/postgres"
    if (home / ".complete").exists():
        return
    options = ["-q", "-v", "ON_ERROR_STOP=1", "-f", str(_DATABASE)]
    servers.run([str(programs / "psql"), address, *options])
    (home / ".complete").touch()
