"""What the servers stand on: Java, Maven and PostgreSQL, from the system's packages."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from deploy.local.servers import DidNotStart, program, run

NO_INSTALL = "HARKEN_STACK_NO_INSTALL"
"""Set, what is not on the machine stays away, and so does what needs it."""
_POM = Path(__file__).with_name("pom.xml")


def need_java() -> Path:
    """The folder that holds ``bin/java``."""
    _need("java", "openjdk-17-jre-headless")
    return Path(program("java")).resolve().parents[1]


def need_postgres() -> Path:
    """The folder that holds ``initdb`` and ``postgres``: Debian keeps them off the PATH."""
    found = _postgres()
    if found is None:
        _install("postgresql")
        found = _postgres()
    if found is None:
        raise DidNotStart("PostgreSQL is not installed")
    return found


def fetch_kafka(into: Path) -> None:
    """The broker's jars, once."""
    if not (into / ".complete").exists():
        _maven(
            "dependency:copy-dependencies", f"-DoutputDirectory={into}", "-DincludeScope=runtime"
        )
        (into / ".complete").touch()


def fetch_elasticsearch(version: str, into: Path) -> Path:
    """The distribution's archive, once."""
    archive = into / f"elasticsearch-{version}.zip"
    if not archive.exists():
        fetch_artefact(
            f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{version}:zip", into
        )
    return archive


def fetch_artefact(artefact: str, into: Path) -> None:
    """One artefact of Maven Central (``group:name:version``, or with its kind) into a folder."""
    _maven("dependency:copy", f"-Dartifact={artefact}", f"-DoutputDirectory={into.resolve()}")


def _maven(goal: str, *options: str) -> None:
    _need("mvn", "maven")
    run([program("mvn"), "-q", "-B", "-f", str(_POM), goal, *options])


def _postgres() -> Path | None:
    kept = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if kept:
        return kept[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def _version(initdb: Path) -> float:
    return float(initdb.parents[1].name)


def _need(command: str, package: str) -> None:
    if shutil.which(command) is None:
        _install(package)


def _install(package: str) -> None:
    if os.environ.get(NO_INSTALL):
        raise DidNotStart(f"{package} is not installed (`make stack-up` as root installs it)")
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise DidNotStart(f"please install {package} first: only root may, by apt-get")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", "update"], check=False, env=env, capture_output=True)  # noqa: S607
    run(["apt-get", "-qq", "install", "-y", "--no-install-recommends", package], env=env)
