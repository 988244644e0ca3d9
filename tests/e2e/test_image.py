"""What the container image holds serves by itself, outside of any checkout."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from harken.testing.processes import start_harken
from tests.e2e.calling import Caller, eventually
from tests.e2e.dockerfile import ROOT, Workshop
from tests.e2e.mentions import forum_mention

pytestmark = pytest.mark.e2e
PACKAGES = ("harken", "services", "cli", "models")


def installed(image: Workshop) -> set[str]:
    code = "import harken, pathlib; print(pathlib.Path(harken.__file__).parents[1])"
    command = [str(image.python), "-P", "-c", code]
    said = subprocess.run(command, cwd=image.opt, capture_output=True, text=True, check=True)
    place = Path(said.stdout.strip())
    assert place.is_relative_to(image.opt)
    return {
        str(path.relative_to(place))
        for package in PACKAGES
        for path in (place / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def test_every_file_of_the_packages_is_in_it(image: Workshop) -> None:
    listed = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(listed.stdout.split()) <= installed(image)


def test_it_tags_routes_and_finds_and_writes_nothing_but_its_data(
    image: Workshop, tmp_path: Path
) -> None:
    before = installed(image)
    harken = start_harken(tmp_path, program=image.harken("up"))
    try:
        with Caller(harken.address, harken.key) as caller:
            text = "Moje nova konvice je uplne rozbita, jsem zklamana a nastvana."
            mention = forum_mention("1", "ada", text) | {"language": ""}
            assert caller.post("/v1/mentions", mention)["accepted"]
            case = eventually(lambda: caller.get("/v1/cases")["items"])[0]
            found = eventually(lambda: caller.get("/v1/search", q="konvice")["items"])
    finally:
        status = harken.stop()
    assert status == 0
    assert case["id"]
    assert "konvice" in str(found[0])
    assert '"cs"' in str(found[0]).replace("'", '"')
    assert installed(image) == before
