"""The container image's recipe; tests/e2e/test_image.py carries it out."""

from __future__ import annotations

import re
import tomllib
from itertools import chain

from packaging.requirements import Requirement

from harken.runtime.settings import PREFIX, Settings
from tests.e2e.dockerfile import DOCKERFILE, ROOT, Step, stages

BUILD, FINAL = stages()


def texts(stage: list[Step], word: str) -> list[str]:
    return [rest for found, rest in stage if found == word]


def test_images_are_named_by_version() -> None:
    defaults = re.findall(r"^ARG \w+_IMAGE=(\S+)$", DOCKERFILE.read_text("utf-8"), re.MULTILINE)
    assert [
        re.fullmatch(r"python:3\.\d+(-slim)?-\w+", image) is not None for image in defaults
    ] == [
        True,
        True,
    ]


def test_the_build_gets_what_it_copies_and_nothing_else() -> None:
    copied = chain.from_iterable(rest.split()[:-1] for rest in texts(BUILD, "COPY"))
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert lines[1] == "*"
    assert sorted(line[1:] for line in lines if line.startswith("!")) == sorted(copied)


def test_every_requirement_is_pinned_by_hash() -> None:
    assert any("--require-hashes -r requirements/image.txt" in rest for _, rest in BUILD)
    pinned = (ROOT / "requirements" / "image.txt").read_text(encoding="utf-8")
    names = set(re.findall(r"^([a-z0-9-]+)==", pinned, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    services = ("ingest", "sentiment", "router", "responder", "search", "cli", "distributed")
    asked = chain(project["dependencies"], *(extras[name] for name in services))
    assert {Requirement(one).name for one in asked} <= names


def test_it_runs_as_nobody_in_particular_and_builds_nothing() -> None:
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", texts(FINAL, "USER")[-1])
    assert not any("pip" in run or "apt" in run for run in texts(FINAL, "RUN"))
    assert texts(FINAL, "ENTRYPOINT") == ['["harken"]']
    assert texts(FINAL, "HEALTHCHECK") == ["NONE"]


def test_its_settings_exist() -> None:
    given = dict(pair.split("=", 1) for pair in " ".join(texts(FINAL, "ENV")).split())
    ours = {k.removeprefix(PREFIX).lower(): v for k, v in given.items() if k.startswith(PREFIX)}
    assert ours.keys() <= Settings.model_fields.keys()
    assert Settings.model_validate(ours).port == int(texts(FINAL, "EXPOSE")[0])
