"""`make stack-up` takes Docker Compose where a Docker engine answers, else servers of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.local import compose

ROOT = Path(__file__).resolve().parents[3]
DOCKER = """\
#!/bin/sh
echo "$HARKEN_STACK_KAFKA_PORT $*" >> "$0.asked"
case "$*" in
  info) test -e "$0.engine" ;;
  "compose version") test -e "$0.compose" ;;
  *" up "*) test ! -e "$0.broken" || { echo "no space left" >&2; exit 1; } ;;
  *" ps "*) cat "$0.running" ;;
esac
"""


@dataclass(frozen=True)
class Machine:
    """One with nothing on its PATH but a ``docker`` that notes what it is asked."""

    docker: Path

    def has(self, what: str, text: str = "") -> None:
        Path(f"{self.docker}.{what}").write_text(text)

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        folder = self.docker.parent
        given = {
            "PATH": str(folder),
            "HARKEN_STACK": str(folder / "stack"),
            "HARKEN_STACK_NO_INSTALL": "1",
            "HARKEN_STACK_PORT_SHIFT": "7",
            **more,
        }
        command = [sys.executable, "-m", "deploy.local", *words]
        env = {**os.environ, **given}
        return subprocess.run(
            command, check=False, cwd=ROOT, env=env, capture_output=True, text=True
        )

    def asked(self) -> list[str]:
        """What `docker compose` was asked for, without the words that all have in common."""
        common = f"compose --file {compose.FILE} --project-name harken-stack-7 "
        lines = Path(f"{self.docker}.asked").read_text().splitlines()
        return [line.split(common)[1] for line in lines if common in line]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    docker = tmp_path / "docker"
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    (tmp_path / "cat").symlink_to("/bin/cat")
    made = Machine(docker)
    made.has("running", "kafka\npostgres\n")
    return made


def test_compose_is_taken_where_a_docker_engine_answers(machine: Machine) -> None:
    machine.has("engine")
    machine.has("compose")
    up = machine.run("up", "kafka", "postgres")
    assert up.returncode == 0, up.stderr
    assert "up --detach --wait --wait-timeout 300 kafka postgres" in machine.asked()
    assert "29099 compose" in Path(f"{machine.docker}.asked").read_text()
    assert "running   127.0.0.1:29099" in up.stdout


def test_what_is_stopped_keeps_its_data(machine: Machine) -> None:
    machine.has("engine")
    machine.has("compose")
    down = machine.run("down")
    assert down.returncode == 0, down.stderr
    assert machine.asked() == ["stop kafka postgres elasticsearch"]


def test_status_tells_what_does_not_run(machine: Machine) -> None:
    machine.has("engine")
    machine.has("compose")
    status = machine.run("status")
    assert status.returncode == 1
    assert "elasticsearch  stopped" in status.stdout


def test_what_compose_says_of_a_failure_is_told(machine: Machine) -> None:
    machine.has("engine")
    machine.has("compose")
    machine.has("broken")
    up = machine.run("up")
    assert up.returncode == 1
    assert "no space left" in up.stderr


@pytest.mark.parametrize("there", [["compose"], ["engine"], []])
def test_else_servers_of_its_own(machine: Machine, there: list[str]) -> None:
    for what in there:
        machine.has(what)
    up = machine.run("up", "kafka")
    assert machine.asked() == []
    assert "openjdk-17-jre-headless is not installed" in up.stderr


def test_docker_can_be_left_alone(machine: Machine) -> None:
    machine.has("engine")
    machine.has("compose")
    machine.run("up", "kafka", HARKEN_STACK_DOCKER="0")
    assert not Path(f"{machine.docker}.asked").exists()


def test_servers_of_its_own_that_run_stay_in_charge(machine: Machine) -> None:
    machine.has("engine")
    machine.has("compose")
    home = machine.docker.parent / "stack" / "kafka"
    home.mkdir(parents=True)
    own = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        born = Path(f"/proc/{own.pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
        (home / "pid").write_text(f"{own.pid} {born}")
        status = machine.run("status", "kafka")
    finally:
        own.kill()
        own.wait()
    assert status.returncode == 0, status.stderr
    assert not Path(f"{machine.docker}.asked").exists()
