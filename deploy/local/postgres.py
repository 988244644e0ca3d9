"""One PostgreSQL cluster with one database; durable, as in production."""

from __future__ import annotations

import subprocess
from pathlib import Path

from deploy.local import servers
from deploy.local.packages import need_postgres

PORT = 25432
_SETTINGS = f"""\
listen_addresses = '127.0.0.1'
port = {PORT}
max_connections = 200
shared_buffers = '128MB'
"""


def start(home: Path) -> None:
    home.mkdir(exist_ok=True)
    if servers.alive(home):
        return
    programs, data = need_postgres(), home / "data"
    if not (data / "PG_VERSION").exists():
        _make(home, programs, data)
    (data / "postmaster.pid").unlink(missing_ok=True)
    command = [str(programs / "postgres"), "-D", str(data), "-k", str(data)]
    servers.spawn(home, servers.as_user(command))
    servers.until_ready(home, lambda: _ready(programs))
    _make_database(programs)


def _make(home: Path, programs: Path, data: Path) -> None:
    data.mkdir(exist_ok=True)
    password = home / "password"
    password.write_text("harken")
    servers.own(home)
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", "harken", "-E", "UTF8"]
    options = ["--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={password}"]
    servers.run(servers.as_user([*initdb, *options]))
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(_SETTINGS)


def _ready(programs: Path) -> bool:
    probe = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(PORT)]
    return subprocess.run(probe, check=False).returncode == 0


def _make_database(programs: Path) -> None:
    address = f"postgresql://harken:harken@127.0.0.1:{PORT}/postgres"
    ask = [str(programs / "psql"), address, "-tAc"]
    exists = "SELECT 1 FROM pg_database WHERE datname = 'harken'"
    found = subprocess.run([*ask, exists], capture_output=True, text=True, check=True)
    if not found.stdout.strip():
        servers.run([*ask, "CREATE DATABASE harken"])
