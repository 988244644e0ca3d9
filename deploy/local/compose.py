"""The engines by Docker Compose, from ``deploy/compose.yaml``."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from deploy.local import place
from deploy.local.servers import DidNotStart

FILE = Path(__file__).resolve().parents[1] / "compose.yaml"
SWITCH = "HARKEN_STACK_DOCKER"
"""Set to 0, Docker is not asked."""
READY_SECONDS = 300
"""Images may have to be fetched first; that time is not counted."""


@cache
def answers() -> bool:
    """Whether a Docker engine does, and Compose is there."""
    if os.environ.get(SWITCH) == "0" or shutil.which("docker") is None:
        return False
    asked = (["docker", "info"], ["docker", "compose", "version"])
    return all(
        subprocess.run(one, check=False, capture_output=True).returncode == 0 for one in asked
    )


def start(names: Sequence[str]) -> None:
    """Returns when they are healthy. Raises `DidNotStart`."""
    done = _run("up", "--detach", "--wait", "--wait-timeout", str(READY_SECONDS), *names)
    if done.returncode:
        said = _run("logs", "--no-color", "--tail", "30", *names).stdout
        raise DidNotStart(f"docker compose up: {done.stderr[-2_000:]}{said[-3_000:]}")


def stop(names: Sequence[str]) -> None:
    """What they hold stays."""
    _done(_run("stop", *names))


def kill(name: str) -> None:
    """As a power cut would."""
    _done(_run("kill", "--signal", "SIGKILL", name))


def running() -> frozenset[str]:
    done = _done(_run("ps", "--status", "running", "--services"))
    return frozenset(done.stdout.split())


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    project = f"harken-stack-{place.SHIFT}" if place.SHIFT else "harken-stack"
    command = ["docker", "compose", "--file", str(FILE), "--project-name", project, *words]
    ports = {
        "HARKEN_STACK_KAFKA_PORT": str(place.KAFKA_PORT),
        "HARKEN_STACK_POSTGRES_PORT": str(place.POSTGRES_PORT),
        "HARKEN_STACK_ELASTICSEARCH_PORT": str(place.ELASTICSEARCH_PORT),
    }
    return subprocess.run(
        command, check=False, capture_output=True, text=True, env={**os.environ, **ports}
    )


def _done(ran: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    if ran.returncode:
        raise DidNotStart(f"{' '.join(ran.args)}: {ran.stderr[-2_000:]}")
    return ran
