"""One PostgreSQL cluster with one database; durable, as in production."""

from __future__ import annotations

import subprocess
from pathlib import Path

from deploy.local import servers
from deploy.local.packages import need_postgres
from deploy.local.place import POSTGRES_PORT as PORT

_DATABASE = Path(__file__).with_name("database.sql")
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
    command = [str(programs / "postgres"), "-D", str(data), "-c", "unix_socket_directories="]
    servers.spawn(home, servers.as_user(command))
    servers.until_ready(home, lambda: _ready(programs))
    _make_database(programs, home)


def _make(home: Path, programs: Path, data: Path) -> None:
    data.mkdir(exist_ok=True)
    password = home / "password"
    password.write_text("harken")
    servers.own(home)
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-E", "UTF8"]
    options = ["--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={password}"]
    servers.run(servers.as_user([*initdb, *options]))
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(_SETTINGS)


def _ready(programs: Path) -> bool:
    probe = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(PORT)]
    return subprocess.run(probe, check=False).returncode == 0


def _make_database(programs: Path, home: Path) -> None:
    address = f"postgresql://postgres:harken@127.0.0.1:{PORT}/postgres"
    if (home / ".complete").exists():
        return
    options = ["-q", "-v", "ON_ERROR_STOP=1", "-f", str(_DATABASE)]
    servers.run([str(programs / "psql"), address, *options])
    (home / ".complete").touch()
