"""The machine's clock is set back over a restart: work goes on, in order."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cli.embedded import open_embedded
from harken.runtime.settings import Settings
from harken.store.schema.infrastructure import DEAD_LETTERS, OUTBOX
from harken.store.schema.router import COMMANDS
from harken.testing.processes import RunningHarken, start_harken
from tests.e2e.calling import Caller, eventually
from tests.e2e.conftest import QUICK, Start
from tests.e2e.mentions import forum_mention
from tests.e2e.serve_null import PROGRAM

pytestmark = pytest.mark.e2e

TWO_HOURS = 7_200


def test_a_clock_set_back_over_a_restart_loses_and_mixes_up_nothing(
    start: Start, tmp_path: Path
) -> None:
    first = start()
    before = work_on(first, first.key, "before")
    assert first.stop() == 0

    program = (*PROGRAM, "--behind", str(TWO_HOURS))
    second = start_harken(tmp_path, settings=QUICK, program=program)
    try:
        after = work_on(second, first.key, "after")
        assert second.stop() == 0
    finally:
        if second.process.poll() is None:
            second.kill()

    assert after["opened_at"] > before["updated_at"]
    assert "the clock is behind the data" in (tmp_path / "log.txt").read_text(encoding="utf-8")
    for instants in asyncio.run(stored(tmp_path)):
        assert instants == sorted(instants)


def work_on(harken: RunningHarken, key: str, name: str) -> dict[str, Any]:
    """A mention comes in, is placed, found, noted and resolved: the case at the end."""
    with Caller(harken.address, key) as admin:
        admin.post("/v1/mentions", forum_mention(name, name))
        found = eventually(lambda: case_of(admin, name))
        path = f"/v1/cases/{found}"
        admin.post(f"{path}/notes", {"text": "Seen."})
        seen = admin.get(path)["revision"]
        done = admin.send("POST", f"{path}/resolve", {"outcome": "solved"}, seen=seen)
        assert done.is_success, done.text
        shown: dict[str, Any] = admin.get(path)
        assert shown["state"] == "resolved"
        return shown


def case_of(admin: Caller, author: str) -> str:
    """Of the author's mention, once it can be found."""
    shown = [item["fields"] for item in admin.get("/v1/search", kind="mention")["items"]]
    return next((str(fields["case"]) for fields in shown if fields["author"] == author), "")


async def stored(folder: Path) -> list[list[int]]:
    """What happened when, each in the order in which it happened."""
    settings = Settings(data=folder / "data")
    async with open_embedded(settings) as opened, opened.store.reading() as snapshot:
        rows = snapshot.across_tenants()
        assert await rows.all(select(DEAD_LETTERS)) == []
        told = await rows.all(select(OUTBOX.c.created_at).order_by(OUTBOX.c.id))
        applied = await rows.all(select(COMMANDS.c.applied_at).order_by(COMMANDS.c.applied_seq))
    return [[row.created_at for row in told], [row.applied_at for row in applied]]
