"""Carries out what `deploy/docker/Dockerfile` says, as far as it goes without Docker."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "deploy" / "docker" / "Dockerfile"
LEFT_BEHIND = shutil.ignore_patterns("__pycache__", "*.egg-info")


class Step(NamedTuple):
    word: str
    rest: str


def stages() -> list[list[Step]]:
    """Each begins with its FROM; what stands before the first is left out."""
    text = DOCKERFILE.read_text(encoding="utf-8")
    lines = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    found: list[list[Step]] = []
    for line in filter(None, lines):
        step = Step(*line.split(maxsplit=1))
        if step.word == "FROM":
            found.append([])
        if found:
            found[-1].append(step)
    return found


class Workshop:
    """A folder in which the first stage is built; it stands for ``/src`` and ``/opt``.

    Requirements are not installed, they are lent from this environment: its folder is added to
    the path, and since nothing more is, the editable Harken in it is not found.
    """

    def __init__(self, folder: Path) -> None:
        self.source, self.opt = folder / "src", folder / "opt"
        self.source.mkdir(parents=True)
        self._env = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }

    @property
    def python(self) -> Path:
        return self.opt / "harken" / "bin" / "python"

    def harken(self, *words: str) -> tuple[str, ...]:
        """Arguments for this Python, which becomes the `harken` in here."""
        become = [str(self.python), "-P", str(self.python.with_name("harken")), *words]
        return "-c", f"import os, sys; os.execv({become[0]!r}, [*{become!r}, *sys.argv[1:]])"

    def build(self) -> None:
        for step in stages()[0]:
            if step.word == "ENV":
                pairs = (pair.split("=", 1) for pair in step.rest.split())
                self._env |= {name: self._here(value) for name, value in pairs}
            elif step.word == "COPY":
                self._copy(step.rest.split())
            elif step.word == "RUN" and "--require-hashes" in step.rest:
                self._lend_requirements()
            elif step.word == "RUN" and "uninstall" not in step.rest:
                self._run(self._here(step.rest))

    def _run(self, command: str) -> None:
        said = subprocess.run(
            ["bash", "-euc", command],
            cwd=self.source,
            env=self._env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert said.returncode == 0, said.stdout + said.stderr

    def _lend_requirements(self) -> None:
        lent = next(path for path in sys.path if path.endswith("site-packages"))
        own = next((self.opt / "harken" / "lib").glob("python*/site-packages"))
        (own / "lent.pth").write_text(f"{lent}\n", encoding="utf-8")

    def _copy(self, paths: list[str]) -> None:
        *sources, target = (Path(path) for path in paths)
        for source in sources:
            to = self.source / target
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, to, ignore=LEFT_BEHIND)
            else:
                to = to / source.name if to.is_dir() else to
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, to)

    def _here(self, text: str) -> str:
        return text.replace("/opt/", f"{self.opt}/")
